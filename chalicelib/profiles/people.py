"""Records, and who is one person with whom: the half of a change that is about people. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import ChannelName, Digest, IdentifierKey, Leaf, digest_in, is_anew
from chalicelib.consent import rules as consent
from chalicelib.consent.model import CHANNELS, ERASED, Suppression, SuppressionReason
from chalicelib.guests import minors
from chalicelib.guests.carried import carrying, sketch, told_by_record, without_numbers
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.profiles import erasing
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import Person


def take_record(draft: Draft, person: Person, since: int | None = None) -> bool:
    """Keep a newer record. A record that was found shared stays marked so. `since` is when the hub was told of it."""
    before = draft.head(person.leaf)
    if before.erased:
        return False
    return erasing.take(draft, person) if person.record.nobody == "erased" else _take(draft, person, before, since)


def _take(draft: Draft, person: Person, before: Head, since: int | None) -> bool:
    known_since = _earlier(before, since)
    seen_at = tuple(sorted({*before.seen_at, *([person.property_id] if person.property_id else [])}))
    if person.version.was_read_before(before.version):
        draft.keep(replace(before, seen_at=seen_at, since=known_since, record_version=person.version.text()))
        return False
    if not person.is_newer_than(before):
        if (seen_at, known_since) != (before.seen_at, before.since) and draft.known(person.leaf):
            draft.keep(replace(before, seen_at=seen_at, since=known_since))
        return False
    record, identifiers = _untied(person, before) if draft.unties(person.leaf) else (person.record, person.identifiers)
    record = before.record if before.record and _hidden_like(before.record, record) == before.record else record
    version = person.version.text()
    said = replace(before, record=record, record_version=version, seen_at=seen_at, own_profile=person.own_profile)
    if record.nobody:
        _end_what_was_agreed(draft, person.leaf)
    statements = () if record.nobody else before.statements
    said = replace(said, since=known_since, blocks=_blocks(draft, person, before), statements=statements)
    enrolments = without_numbers(before.enrolments) if record.nobody else before.enrolments
    draft.keep(carrying(said, identifiers, enrolments))
    if (record, identifiers) == (before.record, told_by_record(before)):
        draft.restamped.add(person.leaf)
        return True
    if record.nobody and (before.record is None or before.record.nobody):
        return True  # who never was anybody is no news to anybody
    draft.say(FactType.GUEST_CHANGED, person.leaf, person.leaf)
    is_known = before.record is not None
    is_older = is_known and _youth(before.record) != _youth(record)
    if is_older or _member_number(before.record) != _member_number(record) or enrolments != before.enrolments:
        draft.say(FactType.MEMBER_NUMBER_CHANGED, person.leaf, person.leaf)
    return True


def _end_what_was_agreed(draft: Draft, leaf: Leaf) -> None:
    """Of whom a source takes out: whoever has the record next agreed to nothing. What was refused stays."""
    for channel in CHANNELS:
        known = draft.acts(leaf, channel)
        left = consent.refusals_of(known)
        if left != known:
            draft.decided.acts[leaf, channel] = left
            draft.ended.add(leaf)


def _youth(record: Record | None) -> date | None:
    """From when what somebody earns is no child's."""
    return minors.earns_from(record) if record else date.min


def _earlier(before: Head, since: int | None) -> int | None:
    """The earliest telling, whichever is taken in first; of records of before it was kept nothing is known."""
    if not before.has_record or since is None:
        return since if not before.has_record else before.since
    return before.since if before.since is None else min(before.since, since)


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


def _blocks(draft: Draft, person: Person, before: Head) -> tuple[Digest, ...]:
    if draft.unties(person.leaf):
        return tuple(each for each in person.blocks if each in before.blocks)
    return person.blocks


def tells_differently(draft: Draft, person: Person) -> bool:
    """Whether the record says anything new about who this is."""
    before = draft.state.heads.get(person.leaf)
    return before is None or _tells(before) != _tells(draft.head(person.leaf))


def is_seen_elsewhere(draft: Draft, person: Person) -> bool:
    """Whether a record that is known was named at one more hotel: who answers there is spoken to, too."""
    before = draft.state.heads.get(person.leaf)
    return before is not None and before.seen_at != draft.head(person.leaf).seen_at


def take_consent(draft: Draft, person: Person) -> None:
    """The source's flag, and what is known of the addresses, reach the guest's gates."""
    if draft.head(person.leaf).erased:
        return
    guest = draft.head(person.leaf).guest
    for channel in CHANNELS:
        before = draft.gate(guest, channel)
        took_over = _take_over_objections(draft, person, channel)
        answers = draft.answers(draft.head(guest).members, channel)
        after = before if answers == before.answers else before.with_answers(answers)
        for address, reason in _suppressed_addresses(draft, person, CHANNELS[channel]):
            after = consent.with_suppression(after, address, reason)
        if after != before or took_over or person.leaf in draft.ended:  # the lock of the acts
            draft.decided.gates[guest, channel] = after
    if draft.flags_changed(person.leaf) or person.leaf in draft.ended:
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


def _suppressed_addresses(draft: Draft, person: Person, kind: str) -> Iterator[tuple[Digest, SuppressionReason]]:
    for digest in _addresses(person, kind):
        row = draft.identifier(digest)
        if row.suppressed:
            yield digest, Suppression.model_validate(row.suppressed).reason
        if is_anew(person.leaf) and erasing.is_held(row, person):
            yield digest, ERASED


def _tells(head: Head) -> tuple[object, ...]:
    record = head.record
    if record is None:
        return ()
    names = record.salutation, record.given_name, record.family_name, record.generation
    compared = sketch(record) if head.blocks else None
    return *names, record.birth_date, record.merged_into, head.identifiers, record.email_kind, head.blocks, compared
