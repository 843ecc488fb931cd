"""A record as a row of the table in which all are compared: plain values in, plain values out.

What the hub compares by its own rules (how a name sounds, its short forms, days written the other way round) is written
out here, so that any engine that knows SQL compares alike.
"""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.canonical.ids import GuestId, IdentifierKey, Leaf, PropertyId
from chalicelib.identity.blocks import KINDS, every_key_of
from chalicelib.identity.nicknames import one_form_of
from chalicelib.identity.sketches import Sketch

FIELDS = ("given", "short", "family", "born", "turned", "postcode", "city", "street", "country", "phone", "email")
KEYS = tuple(f"key_{kind.replace(' ', '_')}" for kind in KINDS)
COLUMNS = ("leaf", "guest", *FIELDS, *KEYS)
Row = Mapping[str, str | None]


class Laid(NamedTuple):
    """A record of somebody's: `said_by` is the hotel that alone says so, `email` the identifier of an own mailbox."""

    leaf: Leaf
    guest: GuestId
    sketch: Sketch
    said_by: PropertyId | None = None
    email: IdentifierKey | None = None


def row(laid: Laid) -> Row:
    """By the names of `COLUMNS`; None where the record does not say it. What one hotel says lies with its own alone, as
    in the hub's blocks."""
    sketch, name = laid.sketch, laid.sketch.name
    found = every_key_of(sketch)
    keys = {column: _key(laid, found.get(kind)) for column, kind in zip(KEYS, KINDS, strict=True)}
    told = {
        **{field: getattr(sketch, field) for field in ("born", "postcode", "city", "street", "country", "phone")},
        "given": "".join(name.given),
        "family": "".join(name.family),
        "short": one_form_of(name.given[0]) if name.given else None,
        "turned": _turned(sketch.born),
        "email": laid.email,
    }
    return {"leaf": laid.leaf, "guest": laid.guest, **{field: told[field] or None for field in FIELDS}, **keys}


def _key(laid: Laid, key: str | None) -> str | None:
    return f"{laid.said_by or ''}|{key}" if key else None


def _turned(born: str | None) -> str | None:
    """Day and month in one order, whichever way they were written."""
    return "-".join((born[:4], *sorted(born[5:].split("-")))) if born else None
