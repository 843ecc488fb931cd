"""Change what a guest agreed to, and what address no mail may reach."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from chalicelib.aws import bus, table
from chalicelib.aws.codec import Item
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, Leaf, stable_id
from chalicelib.canonical.time import Instant, instant, now
from chalicelib.canonical.turns import Turns
from chalicelib.consent import addresses, evidence, objections, rules, store
from chalicelib.consent.acts import newest_acts
from chalicelib.consent.model import (
    ERASED,
    SOFT_BOUNCES,
    WRITTEN_FOR,
    Acts,
    Basis,
    Consent,
    Gate,
    Purpose,
    Receipt,
    State,
    SuppressionReason,
    is_for_writing,
    key_of,
    part_of,
)
from chalicelib.consent.objections import Withdrawal
from chalicelib.consent.said import Act, Recorded
from chalicelib.consent.statements import is_other_statement
from chalicelib.consent.store import BUSY
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.identity import store as identity
from chalicelib.settings import actions as settings


def set_consent(
    leaf: Leaf,
    channel: ChannelName,
    purpose: Purpose,
    controller: ControllerId,
    state: State,
    basis: Basis,
    at: Instant | None = None,
    proof: Mapping[str, str] | None = None,
    said_at: Sequence[Digest] | None = None,
    part: str = "",
) -> Consent:
    """Record what a guest answered a controller, on the leaf it came through, with its receipt, and announce it; the
    same state twice, in the same words, is one act. Returns what the leaf is known to have said by now.

    Who objects is the mailbox: a no holds for everybody who carries the addresses that it was said at, now and later;
    where none are named, at all that the guest has. A `part` is a topic of the purpose, or how often (`PartName`).
    Raises NotFound, TryAgain.
    """
    asked = Consent(state=state, basis=basis, at=at or instant(now()))
    act = Act(leaf, channel, key_of(purpose, controller, part), asked, proof or {})
    return record(act, purpose, controller, said_at).kept


def record(act: Act, purpose: Purpose, controller: ControllerId, said_at: Sequence[Digest] | None = None) -> Recorded:
    """The same, of one statement; and whether it was proven by itself."""
    if act.asked.state != "withdrawn":
        return _agreed(act, said_at)
    carried = addresses.of(guests.guest(act.leaf), act.channel) if said_at is None else said_at
    told = act.asked.basis, act.asked.at, dict(act.proof), list(carried)
    noted = Withdrawal(act.leaf, act.channel, purpose, controller, *told, part_of(act.key))
    with Turns() as turns:  # nobody comes again for the others' objection
        own = turns.take(partial(_done_and_noted, act, noted))
        for each in carried:
            turns.take(partial(_hold_address, act, each))
    return own or Recorded(act.asked)


def _agreed(act: Act, said_at: Sequence[Digest] | None) -> Recorded:
    """A complaint is lifted by the guest alone: with a yes of their own that is newer, said at the address. So is what
    holds who comes again after an erasure; a yes that they gave at the desk is their own, too."""
    done, guest = _done(act), guests.guest(act.leaf)
    if not is_for_writing(act.key):
        return done
    if guest and act.asked.basis in {"guest", "staff"} and done.kept.state == act.asked.state:
        _let_come_again(act, guest, addresses.of(guest, act.channel) if said_at is None else said_at)
    if guest and act.asked.basis == "guest" and done.kept.state == act.asked.state:
        lifted = Consent(state="lifted", basis="guest", at=act.asked.at)
        reached = addresses.of(guest, act.channel) if said_at is None else said_at
        _lift(guest, reached, act.channel, "complaint", lifted, act.proof)
    return done


def _let_come_again(act: Act, guest: Guest, reached: Sequence[Digest]) -> None:
    for address in reached:
        row = addresses.let_come_again(address, act.asked.at)
        if row.came_back and row.came_back <= act.asked.at:
            change = partial(rules.without_suppression, address=address, reason=ERASED)
            until_written(partial(_follow, guest.id, act.channel, address, change, lambda why: why != ERASED), BUSY)


def _done_and_noted(act: Act, noted: Withdrawal) -> Recorded:
    done = _done(act)
    objections.note(noted)
    return done


def _hold_address(act: Act, address: Digest) -> None:
    """At its own row, for who carries it later, and with everybody who carries it now."""
    carriers = addresses.object_at(address, act.key, act.asked.at).leaves
    others = [each for each in guests.one_leaf_each([act.leaf, *carriers]) if each != act.leaf]
    with Turns() as turns:
        for each in others:
            turns.take(partial(_done, act.taken_over_by(each)))


def _done(act: Act) -> Recorded:
    of_guest, done = until_written(partial(_act, act), BUSY)
    _announce(act, _consent_changed(of_guest, done.kept), was_known=done.was_known)
    return done


def _announce(act: Act, fact: Fact, *, was_known: bool) -> None:
    """Once, however often the same is said. A mark that it was done is written behind it: who died between the act and
    the mark announces with the next word."""
    said = act.leaf, act.channel, act.key, fact.subject_version
    if was_known and store.was_announced(*said):
        return
    bus.announce([fact])
    store.keep_announced(*said)


def _act(act: Act) -> tuple[GuestId, Recorded]:
    """The guest that the leaf belongs to, and what the leaf has said by now. Raises ConditionFailed, NotFound.

    Whether there is such a guest is asked behind the gate: who is erased from then on has another gate, and nothing is
    proven of them behind the sweep.
    """
    leaf, channel, key, asked = act.leaf, act.channel, act.key, act.asked
    gate = _gate_of(leaf, channel)
    if guests.guest(leaf) is None:
        raise NotFound("There is no such guest.")
    done = store.acts(leaf, channel) if rules.rests_on_acts(gate) else {}
    is_news = rules.is_news(gate, done, key, asked)
    said = asked if is_news else rules.repeated(done[key], asked) or asked
    kept = newest_acts([done, {key: said}])
    proofs = [table.Put(_proof(act))] if is_news or _is_other_statement(act) else []
    if kept != done:
        after = rules.with_acts(gate, key, [kept, *_beside(gate, leaf)])
        _replace(gate, after, leaf, [table.Put(store.acts_row(leaf, channel, kept)), *proofs])
    elif proofs:  # it changes nothing that is in effect, and is proven all the same
        table.transact([store.not_erased(leaf), *proofs])
    return gate.guest, Recorded(kept[key], bool(proofs), was_known=_is_same(kept[key], done.get(key)))


def _is_same(one: Consent, other: Consent | None) -> bool:
    return other is not None and (one.state, one.basis, one.at) == (other.state, other.basis, other.at)


def _beside(gate: Gate, leaf: Leaf) -> Collection[Acts]:
    """The acts of the guest's other leaves, as of the gate."""
    guest = guests.guest(leaf) if rules.rests_on_acts(gate) else None
    others = [each for each in guest.members if each != leaf] if guest else []
    return store.acts_of(others, gate.channel).values()


