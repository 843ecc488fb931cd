"""Tell a restored table again what was objected to, and who was erased, restricted or not to be profiled, since the
time that it was restored to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent.model import Suppression
from chalicelib.consent.objections import (
    GuestErasure,
    Objection,
    Profiling,
    Restriction,
    Undeliverable,
    Withdrawal,
)
from chalicelib.consent.restrictions import restrict
from chalicelib.messages import actions
from chalicelib.privacy.actions import erase_again
from chalicelib.privacy.profiling import say_again


@dataclass(frozen=True)
class ToldAgain:
    """How many objections hold again, and how many are of records that the table does not know: not yet, where the
    records came later and are replayed."""

    held: int = 0
    unknown: int = 0


def tell_again(objections: Iterable[Objection]) -> ToldAgain:
    """Any number of times and in any order; one that is known already changes nothing. Raises TryAgain."""
    newest: dict[Leaf, Restriction] = {}
    words: list[Profiling] = []
    known = [_is_held(each) for each in _but_what_may_end(objections, newest, words)]
    known += [_is_held(each) for each in sorted(newest.values(), key=_in_time)]
    known += [_is_held(each) for each in sorted(words, key=lambda each: (each.at, each.holds))]
    return ToldAgain(held=sum(known), unknown=len(known) - sum(known))


def _but_what_may_end(
    objections: Iterable[Objection], newest: dict[Leaf, Restriction], words: list[Profiling]
) -> Iterator[Objection]:
    """The others. What may have ended is told last, and in time: the newest restriction of each record, and all that
    was said of profiling."""
    for each in objections:
        if isinstance(each, Profiling):
            words.append(each)
        elif not isinstance(each, Restriction):
            yield each
        elif each.leaf not in newest or _in_time(newest[each.leaf]) < _in_time(each):
            newest[each.leaf] = each


def _in_time(restriction: Restriction) -> tuple[str, bool]:
    return restriction.at, restriction.restricted


def _is_held(objection: Objection) -> bool:
    match objection:
        case Withdrawal():
            return _withdraw(objection)
        case Undeliverable(address, channel, reason, at):
            actions.suppress(address, Suppression(reason=reason, at=at), channel)
            return True
        case GuestErasure():
            return erase_again(objection)
        case Restriction(leaf, restricted, at):
            return _restrict(leaf, at, is_restricted=restricted)
        case Profiling():
            return say_again(objection)


def _withdraw(no: Withdrawal) -> bool:
    try:
        said = no.leaf, no.channel, no.purpose, no.controller
        consents.set_consent(*said, "withdrawn", no.basis, no.at, no.proof, no.said_at, no.part)
    except NotFound:
        return False
    return True


def _restrict(leaf: Leaf, at: Instant, *, is_restricted: bool) -> bool:
    try:
        restrict(leaf, at, is_restricted=is_restricted)
    except NotFound:
        return False
    return True
