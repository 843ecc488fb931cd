"""What a queued body holds, read field by field: a reader takes what it knows, and leaves the rest."""

from collections.abc import Mapping
from typing import TypeVar

from chalicelib.canonical.errors import Rejected

T = TypeVar("T")


def field_of(body: Mapping[str, object], name: str, kind: type[T]) -> T:
    """Raises Rejected with the name of a field that is missing, or of another type; a yes or no is no number."""
    value = body.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise Rejected("malformed_message", name)
    return value
