"""Who is one person with whom: decided anew among all records that a change could touch, and laid out. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import ChannelName, GuestId, IdentifierKey, Leaf, digest_in, leaf_of_profile
from chalicelib.consent import rules as consent
from chalicelib.consent.acts import without_claimed_yes
from chalicelib.consent.model import CHANNELS, REMEMBERED, Consent
from chalicelib.guests.carried import name_said
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.guests.standing import hotels_of
from chalicelib.identity.birthdays import birth_day
from chalicelib.identity.carriers import known_names, tells
from chalicelib.identity.likeness import own_sketch
from chalicelib.identity.model import MOST_LEAVES, hotel_in
from chalicelib.identity.offices import keys_of_offices
from chalicelib.identity.partition import partition
from chalicelib.identity.rules import Claimant
from chalicelib.profiles import candidates, laying, mailboxes, sharing
from chalicelib.profiles.decisions import decisions_of
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.sharing import Shared, TooManyRecords


def regroup(draft: Draft) -> None:
    """Decide anew who is one person with whom, among all that the change could touch."""
    everybody = sorted({*draft.state.heads, *draft.decided.heads})
    leaves = [leaf for leaf in everybody if not draft.head(leaf).erased]  # who is erased is with nobody
    draft.decided.relied_on_heads.update(draft.state.asked_heads)
    draft.decided.relied_on_identifiers.update(draft.state.asked_identifiers)
    heads = [head for head in map(draft.head, leaves) if head.record]
    sharing.list_carriers(draft)
    laying.lay(draft)
    shared = sharing.shared_now(draft, heads)
    groups = _groups(draft, heads, shared)
    if max(map(len, groups), default=0) > MOST_LEAVES:
        groups = _as_they_were(draft, leaves)
    sharing.mark_shared(draft, shared, _keys(heads))
    sharing.hide_shared_addresses(draft, shared, heads)
    _lay_out(draft, groups)
    mailboxes.mark(draft)
    candidates.note(draft)


def _groups(draft: Draft, heads: Sequence[Head], shared: Shared) -> list[list[Leaf]]:
    """The guests that the records make. Whoever else carries an identifier of theirs is known by name, and can only say
    whom it tells: a member number that two people have."""
    nobodys = shared.beside(_keys_of_offices(draft, heads))
    claimants = [_claimant(draft, head, head.record, nobodys) for head in heads if head.record]
    followed = {each.leaf for each in claimants}
    beside = _onlookers(draft, _keys(heads) - nobodys.everybody, followed)
    told = nobodys.everybody, decisions_of(draft), nobodys.by_hotel, draft.state.guest_rules.matching
    groups = partition([*claimants, *beside], *told)
    return [those for each in groups if (those := [leaf for leaf in each if leaf in followed])]


def _onlookers(draft: Draft, telling: Iterable[IdentifierKey], followed: set[Leaf]) -> list[Claimant]:
    found: dict[Leaf, Claimant] = {}
    for key in filter(tells, telling):
        carriers = draft.identifier(digest_in(key)).carriers
        for leaf, name in known_names(carriers).items():
            if leaf not in followed:
                found[leaf] = (found.get(leaf) or Claimant(leaf, name, hotel=hotel_in(carriers[leaf]))).carrying(key)
    return list(found.values())


def _as_they_were(draft: Draft, leaves: Iterable[Leaf]) -> list[list[Leaf]]:
    """The guests that are kept, and newcomers each by itself. Raises TooManyRecords while what is new may be untied."""
    if not draft.untied or draft.but:
        raise TooManyRecords
    kept: dict[Leaf, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        head = draft.state.heads.get(leaf)
        kept[head.guest if head else leaf].append(leaf)
    return sorted(sorted(each) for each in kept.values())


def _lay_out(draft: Draft, groups: list[list[Leaf]]) -> None:
    """Turn groups of leaves into guests: the smallest leaf is the guest, and each part brings its gate along."""
    before = {leaf: head.guest for leaf, head in draft.state.heads.items() if head.record}
    for leaves in groups:
        guest, rest = GuestId(leaves[0]), leaves[1:]
        came_from = {before[leaf] for leaf in leaves if leaf in before}
        stood = draft.state.heads.get(guest)
        if stood and stood.merged_into is None and list(stood.members) == leaves:
            continue
        draft.keep(replace(draft.head(guest), merged_into=None, members=tuple(leaves)))
        for leaf in rest:
            _lay_with(draft, leaf, guest)
        for channel in CHANNELS:
            _carry_gate(draft, channel, leaves, came_from)
        if len(came_from) > 1:
            draft.say(FactType.GUEST_MERGED, guest, guest)
        if any(not set(draft.state.heads[old].members) <= set(leaves) for old in came_from):
            draft.say(FactType.GUEST_UNMERGED, guest, guest)


def _lay_with(draft: Draft, leaf: Leaf, guest: GuestId) -> None:
    """Who is with the guest already is not written: of forty records one comes or goes."""
    head = draft.head(leaf)
    laid = replace(head, merged_into=guest, members=(), traits=None, properties=(), nobody=False)
    if laid != head:
        draft.keep(laid)


def _carry_gate(draft: Draft, channel: ChannelName, leaves: list[Leaf], came_from: set[GuestId]) -> None:
    """Gates follow their guests. Each one that was read is written or checked: nobody may act on it in between."""
    guest, kept = GuestId(leaves[0]), draft.state.gates
    for old in came_from - {guest}:
        if old in leaves or (old, channel) not in kept:
            draft.decided.gates.setdefault((old, channel), None)  # another part may have its gate for it already
    gates = [kept[old, channel] for old in came_from if (old, channel) in kept]
    if gates:
        _take_objections_along(draft, channel, leaves, came_from)
        answers = draft.answers(leaves, channel)
        draft.decided.gates[guest, channel] = consent.regrouped(guest, channel, gates, answers)
    elif guest in came_from:
        draft.decided.gates[guest, channel] = None


def _take_objections_along(draft: Draft, channel: ChannelName, leaves: list[Leaf], came_from: set[GuestId]) -> None:
    """A part takes along what was said through records of its own hotels, and what was said at its addresses: it is
    kept with a leaf of theirs, as if it had been said through that. What another hotel's record said goes with it."""
    known = draft.state.acts
    left = [leaf for leaf, head in draft.state.heads.items() if head.guest in came_from and leaf not in leaves]
    own = [known[leaf, channel] for leaf in leaves if (leaf, channel) in known]
    beside = {leaf: without_claimed_yes(known[leaf, channel]) for leaf in left if (leaf, channel) in known}
    through = {
        (leaf, key): at
        for leaf, acts in beside.items()
        for key, act in acts.items()
        if (at := _stays_with(draft, leaf, channel, key, act, leaves))
    }
    concerning = [{key: act for key, act in acts.items() if (leaf, key) in through} for leaf, acts in beside.items()]
    along = consent.objections_taken_along(own, [*own, *concerning])
    for (leaf, key), at in through.items():
        said = {name: act for name, act in along.items() if act == beside[leaf][key]}
        if said:
            draft.decided.acts[at, channel] = {**draft.acts(at, channel), **said}


