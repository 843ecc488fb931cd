"""Signing in by a mailed link or its code: once, in the browser that asked, within a quarter of an hour."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.access import audit, sessions
from chalicelib.access.attempts import LINKS_FROM_NETWORK, LINKS_TO_ADDRESS, TRIES_FROM_NETWORK
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import LASTS, TRIES, Asked, Refusal
from chalicelib.access.links.rules import network_of
from chalicelib.access.staff import actions as staff
from chalicelib.access.staff.model import Staff
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid, TooMany
from chalicelib.canonical.time import Instant, instant
from tests import tables
from tests.access.staffed import AT, OPERATOR, somebody
from tests.access.staffed import asked as invitation
from tests.builders import DAY_ONE
from tests.crashes import beside, crash_at, points_of, watching

NOW = DAY_ONE
HERE = "192.0.2.1"
EVER = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")


@pytest.fixture
def anna(aws: Settings) -> Staff:
    somebody("root")
    return somebody("anna")


def hour(number: int) -> datetime:
    """Each has its own attempts."""
    return NOW + timedelta(hours=number)


def asked(
    address: str = "anna@hotel.example", cookie: str | None = None, network: str = HERE, now: datetime = NOW
) -> Asked:
    return links.ask(address, cookie, network, now)


def follow(one: Asked, cookie: str | None = None, now: datetime = NOW) -> str | Refusal:
    return links.by_link(one.letter.token, cookie or one.cookie, HERE, "Firefox", now)


def typed(one: Asked, code: str | None = None, cookie: str | None = None, now: datetime = NOW) -> str | Refusal:
    code = one.letter.code if code is None else code
    return links.by_code(code, cookie or one.cookie, HERE, "Firefox", now)


def wrong(one: Asked) -> str:
    return f"{(int(one.letter.code) + 1) % 10**8:08}"


def who(found: str | Refusal, now: datetime = NOW) -> Staff | None:
    signed_in = sessions.of_cookie(found, now) if isinstance(found, str) else None
    return signed_in.staff if signed_in else None


Way = Callable[..., str | Refusal]
WAYS: list[Way] = [follow, typed]


@pytest.mark.parametrize("way", WAYS)
def test_who_asked_signs_in_by_the_link_or_by_the_code_and_once(anna: Staff, way: Way) -> None:
    one = asked()
    assert who(way(one)) == anna
    assert [each(one) for each in WAYS] == [Refusal.GONE, Refusal.GONE]
    assert len(sessions.listed(anna.id, NOW)) == 1


def test_the_code_is_read_however_it_is_typed(anna: Staff) -> None:
    one = asked()
    assert who(typed(one, f" {one.letter.code[:4]}-{one.letter.code[4:]} ")) == anna


@pytest.mark.parametrize("way", WAYS)
def test_after_a_quarter_of_an_hour_it_is_over(anna: Staff, way: Way) -> None:
    late = NOW + LASTS
    assert who(way(asked(), now=late - timedelta(seconds=1)))
    assert way(asked(), now=late) is Refusal.GONE


def test_a_forged_link_signs_nobody_in(anna: Staff) -> None:
    one = asked()
    link, _, secret = one.letter.token.partition(".")
    for token in ("", "x", f"{link}.", f"{link}.{'A' * 43}", f"{'0' * 24}.{secret}", f"{link}.{secret}x", "é" * 68):
        assert follow(replace(one, letter=replace(one.letter, token=token))) is Refusal.GONE
    assert who(follow(one)) == anna


def test_a_link_opened_in_another_browser_says_so_and_is_not_used_up(anna: Staff) -> None:
    one, other = asked(), asked("root@hotel.example")
    for cookie in (other.cookie, "", "x", f"{'A' * 43}.{one.letter.link}", one.cookie.replace(".", "")):
        assert links.by_link(one.letter.token, cookie, HERE, "", NOW) is Refusal.OTHER_BROWSER
    assert who(follow(one)) == anna


def test_a_code_is_of_no_use_in_another_browser(anna: Staff) -> None:
    one, other = asked(), asked("root@hotel.example")
    assert typed(one, cookie=other.cookie) is Refusal.WRONG_CODE  # it is compared with the other's
    forged = f"{'A' * 43}.{one.letter.link}"
    assert typed(one, cookie=forged) is Refusal.OTHER_BROWSER
    for cookie in ("x", f"{'A' * 43}.{'0' * 24}"):
        assert typed(one, cookie=cookie) is Refusal.GONE


def test_who_asks_twice_in_one_browser_may_follow_either_link(anna: Staff) -> None:
    first = asked()
    second = asked(cookie=first.cookie)
    assert who(follow(first, cookie=second.cookie)) == anna
    assert who(typed(second)) == anna


def test_somebody_elses_cookie_that_was_planted_before_binds_nothing_that_they_can_read(anna: Staff) -> None:
    """Only what looks like a cookie of ours is gone on with."""
    assert asked(cookie="planted").cookie != asked(cookie="planted").cookie


def test_after_five_wrong_codes_the_right_one_and_the_link_s_code_are_worth_nothing(anna: Staff) -> None:
    one = asked()
    assert [typed(one, wrong(one)) for _ in range(TRIES)] == [Refusal.WRONG_CODE] * TRIES
    assert typed(one) is Refusal.GONE
    assert who(follow(one)) == anna  # who has the mail still has the link


def test_a_wrong_code_then_the_right_one_signs_in(anna: Staff) -> None:
    one = asked()
    assert [typed(one, each) for each in (wrong(one), "", "12345678901", "x")] == [Refusal.WRONG_CODE] * 4
    assert who(typed(one)) == anna


def test_codes_that_are_tried_beside_each_other_are_all_counted(anna: Staff) -> None:
    one = asked()
    tries = [partial(typed, one, wrong(one)) for _ in range(TRIES - 1)]

    def others() -> None:
        assert [each() for each in tries] == [Refusal.WRONG_CODE] * len(tries)

    assert beside(2, lambda: typed(one, wrong(one)), others)
    assert typed(one) is Refusal.GONE


@pytest.mark.parametrize("way", WAYS)
def test_two_posts_of_one_link_beside_each_other_begin_one_session(anna: Staff, way: Way) -> None:
    met = 0
    for number in range(8):
        one = asked(now=hour(number))
        found: list[str | Refusal] = []

        def act(one: Asked = one, found: list[str | Refusal] = found, now: datetime = hour(number)) -> None:  # noqa: B008
            found.append(way(one, now=now))

        met += beside(number, act, act)
        assert len([each for each in found if who(each, hour(number))]) == 1
        assert len(sessions.listed(anna.id, hour(number))) == 1
    assert met >= 4


def test_what_is_kept_says_nothing_that_signs_in(anna: Staff) -> None:
    one = asked()
    kept = str(tables.rows())
    secrets = [one.letter.token.partition(".")[2], one.letter.code, one.cookie.partition(".")[0], HERE]
    assert not any(each in kept for each in secrets)
    assert "anna@hotel.example" not in str({key: row for key, row in tables.rows().items() if key.pk != "STAFF"})


def test_an_address_that_nobody_has_is_asked_for_by_the_same_calls_and_gets_the_same_rows(anna: Staff) -> None:
    seen = []
    for address in ("anna@hotel.example", "eve@hotel.example"):
        before = tables.rows().keys()
        with watching() as calls:
            one = asked(address)
        made = {key: row for key, row in tables.rows().items() if key not in before}
        seen.append((calls.made, sorted((key.pk.partition("#")[0], *sorted(row)) for key, row in made.items())))
        assert one.letter.to == address
    assert seen[0][0] == seen[1][0]
    assert [each for each in seen[0][1] if each[0] == "LINK"] == [each for each in seen[1][1] if each[0] == "LINK"]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_asked_for_nobody_signs_nobody_in_whatever_is_guessed(anna: Staff, way: Way) -> None:
    one = asked("eve@hotel.example")
    assert one.letter.until == instant(NOW)
    assert way(one) is Refusal.GONE
    assert not any(key.pk.startswith("SESSIONS#") for key in tables.rows())


def test_a_wrong_code_costs_the_same_calls_whoever_was_asked_for(anna: Staff) -> None:
    made = []
    for address in ("anna@hotel.example", "eve@hotel.example"):
        one = asked(address)
        with watching() as calls:
            assert typed(one, wrong(one)) is Refusal.WRONG_CODE
        made.append(calls.made)
    assert made[0] == made[1]


@pytest.mark.parametrize("way", WAYS)
def test_who_was_ended_meanwhile_is_not_signed_in(anna: Staff, way: Way) -> None:
    one = asked()
    staff.end(OPERATOR, anna.id, AT)
    assert way(one) is Refusal.GONE


def test_a_person_of_the_address_before_does_not_sign_in_as_its_next_one(anna: Staff) -> None:
    one = asked()
    staff.end(OPERATOR, anna.id, AT)
    staff.invite(OPERATOR, invitation("anna"), staff.id_of("next"), AT)
    assert follow(one) is Refusal.GONE


def test_an_operators_link_works_in_whichever_browser_opens_it_and_once(anna: Staff) -> None:
    token = links.for_operator(anna.id, NOW)
    assert links.by_link(token, None, HERE, "", NOW + LASTS) is Refusal.GONE
    assert who(links.by_link(token, None, HERE, "", NOW)) == anna
    assert links.by_link(token, None, HERE, "", NOW) is Refusal.GONE


def test_an_operators_link_has_no_code(anna: Staff) -> None:
    link = links.for_operator(anna.id, NOW).partition(".")[0]
    assert links.by_code("00000000", f"{'A' * 43}.{link}", HERE, "", NOW) is Refusal.OTHER_BROWSER


def test_a_hundred_attempts_at_one_address_get_six_links_an_hour(anna: Staff) -> None:
    for number in range(LINKS_TO_ADDRESS.most):
        asked(network=f"198.51.100.{number}")
    for number in range(LINKS_TO_ADDRESS.most, 100):
        with pytest.raises(TooMany, match="sign in") as refused:
            asked(network=f"198.51.100.{number}")
        assert 0 < refused.value.after_seconds <= 3600
    asked(now=hour(1))
    asked("root@hotel.example")


def test_a_network_gets_a_hundred_links_an_hour_and_takes_none_of_an_addresss_then(anna: Staff) -> None:
    for number in range(LINKS_FROM_NETWORK.most):
        asked(f"e{number}@hotel.example")
    for _ in range(10):
        with pytest.raises(TooMany):
            asked()
    asked(network="192.0.2.2")
    asked(network="2001:db8::1")


def test_who_tries_two_hundred_links_or_codes_in_an_hour_is_stopped(anna: Staff) -> None:
    one = asked()
    for number in range(TRIES_FROM_NETWORK.most):
        assert (follow if number % 2 else typed)(replace(one, cookie=f"{'A' * 43}.{one.letter.link}"))
    for way in WAYS:
        with pytest.raises(TooMany):
            way(one)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("nowhere", ""),
    ],
)
def test_a_line_of_ipv6_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("typed_address", ["", "anna", "anna@hotel", "a@b.example, c@d.example", "x" * 5000])
def test_what_is_no_address_is_refused_at_its_field_and_counts_for_nobody(anna: Staff, typed_address: str) -> None:
    before = tables.rows()
    with pytest.raises(Invalid) as refused:
        asked(typed_address)
    assert [each.field for each in refused.value.fields] == ["address"]
    assert tables.rows() == before


def test_each_sign_in_and_each_refusal_is_in_the_audit_with_ids_alone(anna: Staff) -> None:
    one = asked()
    typed(one, wrong(one))
    links.by_link(one.letter.token, "", HERE, "", NOW)
    follow(one)
    follow(one)
    told = sorted(each.what for each in audit.of_actor(anna.id, *EVER))
    assert told == ["refused_gone", "refused_other_browser", "refused_wrong_code", "signed_in"]
    links.by_link(f"{'0' * 24}.{'A' * 43}", None, HERE, "", NOW)
    assert [each.what for each in audit.of_actor(audit.NOBODY, *EVER)] == ["refused_gone"]


@pytest.mark.parametrize("way", WAYS)
def test_after_a_crash_anywhere_while_signing_in_a_link_may_be_asked_for_again(anna: Staff, way: Way) -> None:
    for number, point in enumerate(points_of(lambda: way(asked())), start=1):
        now = hour(number)

        def act(now: datetime = now) -> None:
            assert isinstance(way(asked(now=now), now=now), str)

        assert crash_at(point, act)
        assert len(sessions.listed(anna.id, now)) <= 1
        act()
