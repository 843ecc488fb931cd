"""Many guests in a caller's sight at once: batch reads, however many they are."""

from collections.abc import Collection, Iterable, Mapping

from chalicelib.access.model import Caller
from chalicelib.canonical.ids import Leaf
from chalicelib.entrypoints.api.visibility import InSight, eyes_of, is_of, seen, stays_of
from chalicelib.guests import rules, store
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.stats import Stats

MOST_READ = 2_000
"""Reservations that are read to tell what hotels may know of guests who stay at several."""

Heads = Mapping[Leaf, Head]


def sights_of(caller: Caller, leaves: Collection[Leaf]) -> dict[Leaf, InSight]:
    """By record, its guest as the caller may see it; whoever is not in sight is left out."""
    eyes = eyes_of(caller)
    heads = _up_to_guests(store.heads(leaves))
    guests = {leaf: guest for leaf in leaves if (guest := _guest_of(leaf, heads))}
    read = None if eyes.is_group else _with_what_they_say(eyes, guests.values(), heads)
    found = {leaf: seen(caller, eyes, guest, _of(guest, read)) for leaf, guest in guests.items()}
    return {leaf: sight for leaf, sight in found.items() if sight}


def _up_to_guests(heads: Heads) -> Heads:
    """With the heads of those that they were merged into; of one that is merged on meanwhile, those as well."""
    known = dict(heads)
    while wanted := {head.merged_into for head in known.values() if head.merged_into} - known.keys():
        found = store.heads(wanted)
        if not found:
            break
        known |= found
    return known


def _guest_of(leaf: Leaf, heads: Heads) -> Guest | None:
    head = heads.get(leaf)
    while head and head.merged_into:
        head = heads.get(head.merged_into)
    return head.as_guest() if head else None


def _with_what_they_say(eyes: Caller, guests: Iterable[Guest], heads: Heads) -> Heads:
    """All records of the guests, and of those in sight what their sources say."""
    members = {leaf for guest in guests for leaf in guest.members}
    known = {**heads, **store.heads(members - heads.keys())}
    in_sight = {leaf: known[leaf] for leaf in members if leaf in known and is_of(eyes, known[leaf])}
    return known | store.with_records(in_sight)


def _of(guest: Guest, read: Heads | None) -> Heads | None:
    return None if read is None else {leaf: read[leaf] for leaf in guest.members if leaf in read}


def sums_of(sights: Iterable[InSight]) -> list[Stats | None]:
    """What the stays in sight of each guest come to; None of who is not to be profiled, and where that would take
    reading more than is read here.

    A head tells it without a query, but for a record that stayed at hotels in sight and at others.
    """
    left, found = MOST_READ, []
    for sight in sights:
        asked = (
            0 if sight.eyes.is_group else sum(each.stats.reservations for each in sight.heads if _is_mixed(sight, each))
        )
        found.append(_sums(sight) if asked <= left and not sight.whole.traits.unprofiled else None)
        left -= min(asked, left)
    return found


def _is_mixed(sight: InSight, head: Head) -> bool:
    return not sight.eyes.sees_all(head.stats.properties)


def _sums(sight: InSight) -> Stats:
    if sight.eyes.is_group:
        return sight.whole.traits.stats
    parts = [
        rules.stats_of(stays_of(sight.eyes, each.leaf)) if _is_mixed(sight, each) else each.stats
        for each in sight.heads
    ]
    return rules.add_stats(parts)
