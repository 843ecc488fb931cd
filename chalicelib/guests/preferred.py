"""What a guest prefers, of all that its records say: whose word counts. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from chalicelib.canonical.ids import Scope
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.time import Instant
from chalicelib.guests.model import Head
from chalicelib.guests.standing import is_merged
from chalicelib.guests.statements import Form
from chalicelib.guests.survivorship import voices

Origin = Literal["declared", "noted", "observed"]
"""DECLARED by the guest; NOTED by staff; OBSERVED by a source."""
WEIGHT: Mapping[Origin, int] = {"observed": 0, "noted": 1, "declared": 2}


class Preferred(NamedTuple):
    """Whose word about one kind counts. Without values the guest, or staff, took it back."""

    values: tuple[str, ...]
    origin: Origin
    at: Instant
    actor: str
    head: Head
    form: Form = "text"


class _Said(NamedTuple):
    is_heard: bool
    weight: int
    is_alive: bool
    at: Instant
    leaf: str


def preferred(records: Iterable[Head], own: Collection[Scope] = ()) -> dict[str, Preferred]:
    """By kind. The guest's own word counts more than that of staff, and theirs more than what a source observed; among
    equals the newest. What a hotel claims fills in what the group's word leaves open, but for those whose profile it
    is; what the guest wrote is nobody's claim."""
    told = list(records)
    says = any(head.statements or (head.record and head.record.preferences) for head in told)
    return counting(told, own, OFFERED) if says else {}


def counting(records: Iterable[Head], own: Collection[Scope], about: Collection[str]) -> dict[str, Preferred]:
    """Whose word counts of each of these things, in their order, by the rules of preferences."""
    told = list(records)
    best: dict[str, tuple[_Said, Preferred]] = {}
    for thing, rank, word in _told(told, voices(told, own).heard):
        if thing in about and (thing not in best or rank > best[thing][0]):
            best[thing] = rank, word
    return {thing: best[thing][1] for thing in about if thing in best}


def _told(saying: Sequence[Head], heard: Sequence[Head]) -> Iterator[tuple[str, _Said, Preferred]]:
    aloud = {head.leaf for head in heard}
    for head in saying:
        is_heard, is_alive = head.leaf in aloud, not is_merged(head)
        for each in head.statements:
            origin: Origin = "declared" if each.by == "guest" else "noted"
            # That its source let go of the record says nothing against what people said through it.
            is_counted = is_heard or each.is_own_hand
            rank = _Said(is_counted, WEIGHT[origin], is_alive=True, at=each.at, leaf=head.leaf)
            yield each.about, rank, Preferred(each.values, origin, each.at, each.actor, head, each.form)
        changed_at = head.version.changed_at if head.version else Instant("")
        for kind, values in head.record.preferences.items() if head.record else ():
            rank = _Said(is_heard, WEIGHT["observed"], is_alive, changed_at, head.leaf)
            yield kind, rank, Preferred(values, "observed", changed_at, "", head)
