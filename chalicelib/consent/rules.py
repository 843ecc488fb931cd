"""How what leaves say makes one answer, and how gates follow when guests are regrouped."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from chalicelib.canonical.ids import ChannelName, ControllerId, Digest, GuestId, OccasionId, digest_of
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.consent.acts import GRANTED, newer, newest_acts, rank, standing_acts
from chalicelib.consent.model import (
    ADDRESS_DIGITS,
    EVERY_ADDRESS,
    KEPT_SENDS,
    MOST_SENDS,
    MOST_SUPPRESSED,
    STRENGTH,
    Acts,
    Basis,
    Consent,
    Gate,
    Purpose,
    Suppression,
    SuppressionReason,
    key_of,
    remembered_key,
)

ADDRESS: Basis = "address"
"""The basis of an objection that a leaf has taken over from an address that it carries."""
BOUNCE: SuppressionReason = "bounce"
NO_OBJECTIONS: Mapping[str, Instant] = {}
OWN_ACTS: frozenset[Basis] = frozenset({"guest", "staff", "complaint", ADDRESS})


def answers(acts: Iterable[Acts], flags: Iterable[Acts]) -> dict[str, Consent]:
    """What is in effect for a guest, from the acts and the sources' flags of each leaf: what stands of the acts about
    something beats every flag about it, and of flags the newest counts."""
    return newest_acts(flags) | {key: act.in_effect() for key, act in standing_acts(acts).items()}


def answer_for(
    gate: Gate,
    purpose: Purpose,
    controller: ControllerId,
    succeeds: Collection[ControllerId] = (),
    at_address: Mapping[str, Instant] = NO_OBJECTIONS,
    part: str = "",
) -> Consent | None:
    """What a guest answered a controller; None where nobody ever said anything.

    Who objected to one that it succeeds is not asked again by what sources say, nor by what the guest says to that
    one: the objection holds until a later yes of the guest's own, to the successor. So does one of somebody else at the
    same address.
    """
    answer = gate.answer_to(purpose, controller, part)
    said = [found(purpose, each, part) for each in succeeds for found in (gate.answer_to, gate.remembered_objection_to)]
    before = [each for each in said if each and each.state not in GRANTED]
    named = [key for each in (controller, *succeeds) if (key := key_of(purpose, each, part)) in at_address]
    before += [Consent(state="withdrawn", basis=ADDRESS, at=at_address[key]) for key in named]
    if not before:
        return answer
    objection = max(before, key=rank)
    return newer(objection, answer) if answer and answer.basis in OWN_ACTS else objection


def refusals_of(acts: Acts) -> Acts:
    """What is left of what was said through a record when nobody is left who agreed: each no, also one that a yes
    followed."""
    before = {key: acts[remembered_key(key)] for key in acts if remembered_key(key) in acts}
    return {key: act for key, act in {**acts, **before}.items() if act.state not in GRANTED}


def rests_on_acts(gate: Gate) -> bool:
    """Whether anything was ever done through a leaf of this guest: else there are no acts to be read."""
    return any(answer.basis in OWN_ACTS for answer in gate.answers.values())


def with_acts(gate: Gate, key: str, acts: Iterable[Acts]) -> Gate:
    """The gate after an act through one of its guest's leaves; `acts` are those of all of them by now."""
    names = {key, remembered_key(key)}
    others = {name: said for name, said in gate.answers.items() if name not in names}
    standing = {name: said.in_effect() for name, said in standing_acts(acts).items() if name in names}
    return gate.with_answers(others | standing)


def is_news(gate: Gate, known: Acts, key: str, asked: Consent) -> bool:
    """Whether an act through a leaf with the acts `known` proves anything new.

    An act that is older than what the leaf is known to have said comes late, and must not undo it. Asking again for
    what the guest's answer is already, in this leaf's own words, is the same act.
    """
    said, answer = known.get(key), gate.answers.get(key)
    if said is None:
        return True
    if rank(said) >= rank(asked):
        return False
    is_own = said.basis != ADDRESS or asked.basis == ADDRESS
    return not (is_own and said.state == asked.state and answer is not None and answer.state == asked.state)


def repeated(said: Consent, asked: Consent) -> Consent | None:
    """What the leaf has said, after the same was said once more; None where that is no later.

    It proves nothing new, but whoever said no on Monday and on Wednesday objects to a yes that is dated Tuesday, when
    it comes on Friday, too.
    """
    is_later = said.state == asked.state and asked.at > said.last_said
    return said.said_again(asked.at) if is_later else None


def taken_over(said: Acts, objections: Mapping[str, Instant]) -> Acts:
    """The acts of a leaf that carries an address at which somebody objected: it objects, too, unless what it said
    itself is newer. `objections` are instants by `controller:purpose`."""
    return newest_acts([said, {key: _objecting(said.get(key), at) for key, at in objections.items()}])


def _objecting(said: Consent | None, at: Instant) -> Consent:
    """In the leaf's own words, where it says no itself."""
    objection = Consent(state="withdrawn", basis=ADDRESS, at=at)
    return (repeated(said, objection) or said) if said and said.state == "withdrawn" else objection


def objections_taken_along(own: Iterable[Acts], all_: Iterable[Acts]) -> dict[str, Consent]:
    """A person who objected objected as whoever they are: a part that is split off takes the objection along.

    `own` are the acts through the part's leaves, `all_` those through every leaf of the guests it came from.
    """
    mine = standing_acts(own)
    return {key: act for key, act in standing_acts(all_).items() if act.state == "withdrawn" and mine.get(key) != act}


