"""How settings are kept: packed in one attribute of their row, beside what the tools wrote down."""

from typing import Any

from pydantic import ValidationError

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.settings.model import LARGEST_CAP, HubSettings

ATTRIBUTES = ("sender", "postal_address", "cap_mails", "cap_days", "pace_seconds")
"""How a row of before held them, each by itself; the first change packs them."""


def get() -> HubSettings:
    """What is kept, with its version; 0 is that of what nobody changed yet."""
    return read(table.get(keys.DEPLOYMENT))


def read(row: Item | None) -> HubSettings:
    if row and "settings" in row:
        return HubSettings.model_validate_json(row["settings"])
    return _of_attributes(row or {})


def packed(settings: HubSettings) -> dict[str, str | int | None]:
    """The attributes that hold the settings."""
    return {"settings": settings.model_dump_json(exclude_none=True), "settings_version": settings.version}


def save(settings: HubSettings, *, replaces: int) -> None:
    """Raises ConditionFailed when the version to replace is not the one that is kept (0: none is)."""
    values = {f":{name}": value for name, value in packed(settings).items()}
    table.write(
        table.Update(
            keys.DEPLOYMENT,
            f"SET settings = :settings, settings_version = :settings_version REMOVE {', '.join(ATTRIBUTES)}",
            values | ({":replaces": replaces} if replaces else {}),
            when=table.When("settings_version = :replaces" if replaces else "attribute_not_exists(settings_version)"),
            size=len(str(values)) + 256,
        )
    )


def _of_attributes(row: Item) -> HubSettings:
    """Nothing was checked then. A cap above what a gate remembers would be none at all: it is cut down to that. What
    else would be refused today is as good as not set, and mail goes on where it can."""
    known: dict[str, Any] = {name: row[name] for name in ATTRIBUTES if name in row}
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
