"""Records, and who is one person with whom: the half of a change that is about people. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.canonical.errors import XeniaError
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import ChannelName, Digest, GuestId, IdentifierKey, Leaf, digest_in, leaf_of_profile
from chalicelib.consent import rules as consent
from chalicelib.consent.model import CHANNELS, Suppression
from chalicelib.guests.model import EmailKind, Head, Record
from chalicelib.identity.model import MOST_LEAVES
from chalicelib.identity.names import name_of
from chalicelib.identity.rules import Claimant, group
from chalicelib.profiles import mailboxes
from chalicelib.profiles.decisions import decisions_of
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import Person


class TooManyRecords(XeniaError):
    """A guest, or an identifier's carriers, would become more than one transaction can regroup."""


def take_record(draft: Draft, person: Person) -> bool:
    """Keep a newer record. A record that was found shared stays marked so."""
    before = draft.head(person.leaf)
    seen_at = tuple(sorted({*before.seen_at, *([person.property_id] if person.property_id else [])}))
    if not person.version.supersedes(before.version, _stage(person.record), _stage(before.record)):
        if seen_at != before.seen_at and draft.known(person.leaf):
            draft.keep(replace(before, seen_at=seen_at))
        return False
    record, identifiers = _untied(person, before) if draft.untied else (person.record, person.identifiers)
    record = before.record if before.record and _hidden_like(before.record, record) == before.record else record
    version = person.version.text()
    said = replace(before, record=record, record_version=version, identifiers=identifiers, seen_at=seen_at)
    draft.keep(replace(said, own_profile=person.own_profile))
    if (record, identifiers) == (before.record, before.identifiers):
        draft.restamped.add(person.leaf)
        return True
    draft.say(FactType.GUEST_CHANGED, person.leaf, person.leaf)
    if _member_number(before.record) != _member_number(record):
        draft.say(FactType.MEMBER_NUMBER_CHANGED, person.leaf, person.leaf)
    return True


def _stage(record: Record | None) -> int:
    """Of two records of one instant: a profile is merged after it was one, and a no counts more than a yes."""
    return 2 * (record.merged_into is not None) + (record.marketing_email is False) if record else 0


def _hidden_like(before: Record, record: Record) -> Record:
    """The record as it is kept where its address was found shared: a source never says that."""
    return record.with_email_kind("shared") if before.email_kind == "shared" and record.email_kind == "own" else record


def _member_number(record: Record | None) -> str | None:
    return record.member_number if record else None


def _untied(person: Person, before: Head) -> tuple[Record, tuple[IdentifierKey, ...]]:
    """The record without whatever new would tie it to others. An address that tells nobody is not mailed, either: the
    guest who has it is there already."""
    kept = tuple(key for key in person.identifiers if key in before.identifiers)
    record = person.record
    if before.record is None or before.record.merged_into != record.merged_into:
        record = record.untied()
    if record.email_kind == "own" and not any(key.startswith("email:") for key in kept):
        record = record.with_email_kind("shared")
    return record, kept


def tells_differently(draft: Draft, person: Person) -> bool:
    """Whether the record says anything new about who this is."""
    before = draft.state.heads.get(person.leaf)
    return before is None or _tells(before) != _tells(draft.head(person.leaf))


def regroup(draft: Draft) -> None:
    """Decide anew who is one person with whom, among all that the change could touch."""
    leaves = sorted({*draft.state.heads, *draft.decided.heads})
    draft.decided.relied_on_heads.update(draft.state.asked_heads)
    draft.decided.relied_on_identifiers.update(draft.state.asked_identifiers)
    heads = [head for head in map(draft.head, leaves) if head.record]
    _list_carriers(draft)
    closed = {key for key in _keys(heads) if draft.identifier(digest_in(key)).is_closed}
    claimants = [_claimant(head, head.record) for head in heads if head.record]
    groups, shared = group(claimants, closed, decisions_of(draft))
    if max(map(len, groups), default=0) > MOST_LEAVES:
        groups = _as_they_were(draft, leaves)
    _mark_shared(draft, _keys(heads) - closed, shared)
    _hide_shared_addresses(draft, shared, heads)
    _lay_out(draft, groups)
    mailboxes.mark(draft)


