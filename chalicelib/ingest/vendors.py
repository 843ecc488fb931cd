"""The list of vendors."""

from functools import cache
from importlib import import_module
from typing import cast

from chalicelib.connectors.contract import Edge, FatTranslation, ThinTranslation

VENDORS = ("canonical", "mews")


@cache
def edge_of(vendor: str) -> Edge:
    return cast(Edge, import_module(f"chalicelib.connectors.{_known(vendor)}.edge"))


@cache
def fat(vendor: str) -> FatTranslation:
    return cast(FatTranslation, import_module(f"chalicelib.connectors.{_known(vendor)}.translate"))


@cache
def thin(vendor: str) -> ThinTranslation:
    return cast(ThinTranslation, import_module(f"chalicelib.connectors.{_known(vendor)}.translate"))


def _known(vendor: str) -> str:
    if vendor not in VENDORS:
        raise LookupError(f"{vendor!r} is not a vendor; known are {', '.join(VENDORS)}")
    return vendor
