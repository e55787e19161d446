"""Asking a source: the one place that interprets the probes of `bhoga_core.probe`.

It knows the three kinds of probe and no provider. `asking.prepare` finds out all that can be known
without asking; what it answers is then asked. Nothing here raises for what a server, a program or a
file does: every outcome is an answer or a `Declined`. A secret is used and forgotten.
"""
