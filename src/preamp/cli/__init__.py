"""The command line: thin; it wires, asks and shows."""
