"""What becomes of a letter that fails, is found and is settled, in whatever order the news of it comes."""

from dataclasses import replace
from itertools import permutations

import pytest

from chalicelib.canonical.batch import ARCHIVED, Message
from chalicelib.canonical.ids import LetterId
from chalicelib.canonical.time import Instant
from chalicelib.dead_letters import rules
from chalicelib.dead_letters.model import Failed, Found, Letter

NOON, EVENING = Instant("2026-03-29T12:00:00.000000Z"), Instant("2026-03-29T18:00:00.000000Z")
NOTICE = {"connection": "mews", "request": "q1", "body": {}}


def failed(redriven: int = 0, **fields: object) -> Failed:
    told = Failed(LetterId("q1"), "inbox", None, '{"n": 1}', "no such vendor", 1, archived=True, redriven=redriven)
    return replace(told, **fields)  # type: ignore[arg-type]  # a test names fields of a Failed


def letter(times: int = 1, settled: int = 0) -> Letter:
    first = rules.set_aside(None, failed(), NOON)
    assert first
    return replace(first, times=times, settled=settled)


def test_a_letter_lies_there_from_its_first_failure() -> None:
    first = letter()
    assert (first.lies, first.times, first.first_at, first.at, first.text) == (True, 1, NOON, NOON, '{"n": 1}')


def test_a_notice_that_fails_while_it_lies_there_changes_nothing() -> None:
    """It was replayed, or SQS delivered it twice."""
    assert rules.set_aside(letter(), failed(), EVENING) is None


def test_what_fails_again_after_it_was_sent_back_is_the_same_letter_once_more() -> None:
    again = rules.set_aside(letter(times=1, settled=1), failed(redriven=1, reason="still none"), EVENING)
    assert again
    assert (again.lies, again.times, again.first_at, again.at, again.reason) == (True, 2, NOON, EVENING, "still none")


def test_what_fails_again_before_it_was_noted_as_sent_back_lies_there_all_the_same() -> None:
    again = rules.set_aside(letter(times=1, settled=0), failed(redriven=1), EVENING)
    assert again
    assert again.lies
    assert rules.settled(again, 1).lies, "the note comes late, and is of the time before"


def test_a_second_copy_that_fails_beside_the_first_changes_nothing() -> None:
    again = rules.set_aside(letter(times=1, settled=1), failed(redriven=1), EVENING)
    assert rules.set_aside(again, failed(redriven=1), EVENING) is None


def test_a_replayed_notice_that_fails_after_its_letter_was_settled_lies_there_again() -> None:
    again = rules.set_aside(letter(times=3, settled=3), failed(), EVENING)
    assert again
    assert (again.times, again.lies) == (4, True)


def test_a_settled_letter_holds_nothing_any_more() -> None:
    assert (rules.settled(letter(), 1).lies, rules.settled(letter(), 1).text) == (False, "")
    assert rules.settled(letter(times=2), 1).text


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_notes_of_settling_come_in_any_order(order: tuple[int, ...]) -> None:
    known = letter(times=3)
    for times in order:
        known = rules.settled(known, times)
    assert (known.settled, known.lies) == (3, False)


def on_queue(text: str = "{}", **sent: str) -> Found:
    return rules.found("inbox", Message("m1", NOTICE, sent, text, 1))


def test_what_sqs_moved_by_itself_bears_the_id_that_it_had_and_no_reason() -> None:
    found = on_queue()
    assert (found.failed.id, found.times, found.failed.reason) == ("m1", 1, rules.CRASHED)
    assert (found.failed.queue, found.failed.connection) == ("inbox", "mews")
    known = rules.taken_up(None, found, NOON)
    assert known
    assert (known.lies, known.times) == (True, 1)


def test_what_sqs_moved_after_it_was_sent_back_is_the_letter_of_before_once_more() -> None:
    again = rules.taken_up(letter(times=1, settled=1), on_queue(letter="q1", redriven="1"), EVENING)
    assert again
    assert (again.times, again.lies, again.reason) == (2, True, rules.CRASHED)


def test_the_message_of_a_letter_whose_row_was_never_written_makes_it() -> None:
    sent = {"letter": "q1", "times": "2", "reason": "gone", "source_queue": "fetch", "receives": "12"}
    known = rules.taken_up(None, on_queue(**sent), NOON)
    assert known
    assert (known.queue, known.reason, known.receives, known.times, known.lies) == ("fetch", "gone", 12, 2, True)


@pytest.mark.parametrize(("times", "settled", "lies"), [(1, 0, True), (2, 1, True), (1, 1, False), (2, 2, False)])
def test_the_message_of_a_letter_stays_while_it_lies_there(times: int, settled: int, lies: bool) -> None:
    known = letter(times, settled)
    assert rules.taken_up(known, on_queue(letter="q1", times=str(times)), EVENING) == (known if lies else None)


def test_the_message_of_an_earlier_time_goes_with_what_was_settled() -> None:
    assert rules.taken_up(letter(times=2, settled=1), on_queue(letter="q1", times="1"), EVENING) is None


def test_a_fact_that_the_bus_could_not_deliver_says_why() -> None:
    assert rules.reason_of({"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "none"}) == "NO_PERMISSIONS: none"


def test_a_notice_is_known_by_its_own_id_and_all_else_by_that_of_its_message() -> None:
    assert rules.failed("inbox", Message("m1", NOTICE), "x", archived=True).id == "q1"
    assert rules.failed("jobs", Message("m1", {"job": "nightly"}), "x", archived=True).id == "m1"
    assert rules.failed("inbox", Message("m1", {"request": "#/../" * 20}), "x", archived=True).id == "m1"
    assert rules.failed("inbox", Message("m1", {"request": 7, "connection": []}), "x", archived=True).connection is None


def test_what_lies_in_the_archive_is_not_forgotten_when_it_fails_again_otherwise() -> None:
    sent = {ARCHIVED: "yes", "letter": "q1", "redriven": "1"}
    assert rules.failed("inbox", Message("m1", NOTICE, sent), "TryAgain", archived=False).archived
    again = rules.set_aside(letter(settled=1), failed(redriven=1, archived=False), EVENING)
    assert again
    assert again.archived


def test_a_text_that_no_row_has_room_for_is_left_on_its_queue() -> None:
    large = rules.set_aside(None, failed(text="x" * (rules.LARGEST_TEXT + 1)), NOON)
    assert large
    assert (large.lies, large.text) == (True, "")
