import os

API_KEY = os.environ["API_KEY"]


def handler(_event: object, _context: object) -> str:
    return API_KEY
