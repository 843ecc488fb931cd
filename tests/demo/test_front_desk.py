"""What the public API shows is part of what the demo compares."""

from dataclasses import dataclass
from typing import Any

import pytest

from infra.demo import front_desk
from infra.demo.api import Api

GUEST: dict[str, Any] = {
    "customers": ["c1", "c2"],
    "stays": 1,
    "nights": 2,
    "room_revenue_minor": {"EUR": 20000},
    "points": 2000,
    "emails": ["anna@post.example"],
    "forgotten": False,
}
NOBODY_FORGOTTEN: dict[str, list[str]] = {"customers": [], "emails": []}


@dataclass(frozen=True)
class FakeHub(Api):
    """Shows one guest, whoever is asked for."""

    shown: tuple[dict[str, Any], ...] = ()
    balance: int = 2000
    still: str = "nobody"
    """A query that finds the guest, too."""

    def get(self, path: str) -> Any:
        if path.endswith(("source_id=gone", "email=anna%40post.example")):
            return {"items": list(self.shown) if path.endswith(self.still) else []}
        if path.startswith("/v1/guests?source=mews&source_id="):
            return {"items": list(self.shown)}
        assert path == "/v1/guests/g1/membership"
        return {"items": [{"program": "club", "balance": self.balance}, {"program": "other", "balance": 9}]}


TRAITS: dict[str, str | None] = {"email": "anna@post.example", "family_name": "Lee"}


def shown(**fields: Any) -> dict[str, Any]:
    stats = {"stays": 1, "nights": 2, "room_revenue": [{"currency": "EUR", "amount_minor": 20000}]}
    leaves = [{"source_id": "c1"}, {"source_id": "c2"}]
    right = {"id": "g1", "leaves": leaves, "stats": stats, "traits": TRAITS}
    return {**right, **fields}


def differences(*guests: dict[str, Any], **hub: Any) -> list[str]:
    return front_desk.differences(FakeHub("", shown=guests, **hub), truth_of(GUEST), "mews", "club")


def truth_of(*guests: dict[str, Any], **forgotten: list[str]) -> dict[str, Any]:
    known = {f"known-{number}": guest for number, guest in enumerate(guests, 1)}
    return {"guests": known, "forgotten": {**NOBODY_FORGOTTEN, **forgotten}}


def test_what_agrees_is_silent() -> None:
    assert differences(shown()) == []


@pytest.mark.parametrize(
    "guests",
    [
        (),
        (shown(), shown()),
        (shown(leaves=[{"source_id": "c1"}]),),
        (shown(traits={**TRAITS, "email": None}),),
        (shown(traits={**TRAITS, "family_name": None}),),
        (shown(stats={"stays": 2, "nights": 2, "room_revenue": []}),),
    ],
)
def test_a_guest_whom_the_api_shows_otherwise_is_found(guests: tuple[dict[str, Any], ...]) -> None:
    assert differences(*guests)


def test_points_that_the_api_shows_otherwise_are_found() -> None:
    assert differences(shown(), balance=1)


def test_every_kind_of_guest_is_asked_for_by_each_of_its_ids() -> None:
    asked: list[str] = []

    class Noting(FakeHub):
        def get(self, path: str) -> Any:
            asked.append(path)
            return {"items": []}

    without = {**GUEST, "customers": ["c3"], "stays": 0, "points": 0, "emails": []}
    front_desk.differences(Noting(""), truth_of(GUEST, without), "mews", "club")
    assert {path[-2:] for path in asked} == {"c1", "c2", "c3"}


@pytest.mark.parametrize(("still", "found"), [("nobody", 0), ("=gone", 1), ("post.example", 1)])
def test_whom_the_hotel_forgot_is_found_neither_by_id_nor_by_address(still: str, found: int) -> None:
    truth = truth_of(GUEST, customers=["gone"], emails=["anna@post.example"])
    hub = FakeHub("", shown=(shown(),), still=still)
    assert len(front_desk.differences(hub, truth, "mews", "club")) == found


def test_whom_the_hotel_forgot_has_no_name_left() -> None:
    truth = truth_of({**GUEST, "forgotten": True})
    assert front_desk.differences(FakeHub("", shown=(shown(),)), truth, "mews", "club")
    nameless = shown(traits={**TRAITS, "family_name": None})
    assert not front_desk.differences(FakeHub("", shown=(nameless,)), truth, "mews", "club")
