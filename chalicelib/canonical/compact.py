"""JSON without blanks, as it is queued and kept."""

import json
from typing import Any

_ENCODER = json.JSONEncoder(separators=(",", ":"))


def compact(document: Any) -> str:
    """In ASCII, so that characters are bytes. `json.dumps` would make an encoder for each document."""
    return _ENCODER.encode(document)
