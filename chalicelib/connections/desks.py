"""Where a reservation stands in the PMS that told of it: the address that the front desk opens. Pure.

The host is what the connection's admin wrote, and nothing that a source says gets into it or out of its place: values
are percent-encoded, and stand behind the host alone.
"""

import re
from urllib.parse import quote

from chalicelib.canonical.ids import PropertyId
from chalicelib.connections.model import KeptConnection

RESERVATION, HOTEL = "{reservation}", "{hotel}"
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
HOST = re.compile(r"https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?[/?]")
BEHIND = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*")
"""What an address may have besides placeholders (RFC 3986); so no quotes, blanks, or backslashes."""
UP = frozenset({".", ".."})
"""As a part of a path they would lead elsewhere, and encoding leaves them as they are."""


def template_fault(template: str) -> str | None:
    """What is wrong with the address of a PMS's page; None for one that can be used."""
    host = HOST.match(template)
    if host is None:
        return "must begin with https:// and a host in small letters, such as https://pms.example/"
    behind = template[host.end() :]
    unknown = sorted(set(PLACEHOLDER.findall(behind)) - {RESERVATION, HOTEL})
    if unknown:
        return f"has {unknown[0]}: there is {HOTEL} and {RESERVATION}"
    if not BEHIND.fullmatch(PLACEHOLDER.sub("", behind)):
        return "has a sign that no address has"
    return None if RESERVATION in behind else f"must have {RESERVATION} behind the host"


def reservation_address(connection: KeptConnection, hotel: PropertyId, source_id: str) -> str | None:
    """None where the connection names no such page, or where it asks for a hotel's id and the hotel has none there, or
    several."""
    template, vendors = connection.desk_url, [each for each, ours in connection.properties.items() if ours == hotel]
    if not template or template_fault(template) or (HOTEL in template and len(vendors) != 1):
        return None
    values = {RESERVATION: source_id, HOTEL: vendors[0] if len(vendors) == 1 else ""}
    if not UP.isdisjoint(values.values()):
        return None
    return PLACEHOLDER.sub(lambda found: quote(values[found[0]], safe=""), template)
