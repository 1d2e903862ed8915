"""How the users of a backend look in the CDK."""
