"""`hub audit`: asked of a guest or of an actor on the command line, all of it however many pages that are."""

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.access import audit
from chalicelib.access.audit import Entry
from chalicelib.access.staff.model import Staff
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid, NotFound
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.ingest import actions
from chalicelib.properties import store as hotels
from infra import cli
from tests.access.staffed import somebody
from tests.builders import VIENNA, guest, notice, reservation

ANNA = str(leaf_of_profile(ConnectionId("api"), "g1"))
RUN = CliRunner()


@pytest.fixture(autouse=True)
def hotel(aws: Settings) -> None:
    hotels.put(VIENNA)
    assert not actions.ingest_notices([notice(reservation("r1", guest(email="anna@example.com")))])


@pytest.fixture
def mia() -> Staff:
    """Who looked at Anna 210 times, and once signed in."""
    mia = somebody("mia", "marketer")
    for minute in range(210):
        at = instant(now() - timedelta(minutes=minute))
        audit.note(Entry(mia.id, at, "GET /console/guests/{guest_id}", guests=(ANNA,)), "r")
    audit.note(Entry(mia.id, instant(now() - timedelta(days=2)), "signed_in", subject=mia.id), "r")
    return mia


def run(*arguments: str) -> list[dict[str, Any]]:
    ended = RUN.invoke(cli.hub, ["audit", *arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    told: list[dict[str, Any]] = json.loads(ended.stdout)
    return told


def test_who_saw_a_guest_is_told_to_the_last(mia: Staff) -> None:
    told = run("--guest", ANNA)
    assert len(told) == 210
    assert {(each["actor"], *each["guests"]) for each in told} == {(mia.id, ANNA)}
    assert len(run("--guest", ANNA, "--most", "3")) == 3


def test_an_actor_is_named_by_id_or_by_address_and_sifted_by_kind(mia: Staff) -> None:
    by_id, by_address = run("--actor", mia.id), run("--actor", "Mia@hotel.example")
    assert by_id == by_address
    assert len(by_id) == 211
    assert [each["what"] for each in run("--actor", mia.id, "--kind", "access")] == ["signed_in"]
    assert run("--actor", mia.id, "--until", "2001-01-01") == []


def test_people_read_a_table(mia: Staff) -> None:
    ended = RUN.invoke(cli.hub, ["audit", "--actor", mia.id, "--kind", "access", "--stage", "test"])
    assert "signed_in" in ended.output


def test_what_the_api_refuses_is_refused(mia: Staff) -> None:
    for arguments in ([], ["--guest", ANNA, "--actor", mia.id], ["--actor", mia.id, "--since", "monday"]):
        assert isinstance(RUN.invoke(cli.hub, ["audit", *arguments, "--stage", "test"]).exception, Invalid)
    assert isinstance(RUN.invoke(cli.hub, ["audit", "--guest", "g9", "--stage", "test"]).exception, NotFound)
