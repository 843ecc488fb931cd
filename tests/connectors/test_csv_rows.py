"""What a row of a list says, and why one is refused."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.details import GuestPreferences
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.preferences import OFFERED
from chalicelib.canonical.snapshots import GuestSnapshot, ReservationSnapshot
from chalicelib.connectors.csv_files import values
from chalicelib.connectors.csv_files.columns import Kind, taken_for
from chalicelib.connectors.csv_files.forms import Forms
from chalicelib.connectors.csv_files.refused import Refused, as_csv, harmless
from chalicelib.connectors.csv_files.taken import scrubbed, taken
from chalicelib.connectors.csv_files.translate import Asked, Understood, understood

VIENNA = PropertyId("vienna")
EXPORTED = datetime(2024, 6, 30, tzinfo=UTC)
CARD = "4111 1111 1111 1111"


def asked(kind: Kind = "stays", **more: object) -> Asked:
    told = {
        "kind": kind,
        "forms": Forms("day_first", "comma"),
        "exported_at": EXPORTED,
        "hotels": {"vienna": VIENNA, "hotel vienna": VIENNA},
        "currencies": {VIENNA: "EUR"},
        "property_id": VIENNA,
    }
    return Asked(**{**told, **more})  # type: ignore[arg-type]


def stay(**cells: str) -> Understood:
    return understood({"stay_id": "r1", "arrival": "01.02.2024", "departure": "03.02.2024", **cells}, asked())


def reasons(found: Understood) -> list[tuple[str, str]]:
    return [(each.field, each.reason) for each in found.faults]


def test_countries_and_languages_are_known_by_code_and_by_name() -> None:
    assert [values.country(each) for each in ("AT", "AUT", "Österreich", "Allemagne", "Reino Unido", "Atlantis")] == [
        "AT", "AT", "AT", "DE", "GB", None,
    ]  # fmt: skip
    assert [values.language(each) for each in ("de", "de-AT", "German", "Italienisch", "x")] == [
        "de", "de", "de", "it", None,
    ]  # fmt: skip


def test_a_row_of_guests_is_a_guest() -> None:
    found = understood(
        {"guest_id": "7", "given_name": "Anna", "family_name": "Lee", "email": "a@lee.example", "country": "Austria",
         "birth_date": "02.03.1980", "marketing_email": "ja", "language": "??"},
        asked("guests"),
    )  # fmt: skip
    assert isinstance(found.snapshot, GuestSnapshot)
    assert (found.snapshot.source_id, found.snapshot.birth_date, found.snapshot.marketing_email) == (
        "7", date(1980, 3, 2), True,
    )  # fmt: skip
    assert found.snapshot.changed_at == EXPORTED
    assert found.unknown == {"language": 1}


def test_of_what_somebody_prefers_only_the_hub_s_own_words_ever_leave_the_file() -> None:
    columns = taken_for(["Meal plan preference", "preferred_view", "Notes"], "guests", {})
    row = taken(["Half board; no nuts, please", "Sea;garden", "Anna cannot eat nuts"], columns)
    assert row == ["half_board;?", "sea;garden"]
    cells = {"guest_id": "7", "preferred_meal_plan": row[0], "preferred_view": row[1]}
    found = understood(cells, asked("guests"))
    assert isinstance(found.snapshot, GuestSnapshot)
    assert found.snapshot.preferences == GuestPreferences(meal_plan=("half_board",), view=("sea", "garden"))
    assert found.unknown == {"preferred_meal_plan": 1}
    both = understood({"guest_id": "7", "preferred_temperature": "cool;warm"}, asked("guests"))
    assert [each.field for each in both.faults] == ["preferred_temperature"]
    assert understood({"guest_id": "7"}, asked("guests")).snapshot.preferences is None  # type: ignore[union-attr]


def test_every_kind_of_preference_has_a_column_that_takes_its_words() -> None:
    for kind, words in OFFERED.items():
        (column,) = taken_for([f"Preferred {kind}"], "guests", {})
        assert column.field == f"preferred_{kind}"
        assert taken([" | ".join(words)], [column]) == [";".join(words)]


def test_a_row_of_stays_is_history() -> None:
    found = stay(
        room_revenue="1.200,00", guest_id="7", full_name="Lee, Anna", status="Abgereist", channel="Booking.com"
    )
    snapshot = found.snapshot
    assert isinstance(snapshot, ReservationSnapshot)
    assert (snapshot.backfill, snapshot.status, snapshot.channel, snapshot.room_revenue_minor, snapshot.currency) == (
        True, "checked_out", "ota", 120000, "EUR",
    )  # fmt: skip
    assert snapshot.occupants[0].guest.family_name == "Lee"
    assert snapshot.occupants[0].guest.changed_at.year == 1970, "a list of guests knows more of guests"


def test_where_no_state_is_said_the_dates_tell_it() -> None:
    states = [
        stay(arrival=arrival, departure=departure).snapshot
        for arrival, departure in [("01.02.2024", "03.02.2024"), ("29.06.2024", "02.07.2024"), ("1.8.2024", "2.8.2024")]
    ]
    assert [getattr(each, "status", None) for each in states] == ["checked_out", "in_house", "confirmed"]


def test_a_stay_without_an_id_is_the_same_whenever_it_is_told() -> None:
    told = {"arrival": "01.02.2024", "nights": "2", "email": "a@lee.example"}
    ids = {getattr(understood({**told, **more}, asked()).snapshot, "source_id", "") for more in ({}, {"status": "x"})}
    assert len(ids) == 1
    assert ids != {getattr(understood({**told, "email": "b@lee.example"}, asked()).snapshot, "source_id", "")}


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"arrival": "2024-02-30"}, ("arrival", "is no day of the calendar")),
        ({"arrival": "05.02.2024"}, ("departure", "is before the arrival")),
        ({"property": "Ritz"}, ("property", "is no hotel that the hub knows")),
        ({"room_revenue": "12.5"}, ("room_revenue", "is no amount with a decimal comma")),
        ({"adults": "two"}, ("adults", "is no whole number")),
        ({"stay_id": "x" * 200}, ("stay_id", "may have at most 128 characters")),
        ({"family_name": "x" * 300}, ("family_name", "may have at most 200 characters")),
        ({"currency": "??", "room_revenue": "1"}, ("currency", "must be a currency")),
        ({"changed_at": "2030-01-01"}, ("changed_at", "lies in the future")),
    ],
)
def test_a_refused_row_names_its_column_and_why(cells: dict[str, str], fault: tuple[str, str]) -> None:
    found = stay(**cells)
    ((field, reason),) = reasons(found)
    assert field == fault[0]
    assert reason.startswith(fault[1])
    assert not any(cell in reason for cell in cells.values() if len(cell) > 2)


def test_a_guest_of_whom_nothing_tells_who_it_is_is_refused() -> None:
    assert reasons(understood({"city": "Rome"}, asked("guests")))
    assert reasons(understood({"given_name": "Anna", "family_name": "Lee"}, asked("guests")))


FIELDS = "stay_id arrival departure nights full_name email phone room_revenue adults status country changed_at currency"


@given(st.dictionaries(st.sampled_from(FIELDS.split()), st.text(max_size=40)))
def test_no_cell_is_a_fault_of_the_hubs_own(cells: dict[str, str]) -> None:
    for kind in ("guests", "stays"):
        found = understood({name: cell for name, cell in cells.items() if cell.strip()}, asked(kind))
        assert bool(found.snapshot) != bool(found.faults)


def test_card_numbers_go_and_ids_stay() -> None:
    number = CARD.replace(" ", "")
    (row,) = scrubbed([[number, "Lee", f"pays by {CARD}"]], ["guest_id", "family_name", "street"])
    assert row[:2] == [number, "Lee"]
    assert CARD not in row[2]


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=x"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_whatever_stood_in_a_row_its_file_of_refused_rows_can_be_read() -> None:
    odd = 'a\0b\ud800\u202egnirts,"\n'
    text = as_csv(["id", "=x"], [Refused(7, "id", "is wrong", (odd, "x" * 300))])
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header == ["line", "column", "reason", "id", "'=x"]
    assert row[:3] == ["7", "id", "is wrong"]
    assert text.encode()
    assert json.dumps(row)
