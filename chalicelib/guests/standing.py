"""Whose word counts for more among a guest's records, and in which order they are asked. Pure."""

from collections.abc import Iterable, Mapping

from chalicelib.canonical.ids import PropertyId
from chalicelib.connections.model import API
from chalicelib.guests.model import Head


def is_somebodys(head: Head) -> bool:
    """Whether a source says something of a person there, and not that it is nobody."""
    return head.record is not None and head.record.nobody is None


def claimed_by(record: Head) -> PropertyId | None:
    """The hotel that alone says so; None of the group's word."""
    return record.record.hotel if record.record else None


def since_by_hotel(records: Iterable[Head]) -> Mapping[PropertyId, int]:
    """From when each hotel knows a guest who has these records."""
    since: dict[PropertyId, int] = {}
    for head in records:
        for hotel in head.seen_at:
            since[hotel] = min(head.since or 0, since.get(hotel, head.since or 0))
    return since


def known_from(head: Head, since: Mapping[PropertyId, int]) -> tuple[int, str]:
    """Of a record, from when its hotels know the guest: the first of them."""
    return min(((since[each], each) for each in head.seen_at), default=(0, ""))


def first_known(records: Iterable[Head]) -> list[Head]:
    """Records in the order in which they count where none is to count for being new: the group's own, then what its
    other sources say, then what hotels claim; of either in the order in which the hotels knew the guest, and of one
    hotel the newest. What was merged away comes last of the group's word, and of the claims."""
    newest = newest_first(records)
    since = since_by_hotel(newest)

    def rank(head: Head) -> tuple[bool, bool, bool, tuple[int, str]]:
        own = is_of_group(head)
        known = (0, "") if own else known_from(head, since)
        return claimed_by(head) is not None, not standing(head)[0], not own, known

    return sorted(newest, key=rank)


def known_to_the_group(records: Iterable[Head]) -> list[Head]:
    """By which of a guest's records the group knows the guest, the best word first: by its word alone, and where it has
    none, by what that hotel claims which knew the guest first."""
    ordered = first_known(records)
    hotel = claimed_by(ordered[0]) if ordered else None
    return [head for head in ordered if claimed_by(head) == hotel]


def newest_first(records: Iterable[Head]) -> list[Head]:
    """Those that say anything; what was merged away comes last."""
    return sorted((head for head in records if head.record), key=standing, reverse=True)


def is_of_group(record: Head) -> bool:
    """Whether it is the group's own word: of a key for all hotels, or of a source of the group's that names none."""
    said = record.record
    return not (said and said.hotel) and (not record.seen_at or (said is not None and said.source == API))


def hotels_of(record: Head) -> frozenset[PropertyId]:
    """Those that may say that a record is theirs: it was named at one of them, or stayed there."""
    return frozenset((*record.seen_at, *record.stats.properties))


def first_hotel(record: Head) -> PropertyId:
    """Of its hotels that which comes first by its id; "" where it has none."""
    return min(hotels_of(record), default=PropertyId(""))


def standing(leaf: Head) -> tuple[bool, str, str]:
    """When a record was read is no news of it: of two profiles, each read now and then, neither is the newer for it."""
    return not is_merged(leaf), leaf.version.mark if leaf.version else "", leaf.leaf


def is_merged(leaf: Head) -> bool:
    """Whether its source merged it into another of its records."""
    return leaf.record is not None and leaf.record.merged_into is not None
