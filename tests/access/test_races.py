"""Somebody is removed, promoted or loses a hotel while they sign in: no session outlives or exceeds what they are."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.access import sessions
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import Asked, Refusal
from chalicelib.access.provider import actions as provider
from chalicelib.access.provider import store as providers
from chalicelib.access.provider.model import Identity, Provider
from chalicelib.access.staff import actions, store
from chalicelib.access.staff.model import Staff, StaffChange
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Forbidden
from chalicelib.properties import store as properties
from tests.access.staffed import AT, OPERATOR, somebody
from tests.builders import DAY_ONE, PORTO, VIENNA
from tests.crashes import beside, watching

NOW = DAY_ONE
HERE = "192.0.2.1"
CHANGES: dict[str, Callable[[Staff], object]] = {
    "removed": lambda one: actions.end(OPERATOR, one.id, AT),
    "promoted": lambda one: actions.change(OPERATOR, one.id, StaffChange(role="admin"), AT),
    "has one hotel less": lambda one: actions.change(OPERATOR, one.id, StaffChange(properties=(VIENNA.id,)), AT),
    "renamed": lambda one: actions.change(OPERATOR, one.id, StaffChange(name="Another"), AT),
}
"""What becomes of a marketer of two hotels."""


def by_link(one: Asked) -> str | Refusal:
    return links.by_link(one.letter.token, one.cookie, HERE, "", NOW)


def by_code(one: Asked) -> str | Refusal:
    return links.by_code(one.letter.code, one.cookie, HERE, "", NOW)


def by_provider(one: Asked) -> str | Refusal:
    """As when the provider's answer was read and believed."""
    try:
        return provider._signed_in(Identity("https://id.example", one.letter.to, one.letter.to), "", NOW)
    except Forbidden:
        return Refusal.GONE


WAYS = {each.__name__: each for each in (by_link, by_code, by_provider)}


@pytest.fixture(autouse=True)
def hub(aws: Settings) -> None:
    """Admins sign in by the provider alone."""
    properties.put(VIENNA)
    properties.put(PORTO)
    providers.save(Provider("https://id.example", "hub", "", demanded_of_admins=True))
    somebody("root")


def people() -> Iterator[tuple[Staff, Asked]]:
    for number in range(100):
        one = somebody(f"m{number}", "marketer", "vienna", "porto")
        yield one, links.ask(one.email, None, f"198.51.100.{number}", NOW)


@pytest.mark.parametrize("is_bound", [False, True])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_happens_beside_any_call_of_signing_in_nobody_is_more_than_they_are(
    change: str, way: str, is_bound: bool
) -> None:
    some, met = people(), 0
    for number in range(_calls(WAYS[way], next(some)[1])):
        one, asked = next(some)
        if is_bound:
            assert isinstance(by_provider(asked), str)
        found: list[str | Refusal] = []
        sign_in, happens = WAYS[way], CHANGES[change]
        met += beside(number, lambda: found.append(sign_in(asked)), lambda: happens(one))  # noqa: B023 (called here)
        _check(one, found[0], way)
    assert met >= 3


def _calls(way: Callable[[Asked], object], asked: Asked) -> int:
    with watching() as calls:
        way(asked)
    return len(calls.made)


def _check(before: Staff, found: str | Refusal, way: str) -> None:
    now = store.get(before.id)
    assert now
    signed_in = sessions.of_cookie(found, NOW) if isinstance(found, str) else None
    is_let_in = not now.ended and (now.role != "admin" or way == "by_provider")
    assert signed_in is None or (is_let_in and signed_in.caller == now.caller)
    assert now.ended or now.role == "admin" or signed_in, "who may sign in did not"
    assert is_let_in or sessions.listed(before.id, NOW) == []


def test_an_identity_that_is_bound_while_somebody_is_renamed_is_bound_once_and_signs_in() -> None:
    one, asked = next(people())
    number = _calls(by_provider, links.ask(somebody("ben", "marketer").email, None, HERE, NOW)) - 1
    assert beside(number, lambda: by_provider(asked), lambda: CHANGES["renamed"](one))
    kept = store.get(one.id)
    assert kept
    assert (kept.name, kept.bound is not None) == ("Another", True)
    assert len(sessions.listed(one.id, NOW)) == 1
