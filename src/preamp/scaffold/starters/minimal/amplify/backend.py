"""The backend: one function in a stack of its own."""

from preamp import define_backend
from preamp.constructs import PythonFunction

backend = define_backend()

stack = backend.create_stack("Hello")
greeter = PythonFunction(stack, "Greeter", entry="greeter.py")
backend.add_output(custom={"greeter": greeter.function_name})
