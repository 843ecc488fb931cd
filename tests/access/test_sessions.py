"""Who is signed in, for how long, and what they may: as it stands at each request."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.access import audit, sessions
from chalicelib.access.sessions import COOKIE, IDLE, LASTS, SEEN_EVERY
from chalicelib.access.staff import actions
from chalicelib.access.staff.model import StaffChange
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import StaffId
from chalicelib.canonical.time import Instant, instant
from tests import tables
from tests.access.staffed import AT, OPERATOR, somebody
from tests.builders import DAY_ONE
from tests.crashes import beside, crash_at, points_of, watching

NOW = DAY_ONE
EVER = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")


@pytest.fixture(autouse=True)
def admin(aws: Settings) -> None:
    somebody("admin")


def test_who_begins_a_session_is_known_by_its_cookie_and_by_what_they_are() -> None:
    anna = somebody("anna", "marketer")
    value = sessions.begin(anna, NOW, "Firefox")
    signed_in = sessions.of_cookie(value, NOW)
    assert signed_in is not None
    assert signed_in.staff == anna
    assert signed_in.caller == anna.caller
    (kept,) = sessions.listed(anna.id, NOW)
    assert (kept.id, kept.begun_at, kept.browser) == (signed_in.session, instant(NOW), "Firefox")


def test_the_cookies_value_is_kept_nowhere_and_no_two_are_alike() -> None:
    anna = somebody("anna")
    values = {sessions.begin(anna, NOW) for _ in range(3)}
    assert len(values) == 3
    assert not any(value.partition(".")[2] in str(tables.rows()) for value in values)
    assert all(COOKIE.fullmatch(value) for value in values)


def test_a_request_reads_two_rows_in_one_call_and_writes_nothing() -> None:
    value = sessions.begin(somebody("anna"), NOW)
    meter().take()
    with watching() as calls:
        assert sessions.of_cookie(value, NOW + timedelta(minutes=4))
    assert calls.made == ["BatchGetItem"]


@pytest.mark.parametrize("shown", [None, "", "st", "x" * 5000, f"st{'0' * 24}.", "k1.{}", "st\udcff"])
def test_what_is_no_cookie_of_ours_costs_no_read(shown: str | None) -> None:
    with watching() as calls:
        assert sessions.of_cookie(shown, NOW) is None
    assert calls.made == []


def test_a_cookie_that_somebody_made_up_or_took_to_another_person_signs_nobody_in() -> None:
    anna, ben = somebody("anna"), somebody("ben")
    of_anna = sessions.begin(anna, NOW)
    forged = [
        f"{anna.id}.{'A' * 43}",
        f"{ben.id}.{of_anna.partition('.')[2]}",
        of_anna[:-1] + ("A" if of_anna[-1] != "A" else "B"),
        f"{anna.id}.{sessions.listed(anna.id, NOW)[0].id[:43]}",
    ]
    assert [sessions.of_cookie(each, NOW) for each in forged] == [None] * 4


def test_a_session_ends_after_twelve_hours_however_busy() -> None:
    anna = somebody("anna")
    value, now = sessions.begin(anna, NOW), NOW
    while now < NOW + LASTS:
        assert sessions.of_cookie(value, now)
        now += timedelta(minutes=55)
    assert sessions.of_cookie(value, NOW + LASTS) is None
    assert sessions.listed(anna.id, NOW + LASTS) == []


def test_a_session_ends_after_an_hour_in_which_nobody_was_seen() -> None:
    anna = somebody("anna")
    value = sessions.begin(anna, NOW)
    assert sessions.of_cookie(value, NOW + IDLE - timedelta(seconds=1))
    assert sessions.of_cookie(value, NOW + 2 * IDLE - timedelta(seconds=2))
    assert sessions.of_cookie(value, NOW + 3 * IDLE) is None
    assert sessions.listed(anna.id, NOW + 3 * IDLE) == []


def test_when_somebody_was_seen_is_written_every_five_minutes_and_no_more_often() -> None:
    value = sessions.begin(somebody("anna"), NOW)
    meter().take()
    for second in range(0, int(2 * SEEN_EVERY.total_seconds()) + 1, 10):
        assert sessions.of_cookie(value, NOW + timedelta(seconds=second))
    _, units = meter().take()
    assert units == 2


def test_two_requests_that_see_somebody_at_once_write_it_once_and_none_brings_an_ended_session_back() -> None:
    anna = somebody("anna")
    value, later = sessions.begin(anna, NOW), NOW + SEEN_EVERY
    assert beside(1, lambda: sessions.of_cookie(value, later), lambda: sessions.of_cookie(value, later))
    again = later + SEEN_EVERY
    assert beside(
        1, lambda: sessions.of_cookie(value, again), lambda: sessions.end_all(anna.id, anna.id, instant(again))
    )
    assert sessions.of_cookie(value, again) is None
    assert sessions.listed(anna.id, again) == []


def test_one_session_is_ended_and_the_others_stay() -> None:
    anna = somebody("anna")
    first, second = sessions.begin(anna, NOW), sessions.begin(anna, NOW)
    shown = sessions.of_cookie(first, NOW)
    assert shown
    for _ in range(2):
        sessions.end(anna.id, shown.session, anna.id, AT)
    assert sessions.of_cookie(first, NOW) is None
    assert sessions.of_cookie(second, NOW)


def test_all_sessions_of_somebody_are_ended_and_nobody_elses() -> None:
    anna, ben = somebody("anna"), somebody("ben")
    values = [sessions.begin(anna, NOW) for _ in range(3)]
    of_ben = sessions.begin(ben, NOW)
    assert sessions.end_all(anna.id, anna.id, AT) == 3
    assert [sessions.of_cookie(each, NOW) for each in values] == [None] * 3
    assert sessions.of_cookie(of_ben, NOW)


def test_who_is_ended_is_signed_out_at_the_next_request_also_where_the_session_is_still_there() -> None:
    anna = somebody("anna")
    value = sessions.begin(anna, NOW)
    session = sessions.of_cookie(value, NOW)
    assert session
    row = table.get(keys.session(anna.id, session.session))
    actions.end(OPERATOR, anna.id, AT)
    assert sessions.of_cookie(value, NOW) is None
    assert row
    table.write(table.Put(row))
    assert sessions.of_cookie(value, NOW) is None


def test_a_session_of_somebody_of_whom_nothing_is_left_signs_nobody_in() -> None:
    anna = somebody("anna")
    value = sessions.begin(anna, NOW)
    table.write(table.Delete(keys.staff(anna.id)))
    assert sessions.of_cookie(value, NOW) is None
    with pytest.raises(table.ConditionFailed):
        sessions.begin(anna, NOW)


def test_nobody_begins_a_session_as_what_they_were() -> None:
    anna = somebody("anna")
    after = actions.change(OPERATOR, anna.id, StaffChange(role="analyst"), AT)
    with pytest.raises(table.ConditionFailed):
        sessions.begin(anna, NOW)
    assert sessions.begin(after, NOW)
    actions.end(OPERATOR, anna.id, AT)
    with pytest.raises(table.ConditionFailed):
        sessions.begin(after, NOW)
    assert sessions.listed(anna.id, NOW) == []


def test_who_becomes_an_admin_is_signed_out_also_where_the_hub_crashes_before_it_ends_their_sessions() -> None:
    names = (f"m{number}" for number in range(100))

    def promote(name: str) -> None:
        actions.change(OPERATOR, actions.id_of(name), StaffChange(role="admin"), AT)

    somebody("mark", "marketer")
    for point in points_of(lambda: promote("mark")):
        name = next(names)
        value = sessions.begin(somebody(name, "marketer"), NOW)
        assert crash_at(point, lambda name=name: promote(name))  # type: ignore[misc]
        signed_in = sessions.of_cookie(value, NOW)
        assert signed_in is None or signed_in.caller.role == "marketer"


def ends(name: str) -> dict[str, Callable[[], object]]:
    """Every way in which the one session of somebody ends before its time."""
    anna = actions.id_of(name)

    def alone() -> None:
        for each in sessions.listed(anna, NOW):
            sessions.end(anna, each.id, anna, AT)

    def by_admin() -> None:
        for each in sessions.listed(anna, NOW):
            actions.end_session(OPERATOR, anna, each.id, AT)

    return {
        "at /me": alone,
        "at /me, everywhere": lambda: sessions.end_all(anna, anna, AT),
        "by an admin": lambda: actions.end_sessions(OPERATOR, anna, AT),
        "in one place by an admin": by_admin,
        "with a role that signs in anew": lambda: actions.change(OPERATOR, anna, StaffChange(role="admin"), AT),
    }


@pytest.mark.parametrize("how", ends("anna"))
def test_the_end_of_a_session_is_told_once_however_often_and_by_however_many_it_is_ended(how: str) -> None:
    anna = somebody("anna", "marketer")
    sessions.begin(anna, NOW)
    for _ in range(2):
        ends("anna")[how]()
    assert signed_out(anna.id) == [anna.id]


def signed_out(*subjects: StaffId) -> list[str]:
    told = (each for who in (*subjects, OPERATOR.actor) for each in audit.of_actor(who, *EVER))
    return [each.subject for each in told if each.what == "signed_out"]


def test_two_who_end_a_session_at_once_and_a_crash_tell_of_it_once() -> None:
    anna = somebody("anna")
    sessions.begin(anna, NOW)
    assert beside(1, ends("anna")["by an admin"], ends("anna")["at /me, everywhere"])
    assert signed_out(anna.id) == [anna.id]
    for point in points_of(ends("anna")["at /me, everywhere"]):
        ben = somebody(f"b{point.at}{point.moment}")
        sessions.begin(ben, NOW)
        crash_at(point, ends(ben.name)["at /me, everywhere"])
        ends(ben.name)["at /me, everywhere"]()
        assert signed_out(ben.id).count(ben.id) == 1


def test_who_is_removed_is_signed_out_in_the_audit_too_and_a_session_that_was_over_is_not() -> None:
    anna, ben = somebody("anna"), somebody("ben")
    sessions.begin(anna, NOW)
    sessions.begin(ben, NOW - IDLE)
    for one in (anna, ben):
        actions.end(OPERATOR, one.id, AT)
    assert signed_out() == [anna.id]


def test_a_role_that_was_changed_while_somebody_was_signed_in_holds_at_the_next_request() -> None:
    anna = somebody("anna", "admin")
    value = sessions.begin(anna, NOW)
    actions.change(OPERATOR, anna.id, StaffChange(role="analyst"), AT)
    signed_in = sessions.of_cookie(value, NOW)
    assert signed_in
    assert signed_in.caller.role == "analyst"