def _stays_with(
    draft: Draft, leaf: Leaf, channel: ChannelName, key: str, act: Consent, leaves: Iterable[Leaf]
) -> Leaf | None:
    """Of these leaves the one with which an act through another is to be kept, if it concerns them."""
    hotels = hotels_of(draft.head(leaf))
    for each in leaves:
        if not hotels or not hotels.isdisjoint(hotels_of(draft.head(each))):
            return each
    return next(
        (each for each in leaves if act.basis != "staff" and _was_said_at(draft, each, channel, key, act)), None
    )


def _was_said_at(draft: Draft, leaf: Leaf, channel: ChannelName, key: str, act: Consent) -> bool:
    """Whether somebody objected at an address of this leaf at that time, or later."""
    name = key.removesuffix(REMEMBERED)
    there = [draft.identifier(each) for each in draft.head(leaf).digests_of(CHANNELS[channel])]
    return any(each.objections.get(name, "") >= act.at for each in there)


def _keys(heads: Iterable[Head]) -> set[IdentifierKey]:
    return {key for head in heads for key in head.identifiers}


def _keys_of_offices(draft: Draft, heads: Iterable[Head]) -> set[IdentifierKey]:
    return {key for head in heads for key in keys_of_offices(head, draft.state.guest_rules)}


def _claimant(draft: Draft, head: Head, record: Record, shared: Shared) -> Claimant:
    return Claimant(
        leaf=head.leaf,
        name=name_said(record),
        identifiers=frozenset(key for key in head.identifiers if key.startswith(("email:", "phone:"))),
        member_identifiers=frozenset(key for key in head.identifiers if key.startswith("member:")),
        merged_into=leaf_of_profile(record.source, record.merged_into) if record.merged_into else None,
        birth=birth_day(record.birth_date),
        hotel=record.hotel,
        source=record.source,
        compared=own_sketch(head, shared.of(record.hotel)) if head.blocks else None,
        blocks=frozenset(each for each in head.blocks if not draft.block(each).is_full),
    )
