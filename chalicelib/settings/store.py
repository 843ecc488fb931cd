"""How settings are kept: packed in one attribute of their row, beside what the tools wrote down."""

import json
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from pydantic import ValidationError

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, size_of
from chalicelib.aws.retries import until_written
from chalicelib.canonical.definitions import NOBODYS, Changed, Hand
from chalicelib.canonical.errors import TooLarge
from chalicelib.canonical.ids import ControllerId
from chalicelib.settings.guest_rules import SHIPPED
from chalicelib.settings.model import LARGEST_CAP, HubSettings, Succession

ATTRIBUTES = ("sender", "postal_address", "cap_mails", "cap_days", "pace_seconds")
"""How a row of before held them, each by itself; the first change packs them."""
CHANGED_AT, CHANGED_BY = "settings_changed_at", "settings_changed_by"
GONE = frozenset({"pace_seconds"})


def get() -> HubSettings:
    """What is kept, with its version; 0 is that of what nobody changed yet."""
    return read(table.get(keys.DEPLOYMENT))


def with_successions() -> tuple[HubSettings, frozenset[Succession]]:
    row = table.get(keys.DEPLOYMENT)
    return read(row), successions(row)


def read(row: Item | None) -> HubSettings:
    if row and "settings" in row:
        return HubSettings.model_validate(without(json.loads(row["settings"])))
    return _of_attributes(row or {})


def without(kept: dict[str, Any]) -> dict[str, Any]:
    """What earlier versions kept, and nothing asks for any more, is left aside."""
    return {name: value for name, value in kept.items() if name not in GONE}


def packed(settings: HubSettings) -> dict[str, str | int | None]:
    """The attributes that hold the settings. What earlier readers do not know is written only where it is chosen."""
    chosen = {name: getattr(settings, name) for name in ("mails_singly", "retention_erases")}
    known_since = {**chosen, "guests": settings.guests != SHIPPED, "departments": bool(settings.departments)}
    unknown: dict[str, Any] = {name: True for name, is_chosen in known_since.items() if not is_chosen}
    if settings.guests != SHIPPED:
        as_shipped = {"matching": settings.guests.matching == SHIPPED.matching, "fields": not settings.guests.fields}
        unknown["guests"] = {name for name, is_shipped in as_shipped.items() if is_shipped}
    return {
        "settings": settings.model_dump_json(exclude_none=True, exclude=unknown),
        "settings_version": settings.version,
    }


def changed() -> Changed:
    """Which version is kept, and by whose hand; that of a restored or an older row is not known."""
    row = table.get(keys.DEPLOYMENT) or {}
    return Changed(read(row).version or 0, row.get(CHANGED_AT), row.get(CHANGED_BY))


def save(settings: HubSettings, *, replaces: int, hand: Hand = NOBODYS, beside: Sequence[table.Write] = ()) -> None:
    """With what is written `beside` them. Raises ConditionFailed when the version to replace is not the one that is
    kept (0: none is)."""
    told = {**packed(settings), CHANGED_AT: hand.at, CHANGED_BY: hand.by}
    values = {f":{name}": value for name, value in told.items()}
    sets = ", ".join(f"{name} = :{name}" for name in told)
    kept = table.Update(
        keys.DEPLOYMENT,
        f"SET {sets} REMOVE {', '.join(ATTRIBUTES)}",
        values | ({":replaces": replaces} if replaces else {}),
        when=table.When("settings_version = :replaces" if replaces else "attribute_not_exists(settings_version)"),
        size=len(str(values)) + 256,
    )
    if beside:
        table.transact([kept, *beside])
    else:
        table.write(kept)


def successions(row: Item | None) -> frozenset[Succession]:
    """Every change of a legal entity that was ever written down."""
    told = [each.split(" ") for each in (row or {}).get("successions", ())]
    return frozenset(Succession(ControllerId(successor), ControllerId(before)) for successor, before in told)


LARGEST_SUCCESSIONS = 39_050
"""Bytes: some 1,200 changes. Settings have 361,000 at the most, and lie in the same row."""
NEVER_NOTED = table.When("attribute_not_exists(successions)")


def note(some: Collection[Succession], most_bytes: int = LARGEST_SUCCESSIONS) -> None:
    """Write changes of legal entities down, before they are made: one that is not made then holds too much, not too
    little. Raises TryAgain, and TooLarge for so many that the largest settings would not fit beside them."""
    if some:
        until_written(partial(_note, some, most_bytes), "the settings were changed by others all the time")


def _note(some: Collection[Succession], most_bytes: int) -> None:
    row = table.get(keys.DEPLOYMENT)
    news = set(some) - successions(row)
    if not news:
        return
    known: list[str] = (row or {}).get("successions", [])
    told = [*known, *sorted(" ".join(each) for each in news)]
    if size_of(told) > most_bytes:
        raise TooLarge("Legal entities were changed so often that no further change can be remembered.")
    as_read = table.When("successions = :known", {":known": known}) if known else NEVER_NOTED
    table.write(table.Update(keys.DEPLOYMENT, "SET successions = :told", {":told": told}, when=as_read))


def _of_attributes(row: Item) -> HubSettings:
    """Nothing was checked then. A cap above what a gate remembers would be none at all: it is cut down to that. What
    else would be refused today is as good as not set, and mail goes on where it can."""
    known = without({name: row[name] for name in ATTRIBUTES if name in row})
    known["cap_mails"] = min(known.get("cap_mails", HubSettings().cap_mails), LARGEST_CAP)
    known["version"] = 0
    known["group"] = {name: known.pop(name) for name in ("sender", "postal_address") if name in known}
    try:
        return HubSettings.model_validate(known)
    except ValidationError as error:
        for fault in error.errors():
            _drop(known, fault["loc"])
        return HubSettings.model_validate(known)


def _drop(known: dict[str, Any], place: tuple[str | int, ...]) -> None:
    *outer, last = place
    (known[str(outer[0])] if outer else known).pop(str(last))