def _as_they_were(draft: Draft, leaves: Iterable[Leaf]) -> list[list[Leaf]]:
    """The guests that are kept, and newcomers each by itself. Raises TooManyRecords while what is new may be untied."""
    if not draft.untied:
        raise TooManyRecords
    kept: dict[Leaf, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        head = draft.state.heads.get(leaf)
        kept[head.guest if head else leaf].append(leaf)
    return sorted(sorted(each) for each in kept.values())


def _list_carriers(draft: Draft) -> None:
    for leaf, head in draft.decided.heads.items():
        before = draft.state.heads.get(leaf)
        had = before.digests if before else set()
        for digest in head.digests - had:
            _list(draft, digest, {*draft.identifier(digest).leaves, leaf})
        for digest in had - head.digests:
            _list(draft, digest, {*draft.identifier(digest).leaves} - {leaf})
        if before:
            mailboxes.remember(draft, before, head)


def _list(draft: Draft, digest: Digest, leaves: set[Leaf]) -> None:
    """Who carries an identifier. One that is shared and has many carriers is closed, and keeps no list, for it would
    have thousands; one that is somebody's takes no further ones. Raises TooManyRecords for these."""
    before = draft.identifier(digest)
    if before.is_closed or set(before.leaves) == leaves:
        return
    full = len(leaves) > MOST_LEAVES
    if full and not before.shared:
        raise TooManyRecords
    kept = () if full else tuple(sorted(leaves))
    shared = full or (before.shared and bool(kept))
    draft.decided.identifiers[digest] = replace(before, leaves=kept, shared=shared)


def _mark_shared(draft: Draft, keys: Iterable[IdentifierKey], shared: set[IdentifierKey]) -> None:
    """Told from who carries it now, so that a version that came too late makes no difference."""
    for key in keys:
        before = draft.identifier(digest_in(key))
        if before.shared != (key in shared):
            draft.decided.identifiers[digest_in(key)] = replace(before, shared=key in shared)


def _hide_shared_addresses(draft: Draft, shared: set[IdentifierKey], heads: Iterable[Head]) -> None:
    """Mail to a shared address would reach others: it is no guest's own."""
    for head in heads:
        record = draft.head(head.leaf).record
        if record is None or record.email_kind not in {"own", "shared"}:
            continue
        addresses = {key for key in draft.head(head.leaf).identifiers if key.startswith("email:")}
        kind: EmailKind = "own" if addresses and not shared & addresses else "shared"
        if kind != record.email_kind:
            draft.keep(replace(draft.head(head.leaf), record=record.with_email_kind(kind)))


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
            draft.keep(replace(draft.head(leaf), merged_into=guest, members=(), traits=None, properties=()))
        for channel in CHANNELS:
            _carry_gate(draft, channel, leaves, came_from)
        if len(came_from) > 1:
            draft.say(FactType.GUEST_MERGED, guest, guest)
        if any(not set(draft.state.heads[old].members) <= set(leaves) for old in came_from):
            draft.say(FactType.GUEST_UNMERGED, guest, guest)


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
    """They are kept with the leaf that names the guest, as if they had been made through it."""
    known = draft.state.acts
    everybody = [leaf for leaf, head in draft.state.heads.items() if head.guest in came_from]
    own, all_ = ([known[leaf, channel] for leaf in some if (leaf, channel) in known] for some in (leaves, everybody))
    objections = consent.objections_taken_along(own, all_)
    if objections:
        draft.decided.acts[leaves[0], channel] = {**known.get((leaves[0], channel), {}), **objections}


def is_seen_elsewhere(draft: Draft, person: Person) -> bool:
    """Whether a record that is known was named at one more hotel: who answers there is spoken to, too."""
    before = draft.state.heads.get(person.leaf)
    return before is not None and before.seen_at != draft.head(person.leaf).seen_at


def take_consent(draft: Draft, person: Person) -> None:
    """The source's flag, and what is known of the addresses, reach the guest's gates."""
    guest = draft.head(person.leaf).guest
    for channel in CHANNELS:
        before = draft.gate(guest, channel)
        took_over = _take_over_objections(draft, person, channel)
        answers = draft.answers(draft.head(guest).members, channel)
        after = before if answers == before.answers else before.with_answers(answers)
        for address, why in _suppressed_addresses(draft, person, CHANNELS[channel]):
            after = consent.with_suppression(after, address, why.reason)
        if after != before or took_over:  # the gate is the lock of the acts
            draft.decided.gates[guest, channel] = after
    if draft.flags_changed(person.leaf):
        draft.say(FactType.CONSENT_CHANGED, guest, person.leaf)


def _take_over_objections(draft: Draft, person: Person, channel: ChannelName) -> bool:
    """Who objects is the mailbox: what was said at an address holds for the leaf that carries it. Returns if it is news
    to the leaf."""
    before = draft.acts(person.leaf, channel)
    after = before
    for address in _addresses(person, CHANNELS[channel]):
        after = consent.taken_over(after, draft.identifier(address).objections)
    if after == before:
        return False
    draft.decided.acts[person.leaf, channel] = after
    return True


def _addresses(person: Person, kind: str) -> list[Digest]:
    return [digest_in(key) for key in person.identifiers if key.startswith(f"{kind}:")]


def _suppressed_addresses(draft: Draft, person: Person, kind: str) -> Iterator[tuple[Digest, Suppression]]:
    for digest in _addresses(person, kind):
        known = draft.identifier(digest).suppressed
        if known:
            yield digest, Suppression.model_validate(known)


def _tells(head: Head) -> tuple[object, ...]:
    record = head.record
    if record is None:
        return ()
    return record.given_name, record.family_name, record.merged_into, head.identifiers, record.email_kind


def _keys(heads: Iterable[Head]) -> set[IdentifierKey]:
    return {key for head in heads for key in head.identifiers}


def _claimant(head: Head, record: Record) -> Claimant:
    return Claimant(
        leaf=head.leaf,
        name=name_of(record.given_name, record.family_name),
        identifiers=frozenset(key for key in head.identifiers if key.startswith(("email:", "phone:"))),
        member_identifiers=frozenset(key for key in head.identifiers if key.startswith("member:")),
        merged_into=leaf_of_profile(record.source, record.merged_into) if record.merged_into else None,
    )
