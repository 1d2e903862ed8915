"""What we replace and mend in ministack: the only package that names it.

One file per subject. A `Mend` lists the upstream symbols it touches, so that a changed upstream
is found at the start, and has tests in `tests/local/engine` that fail without it.
"""
