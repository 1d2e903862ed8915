"""The local cloud: an AWS emulator in its own process, behind a protocol, never without its guard.

The parent's side (`protocol`, `environment`, `process`, `client`) may be imported anywhere; the
child's side (`bootstrap`, `server`, `guard`, `mail`, `ministack`) runs in a private environment
and uses the standard library and what that environment holds.
"""
