"""Handler: greets whom the event names."""

from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, str]:
    """Answer ``{"name": …}`` with a greeting."""
    name = event.get("name", "world")
    print("greeting", name)
    return {"greeting": f"Hello, {name}!"}
