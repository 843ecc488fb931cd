"""Change what a guest agreed to, and what address no mail may reach."""

from collections.abc import Callable, Mapping

from chalicelib.aws import bus, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.errors import NotFound, TryAgain
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import stable_id
from chalicelib.canonical.time import instant, now
from chalicelib.consent import rules, store
from chalicelib.consent.model import Basis, Consent, Gate, Purpose, State, Suppression
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

    `guest` may be any leaf of the guest. Raises NotFound.
    """
    head = guests.guest(guest)
    if head is None:
        raise NotFound("There is no such guest.")
    key = rules.key_of(purpose)
    asked = Consent(state=state, basis=basis, at=at or instant(now()))

    def act(gate: Gate) -> Gate:
        return gate if rules.says(gate, guest, key, asked) else rules.with_consent(gate, guest, key, asked)

    receipt = store.receipt_row(guest, channel, key, asked, proof or {})
    gate = _change(guest, channel, act, receipt)
    kept = gate.leaves[guest].consents[key]
    bus.announce([_consent_changed(gate.guest, kept)])
    return kept


def history(guest: str) -> list[Item]:
    """Every receipt of a guest's leaves, oldest first."""
    head = guests.guest(guest)
    if head is None:
        raise NotFound("There is no such guest.")
    found = [receipt for leaf in head.members or (head.leaf,) for receipt in store.receipts(leaf)]
    return sorted(found, key=lambda receipt: (receipt["at"], receipt["leaf"]))


def suppress(guest: str, channel: str, address: str, suppression: Suppression) -> None:
    """Hold all mail to one address in this guest's gate; `address` is the identifier digest. Raises TryAgain."""
    _change(guest, channel, lambda gate: rules.with_suppression(gate, address, suppression))


def _change(leaf: str, channel: str, act: Callable[[Gate], Gate], receipt: Item | None = None) -> Gate:
    """Apply a pure change to the gate of a leaf's guest at its revision; nothing is written when nothing changes.

    The leaf's head is checked, too: an act must not land in the gate of a guest that the leaf belongs to no more.
    """
    for _ in range(TRIES):
        head = guests.head(leaf)
        guest = head.guest if head else leaf
        before = store.gate(guest, channel)
        known = before or Gate(guest=guest, channel=channel)
        after = act(known)
        if after == known:
            return after
        stands = store.belongs(leaf, guest)
        try:
            table.transact([store.replace(before, after), stands, *([table.Put(receipt)] if receipt else [])])
        except table.ConditionFailed:
            continue
        return after
    raise TryAgain("the gate was changed by others all the time")


def _consent_changed(guest: str, kept: Consent) -> Fact:
    version = stable_id("k", kept.state, kept.basis, kept.at)
    return Fact(type=FactType.CONSENT_CHANGED, subject=guest, subject_version=version, occurred_at=kept.at, leaf=guest)
