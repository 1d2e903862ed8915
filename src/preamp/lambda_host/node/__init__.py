"""Node.js functions: the program they run in, and how it is started.

The program is JavaScript of ours (``runtime.cjs`` and what it requires), which speaks the Lambda
Runtime API. Knows nothing of processes, pools or the engine.
"""
