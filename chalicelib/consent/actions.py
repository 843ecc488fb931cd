"""Change what a guest agreed to, and what address no mail may reach."""

from collections.abc import Mapping, Sequence

from chalicelib.aws import bus, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.errors import NotFound, TryAgain
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import stable_id
from chalicelib.canonical.time import instant, now
from chalicelib.consent import rules, store
from chalicelib.consent.model import Acts, Basis, Consent, Gate, Purpose, State, SuppressionReason, key_of
from chalicelib.guests import store as guests

TRIES = 5
"""Times a change is decided again when somebody else wrote the gate in between."""


def set_consent(
    guest: str,
    channel: str,
    purpose: Purpose,
    state: State,
    basis: Basis,
    at: str | None = None,
    proof: Mapping[str, str] | None = None,
) -> Consent:
    """Record one act on the leaf it came through, with its receipt, and announce it; the same state twice is one act.

    `guest` may be any leaf of the guest. Returns what that leaf is known to have said. Raises NotFound, TryAgain.
    """
    if guests.guest(guest) is None:
        raise NotFound("There is no such guest.")
    asked = Consent(state=state, basis=basis, at=at or instant(now()))
    for _ in range(TRIES):
        gate = _gate_of(guest, channel)
        done = store.acts(guest, channel) if rules.rests_on_acts(gate) else {}
        kept = _record(gate, guest, done, key_of(purpose), asked, proof or {})
        if kept:
            bus.announce([_consent_changed(gate.guest, kept)])
            return kept
    raise TryAgain("the gate was changed by others all the time")


def _record(gate: Gate, leaf: str, done: Acts, key: str, asked: Consent, proof: Mapping[str, str]) -> Consent | None:
    """What the leaf has said by now; None when somebody else wrote the gate in between."""
    if not rules.is_news(gate, done, key, asked):
        return done[key]
    writes = [
        table.Put(store.acts_row(leaf, gate.channel, {**done, key: asked})),
        table.Put(store.receipt_row(leaf, gate.channel, key, asked, proof)),
    ]
    return asked if _replaced(gate, rules.with_act(gate, key, asked), leaf, writes) else None


def history(guest: str) -> list[Item]:
    """Every receipt of a guest's leaves, oldest first."""
    head = guests.guest(guest)
    if head is None:
        raise NotFound("There is no such guest.")
    found = [receipt for leaf in head.members or (head.leaf,) for receipt in store.receipts(leaf)]
    return sorted(found, key=lambda receipt: (receipt["at"], receipt["leaf"]))


def suppress(leaf: str, channel: str, address: str, reason: SuppressionReason) -> None:
    """Hold all messages to one address in a guest's gate; `address` is the identifier digest. Raises TryAgain."""
    for _ in range(TRIES):
        before = _gate_of(leaf, channel)
        after = rules.with_suppression(before, address, reason)
        if after == before or _replaced(before, after, leaf):
            return
    raise TryAgain("the gate was changed by others all the time")


def _gate_of(leaf: str, channel: str) -> Gate:
    """The gate of the guest that a leaf belongs to now; one that was never written has revision 0."""
    head = guests.head(leaf)
    guest = head.guest if head else leaf
    return store.gate(guest, channel) or Gate(guest=guest, channel=channel)


def _replaced(before: Gate, after: Gate, leaf: str, more: Sequence[table.Write] = ()) -> bool:
    """Write a gate that is still as it was read, and what goes with it; False when it is not.

    The leaf's head is checked, too: an act must not land in the gate of a guest that the leaf belongs to no more.
    """
    try:
        table.transact([store.replace(before if before.rev else None, after), store.belongs(leaf, before.guest), *more])
    except table.ConditionFailed:
        return False
    return True


def _consent_changed(guest: str, kept: Consent) -> Fact:
    version = stable_id("k", kept.state, kept.basis, kept.at)
    return Fact(type=FactType.CONSENT_CHANGED, subject=guest, subject_version=version, occurred_at=kept.at, leaf=guest)
