"""The settings of a stage, read and changed one by one from here, through the same door as the API's."""

from collections.abc import Mapping
from typing import Any

from chalicelib.canonical.errors import CallerError
from chalicelib.settings import actions, store
from chalicelib.settings.model import HubSettings
from infra import asked, stages
from infra.errors import Refused

Values = Mapping[str, str | int | bool | None]


def shown(stage: str) -> HubSettings:
    stages.use(stage)
    return store.get()


def change(stage: str, values: Values, branding: Values | None = None, brand: str | None = None) -> HubSettings:
    """Set some values, and some of the group's branding or of one brand's; a brand that is not there is made.

    None leaves a value as it is, and an empty text takes it back. Raises Refused for what the API would refuse, too.
    """
    known = shown(stage).model_dump(exclude_none=True)
    _set(known, values)
    if brand is None:
        _set(known["group"], branding or {})
    else:
        _set(known["brands"].setdefault(brand, {"name": brand}), branding or {})
    return _save(asked.read(HubSettings, known))


def remove_brand(stage: str, brand: str) -> HubSettings:
    """Raises Refused for one that is not there, or that a property names."""
    known = shown(stage).model_dump(exclude_none=True)
    if known["brands"].pop(brand, None) is None:
        raise Refused(f"there is no brand {brand}")
    return _save(asked.read(HubSettings, known))


def _set(known: dict[str, Any], values: Values) -> None:
    for name, value in values.items():
        if value == "":
            known.pop(name, None)
        elif value is not None:
            known[name] = value


def _save(settings: HubSettings) -> HubSettings:
    try:
        return actions.save(settings)
    except CallerError as refused:
        raise Refused(str(refused)) from refused
