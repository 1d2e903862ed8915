"""Code for the clients of a deployed GraphQL API: statements, types and models.

It knows deployed stacks, and not how they came to be.
"""
