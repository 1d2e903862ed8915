"""The child process that turns the user's definition into a cloud assembly."""
