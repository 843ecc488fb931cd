"""Note that a guest is not to be profiled, because they object (article 21 of the GDPR) or the use of their data is
restricted (article 18), or that this ends. It lies with the record through which it is said; it ends in all of them."""

from collections.abc import Collection, Mapping

from chalicelib.aws.retries import until_written
from chalicelib.aws.table import Contended
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import objections, restrictions
from chalicelib.guests import profiling
from chalicelib.guests import store as guests
from chalicelib.guests.kinds import Unprofiled
from chalicelib.guests.model import Head
from chalicelib.guests.standing import is_somebodys
from chalicelib.profiles import actions as profiles
from chalicelib.profiles.said import Sayings
from chalicelib.profiles.sayings import NewerWord

BUSY = "others say otherwise of this guest at this moment"


def restrict(leaf: Leaf, at: Instant, actor: str, *, is_restricted: bool, seen: Collection[Leaf] | None = None) -> None:
    """At the gates, which hold what is sent, and on the profile, which keeps the guest out of segments. The same again
    changes nothing, and makes good what a crash left. Whoever says otherwise beside this: both are as the last has it.
    Raises NotFound, TryAgain, and Conflict as of `say`, and where somebody said otherwise since."""

    def attempt() -> None:
        restrictions.restrict(leaf, at, is_restricted=is_restricted, seen=seen)
        try:
            say("restricted", leaf, at, actor, holds=is_restricted, seen=seen)
        except NewerWord:
            restrictions.hold(leaf, is_restricted=not is_restricted)
            raise
        if not restrictions.are_all(leaf, is_restricted=is_restricted):
            raise Contended(BUSY)

    until_written(attempt, BUSY)


def say(
    why: Unprofiled, leaf: Leaf, at: Instant, actor: str, *, holds: bool, seen: Collection[Leaf] | None = None
) -> None:
    """Of the guest whose record it is; the same again changes nothing. Raises NotFound, TryAgain, and Conflict where
    others than those `seen` are the guest's records by now: who may decide for these may not for all.

    It is written down beside the table, too, as said through each record: one that is restored has forgotten it.
    """
    guest = guests.required(leaf)
    restrictions.require_seen(guest, seen)
    heads = guests.with_records(guests.heads(guest.members))
    for each in _speaking(heads, leaf) if holds else _saying(heads, why):
        profiles.store_sayings(Sayings(each, (profiling.said(why, at, actor, holds=holds),), at))
        objections.note(objections.Profiling(each, why, holds, at, actor))


def _speaking(heads: Mapping[Leaf, Head], leaf: Leaf) -> list[Leaf]:
    """The record itself, or another that is a person's. Of whom all are nobody's there is nobody to profile."""
    people = [each for each in sorted(heads) if is_somebodys(heads[each])]
    return [leaf] if leaf in people else people[:1]


def _saying(heads: Mapping[Leaf, Head], why: Unprofiled) -> list[Leaf]:
    return [each for each in sorted(heads) if is_somebodys(heads[each]) and profiling.says(heads[each], why)]


def say_again(noted: objections.Profiling) -> bool:
    """In a table that was restored to a time before. False where it does not know the record. A newer word stands.
    Raises TryAgain."""
    word = profiling.said(noted.why, noted.at, noted.actor, holds=noted.holds)
    try:
        profiles.store_sayings(Sayings(noted.leaf, (word,), noted.at))
    except NotFound:
        return False
    except Conflict:
        return True
    return True
