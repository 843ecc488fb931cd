"""Whether it may be followed who opens a message and what is clicked there: plain values."""

import pytest

from chalicelib.canonical.time import Instant
from chalicelib.consent.documents import rules_of
from chalicelib.consent.model import Basis, Consent, State
from chalicelib.consent.tracking import decide

MONDAY = Instant("2026-11-16T12:00:00.000000Z")


def said(state: State, basis: Basis = "guest") -> Consent:
    return Consent(state=state, basis=basis, at=MONDAY)


def may_be(answer: Consent | None, *countries: str) -> tuple[bool, str]:
    found = decide(rules_of(countries), answer)
    return found.reason is None, found.name


@pytest.mark.parametrize(
    ("countries", "told"),
    [
        (["DE"], (False, "de")),
        (["US"], (True, "us.law")),
        (["US", "DE"], (False, "de")),
        (["DE", "US"], (False, "de")),
        (["ZZ"], (False, "others")),
    ],
)
def test_who_was_not_asked_is_followed_where_every_country_concerned_allows_it(
    countries: list[str], told: tuple[bool, str]
) -> None:
    assert may_be(None, *countries) == told


def test_who_was_asked_decides_wherever_they_live() -> None:
    assert may_be(said("explicit"), "DE") == (True, "de.express")
    assert may_be(said("withdrawn"), "US") == (False, "objection")
    assert may_be(said("withdrawn", "address"), "US") == (False, "objection")


def test_nobody_is_followed_of_whom_no_country_is_known() -> None:
    assert decide((), None).reason == "no_consent"
    assert decide((), said("explicit")).reason is None
