"""Loopback stand-ins of the providers: their backends, their programs, and a home to meet them in.

`bhoga demo` and the tests use the same ones. Nothing here reaches a real provider, and every login
is a fake that says so.
"""
