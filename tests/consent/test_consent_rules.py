"""What a gate remembers, and what of an act is news: plain values."""

from chalicelib.canonical.ids import ControllerId, OccasionId
from chalicelib.canonical.time import Instant
from chalicelib.consent import rules
from chalicelib.consent.model import (
    EMAIL,
    KEPT_SENDS,
    MARKETING,
    MOST_SENDS,
    Consent,
    Gate,
    State,
    key_of,
    remembered_key,
)
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.ids import guest_id

GA = guest_id("ga")
TOPIC = key_of(MARKETING, GROUP_CONTROLLER)
DAYS = [Instant(f"2026-11-{day:02d}T08:00:00.000000Z") for day in range(1, 29)]


def mark(day: int, *, counts: bool = True) -> str:
    return rules.send_mark(DAYS[day], OccasionId(f"n{day}"), GA, counts=counts)


def gate(*marks: str) -> Gate:
    return Gate(guest=GA, channel=EMAIL, sends=marks)


def said(state: State, day: int) -> Consent:
    return Consent(state=state, basis="guest", at=DAYS[day])


def test_of_messages_that_count_the_newest_are_remembered_and_of_the_others_as_many_as_there_is_room_for() -> None:
    marks = [mark(day, counts=day % 2 == 0) for day in range(26)]
    counting, others = marks[0::2], marks[1::2]
    kept = rules.remembered(marks)
    assert kept == tuple(sorted([*counting[-KEPT_SENDS:], *others[KEPT_SENDS - MOST_SENDS :]]))
    assert rules.remembered(kept) == kept


def test_where_few_messages_count_the_others_fill_what_is_left() -> None:
    others = [mark(day, counts=False) for day in range(20)]
    assert rules.remembered(others) == tuple(others[-MOST_SENDS:])
    assert rules.remembered([*others, mark(20)]) == (*others[1 - MOST_SENDS :], mark(20))


def test_for_the_cap_count_the_messages_after_an_instant_that_are_of_a_class_that_counts() -> None:
    known = gate(mark(1), mark(2), mark(3), mark(4, counts=False))
    assert [rules.counted_since(known, DAYS[day]) for day in (0, 1, 2, 3)] == [3, 2, 1, 0]


def test_a_message_of_any_class_was_an_occasion_s() -> None:
    known = gate(mark(1), mark(2, counts=False))
    assert [rules.was_mailed(known, OccasionId(f"n{day}")) for day in (1, 2, 3)] == [True, True, False]


def test_the_same_act_that_comes_again_is_no_news_whatever_was_said_through_other_records_since() -> None:
    objection = said("withdrawn", 1)
    known = Gate(guest=GA, channel=EMAIL, answers={TOPIC: said("explicit", 2)})
    assert not rules.is_news(known, {TOPIC: objection}, TOPIC, objection)
    assert rules.repeated(objection, objection) is None
    assert rules.is_news(known, {TOPIC: objection}, TOPIC, said("withdrawn", 3))


def test_a_part_that_is_split_off_takes_along_only_objections_that_are_not_its_own() -> None:
    mine, other, yes = {TOPIC: said("withdrawn", 2)}, {TOPIC: said("withdrawn", 1)}, {TOPIC: said("explicit", 3)}
    assert rules.objections_taken_along([mine], [mine, other]) == {}
    assert rules.objections_taken_along([other], [mine, other]) == mine
    remembered = {remembered_key(TOPIC): mine[TOPIC]}  # it holds who succeeds that controller, and not itself
    assert rules.objections_taken_along([], [mine, other, yes]) == remembered
    assert rules.objections_taken_along([{**yes, **remembered}], [mine, other, yes]) == {}
    assert rules.objections_taken_along([], [yes]) == {}


def test_of_a_part_with_an_older_objection_of_its_own_the_newest_one_holds_who_succeeds() -> None:
    own = {TOPIC: said("withdrawn", 1)}
    along = rules.objections_taken_along([own], [own, {TOPIC: said("withdrawn", 2)}, {TOPIC: said("explicit", 3)}])
    known = Gate(guest=GA, channel=EMAIL, answers=rules.answers([{**own, **along}], []))
    held = rules.answer_for(known, MARKETING, ControllerId("new"), [GROUP_CONTROLLER])
    assert (known.answers[TOPIC], held) == (said("withdrawn", 1), said("withdrawn", 2))


def test_a_gate_that_was_put_together_goes_on_from_the_highest_revision() -> None:
    parts = [gate().at_rev(rev) for rev in (3, 7, 5)]
    assert rules.regrouped(GA, EMAIL, parts, {}).rev == 7
    assert rules.regrouped(GA, EMAIL, [], {}).rev == 0
