import os


def handler(event: dict[str, str], _context: object) -> dict[str, str | None]:
    return {"message": os.environ["GREETING"], "name": event.get("name")}
