"""What a person decides about guests: that two are one, that two are two, that some records are somebody else's."""

from collections.abc import Collection, Iterable

from chalicelib.canonical.ids import Leaf
from chalicelib.guests.model import Guest
from chalicelib.identity import audit_store
from chalicelib.identity import store as identity
from chalicelib.identity.model import Decision, Verdict, pair_of
from chalicelib.profiles import verdicts
from chalicelib.profiles.actions import store_decision
from chalicelib.profiles.verdicts import Word


def decide(one: Leaf, other: Leaf, verdict: Verdict, of: tuple[Guest, Guest], word: Word) -> None:
    """About two records, which these guests have. Raises Conflict where it does not fit, and TryAgain."""
    pair = pair_of(one, other)
    kept = decided_about({one, other, *of[0].members, *of[1].members})
    said = verdicts.meant(pair, verdict, *of, kept)
    store_decision(word.on(said, kept))
    if verdict is not Verdict.WITHDRAWN:
        audit_store.answered({*of[0].members, *of[1].members})


def unmerge(guest: Guest, leaving: Collection[Leaf], word: Word) -> list[Leaf]:
    """Take records off a guest for good: each is kept apart from each that stays, which are returned. Said again it is
    the same. Raises Conflict where none would stay, or it does not fit; Invalid for another's records; TryAgain."""
    kept = decided_about({*leaving, *guest.members})
    leaving = sorted({*leaving, *verdicts.said_through(leaving, kept)})
    staying = verdicts.staying(guest, leaving, kept, word.at)
    verdicts.check_leaving(leaving, staying, guest.members, kept)
    store_decision(word.on(verdicts.apart(leaving, staying), kept))
    return staying


def decided_about(leaves: Iterable[Leaf]) -> dict[Leaf, dict[Leaf, Decision]]:
    """What was decided about some records, by both leaves; one batch read."""
    return identity.decisions_about(sorted(set(leaves)))
