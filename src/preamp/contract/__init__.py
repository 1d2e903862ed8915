"""What the definition side and the deployment side agree on. Standard library only."""
