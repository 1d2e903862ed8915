import os


def handler(_event: object, _context: object) -> str:
    return f"{os.environ['PLAIN']} {len(os.environ['API_KEY'])} {len(os.environ['OTHER_KEY'])}"
