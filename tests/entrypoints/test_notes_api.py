"""Notes: for who has the guest before them, for a while, with their record; in no mail, and gone with the guest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from chalicelib.aws import keys, table
from chalicelib.canonical.errors import NotFound, TryAgain
from chalicelib.canonical.ids import Leaf, NoteId, leaf_of_profile
from chalicelib.canonical.time import instant
from chalicelib.guests import notes
from chalicelib.guests import store as guests
from chalicelib.guests.notes import Note
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import crash_at, points_of
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_corrections_api import API, EMAIL, NOW, ONE

OTHER = leaf_of_profile(API, "g2")
PATH = f"/v1/guests/{ONE}/notes"
TEXT = "Writes novels: no cleaning before noon."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def anna(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1", email=EMAIL), property_id=VIENNA.id, status="confirmed"))


def write(hub: Hub, text: str = TEXT, key: str = "front_desk", path: str = PATH, **more: Any) -> dict[str, Any]:
    answer = hub.call("POST", path, {"text": text, **more}, key=key)
    assert answer.status_code == 201, answer.body
    written: dict[str, Any] = answer.json_body
    return written


def texts(hub: Hub, key: str = "admin", path: str = PATH) -> list[str]:
    return [each["text"] for each in hub.get(path, key=key)["items"]]


def test_a_note_has_its_author_and_its_end_and_stands_in_the_timeline(hub: Hub, clock: Any) -> None:
    note = write(hub, until="2026-03-31")
    assert (note["author"], note["at"], note["property_id"]) == ("key front_desk", instant(NOW), None)
    assert note["until"] == "2026-04-01T00:00:00.000000Z"
    assert texts(hub) == [TEXT]
    (line,) = hub.get(f"/v1/guests/{ONE}/timeline?kind=note")["items"]
    assert (line["kind"], line["note"], line["at"]) == ("note", note, note["at"])
    kinds = [each["kind"] for each in hub.get(f"/v1/guests/{ONE}/timeline")["items"]]
    assert kinds == ["note", "stay"]


def test_it_ends_by_itself_though_its_row_may_lie_there_for_a_while(hub: Hub, clock: Any) -> None:
    write(hub, until="2026-03-31")
    clock.move_to("2026-03-31T23:59:59+00:00")
    assert texts(hub) == [TEXT]
    clock.move_to("2026-04-01T00:00:00+00:00")
    assert texts(hub) == []
    assert hub.get(f"/v1/guests/{ONE}/timeline?kind=note")["items"] == []
    (row,) = [row for key, row in tables.rows().items() if key.sk.startswith("NOTE#")]
    assert row["expires_at"] == 1775001600


def test_the_last_day_is_the_hotels_own(hub: Hub) -> None:
    assert write(hub, key="front_desk@vienna", until="2026-03-31")["until"] == "2026-03-31T22:00:00.000000Z"


@pytest.mark.parametrize("role", ["marketer", "analyst", "integration"])
def test_who_has_no_guest_before_them_reads_none_and_writes_none(role: str, hub: Hub) -> None:
    write(hub)
    assert hub.status("GET", PATH, key=role) == 403
    assert hub.status("POST", PATH, {"text": TEXT}, key=role) == 403
    told = hub.get(f"/v1/guests/{ONE}/timeline", key=role)
    assert TEXT not in str(told)
    assert hub.get(f"/v1/guests/{ONE}/timeline?kind=note", key=role)["items"] == []


def test_a_hotels_note_is_its_own_and_one_for_all_is_everybodys(hub: Hub, ingest: Ingest) -> None:
    write(hub, "for vienna", key="front_desk@vienna")
    ingest(reservation("r2", guest("g1", email=EMAIL), property_id=PORTO.id, status="confirmed"))
    write(hub, "for porto", property_id=PORTO.id)
    write(hub, "for all")
    assert {*texts(hub, "front_desk@vienna")} == {"for all", "for vienna"}
    assert {*texts(hub, "front_desk@porto")} == {"for all", "for porto"}
    assert len(texts(hub)) == 3
    answer = hub.call("POST", PATH, {"text": "x", "property_id": PORTO.id}, key="front_desk@vienna")
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, "property_id")


def test_a_note_of_another_hotel_is_not_deleted_and_a_deleted_one_is_gone(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r2", guest("g1", email=EMAIL), property_id=PORTO.id, status="confirmed"))
    note = write(hub, key="front_desk@vienna")
    assert hub.status("DELETE", f"{PATH}/{note['id']}", key="front_desk@porto") == 404
    assert texts(hub) == [TEXT]
    assert hub.status("DELETE", f"{PATH}/{note['id']}", key="front_desk@vienna") == 204
    assert texts(hub) == []
    assert hub.status("DELETE", f"{PATH}/{note['id']}") == 404


def test_what_is_refused_names_its_field_and_writes_nothing(hub: Hub) -> None:
    hub.get(PATH)
    before = tables.state()
    wrong = [("text", {"text": " "}), ("text", {"text": "x" * 2001}), ("until", {"text": "x", "until": "2026-02-28"})]
    for field, body in [*wrong, *(("until", {"text": "x", "until": day}) for day in ("2029-01-01", "9999-12-31"))]:
        answer = hub.call("POST", PATH, body)
        assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, field)
    assert tables.state() == before


def test_the_same_request_twice_writes_one_and_a_cards_number_is_not_kept(hub: Hub) -> None:
    for _ in range(2):
        hub.call("POST", PATH, {"text": "card 4111 1111 1111 1111"}, Idempotency_Key="once")
    assert len(texts(hub)) == 1
    assert "4111" not in str(tables.rows())


def test_a_merge_takes_notes_along_and_a_split_leaves_them_with_their_record(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g2", email="other@example.com", phone="+436641234567", property_id=VIENNA.id))
    write(hub, path=f"/v1/guests/{OTHER}/notes")
    assert hub.call("POST", "/v1/merge-decisions", {"records": [ONE, OTHER], "verdict": "join"}).status_code == 200
    assert texts(hub) == [TEXT]
    assert hub.call("POST", f"/v1/guests/{ONE}/unmerge", {"records": [OTHER]}).status_code == 200
    assert (texts(hub), texts(hub, path=f"/v1/guests/{OTHER}/notes")) == ([], [TEXT])


def test_an_export_has_them_and_an_erasure_takes_them_and_none_is_written_behind_it(hub: Hub) -> None:
    hub.call("POST", PATH, {"text": TEXT}, Idempotency_Key="as each form has one")
    assert TEXT in str(hub.get(f"/v1/guests/{ONE}/export")["timeline"])
    read = guests.with_records(guests.heads([ONE]))[ONE]
    assert hub.status("DELETE", f"/v1/guests/{ONE}") == 200
    assert TEXT not in str(tables.rows())
    late = Note(id=NoteId("o1"), text=TEXT, author="a", at=instant(NOW), until=instant(NOW + timedelta(days=1)))
    for leaf in (ONE, Leaf("gunknown")):
        with pytest.raises(NotFound):
            notes.keep(replace(read, leaf=leaf), late)
    assert not [key for key in tables.rows() if key.sk.startswith("NOTE#")]


def test_of_whom_a_source_took_the_person_out_no_note_is_shown(hub: Hub, ingest: Ingest) -> None:
    note = write(hub)
    ingest(guest("g1", anonymised=True, changed_at=at(4)))
    assert table.get(keys.head(ONE))
    assert texts(hub) == []
    assert hub.get(f"/v1/guests/{ONE}/timeline?kind=note")["items"] == []
    assert hub.status("DELETE", f"{PATH}/{note['id']}") == 404


def test_of_nobody_no_note_is_taken_that_would_be_read_of_whoever_the_record_is_given_to(
    hub: Hub, ingest: Ingest
) -> None:
    ingest(guest("g1", person=False, changed_at=at(4)))
    refused = hub.call("POST", PATH, {"text": TEXT})
    assert (refused.status_code, [key for key in tables.rows() if key.sk.startswith("NOTE#")]) == (409, [])
    ingest(guest("g1", "Zoe", "Quill", changed_at=at(5), email="zoe@mail.example", property_id=VIENNA.id))
    assert texts(hub) == []
    write(hub, "of Zoe")
    assert texts(hub) == ["of Zoe"]


def test_what_is_written_while_a_record_becomes_nobodys_is_not_kept(hub: Hub, ingest: Ingest) -> None:
    read = guests.with_records(guests.heads([ONE]))[ONE]
    ingest(guest("g1", person=False, changed_at=at(4)))
    late = Note(id=NoteId("o1"), text=TEXT, author="a", at=instant(NOW), until=instant(NOW + timedelta(days=1)))
    with pytest.raises(TryAgain):
        notes.keep(read, late)
    assert TEXT not in str(tables.rows())


def test_no_template_and_no_segment_can_ask_for_one(hub: Hub) -> None:
    rule = {"trait": "notes", "op": "exists", "value": True}
    assert hub.status("PUT", "/v1/segments/n", {"name": "N", "rule": rule}) == 400
    template = {"name": "N", "subject": "{{ guest.notes }}", "html": "<p>x</p>", "text": "x"}
    assert hub.status("PUT", "/v1/templates/n", template) == 400


def test_who_is_given_an_anonymised_record_is_given_no_note_of_who_was_there(hub: Hub, ingest: Ingest) -> None:
    write(hub)
    emptied = guest("g1", anonymised=True, changed_at=at(4), email=None, property_id=VIENNA.id)
    ingest(emptied)
    assert TEXT not in str(tables.rows())
    ingest(guest("g1", "Zoe", "Quill", changed_at=at(5), email="zoe@mail.example", property_id=VIENNA.id))
    assert texts(hub) == []
    write(hub, "of Zoe")
    ingest(emptied)
    assert texts(hub) == ["of Zoe"]


def test_a_crash_at_any_call_leaves_one_note_after_the_next_request(hub: Hub, clock: Any) -> None:
    tries = iter(range(1, 100))

    def act(name: str = "k") -> int:
        clock.shift(timedelta(hours=1))
        return hub.call("POST", PATH, {"text": TEXT}, Idempotency_Key=name).status_code

    act("what is read once by a process")
    points = points_of(lambda: act(f"k{next(tries)}"))
    assert "TransactWriteItems" in {each.operation for each in points}
    for point in points:
        key, before = f"k{next(tries)}", len(texts(hub))
        assert crash_at(point, partial(act, key)), str(point)
        assert act(key) == 201, str(point)
        assert len(texts(hub)) == before + 1, str(point)


def test_a_note_for_one_hotel_lies_with_a_record_of_that_hotel(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r2", guest("g2", email=EMAIL), property_id=PORTO.id, status="confirmed"))
    write(hub, "for porto", property_id=PORTO.id)
    write(hub, "for vienna", property_id=VIENNA.id)
    assert texts(hub, "front_desk@porto", f"/v1/guests/{OTHER}/notes") == ["for porto"]
    assert texts(hub, "front_desk@vienna") == ["for vienna"]
