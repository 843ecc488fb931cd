"""Pages of a listing: at most `limit` items and some megabytes, and a cursor that holds only where it was given."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from chalicelib.aws import secrets
from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid

MOST, USUAL = 200, 50
MOST_BYTES = 4_000_000
"""Of a page: Lambda refuses an answer of more than 6 MB, and the items are within an answer."""
SEAL = 12
"""Bytes of the seal: cursors are no secrets, only not to be made up."""

Item = TypeVar("Item", bound=BaseModel)
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Page:
    """What part of a listing was asked for. `after` is the position of the last item that the caller has."""

    listing: str
    limit: int = USUAL
    after: str | None = None

    def cursor(self, position: str) -> str:
        return _cursor(self.listing, position)

    def of(self, found: Iterable[Item], position: Callable[[Item], str]) -> tuple[list[Item], str | None]:
        """The page's items of what is found in the order of its positions, and the cursor that leads on."""
        items, more = self.take(each for each in found if self.after is None or position(each) > self.after)
        return items, self.cursor(position(items[-1])) if more else None

    def sift(
        self,
        found: Iterable[Kept],
        position: Callable[[Kept], str],
        show: Callable[[Kept], Item | None],
        looked_at: int = 1_000,
        most_bytes: int = MOST_BYTES,
    ) -> tuple[list[Item], str | None]:
        """The page's items of what is found, `show` gives None for what is not wanted, and the cursor that leads on.
        Where so many were looked at, the page is short, and the next one goes on behind them."""
        items, size, last = list[Item](), 0, ""
        for count, each in enumerate(found, start=1):
            if item := show(each):
                size += _size(item)
                if items and (len(items) == self.limit or size > most_bytes):
                    return items, self.cursor(last)
                items.append(item)
            last = position(each)
            if count == looked_at:
                return items, self.cursor(last)
        return items, None

    def take(self, items: Iterable[Item]) -> tuple[list[Item], bool]:
        """The page's items, and whether more follow. One at least: a row is far smaller than a page."""
        found: list[Item] = []
        size = 0
        for item in items:
            size += _size(item)
            if found and (len(found) == self.limit or size > MOST_BYTES):
                return found, True
            found.append(item)
        return found, False


EVERYTHING = Page("", limit=MOST)
"""Of a choice, where nobody leafs: as many as one page has."""


def named(found: Iterable[Kept], text: str | None, names: Callable[[Kept], Iterable[str]]) -> Iterator[Kept]:
    """Those in one of whose names the text stands, in whatever letters; all of them where there is none."""
    wanted = (text or "").casefold()
    return (each for each in found if not wanted or any(wanted in name.casefold() for name in names(each)))


def one_of(name: str, asked: str | None, choices: Collection[str]) -> str | None:
    """What a filter was asked for; None for anything. Raises Invalid for what there is not."""
    if asked is not None and asked not in choices:
        raise Invalid(FieldError(name, f"there is {known(choices)}"))
    return asked


def _size(item: BaseModel) -> int:
    """Bytes in an answer. The body is a text within Lambda's own JSON: each quote of it is escaped once more."""
    return len(json.dumps(item.model_dump_json(by_alias=True)))


def read_page(listing: str, query: Mapping[str, str]) -> Page:
    """`listing` is the path, so that a cursor of one listing is none of another. Raises Invalid."""
    return Page(listing, _limit(query.get("limit")), _position(listing, query.get("cursor")))


def _limit(asked: str | None) -> int:
    if asked is None:
        return USUAL
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 3 and 1 <= int(asked) <= MOST):
        raise Invalid(FieldError("limit", f"must be a whole number from 1 to {MOST}"))
    return int(asked)


def _position(listing: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        opened = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        position = opened[SEAL:].decode()
    except ValueError:
        position = ""
    if not hmac.compare_digest(cursor.encode("utf-8", "surrogatepass"), _cursor(listing, position).encode()):
        raise Invalid(FieldError("cursor", "is not one that this listing gave"))
    return position


def _cursor(listing: str, position: str) -> str:
    """Whole cursors are compared, as several texts in base 64 can stand for the same bytes."""
    return base64.urlsafe_b64encode(_seal(listing, position.encode()) + position.encode()).decode().rstrip("=")


def _seal(listing: str, position: bytes) -> bytes:
    return hmac.digest(secrets.key_for("cursors"), listing.encode() + b"\0" + position, hashlib.sha256)[:SEAL]
