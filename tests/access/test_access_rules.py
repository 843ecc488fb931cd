"""How a key is presented, what it may give, and who sees it."""

from dataclasses import replace

import pytest

from chalicelib.access import rules
from chalicelib.access.model import ApiKey, Caller, KeyAsked
from chalicelib.canonical.ids import KeyId, PropertyId, StaffId

GROUP = Caller(KeyId("k0"), "admin", frozenset({"*"}))
VIENNA = Caller(KeyId("k1"), "admin", frozenset({PropertyId("vienna")}))
KEY = ApiKey(KeyId("k2"), "hash", "Reception", "front_desk", (PropertyId("vienna"), PropertyId("porto")))


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer xk_a", "xk_a"),
        ("bearer  xk_a ", "xk_a"),
        ("Bearer", ""),
        ("Basic xk_a", None),
        ("xk_a", None),
        ("", None),
        (None, None),
    ],
)
def test_a_key_is_presented_as_a_bearer(header: str | None, key: str | None) -> None:
    assert rules.presented(header) == key


def test_what_a_key_is_asked_for_and_is_not_there_is_told_by_its_place() -> None:
    asked = KeyAsked(
        name="n", role="analyst", properties=(PropertyId("vienna"), PropertyId("atlantis"), "*", PropertyId("mu"))
    )
    assert rules.unknown_properties(asked, {"vienna"}) == {1: "atlantis", 3: "mu"}


def test_a_key_is_seen_by_who_sees_all_of_its_hotels_until_it_ends() -> None:
    assert rules.is_seen(GROUP, KEY)
    assert not rules.is_seen(VIENNA, KEY)
    assert rules.is_seen(VIENNA, replace(KEY, properties=(PropertyId("vienna"),)))
    assert not rules.is_seen(VIENNA, replace(KEY, properties=("*",)))
    assert not rules.is_seen(GROUP, replace(KEY, ended=True))


def test_a_proof_says_whether_a_key_acted_or_a_person() -> None:
    assert VIENNA.named == {"key_id": "k1"}
    assert Caller(StaffId("st1"), "admin", frozenset({"*"}), is_person=True).named == {"staff_id": "st1"}
