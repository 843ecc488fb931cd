"""A glance at canonical snapshots, without pydantic: the edge answers within a second, on a cold start.

What looks right here is taken; what does not is looked at closely, and refused only where the models refuse it, too.
What a glance cannot see (bounds, what two fields say of each other) a worker sets aside with its field.
"""

import re
from collections.abc import Mapping

from chalicelib.connectors.contract import Json


def _names(told: str) -> frozenset[str]:
    return frozenset(told.split())


GUEST = _names(
    "kind changed_at source_id person salutation given_name family_name generation email email_is_relay phone language "
    "country address birth_date special_dates preferences vip age_category member_number marketing_email merged_into "
    "property_id anonymised"
)
RESERVATION = _names(
    "kind changed_at source_id room booking_id property_id status arrival departure booked_at channel adults children "
    "currency room_revenue_minor eligible_room_revenue_minor other_revenue_minor in_other_currencies cancel_reason "
    "rate_plan market_segment promotion_code room_type room_number arrival_time meal_plan purpose company_id agency_id "
    "group_id payer nightly_rates occupants backfill"
)
CHARGE = _names(
    "kind changed_at source_id property_id reservation_source_id room charge category amount_minor tax_minor currency "
    "folio_owner cancelled"
)
FIELDS = {"guest": GUEST, "reservation": RESERVATION, "charge": CHARGE}
DETAILS = _names(
    "snapshots role guest street postal_code city region country kind day currency room_revenue_minor "
    "eligible_room_revenue_minor other_revenue_minor night amount_minor pillow bed floor view temperature outlet table "
    "activities"
)
"""What lies around and within snapshots."""
NAMES = GUEST | RESERVATION | CHARGE | DETAILS
LISTS = {"occupants": 20, "nightly_rates": 400, "in_other_currencies": 10, "special_dates": 10}
"""How many entries the lists of a snapshot may have; a test holds them to the models."""
MOST_VALUES = 5_000
"""Of one snapshot: one with as many of everything as there may be has half of them."""
REQUIRED = {
    "guest": frozenset({"changed_at"}),
    "reservation": frozenset({"changed_at", "source_id", "property_id", "status", "arrival", "departure"}),
    "charge": frozenset(
        {"changed_at", "source_id", "property_id", "reservation_source_id", "amount_minor", "currency"}
    ),
}
ROLES = ("primary", "companion", "booker")
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)
TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:?\d\d)"
INSTANT = re.compile(f"{DATE.pattern}[Tt ]{TIME}", re.ASCII)
TEXTS = _names(
    "source_id salutation given_name family_name generation email phone language member_number merged_into booking_id "
    "cancel_reason rate_plan room_type room_number reservation_source_id"
)
"""Fields of text that somebody may fill from a number."""
FORMS = (
    ("changed_at", INSTANT),
    ("arrival", DATE),
    ("departure", DATE),
    ("birth_date", DATE),
    ("property_id", re.compile("[a-z0-9_-]{1,64}")),
    ("country", re.compile("[A-Z]{2}")),
    ("currency", re.compile("[A-Z]{3}")),
    ("payer", re.compile("guest|company|master_account")),
)
"""Fields that are most often written in another form."""


def values_of(document: Json) -> int:
    """How many values a document has, itself among them; no more than it takes to know that there are too many."""
    count, waiting = 0, [document]
    while waiting and count <= MOST_VALUES:
        node = waiting.pop()
        count += 1
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return count + len(waiting)


def looks_right(notice: Json) -> bool:
    """Whether something of a notice can be taken, as far as a glance shows: one snapshot that looks right is enough."""
    snapshots = notice.get("snapshots") if isinstance(notice, dict) else None
    if not isinstance(snapshots, list):
        return False
    return not snapshots or any(_snapshot_looks_right(each) for each in snapshots)


def _snapshot_looks_right(snapshot: Json) -> bool:
    if not isinstance(snapshot, dict):
        return False
    kind = snapshot.get("kind")
    if not isinstance(kind, str):
        return False
    return kind not in FIELDS or (_is_of(kind, snapshot) and _occupants_look_right(snapshot.get("occupants")))


def _is_of(kind: str, snapshot: Mapping[str, Json]) -> bool:
    names = snapshot.keys()
    return names <= FIELDS[kind] and names >= REQUIRED[kind] and _is_well_formed(snapshot)


def _is_well_formed(snapshot: Mapping[str, Json]) -> bool:
    for name, form in FORMS:
        value = snapshot.get(name)
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            return False
    stays_on = str(snapshot.get("arrival") or "") <= str(snapshot.get("departure") or "9")
    are_texts = all(isinstance(snapshot.get(name) or "", str) for name in TEXTS)
    return stays_on and are_texts and all(snapshot.get(name, 0) is not None for name in REQUIRED[snapshot["kind"]])


def _occupants_look_right(occupants: Json) -> bool:
    return occupants is None or (isinstance(occupants, list) and all(map(_occupant_looks_right, occupants)))


def _occupant_looks_right(occupant: Json) -> bool:
    guest = occupant.get("guest") if isinstance(occupant, dict) and occupant.get("role") in ROLES else None
    return isinstance(guest, dict) and _is_of("guest", {"kind": "guest", **guest})
