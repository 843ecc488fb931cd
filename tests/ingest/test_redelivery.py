"""What a crash kept from the bus is announced when the message comes again, though the vendor says more by then."""

from dataclasses import replace

import pytest

from chalicelib.aws import bus
from chalicelib.canonical.errors import Rejected, TryAgain
from chalicelib.canonical.facts import Fact
from chalicelib.connectors.contract import Call
from chalicelib.ingest import actions
from tests.fake_mews import FakeMews, customer, item, reservation, reservations_changed
from tests.ingest.test_fetching import messages


def test_a_thin_notice_that_comes_again_tells_what_the_version_before_made(
    mews: FakeMews, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    mews.keep(reservation(State="Processed"), customer(), item())
    assert actions.fetch_notices(messages(reservations_changed("r1"))) == {}
    mews.keep(reservation(State="Started", UpdatedUtc="2026-03-01T00:00:00Z"))
    with monkeypatch.context() as crash:
        crash.setattr(bus, "announce", _crash)
        with pytest.raises(KeyboardInterrupt):
            actions.fetch_notices(messages(reservations_changed("r1")))
    mews.keep(reservation(State="Canceled", UpdatedUtc="2026-03-02T00:00:00Z"))
    facts.clear()
    again = [replace(each, receives=2) for each in messages(reservations_changed("r1"))]
    assert actions.fetch_notices(again) == {}
    assert {"StayReopened", "ReservationCancelled"} <= {fact.type for fact in facts}


def _crash(_: object) -> None:
    raise KeyboardInterrupt


def test_a_notice_that_the_vendor_refuses_fails_alone(mews: FakeMews, monkeypatch: pytest.MonkeyPatch) -> None:
    mews.keep(reservation("r1"), reservation("r2", "c2"), customer(), customer("c2", "Ben"))
    answer = mews.answer

    def picky(call: Call) -> object:
        if "r2" in str(call.body.get("ReservationIds")):
            raise Rejected("vendor_refused", "the vendor answered 400")
        return answer(call)

    monkeypatch.setattr(mews, "answer", picky)
    failures = actions.fetch_notices(messages(reservations_changed("r1"), reservations_changed("r2")))
    assert {name: str(error) for name, error in failures.items()} == {
        "m1": "vendor_refused: the vendor answered 400",
    }


def test_without_time_left_nothing_is_begun_and_everything_comes_again(mews: FakeMews) -> None:
    mews.keep(reservation(), customer())
    failures = actions.fetch_notices(messages(reservations_changed("r1")), lambda: 3.0)
    assert [type(error) for error in failures.values()] == [TryAgain]
    assert mews.asked == []
