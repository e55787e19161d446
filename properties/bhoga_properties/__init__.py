"""The laws of bhoga as code: strategies for its values, and the laws they must keep.

Importable, so that a contributor can run them against a provider or a policy of their own.
"""
