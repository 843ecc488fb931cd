"""Canonical notices hold snapshots as they are: `{"snapshots": [...]}`."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from chalicelib.canonical.details import MealPlan, Purpose
from chalicelib.canonical.errors import FieldError, Invalid, Rejected
from chalicelib.canonical.faults import by_field, shown, told, told_as
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import AnySnapshot, Channel, Status
from chalicelib.connectors.canonical.shape import LISTS, MOST_VALUES, NAMES, values_of
from chalicelib.connectors.codes import as_code
from chalicelib.connectors.contract import Json, Link, Translated, UnknownWord

SNAPSHOT: TypeAdapter[AnySnapshot] = TypeAdapter(AnySnapshot)
AHEAD = timedelta(days=1)
"""Clocks differ; days do not."""
WORDS: Mapping[str, frozenset[str]] = {
    "status": frozenset(Status),
    "channel": frozenset(Channel),
    "meal_plan": frozenset(MealPlan),
    "purpose": frozenset(Purpose),
}
"""Fields of a reservation that say `unknown` where a word is none of these. Whose folio pays, and what a charge is for,
decide about money: there a wrong word is refused."""
TOLD = 50
"""Faults told at once."""
KINDS = frozenset({"guest", "reservation", "charge"})


def translate(notice: Json, link: Link, received_at: datetime) -> Translated:
    """Each snapshot by itself: `broken` names those that are not of the published shape, with their fields.

    Raises Rejected for a notice that holds no list of snapshots.
    """
    items = notice.get("snapshots") if isinstance(notice, Mapping) else None
    if not isinstance(items, list):
        raise Rejected("not_canonical", "snapshots: a list is required")
    snapshots: list[AnySnapshot] = []
    ignored: Counter[str] = Counter()
    broken: dict[str, str] = {}
    words: list[UnknownWord] = []
    for at, item in enumerate(items):
        if isinstance(item, dict) and _unknown_kind(item):
            ignored["unknown_kind"] += 1
            continue
        ours, unknown = with_known_words(item)
        ignored.update(f"unknown_{each}" for each in unknown)
        words += _words(item, unknown)
        try:
            snapshots.append(_checked(at, ours, link, received_at))
        except Rejected as rejected:
            broken[f"snapshots.{at}"] = str(rejected)
    return Translated(snapshots, ignored, broken, unknown_words=words)


def _words(item: Json, unknown: Sequence[str]) -> list[UnknownWord]:
    codes = {name: as_code(item[name], item.get("occupants")) for name in unknown}
    return [UnknownWord(f"unknown_{name}", word, str(item.get("source_id"))) for name, word in codes.items() if word]


def faults_of(notices: Sequence[Json], received_at: datetime) -> list[FieldError]:
    """What is wrong with notices of which nothing can be taken; nothing, where one snapshot can be."""
    found: list[FieldError] = []
    first = 0
    for notice in notices:
        items = notice.get("snapshots") if isinstance(notice, Mapping) else None
        if not isinstance(items, list):
            return [_no_list(notice)]
        for at, item in enumerate(items, first):
            faults = _faults_of_one(item, received_at)
            if not faults:
                return []
            found += [within(each, f"snapshots.{at}") for each in faults]
            if len(found) >= TOLD:
                return found[:TOLD]
        first += len(items)
    return found


def within(fault: FieldError, place: str) -> FieldError:
    """A fault of one snapshot, by its place in what was sent."""
    return FieldError(f"{place}.{fault.field}", fault.message, f"{place}.{fault.log_as}")


def _no_list(notice: Json) -> FieldError:
    if not isinstance(notice, Mapping):
        return FieldError("body", "must be a JSON object")
    return FieldError("snapshots", "must be a list" if "snapshots" in notice else "is required")


def _faults_of_one(item: Json, received_at: datetime) -> Sequence[FieldError]:
    if isinstance(item, dict) and _unknown_kind(item):
        return ()
    try:
        read(with_known_words(item)[0], received_at)
    except Invalid as invalid:
        return invalid.fields
    return ()


def with_known_words(item: Json) -> tuple[Json, list[str]]:
    """A snapshot whose words are ours, and the fields whose word no table knows: it is `unknown`."""
    if not isinstance(item, Mapping):
        return item, []
    said = {name: _word(item[name]) for name in WORDS if isinstance(item.get(name), str)}
    unknown = [name for name, word in said.items() if word not in WORDS[name]]
    return {**item, **said, **dict.fromkeys(unknown, "unknown")}, unknown


def _word(said: str) -> str:
    """`Checked-out` is `checked_out`."""
    return said.strip().lower().replace("-", "_").replace(" ", "_")


def _unknown_kind(item: Mapping[str, Json]) -> bool:
    kind = item.get("kind")
    return isinstance(kind, str) and kind not in KINDS


def _checked(at: int, item: Json, link: Link, received_at: datetime) -> AnySnapshot:
    allowed = set(link.properties.values())
    try:
        snapshot = read(_of_its_hotel(item, allowed), received_at)
    except Invalid as invalid:
        fields = "; ".join(f"snapshots.{at}.{each.log_as}: {each.message}" for each in invalid.fields[:TOLD])
        raise Rejected("invalid_snapshot", fields) from None
    if allowed and snapshot.property_id is not None and snapshot.property_id not in allowed:
        raise Rejected("foreign_property", f"snapshots.{at}.property_id")
    return snapshot


def _of_its_hotel(item: Json, allowed: Collection[PropertyId]) -> Json:
    """Whoever speaks for one hotel tells of that hotel's guests: a guest of none would be the group's word."""
    if isinstance(item, Mapping) and item.get("kind") == "guest" and item.get("property_id") is None:
        return {**item, "property_id": next(iter(allowed))} if len(allowed) == 1 else item
    return item


def read(item: Json, received_at: datetime | None = None, *, exactly: bool = False) -> AnySnapshot:
    """Check one snapshot. Raises Invalid, which names the fields and never repeats a value.

    A change that lies in the future is refused: it would freeze the record until then. Read `exactly`, each field is of
    the type that is described; a webhook's sender, who will not mend it, may write `"5"` for 5.
    """
    snapshot = _validated(item, exactly=exactly)
    if received_at and snapshot.latest_change() > received_at + AHEAD:
        raise Invalid(FieldError("changed_at", "lies in the future", "changed_at"))
    return snapshot


def _validated(item: Json, *, exactly: bool) -> AnySnapshot:
    _count(item)
    try:
        if exactly:  # as JSON, where a text may be a date
            return SNAPSHOT.validate_json(json.dumps(item), strict=True)
        return SNAPSHOT.validate_python(item, strict=False)
    except ValidationError as error:
        faults = by_field((_path(each.location), each.words) for each in told(error, AnySnapshot))
        raise Invalid(
            *(FieldError(shown(path), words, told_as(path, NAMES)) for path, words in faults.items())
        ) from None


def _count(item: Json) -> None:
    """Before a model is asked, which would find a fault in each entry of a million."""
    if values_of(item) > MOST_VALUES:
        raise Invalid(FieldError("snapshot", f"has more than {MOST_VALUES} values", "snapshot"))
    for name, most in LISTS.items() if isinstance(item, dict) else ():
        listed = item.get(name)
        if isinstance(listed, list) and len(listed) > most:
            raise Invalid(FieldError(name, f"may have at most {most} entries", name))


def _path(location: tuple[int | str, ...]) -> tuple[str, ...]:
    """The union's tag is part of pydantic's location, and means nothing to the sender."""
    parts = location[1:] if location and location[0] in KINDS else location
    return tuple(map(str, parts)) or ("snapshot",)
