"""From a deployed stack to the file its frontends read."""
