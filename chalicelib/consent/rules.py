"""How consents of several leaves make one answer, and how gates follow when guests are regrouped."""

from collections.abc import Iterable, Sequence

from chalicelib.canonical.ids import digest_of
from chalicelib.consent.model import (
    GROUP,
    KEPT_SENDS,
    MARKETING,
    Basis,
    Consent,
    Gate,
    LeafConsent,
    Purpose,
    State,
    Suppression,
)


def key_of(purpose: Purpose, controller: str = GROUP) -> str:
    """How a consent is named in gates and receipts."""
    return f"{controller}:{purpose}"


GROUP_MARKETING = key_of(MARKETING)
GRANTED: frozenset[State] = frozenset({"explicit", "confirmed", "implicit"})
OWN_ACTS: frozenset[Basis] = frozenset({"guest", "staff", "complaint"})


def effective(gate: Gate, key: str = GROUP_MARKETING) -> Consent | None:
    """The one answer of a guest: the newest act of the guest beats every source's flag, a granted flag a withdrawn one.

    A source that never had the box ticked says nothing, and so does not object.
    """
    known = [leaf.consents[key] for leaf in gate.leaves.values() if key in leaf.consents]
    act = _newest_act(gate.leaves.values(), key)
    if act:
        return act
    return max(known, key=lambda consent: (consent.state in GRANTED, consent.at), default=None)


def answer_to(gate: Gate, purpose: Purpose) -> Consent | None:
    return effective(gate, key_of(purpose))


def with_source_flag(gate: Gate, leaf: str, granted: bool | None, at: str) -> Gate:  # noqa: FBT001 (a flag is what it is)
    """The gate after a source stated its opt-in flag for a leaf; the guest's own acts stay as they are.

    It follows from the newest record alone: a box that is no longer ticked is no consent, and nothing more.
    """
    known = gate.leaves.get(leaf, LeafConsent()).consents
    before = known.get(GROUP_MARKETING)
    if before and before.basis in OWN_ACTS:
        return gate
    if granted:
        return with_consent(gate, leaf, GROUP_MARKETING, Consent(state="explicit", basis="source", at=at))
    if before is None:
        return gate
    rest = {key: consent for key, consent in known.items() if key != GROUP_MARKETING}
    others = {other: kept for other, kept in gate.leaves.items() if other != leaf}
    return gate.model_copy(update={"leaves": {**others, leaf: LeafConsent(consents=rest)} if rest else others})


def with_consent(gate: Gate, leaf: str, key: str, consent: Consent) -> Gate:
    consents = {**gate.leaves.get(leaf, LeafConsent()).consents, key: consent}
    return gate.model_copy(update={"leaves": {**gate.leaves, leaf: LeafConsent(consents=consents)}})


def says(gate: Gate, leaf: str, key: str, asked: Consent) -> bool:
    """The guest's answer is already what is asked, in this leaf's own words: asking again proves nothing new.

    An act that is older than what the leaf is known to have said comes late, and must not undo it.
    """
    known = gate.leaves.get(leaf, LeafConsent()).consents.get(key)
    if known is None or known.basis not in OWN_ACTS:
        return False
    answer = effective(gate, key)
    return known.at > asked.at or (known.state == asked.state and answer is not None and answer.state == asked.state)


def with_suppression(gate: Gate, address: str, suppression: Suppression) -> Gate:
    before = gate.suppressed.get(address)
    kept = stronger(before, suppression) if before else suppression
    return gate if kept == before else gate.model_copy(update={"suppressed": {**gate.suppressed, address: kept}})


def stronger(one: Suppression, other: Suppression) -> Suppression:
    """A complaint is stronger than a bounce; of equals the earliest stays, in whatever order they came."""
    return min(one, other, key=lambda each: (each.reason != "complaint", each.at))


def regrouped(guest: str, members: Sequence[str], before: Iterable[Gate]) -> Gate:
    """The gate of a guest that was put together anew: each leaf brings its own consents, and every hold is kept.

    Suppressions, send instants, erasure, restriction and an open case stay with all parts: holding too much is the
    safe side of an unmerge.

    The revision goes on from the highest: were it to begin anew, a gate that was merged away and split off again could
    come to a revision it had before, and a claim that was decided on that one would pass.
    """
    known = sorted(before, key=lambda gate: gate.guest)
    return Gate(
        guest=guest,
        rev=max((gate.rev for gate in known), default=0),
        leaves=_with_objections(guest, _leaves_of(known, members), _leaves_of(known)),
        suppressed={address: why for gate in known for address, why in gate.suppressed.items()},
        sends=tuple(sorted({mark for gate in known for mark in gate.sends}))[-KEPT_SENDS:],
        erased=any(gate.erased for gate in known),
        restricted=any(gate.restricted for gate in known),
        open_case=any(gate.open_case for gate in known),
    )


MARK_DIGITS = 8


def send_mark(at: str, occasion: str, guest: str) -> str:
    """One mail in a gate's memory, as short as the row needs it: when, for which occasion, and to which guest.

    The occasion outlives a split: the part that takes the address along must not be mailed once more. The guest tells
    two mails of one instant from one mail that both parts of a split remember.
    """
    return f"{at}|{digest_of(occasion)[:MARK_DIGITS]}{guest[-4:]}"


def was_mailed(gate: Gate, occasion: str) -> bool:
    """Whether this guest, or one that it was split off from, got the mail of an occasion."""
    wanted = digest_of(occasion)[:MARK_DIGITS]
    return any(mark.partition("|")[2].startswith(wanted) for mark in gate.sends)


def instant_of(mark: str) -> str:
    """When a mail was sent; marks of older rows are nothing but the instant."""
    return mark.partition("|")[0]


def _leaves_of(gates: Iterable[Gate], members: Sequence[str] | None = None) -> dict[str, LeafConsent]:
    kept = {leaf: consent for gate in gates for leaf, consent in gate.leaves.items()}
    return kept if members is None else {leaf: consent for leaf, consent in kept.items() if leaf in members}


def _with_objections(guest: str, own: dict[str, LeafConsent], all_: dict[str, LeafConsent]) -> dict[str, LeafConsent]:
    """A person who objected objected as whoever they are: a part that is split off takes the objection along."""
    for key in sorted({key for leaf in all_.values() for key in leaf.consents}):
        act = _newest_act(all_.values(), key)
        if act and act.state == "withdrawn" and _newest_act(own.values(), key) != act:
            mine = own.get(guest, LeafConsent())
            own = {**own, guest: LeafConsent(consents={**mine.consents, key: act})}
    return own


def _newest_act(leaves: Iterable[LeafConsent], key: str) -> Consent | None:
    acts = [leaf.consents[key] for leaf in leaves if key in leaf.consents and leaf.consents[key].basis in OWN_ACTS]
    return max(acts, key=lambda consent: (consent.at, consent.state == "withdrawn"), default=None)
