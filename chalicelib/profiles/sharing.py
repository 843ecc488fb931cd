"""Who carries an identifier, and for whose records it is nobody's own. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.canonical.errors import XeniaError
from chalicelib.canonical.ids import Digest, IdentifierKey, Leaf, PropertyId, digest_in
from chalicelib.guests.carried import listed_as
from chalicelib.guests.model import Head
from chalicelib.identity.carriers import Carriers, hotels_of, is_shared_by, tells, whose
from chalicelib.identity.model import MOST_CLAIMS, MOST_LEAVES, Called, Identifier, hotel_in
from chalicelib.profiles import mailboxes
from chalicelib.profiles.draft import Draft

if TYPE_CHECKING:
    from chalicelib.guests.kinds import EmailKind

MOST_CLAIMS_OF_ALL = 2 * MOST_CLAIMS
"""Leaves of all hotels' keys that an identifier lists, beside those of the group's sources."""


class TooManyRecords(XeniaError):
    """A guest, or an identifier's carriers, would become more than one transaction can regroup."""


@dataclass(frozen=True)
class Shared:
    """Identifiers that are nobody's by the word of the group's sources, and those that are for a hotel's records by its
    own word beside theirs."""

    everybody: set[IdentifierKey] = field(default_factory=set)
    by_hotel: dict[PropertyId, set[IdentifierKey]] = field(default_factory=dict)

    def of(self, hotel: PropertyId | None) -> set[IdentifierKey]:
        return self.everybody | self.by_hotel.get(hotel, set()) if hotel else self.everybody

    def beside(self, others: AbstractSet[IdentifierKey]) -> "Shared":
        """With others that tell nobody apart, whoever has them."""
        return replace(self, everybody=self.everybody | others)


def shared_now(draft: Draft, heads: Iterable[Head]) -> Shared:
    """Of all that the records carry: told from who carries it now, so that a version that came too late makes no
    difference."""
    records = list(heads)
    found, followed = Shared(), {head.leaf for head in records}
    for key in {key for head in records for key in head.identifiers if tells(key)}:
        row = draft.identifier(digest_in(key))
        if _is_shared_now(key, row, followed, None):
            found.everybody.add(key)
        for hotel in hotels_of(row.carriers):
            if _is_shared_now(key, row, followed, hotel):
                found.by_hotel.setdefault(hotel, set()).add(key)
    return found


def _is_shared_now(key: IdentifierKey, row: Identifier, followed: AbstractSet[Leaf], hotel: PropertyId | None) -> bool:
    """As it was, unless all are at hand whom it would regroup."""
    known = row.is_shared_for(hotel)
    if row.is_closed or not whose(row.carriers, hotel).keys() <= followed:
        return known
    return is_shared_by(key, row.carriers, unless_known=known, hotel=hotel)


def mark_shared(draft: Draft, shared: Shared, keys: Iterable[IdentifierKey]) -> None:
    for key in keys:
        before = draft.identifier(digest_in(key))
        is_shared = key in shared.everybody
        hotels = tuple(sorted(hotel for hotel, those in shared.by_hotel.items() if key in those and not is_shared))
        if (before.shared, before.shared_for) != (is_shared, hotels):
            draft.decided.identifiers[digest_in(key)] = replace(before, shared=is_shared, shared_for=hotels)


def hide_shared_addresses(draft: Draft, shared: Shared, heads: Iterable[Head]) -> None:
    """Mail to a shared address would reach others: it is no guest's own."""
    for head in heads:
        record = draft.head(head.leaf).record
        if record is None or record.email_kind not in {"own", "shared"}:
            continue
        addresses = {key for key in draft.head(head.leaf).identifiers if key.startswith("email:")}
        is_own = addresses and addresses.isdisjoint(shared.of(record.hotel))
        kind: EmailKind = "own" if is_own else "shared"
        if kind != record.email_kind:
            draft.keep(replace(draft.head(head.leaf), record=record.with_email_kind(kind)))


def list_carriers(draft: Draft) -> None:
    for leaf, head in draft.decided.heads.items():
        before = draft.state.heads.get(leaf)
        for digest in head.digests | (before.digests if before else set()):
            listed = draft.identifier(digest).carriers
            carriers = {other: called or _called(draft, other) for other, called in listed.items() if other != leaf}
            if digest in head.digests and head.record:
                carriers[leaf] = listed_as(head.record)
            _list(draft, digest, carriers)
        if before:
            mailboxes.remember(draft, before, head)


def _called(draft: Draft, leaf: Leaf) -> Called | None:
    """Of rows that earlier versions wrote, where the record is at hand."""
    head = draft.state.heads.get(leaf)
    return listed_as(head.record) if head and head.record else None


def _list(draft: Draft, digest: Digest, carriers: Carriers) -> None:
    """Who carries an identifier. One that is shared by the word of the group's sources and has many carriers of theirs
    is closed, and keeps no list, for it would have thousands; one that is somebody's takes no further ones. What hotels
    claim takes nobody's place, and closes nothing. Raises TooManyRecords for who finds none."""
    before = draft.identifier(digest)
    if before.is_closed or before.carriers == carriers:
        return
    said_by = Counter(map(hotel_in, carriers.values()))
    full = said_by.pop(None, 0) > MOST_LEAVES
    is_one_more = len(before.leaves) < len(carriers)
    if (full and not before.shared) or (is_one_more and _are_too_many(said_by.values())):
        raise TooManyRecords
    kept = {} if full else carriers
    shared = full or (before.shared and bool(kept))
    shared_for = tuple(sorted(hotels_of(kept).intersection(before.shared_for)))
    draft.decided.identifiers[digest] = replace(before.carried_by(kept), shared=shared, shared_for=shared_for)


def _are_too_many(claims: Collection[int]) -> bool:
    return max(claims, default=0) > MOST_CLAIMS or sum(claims) > MOST_CLAIMS_OF_ALL
