"""By when a request is answered, and how it may end: plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.canonical.ids import ErasureId, GuestId, Leaf, RequestId
from chalicelib.canonical.time import Instant, months_later
from chalicelib.privacy.asked import Kind, Outcome, Refusal, Request

AT = Instant("2026-02-03T10:00:00.000000Z")


def asked(kind: Kind = "access", received_on: date = date(2026, 1, 31)) -> Request:
    return Request(
        id=RequestId("dr1"),
        kind=kind,
        guest=GuestId(Leaf("g1")),
        received_on=received_on,
        noted_at=AT,
        noted_by="staff st1",
        identity="document_seen",
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_day_of_its_number_or_with_the_month(received: date, due: date) -> None:
    assert asked(received_on=received).due_on == due


@given(st.dates(date(2018, 5, 25), date(2200, 1, 1)), st.integers(1, 36))
def test_months_are_never_too_long(day: date, months: int) -> None:
    after = months_later(day, months)
    assert (after.year - day.year) * 12 + after.month - day.month == months
    assert after.day <= day.day


def test_it_is_overdue_from_the_day_after_until_it_is_closed() -> None:
    one = asked("objection")
    assert [one.is_overdue(date(2026, 2, 28)), one.is_overdue(date(2026, 3, 1))] == [False, True]
    assert not one.closed("fulfilled", None, "staff st1", AT).is_overdue(date(2027, 1, 1))


def test_two_months_more_are_taken_once_and_within_the_first() -> None:
    longer = asked().extended("complexity", AT, date(2026, 2, 28))
    assert longer.due_on == date(2026, 4, 30)
    assert longer.extended("complexity", AT, date(2026, 5, 1)) == longer
    with pytest.raises(Conflict):
        longer.extended("many_requests", AT, date(2026, 2, 28))
    with pytest.raises(Conflict):
        asked().extended("complexity", AT, date(2026, 3, 1))


@pytest.mark.parametrize(
    ("one", "outcome", "why", "field"),
    [
        (asked(), "refused", None, "refused_for"),
        (asked(), "withdrawn", "unfounded", "refused_for"),
        (asked(), "fulfilled", None, "outcome"),
        (asked("erasure"), "fulfilled", None, "outcome"),
        (asked("rectification").model_copy(update={"identity": None}), "fulfilled", None, "identity"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_at_its_field(
    one: Request, outcome: Outcome, why: Refusal | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        one.closed(outcome, why, "staff st1", AT)
    assert [each.field for each in refused.value.fields] == [field]


def test_what_was_done_can_be_closed_and_what_is_closed_stays() -> None:
    given_ = asked().exported("staff st1", AT).closed("fulfilled", None, "staff st1", AT)
    assert given_.closed("fulfilled", None, "staff st2", AT) == given_
    with pytest.raises(Conflict):
        given_.closed("refused", "excessive", "staff st2", AT)
    erased = asked("erasure").carried_out_by(ErasureId("er1"))
    assert not erased.closed("fulfilled", None, "staff st1", AT).is_open
