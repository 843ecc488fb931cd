"""Change what a guest agreed to, and what address no mail may reach."""

from collections.abc import Mapping, Sequence
from functools import partial

from chalicelib.aws import bus, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, Leaf, stable_id
from chalicelib.canonical.time import Instant, instant, now
from chalicelib.consent import objections, rules, store
from chalicelib.consent.model import Basis, Consent, Gate, Purpose, Receipt, State, SuppressionReason, key_of
from chalicelib.consent.objections import Withdrawal
from chalicelib.guests import store as guests

BUSY = "the gate was changed by others all the time"


def set_consent(
    leaf: Leaf,
    channel: ChannelName,
    purpose: Purpose,
    controller: ControllerId,
    state: State,
    basis: Basis,
    at: Instant | None = None,
    proof: Mapping[str, str] | None = None,
) -> Consent:
    """Record what a guest answered a controller, on the leaf it came through, with its receipt, and announce it; the
    same state twice is one act.

    Returns what that leaf is known to have said. Raises NotFound, TryAgain.
    """
    if guests.guest(leaf) is None:
        raise NotFound("There is no such guest.")
    asked = Consent(state=state, basis=basis, at=at or instant(now()))
    act = partial(_act, leaf, channel, key_of(purpose, controller), asked, proof or {})
    of_guest, kept = until_written(act, BUSY)
    if state == "withdrawn":
        objections.note(Withdrawal(leaf, channel, purpose, controller, basis, asked.at, dict(proof or {})))
    bus.announce([_consent_changed(of_guest, kept)])
    return kept


def _act(
    leaf: Leaf, channel: ChannelName, key: str, asked: Consent, proof: Mapping[str, str]
) -> tuple[GuestId, Consent]:
    """The guest that the leaf belongs to, and what the leaf has said by now. Raises ConditionFailed."""
    gate = _gate_of(leaf, channel)
    done = store.acts(leaf, channel) if rules.rests_on_acts(gate) else {}
    is_news = rules.is_news(gate, done, key, asked)
    said = asked if is_news else rules.repeated(done[key], asked) or asked
    kept = rules.newest_acts([done, {key: said}])
    if kept == done:
        return gate.guest, done[key]
    writes = [table.Put(store.acts_row(leaf, channel, kept))]
    if is_news:
        writes.append(table.Put(store.receipt_row(leaf, channel, key, asked, proof)))
    _replace(gate, rules.with_act(gate, key, said), leaf, writes)
    return gate.guest, kept[key]


def history(guest: GuestId) -> list[Receipt]:
    """Every receipt of a guest's leaves, oldest first."""
    known = guests.guest(guest)
    if known is None:
        raise NotFound("There is no such guest.")
    found = [receipt for leaf in known.members for receipt in store.receipts(leaf)]
    return sorted(found, key=lambda receipt: (receipt.at, receipt.leaf))


def suppress(leaf: Leaf, channel: ChannelName, address: Digest, reason: SuppressionReason) -> None:
    """Hold all messages to one address in a guest's gate; `address` is the identifier digest. Raises TryAgain."""
    until_written(partial(_suppress, leaf, channel, address, reason), BUSY)


def _suppress(leaf: Leaf, channel: ChannelName, address: Digest, reason: SuppressionReason) -> None:
    before = _gate_of(leaf, channel)
    after = rules.with_suppression(before, address, reason)
    if after != before:
        _replace(before, after, leaf)


def _gate_of(leaf: Leaf, channel: ChannelName) -> Gate:
    """The gate of the guest that a leaf belongs to now; one that was never written has revision 0."""
    head = guests.head(leaf)
    guest = head.guest if head else GuestId(leaf)
    return store.gate(guest, channel) or Gate(guest=guest, channel=channel)


def _replace(before: Gate, after: Gate, leaf: Leaf, more: Sequence[table.Write] = ()) -> None:
    """Write a gate that is still as it was read, and what goes with it. Raises ConditionFailed.

    The leaf's head is checked, too: an act must not land in the gate of a guest that the leaf belongs to no more.
    """
    known = before if before.rev else None
    table.transact([store.replace(known, after), store.belongs(leaf, before.guest), *more])


def _consent_changed(guest: GuestId, kept: Consent) -> Fact:
    version = stable_id("k", kept.state, kept.basis, kept.at)
    return Fact(type=FactType.CONSENT_CHANGED, subject=guest, subject_version=version, occurred_at=kept.at, leaf=guest)
