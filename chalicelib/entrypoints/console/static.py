"""The files that pages are shown with: under names that hold their hashes, so that a browser keeps them for good.

The gateway compresses them, as it does every answer.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
SHOWN_OF_HASH = 12
"""Characters."""


@cache
def names() -> Mapping[str, str]:
    """File → the name under which it is served."""
    return {each.name: _named(each) for each in sorted(STATIC.iterdir()) if each.suffix in TYPES}


@cache
def text_of(served_as: str) -> str | None:
    """None for a name that no file has now."""
    found = [name for name, served in names().items() if served == served_as]
    return (STATIC / found[0]).read_text() if found else None


def _named(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:SHOWN_OF_HASH]
    return f"{file.stem}.{digest}{file.suffix}"
