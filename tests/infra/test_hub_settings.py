"""`hub settings`: shown, and changed one by one."""

import json

import pytest
from typer.testing import CliRunner

from chalicelib.aws.settings import Settings
from chalicelib.properties import store as properties
from chalicelib.settings import installation, store
from infra import cli, hub_settings
from tests.builders import VIENNA
from tests.conftest import POSTAL_ADDRESS, PUBLIC_URL, SENDER

RUN = CliRunner()


@pytest.fixture(autouse=True)
def account(aws: Settings) -> None:
    pass


def hub(*arguments: str) -> dict[str, object]:
    ended = RUN.invoke(cli.hub, ["settings", *arguments, "--stage", "test", "--json"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    told: dict[str, object] = json.loads(ended.stdout)
    return told


def test_what_is_set_is_what_is_shown() -> None:
    assert hub("show") == store.get().model_dump(mode="json")
    told = hub("set", "--cap-mails", "1", "--sharing", "--retention-months", "24", "--reply-to", "office@hotel.example")
    assert told == hub("show")
    assert (told["cap_mails"], told["sharing"], told["retention_months"]) == (1, True, 24)


def test_what_is_not_named_stays_and_an_empty_text_takes_back() -> None:
    hub("set", "--reply-to", "office@hotel.example", "--cap-days", "3")
    hub("set", "--reply-to", "", "--retention-months", "24")
    hub("set", "--retention-months", "")
    kept = store.get()
    assert (kept.group.sender, kept.group.postal_address, kept.group.reply_to) == (SENDER, POSTAL_ADDRESS, None)
    assert (kept.cap_days, kept.retention_months) == (3, None)
    assert installation.get().public_url == PUBLIC_URL


def test_a_brand_is_made_changed_and_removed() -> None:
    hub("set", "--brand", "alpine", "--sender", "Alpine <hello@alpine.example>")
    hub("set", "--brand", "alpine", "--name", "Alpine Hotels")
    alpine = store.get().brands["alpine"]
    assert (alpine.name, alpine.sender) == ("Alpine Hotels", "Alpine <hello@alpine.example>")
    assert store.get().group.sender == SENDER
    hub("remove-brand", "alpine")
    assert store.get().brands == {}


def test_what_the_api_would_refuse_is_refused_here() -> None:
    with pytest.raises(ValueError, match="cap_mails: "):
        hub("set", "--cap-mails", "11")
    with pytest.raises(ValueError, match=r"group\.sender: "):
        hub("set", "--sender", "Hotel")
    with pytest.raises(ValueError, match="say --brand"):
        hub("set", "--name", "Alpine")
    with pytest.raises(ValueError, match="there is no brand sea"):
        hub("remove-brand", "sea")
    hub("set", "--brand", "alpine", "--name", "Alpine")
    properties.put(VIENNA.model_copy(update={"brand": "alpine"}))
    with pytest.raises(ValueError, match="is named by vienna"):
        hub("remove-brand", "alpine")


def test_two_who_change_at_the_same_moment_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.get()
    hub_settings.change("test", {"cap_mails": 1})
    monkeypatch.setattr(hub_settings, "shown", lambda _: before)
    with pytest.raises(ValueError, match="You saw version"):
        hub_settings.change("test", {"cap_days": 3})
    assert store.get().cap_mails == 1


def test_people_read_names_with_dots() -> None:
    ended = RUN.invoke(cli.hub, ["settings", "show", "--stage", "test"], catch_exceptions=False)
    assert ended.exit_code == 0
    assert "group.sender" in ended.output
