"""What the front desk sees of one guest of each kind, over the public API, beside the truth."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from infra.demo.api import Api
from infra.demo.compare import listed

Guest = dict[str, Any]

KINDS: dict[str, Callable[[Guest], object]] = {
    "with several records": lambda guest: len(guest["customers"]) > 1,
    "with points": lambda guest: guest["points"] > 0,
    "with a stay and no points": lambda guest: guest["stays"] and not guest["points"],
    "without a mailbox": lambda guest: not guest["emails"],
    "without a stay": lambda guest: not guest["stays"],
    "whom the hotel forgot": lambda guest: guest["forgotten"],
}


def differences(hub: Api, truth: dict[str, Any], source: str, program: str) -> list[str]:
    """Look each of them up by each id that the source has for them."""
    found = []
    for kind, is_of_kind in KINDS.items():
        guest = next((each for each in truth["guests"].values() if is_of_kind(each)), None)
        for customer in guest["customers"] if guest else ():
            wanted, got = _true(guest or {}), _seen(hub, source, customer, program)
            if got != wanted:
                found.append(f"the API shows a guest {kind} as {got}, true is {wanted}")
    return found + _still_known(hub, truth["forgotten"], source)


def _still_known(hub: Api, forgotten: Guest, source: str) -> list[str]:
    """Whom the hotel forgot is found by no id, unless there is a reservation, and by no address."""
    asked = [f"source={source}&source_id={customer}" for customer in forgotten["customers"]]
    asked += [f"email={quote(address)}" for address in forgotten["emails"]]
    known = [query for query in asked if hub.get(f"/v1/guests?{query}")["items"]]
    return listed("somebody forgotten is found by", known)


def _true(guest: Guest) -> Guest:
    return {
        "customers": sorted(guest["customers"]),
        "stays": guest["stays"],
        "nights": guest["nights"],
        "room_revenue": {currency: minor for currency, minor in guest["room_revenue_minor"].items() if minor},
        "points": guest["points"],
        "has_address": bool(guest["emails"]),
        "has_name": not guest["forgotten"],
    }


def _seen(hub: Api, source: str, customer: str, program: str) -> Guest | str:
    guests = hub.get(f"/v1/guests?source={source}&source_id={customer}")["items"]
    if len(guests) != 1:
        return f"{len(guests)} guests"
    (guest,) = guests
    accounts = hub.get(f"/v1/guests/{guest['id']}/membership")["items"]
    return {
        "customers": sorted(leaf["source_id"] for leaf in guest["leaves"]),
        "stays": guest["stats"]["stays"],
        "nights": guest["stats"]["nights"],
        "room_revenue": {each["currency"]: each["amount_minor"] for each in guest["stats"]["room_revenue"]},
        "points": sum(each["balance"] for each in accounts if each["program"] == program),
        "has_address": guest["traits"]["email"] is not None,
        "has_name": guest["traits"]["family_name"] is not None,
    }
