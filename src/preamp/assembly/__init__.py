"""The deployment side of the cloud assembly: produce it, read it, guard it."""
