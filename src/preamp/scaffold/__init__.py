"""Makes a project: plans which files a starter adds to a folder, then adds them all or none.

Never changes what is there already, but for lines appended to `.gitignore`. Must not know how
a backend is synthesized or deployed, nor how its plan is shown.
"""
