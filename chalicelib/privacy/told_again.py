"""Tell a restored table again what was objected to, and who was erased, since the time that it was restored to."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.canonical.errors import NotFound
from chalicelib.consent import actions as consents
from chalicelib.consent.model import Suppression
from chalicelib.consent.objections import GuestErasure, Objection, Undeliverable, Withdrawal
from chalicelib.messages import actions
from chalicelib.privacy.actions import erase_again


@dataclass(frozen=True)
class ToldAgain:
    """How many objections hold again, and how many are of records that the table does not know: not yet, where the
    records came later and are replayed."""

    held: int = 0
    unknown: int = 0


def tell_again(objections: Iterable[Objection]) -> ToldAgain:
    """Any number of times and in any order; one that is known already changes nothing. Raises TryAgain."""
    known = [_is_held(each) for each in objections]
    return ToldAgain(held=sum(known), unknown=len(known) - sum(known))


def _is_held(objection: Objection) -> bool:
    match objection:
        case Withdrawal():
            return _withdraw(objection)
        case Undeliverable(address, channel, reason, at):
            actions.suppress(address, Suppression(reason=reason, at=at), channel)
            return True
        case GuestErasure():
            return erase_again(objection)


def _withdraw(no: Withdrawal) -> bool:
    try:
        said = no.leaf, no.channel, no.purpose, no.controller
        consents.set_consent(*said, "withdrawn", no.basis, no.at, no.proof, no.said_at, no.part)
    except NotFound:
        return False
    return True