def with_suppression(gate: Gate, address: Digest, reason: SuppressionReason) -> Gate:
    """The gate after an address was suppressed; a complaint is stronger than a bounce."""
    after = _bounded([(address[:ADDRESS_DIGITS], reason), *gate.suppressed.items()])
    return gate if after == gate.suppressed else gate.with_suppressed(after)


def without_suppression(gate: Gate, address: Digest, reason: SuppressionReason) -> Gate:
    """The gate after what held an address for this reason was lifted."""
    name = address[:ADDRESS_DIGITS]
    left = {each: why for each, why in gate.suppressed.items() if each != name or why != reason}
    return gate if left == gate.suppressed else gate.with_suppressed(left)


def _bounded(several: Iterable[tuple[str, SuppressionReason]]) -> dict[str, SuppressionReason]:
    """Each address with its strongest reason; of more than a gate can name, all addresses with the strongest.

    What was once added stays, so that it comes out the same in any order.
    """
    named: dict[str, SuppressionReason] = {}
    for address, reason in several:
        named[address] = min(reason, named.get(address, reason), key=STRENGTH.index)
    if EVERY_ADDRESS in named or len(named) > MOST_SUPPRESSED:
        return {EVERY_ADDRESS: min(named.values(), key=STRENGTH.index)}
    return named


def stronger(one: Suppression, other: Suppression) -> Suppression:
    """A complaint is stronger than a bounce; of equals the earliest stays, in whatever order they came."""
    return min(one, other, key=lambda each: (STRENGTH.index(each.reason), each.at))


def regrouped(guest: GuestId, channel: ChannelName, before: Iterable[Gate], answers_now: Mapping[str, Consent]) -> Gate:
    """The gate of a guest that was put together anew: the answers are decided anew, and every hold is kept.

    Suppressions, send instants, erasure, restriction and an open case stay with all parts: holding too much is the
    safe side of an unmerge.

    The revision goes on from the highest: were it to begin anew, a gate that was merged away and split off again could
    come to a revision it had before, and a claim that was decided on that one would pass.
    """
    known = sorted(before, key=lambda gate: gate.guest)
    return Gate(
        guest=guest,
        channel=channel,
        rev=max((gate.rev for gate in known), default=0),
        answers=dict(answers_now),
        suppressed=_bounded(each for gate in known for each in gate.suppressed.items()),
        sends=remembered_of(gate.sends for gate in known),
        erased=any(gate.erased for gate in known),
        restricted=any(gate.restricted for gate in known),
        open_case=any(gate.open_case for gate in known),
        shares=any(gate.shares for gate in known),
    )


SECOND_DIGITS, OCCASION_DIGITS, GUEST_DIGITS = 8, 8, 4
UNCAPPED = "-"
"""At the end of the mark of a message that counts for no cap."""


def remembered(marks: Sequence[str]) -> tuple[str, ...]:
    """What a gate has room for, in the same order: of the messages that count for a cap as many as a cap may have, and
    of the others the newest in what is left."""
    counting = [at for at, mark in enumerate(marks) if _counts(mark)][-KEPT_SENDS:]
    others = [at for at, mark in enumerate(marks) if not _counts(mark)][len(counting) - MOST_SENDS :]
    return tuple(marks[at] for at in sorted([*counting, *others]))


def remembered_of(several: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """What there is room for of several memories."""
    marks = {mark for each in several for mark in each}
    return remembered(sorted(marks, key=lambda mark: (instant_of(mark), mark)))


class Remembering(Protocol):
    """A gate, or an address's own row."""

    @property
    def sends(self) -> tuple[str, ...]: ...


def counted_since(gate: Remembering, since: Instant) -> int:
    """Messages after an instant that count for the cap."""
    return sum(instant_of(mark) > since for mark in gate.sends if _counts(mark))


def _counts(mark: str) -> bool:
    return not mark.endswith(UNCAPPED)


def send_mark(at: Instant, occasion: OccasionId, guest: GuestId, *, counts: bool = True) -> str:
    """One message in a gate's memory, in 20 characters: the second, the occasion, and the guest; and a sign more where
    it counts for no cap.

    The occasion outlives a split: the part that takes the address along must not be mailed once more. The guest tells
    two messages of one instant from one message that both parts of a split remember.
    """
    seconds = int(moment_of(at).timestamp())
    sign = "" if counts else UNCAPPED
    return f"{seconds:0{SECOND_DIGITS}x}{digest_of(occasion)[:OCCASION_DIGITS]}{guest[-GUEST_DIGITS:]}{sign}"


def was_mailed(gate: Remembering, occasion: OccasionId) -> bool:
    """Whether this guest or address, or the guest that it was split off from, got the message of an occasion."""
    wanted = digest_of(occasion)[:OCCASION_DIGITS]
    return any(mark[SECOND_DIGITS:].startswith(wanted) for mark in gate.sends if not _is_instant(mark))


def instant_of(mark: str) -> str:
    """When a message was sent, to the second; marks of older rows are nothing but the instant."""
    if _is_instant(mark):
        return mark
    return instant(datetime.fromtimestamp(int(mark[:SECOND_DIGITS], 16), UTC))


def _is_instant(mark: str) -> bool:
    return "T" in mark
