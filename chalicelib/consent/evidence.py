"""What single records say of consent: their sources' flags, what was done through them, and what is known of their
addresses."""

from collections.abc import Mapping, Sequence

from chalicelib.canonical.ids import ChannelName, Digest, Leaf
from chalicelib.canonical.time import Instant
from chalicelib.consent import rules, store
from chalicelib.consent.flags import opt_ins
from chalicelib.consent.model import (
    ADDRESS_DIGITS,
    CHANNELS,
    EVERY_ADDRESS,
    Acts,
    Consent,
    Gate,
    Receipt,
)
from chalicelib.guests.model import Head
from chalicelib.identity import store as identity
from chalicelib.settings.rules import Controllers


def told_by(gate: Gate, records: Sequence[Head], controllers: Controllers) -> Gate:
    """A guest's gate as if there were no other records of the guest than these."""
    acts = store.acts_of([head.leaf for head in records], gate.channel)
    objections = {row.digest: row.objections for row in identity.identifiers(_addresses(records, gate.channel))}
    said = [_acts(head, acts.get(head.leaf, {}), gate.channel, objections) for head in records]
    answers = rules.answers(said, [opt_ins(head, gate.channel, controllers) for head in records])
    names = {each[:ADDRESS_DIGITS] for each in _addresses(records, gate.channel)} | {EVERY_ADDRESS}
    suppressed = {name: why for name, why in gate.suppressed.items() if name in names}
    return gate.with_answers(answers).with_suppressed(suppressed)


def _acts(head: Head, acts: Acts, channel: ChannelName, objections: Mapping[Digest, Mapping[str, Instant]]) -> Acts:
    for each in head.digests_of(CHANNELS[channel]):
        acts = rules.taken_over(acts, objections.get(each, rules.NO_OBJECTIONS))
    return acts


def addresses_of_these_alone(records: Sequence[Head], channel: ChannelName) -> list[Digest]:
    """The addresses that no other record carries."""
    own = {head.leaf for head in records}
    return [row.digest for row in identity.identifiers(_addresses(records, channel)) if own.issuperset(row.leaves)]


def _addresses(records: Sequence[Head], channel: ChannelName) -> set[Digest]:
    return {each for head in records for each in head.digests_of(CHANNELS[channel])}


def receipts(leaves: Sequence[Leaf]) -> list[Receipt]:
    """Every receipt of some records, oldest first."""
    found = [receipt for leaf in leaves for receipt in store.receipts(leaf)]
    return sorted(found, key=lambda receipt: (receipt.at, receipt.leaf))


def as_proven(answer: Consent, key: str, channel: ChannelName, receipts: Sequence[Receipt]) -> Consent:
    """An answer at the time of its newest proof: gates know it by when it was last said, and the same in the same words
    is no proof of its own. What a source's flag says has none."""
    said = answer.state, answer.basis, channel, key
    proofs = [each.at for each in receipts if (each.state, each.basis, each.channel, each.purpose) == said]
    at = max((each for each in proofs if each <= answer.at), default=answer.at)
    return Consent(state=answer.state, basis=answer.basis, at=at)
