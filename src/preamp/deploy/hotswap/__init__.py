"""Changes a resource of a sandbox by one call to its service, past CloudFormation."""
