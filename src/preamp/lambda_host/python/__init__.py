"""Python runtimes: interpreters of this machine under AWS's own runtime interface client."""
