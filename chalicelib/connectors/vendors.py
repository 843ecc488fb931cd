"""The list of vendors. Each module is imported where it is first needed: the edge answers within a second."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar

from chalicelib.connectors.contract import Edge, FatTranslation, Sample, ThinTranslation


def _canonical_edge() -> Edge:
    from chalicelib.connectors.canonical import edge

    return edge


def _canonical_translation() -> FatTranslation:
    from chalicelib.connectors.canonical import translate

    return translate


def _canonical_sample() -> Sample:
    from chalicelib.connectors.canonical import sample

    return sample


def _mews_edge() -> Edge:
    from chalicelib.connectors.mews import edge

    return edge


def _mews_translation() -> ThinTranslation:
    from chalicelib.connectors.mews import translate

    return translate


Loaded = TypeVar("Loaded")

EDGES: Mapping[str, Callable[[], Edge]] = {"canonical": _canonical_edge, "mews": _mews_edge}
FAT: Mapping[str, Callable[[], FatTranslation]] = {"canonical": _canonical_translation}
SAMPLES: Mapping[str, Callable[[], Sample]] = {"canonical": _canonical_sample}
THIN: Mapping[str, Callable[[], ThinTranslation]] = {"mews": _mews_translation}
VENDORS = tuple(EDGES)


@cache
def edge_of(vendor: str) -> Edge:
    """Raises LookupError."""
    return _known(EDGES, vendor)()


@cache
def fat(vendor: str) -> FatTranslation:
    """The translation of a vendor whose notices hold the whole truth. Raises LookupError."""
    return _known(FAT, vendor)()


def sample(vendor: str) -> Sample:
    """A notice to try a connection with. Raises LookupError."""
    return _known(SAMPLES, vendor)()


@cache
def thin(vendor: str) -> ThinTranslation:
    """The translation of a vendor whose notices name ids. Raises LookupError."""
    return _known(THIN, vendor)()


def _known(loaders: Mapping[str, Callable[[], Loaded]], vendor: str) -> Callable[[], Loaded]:
    if vendor not in loaders:
        raise LookupError(f"{vendor!r} is none of {', '.join(loaders)}")
    return loaders[vendor]
