"""What runs inside Lambda beside a handler: standard library, and boto3 where it is needed.

Runs on every Python that Lambda has, so the syntax is that of the oldest.
"""
