"""Text as people typed it, fit to be kept and shown. Pure."""

import json
import unicodedata

from pydantic import ValidationError

from chalicelib.canonical.details import PostalAddress
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.snapshots import AnySnapshot
from chalicelib.connectors.canonical.edge import id_fields
from chalicelib.connectors.stripping import is_clean, strip


def without_cards(snapshot: AnySnapshot) -> AnySnapshot:
    """What a vendor answered passed no edge, and is looked through here. Raises Rejected where what is left has not the
    field's shape."""
    told = snapshot.model_dump_json(exclude_none=True)
    if is_clean(told.encode(), frozenset()):
        return snapshot
    document = json.loads(told)
    stripped = strip(document, frozenset(), id_fields)
    try:
        return snapshot if stripped == document else type(snapshot).model_validate(stripped)
    except ValidationError as error:
        fields = {".".join(map(str, each["loc"])) for each in error.errors(include_input=False)}
        raise Rejected("card_number", f"in {', '.join(sorted(fields))}") from None


def address_of(address: PostalAddress | None) -> PostalAddress | None:
    """Without what could break a line; an address that says nothing is none."""
    if address is None:
        return None
    cleaned = PostalAddress(
        street=clean(address.street),
        postal_code=clean(address.postal_code),
        city=clean(address.city),
        region=clean(address.region),
        country=address.country,
    )
    return cleaned if cleaned != PostalAddress() else None


def clean(text: str | None) -> str | None:
    """Text as people typed it, in NFC, without what could turn a line around or break it."""
    if text and text.isascii() and text.isprintable():
        return " ".join(text.split()) or None
    normal = unicodedata.normalize("NFC", text or "")
    kept = "".join(
        " " if char in "\r\n\t" else char
        for char in normal
        if unicodedata.category(char) not in _UNSEEN or char in _JOINERS
    )
    return " ".join(kept.split()) or None


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\r\n\t\u200c\u200d"
"""Zero-width joiners are letters' business in Persian and Hindi, and in emoji."""
