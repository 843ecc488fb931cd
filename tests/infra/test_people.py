"""`hub staff`: people invited, listed and ended on the command line, as the API would."""

import json

import pytest
from typer.testing import CliRunner

from chalicelib.access import audit, sessions
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import Refusal
from chalicelib.access.staff import actions as staff
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict, Invalid, NotFound
from chalicelib.canonical.ids import KeyId, StaffId
from chalicelib.canonical.time import Instant, now
from chalicelib.properties import store as hotels
from infra import cli, people
from infra.access_keys import OPERATOR
from infra.errors import Refused
from tests.builders import VIENNA
from tests.conftest import PUBLIC_URL
from tests.fakes import received, waiting

RUN = CliRunner()
ADMIN = "--email", "root@hotel.example", "--name", "Root", "--role", "admin", "--property", "*"


@pytest.fixture(autouse=True)
def hotel(aws: Settings) -> None:
    hotels.put(VIENNA)


def run(*arguments: str) -> object:
    ended = RUN.invoke(cli.hub, ["staff", *arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def invite(name: str, role: str = "front_desk", *properties: str) -> str:
    return people.invite("test", f"{name}@hotel.example", name, role, properties or ["vienna"]).id


def test_somebody_is_invited_with_a_mail_listed_and_ended_by_id_or_by_address() -> None:
    made = run("invite", *ADMIN)
    assert isinstance(made, dict)
    assert made == {
        "sign_in_url": made["sign_in_url"],
        "id": made["id"],
        "name": "Root",
        "email": "root@hotel.example",
        "role": "admin",
        "properties": ["*"],
    }
    assert waiting("send") == 1
    anna, ben = invite("anna"), invite("ben")
    sessions.begin(staff.required(OPERATOR, StaffId(anna)), now())
    run("end", anna)
    run("end", "Ben@Hotel.example")
    del made["sign_in_url"]
    assert run("list") == [made]
    assert sessions.listed(StaffId(anna), now()) == []
    everything = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")
    kept = [(each.what, each.subject) for each in audit.of_actor(KeyId("operator"), *everything)]
    assert [each for each in kept if each[0] != "signed_out"][:2] == [("ended", ben), ("ended", anna)]
    assert kept.count(("signed_out", anna)) == 1


def test_an_operators_address_signs_somebody_in_once_and_needs_no_mail() -> None:
    run("invite", *ADMIN, "--no-mail")
    told = run("link", "root@hotel.example")
    assert isinstance(told, dict)
    address, _, token = told["sign_in_url"].rpartition("/")
    assert address == f"{PUBLIC_URL}/console/sign-in"
    found = links.by_link(token, None, "", "", now())
    assert isinstance(found, str)
    signed_in = sessions.of_cookie(found, now())
    assert signed_in
    assert signed_in.staff.email == "root@hotel.example"
    assert links.by_link(token, None, "", "", now()) is Refusal.GONE
    assert waiting("send") == 0


def test_there_is_a_first_admin_from_the_start_and_it_is_the_same_the_next_time() -> None:
    invite("anna")
    first = people.first_admin("test")
    assert (first.role, first.properties) == ("admin", ("*",))
    assert people.first_admin("test") == first
    assert waiting("send") == 1  # of Anna's invitation


def test_a_person_reads_a_table() -> None:
    invite("anna")
    shown = RUN.invoke(cli.hub, ["staff", "list", "--stage", "test"], catch_exceptions=False)
    assert "anna@hotel.example" in shown.output


def test_an_invitation_is_mailed_in_the_language_that_is_named() -> None:
    run("invite", *ADMIN, "--language", "de")
    (record,) = received("send")["Records"]
    assert json.loads(record["body"])["subject"] == "Sie sind zum Gäste-Hub eingeladen"


def test_without_mail_nothing_is_queued() -> None:
    run("invite", *ADMIN, "--no-mail")
    assert waiting("send") == 0


@pytest.mark.parametrize(
    ("role", "properties", "email", "wrong"),
    [
        ("integration", ["*"], "a@hotel.example", "role: must be one of admin, "),
        ("admin", [], "a@hotel.example", "properties: "),
        ("admin", ["atlantis"], "a@hotel.example", "no such property: atlantis"),
        ("admin", ["*"], "a", "email: must be one plain e-mail address"),
    ],
)
def test_what_the_api_would_refuse_is_refused_here(role: str, properties: list[str], email: str, wrong: str) -> None:
    with pytest.raises((Refused, Invalid), match=wrong) as refused:
        people.invite("test", email, "A", role, properties)
    assert people.listed("test") == [], refused


def test_who_is_not_there_and_the_last_admin_are_not_ended() -> None:
    for who in ("nobody@hotel.example", "st0", "x y"):
        with pytest.raises(NotFound):
            people.end("test", who)
    last = invite("anna", "admin", "*")
    with pytest.raises(Conflict, match="last admin"):
        people.end("test", last)
