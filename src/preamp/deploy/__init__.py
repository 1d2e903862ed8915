"""Makes a target what the assembly says: plan, publish assets, let CloudFormation act."""
