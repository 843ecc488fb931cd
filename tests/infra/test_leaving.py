"""`hub property leave`: the files of a hotel that leaves have what is its own, and nothing of any other."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.canonical.ids import ConnectionId, PropertyId, leaf_of_profile
from chalicelib.canonical.time import instant, now
from chalicelib.loyalty import programs
from chalicelib.loyalty.settling import settle
from chalicelib.privacy.leaving import HotelsPart
from infra import cli, leaving
from infra.errors import Refused
from tests import tables
from tests.builders import EUR_PROGRAM, PORTO, VIENNA, charge, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest, hub, ingest

__all__ = ["hub", "ingest"]
ANNA = leaf_of_profile(ConnectionId("api"), "g1")
SAID = {"state": "explicit", "basis": "guest", "how": "at the desk"}


@pytest.fixture(autouse=True)
def three(hub: Hub, ingest: Ingest) -> None:
    """Anna stayed at both hotels, Ben at Porto alone, and Cy at Vienna alone."""
    program = programs.put(EUR_PROGRAM.model_copy(update={"starts_on": date(2020, 1, 1)}))
    anna, porto = guest("g1", email="anna@mail.example"), {"property_id": PORTO.id, "status": "checked_out"}
    ingest(reservation("r1", anna, status="checked_out"), charge(amount_minor=5150))
    ingest(reservation("r2", anna, arrival="2026-03-01", departure="2026-03-02", **porto))
    ingest(reservation("r3", guest("g2", "Ben", "Ray", email="ben@mail.example"), **porto))
    ingest(reservation("r4", guest("g3", "Cy", "Fox"), status="checked_out"))
    for place in (VIENNA, PORTO):
        branding = {"branding": {"legal_entity": f"{place.id}-ltd"}}
        hub.put(f"/v1/properties/{place.id}", place.model_dump(mode="json") | branding)
        said = {**SAID, "property_id": place.id, "how": f"at {place.id}"}
        hub.put(f"/v1/guests/{ANNA}/consents/email/marketing", said)
        note = {"text": f"Written at {place.id}", "property_id": place.id}
        assert hub.status("POST", f"/v1/guests/{ANNA}/notes", note) == 201
    settle([ANNA], program, instant(now()))


def lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("sharing", [False, True])
def test_the_files_have_what_is_the_hotel_s_and_nothing_of_another(hub: Hub, tmp_path: Path, sharing: bool) -> None:
    hub.put("/v1/settings", {"sharing": sharing})
    before = tables.state()
    told = leaving.told(VIENNA.id, tmp_path)
    assert tables.state() == before
    assert told == leaving.told(VIENNA.id, None)
    assert (told["guests"], told["stays"], told["receipts"], told["notes"]) == (2, 2, 1, 1)
    assert {each["property_id"] for each in lines(tmp_path, "stays")} == {VIENNA.id}
    assert [each["amount_minor"] for each in lines(tmp_path, "charges")] == [5150]
    assert {each["about"] for each in lines(tmp_path, "consents")} == {f"{VIENNA.id}-ltd:marketing"}
    assert [each["proof"]["how"] for each in lines(tmp_path, "receipts")] == [f"at {VIENNA.id}"]
    assert [each["text"] for each in lines(tmp_path, "notes")] == [f"Written at {VIENNA.id}"]
    assert {each["origin"]["property_id"] for each in lines(tmp_path, "ledger")} == {VIENNA.id}
    (owed,) = [each for each in lines(tmp_path, "liability") if each["guest"] == ANNA]
    assert (
        owed["earned"]
        == owed["outstanding"]
        == sum(each["points"] for each in lines(tmp_path, "ledger") if each["guest"] == ANNA)
    )
    assert told["points_earned.club"] >= owed["earned"] > 0
    everything = "".join(each.read_text() for each in tmp_path.glob("*.jsonl"))
    assert not any(word in everything for word in ("ben@", "r2", "r3", f"at {PORTO.id}"))


@pytest.mark.parametrize("saved_every", [1, 100])
def test_where_it_broke_off_it_goes_on_and_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, saved_every: int
) -> None:
    monkeypatch.setattr(leaving, "SAVED_EVERY", saved_every)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    expected = leaving.told(VIENNA.id, whole)
    for breaks_at in range(1, expected["guests"] * 4):
        with monkeypatch.context() as patched:
            patched.setattr(leaving, "lines_of", breaking_at(breaks_at))
            with pytest.raises(Broken):
                leaving.told(VIENNA.id, broken)
        assert leaving.told(VIENNA.id, broken) == expected
        assert contents(broken) == contents(whole)
        for each in broken.iterdir():
            each.unlink()


class Broken(Exception):
    """The process died."""


def breaking_at(line: int) -> Callable[[HotelsPart], Iterator[tuple[str, dict[str, Any]]]]:
    made, left = leaving.lines_of, count()

    def lines_of(part: HotelsPart) -> Iterator[tuple[str, dict[str, Any]]]:
        for each in made(part):
            if next(left) >= line:
                raise Broken
            yield each

    return lines_of


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.glob("*.jsonl")}


def test_another_hotel_s_folder_and_a_hotel_that_is_not_there_are_refused(tmp_path: Path) -> None:
    leaving.told(VIENNA.id, tmp_path)
    for hotel in (PORTO.id, PropertyId("nowhere")):
        with pytest.raises(Refused):
            leaving.told(hotel, tmp_path)
    with pytest.raises(Refused):
        leaving.told(PropertyId("nowhere"), None)


def test_the_command_counts_without_a_folder_and_the_record_is_shown() -> None:
    ended = CliRunner().invoke(cli.hub, ["property", "leave", VIENNA.id, "--stage", "test", "--json"])
    assert json.loads(ended.stdout)["guests"] == 2
    ended = CliRunner().invoke(cli.hub, ["privacy", "record", "--stage", "test", "--json"])
    assert {each["id"] for each in json.loads(ended.stdout)["controllers"]} >= {f"{VIENNA.id}-ltd"}
