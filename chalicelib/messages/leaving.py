"""What the holder of an unsubscribe link is told, and the way back for who left by it."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.consent import actions as consents
from chalicelib.consent import addresses
from chalicelib.consent import store as gates
from chalicelib.consent.model import Consent
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.messages import store
from chalicelib.messages.set_up import SetUp
from chalicelib.messages.tokens import UnsubscribeLink, read_token
from chalicelib.properties import store as properties
from chalicelib.settings import rules as settings_rules
from chalicelib.settings import store as settings
from chalicelib.settings.rules import Names


class Standing(NamedTuple):
    """In whose names the page speaks, in which languages it may (the guest's, the mail's), and how the guest stands."""

    names: Names
    languages: tuple[str | None, str | None]
    has_left: bool
    may_return: bool
    reads_the_mailbox: bool
    """Whether the mail that brought the link went to an address that is the guest's still."""


def standing(token: str, known: SetUp | None = None) -> Standing:
    """Changes nothing. Raises NotFound for a token that the hub did not make. `known` is what is set, where the page
    has read it."""
    link = read_token(token)
    guest = guests.guest(link.leaf)
    hotels = (known.hotels if known else properties.by_id()).values()
    kept = known.settings if known else settings.get()
    reads = _reads_the_mailbox(link, guest)
    answers_still = link.controller in settings_rules.controllers(kept, hotels).all
    return Standing(
        names=settings_rules.names_of(link.controller, kept, hotels),
        languages=(guest.traits.language if guest else None, link.language),
        has_left=_has_left(link, guest),
        may_return=answers_still and reads,
        reads_the_mailbox=reads,
    )


def come_back(token: str, words: str, language: str, at: datetime | None = None) -> Consent:
    """Say yes again to what the token's holder left, with the words that stood above the button as proof.

    Again and again is once. Raises NotFound for a token that the hub did not make, and Conflict where it proves
    nothing: the mail went to an address that is the guest's no more, or nobody answers for that consent any more.
    """
    if not standing(token).may_return:
        raise Conflict("This link does not show who you are any more.")
    link = read_token(token)
    proof = {"via": "return", "run": link.run, "words": words, "language": language}
    sent = store.message(link.leaf, link.run)
    address = sent.address if sent else None
    through = addresses.carrier_of(guests.guest(link.leaf), address, sent.property_id) if sent and address else None
    said = through or link.leaf, link.channel, link.purpose, link.controller
    read_at = [address] if address else []
    return consents.set_consent(*said, "explicit", "guest", instant(at or present()), proof, read_at)


def _has_left(link: UnsubscribeLink, guest: Guest | None) -> bool:
    gate = gates.gate(guest.id, link.channel) if guest else None
    answer = gate.answer_to(link.purpose, link.controller) if gate else None
    return answer is not None and answer.state == "withdrawn"


def _reads_the_mailbox(link: UnsubscribeLink, guest: Guest | None) -> bool:
    """Whether the mail that brought the link went to an address that is the guest's still."""
    sent = store.message(link.leaf, link.run) if guest else None
    return sent is not None and sent.address is not None and sent.address in addresses.of(guest, link.channel)