def _proof(act: Act) -> Item:
    return store.receipt_row(act.leaf, act.channel, act.key, act.asked, act.proof)


def _is_other_statement(act: Act) -> bool:
    """Whether what changes nothing is to be proven by itself: it is older than all that was said, or says the same in
    other words. What somebody else's objection at the address makes of it is no statement."""
    if act.asked.basis == rules.ADDRESS:
        return False
    found = store.receipts_up_to(act.leaf, act.asked.at)
    known = (each for each in found if (each.channel, each.purpose) == (act.channel, act.key))
    return is_other_statement(known, act.asked, act.proof, dated=act.dated)


def history(guest: GuestId) -> list[Receipt]:
    """Every receipt of a guest's leaves, oldest first."""
    return evidence.receipts(guests.required(guest).members)


def suppress(leaf: Leaf, channel: ChannelName, address: Digest, reason: SuppressionReason) -> None:
    """Hold all messages to one address in a guest's gate, unless its own row says that nothing holds it now; `address`
    is the identifier digest. Raises TryAgain."""
    change = partial(rules.with_suppression, address=address, reason=reason)
    until_written(partial(_follow, leaf, channel, address, change, lambda why: why is not None), BUSY)


def suppress_no_more(leaf: Leaf, channel: ChannelName, address: Digest, reason: SuppressionReason) -> None:
    """What held an address for this reason is over, by itself and by nobody's act, unless its own row says that it is
    held again. Raises TryAgain."""
    change = partial(rules.without_suppression, address=address, reason=reason)
    until_written(partial(_follow, leaf, channel, address, change, lambda why: why != reason), BUSY)


def _follow(
    leaf: Leaf,
    channel: ChannelName,
    address: Digest,
    change: Callable[[Gate], Gate],
    is_due: Callable[[str | None], bool],
    proofs: Sequence[table.Write] = (),
) -> None:
    """Let a gate say what the row of an address says, while that stands as it was read: whoever changes the row later
    comes to the gate later, too. A row that is not there says nothing against it. Raises ConditionFailed.

    Nothing is written where the gate says so already.
    """
    row = identity.identifier(address)
    if row and not is_due(row.suppressed["reason"] if row.suppressed else None):
        return
    before = _gate_of(leaf, channel)
    after = change(before)
    if after != before:
        _replace(before, after, leaf, [identity.unchanged(address, row), *proofs])


def lift_bounce(guest: GuestId, channel: ChannelName, at: Instant, proof: Mapping[str, str]) -> None:
    """Let messages reach a guest's addresses again that bounces held, for everybody who carries them; again and
    again is once. An objection is lifted by the guest alone. Raises NotFound, TryAgain."""
    known = guests.required(guest)
    for reason in (rules.BOUNCE, SOFT_BOUNCES):
        lifted = Consent(state="lifted", basis="staff", at=at)
        _lift(known, addresses.of(known, channel), channel, reason, lifted, proof)


def _lift(
    guest: Guest,
    reached: Sequence[Digest],
    channel: ChannelName,
    reason: SuppressionReason,
    lifted: Consent,
    proof: Mapping[str, str],
) -> None:
    for address in reached:
        row = addresses.lift(address, reason, lifted.at)
        if row.suppressed is None:
            for leaf in guests.one_leaf_each([guest.id, *row.leaves]):
                change = partial(rules.without_suppression, address=address, reason=reason)
                proofs = _proofs_of_lifting(leaf, channel, lifted, {"of": reason, **proof})
                until_written(partial(_follow, leaf, channel, address, change, lambda why: why is None, proofs), BUSY)


def _proofs_of_lifting(
    leaf: Leaf, channel: ChannelName, lifted: Consent, proof: Mapping[str, str]
) -> list[table.Write]:
    keys = [key_of(each, settings.controllers().group) for each in WRITTEN_FOR]
    return [table.Put(store.receipt_row(leaf, channel, key, lifted, proof)) for key in keys]


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
