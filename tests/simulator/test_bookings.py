"""Reading bookings: what is taken, and how a bad file is told."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infra.simulator.bookings import COLUMNS, BookingsError, read_bookings
from infra.simulator.season import season
from tests.simulator.rows import GOOD, REAL_FILE, written


def test_a_row_becomes_a_booking(tmp_path: Path) -> None:
    (booking,) = read_bookings(written(tmp_path / "b.csv", GOOD))
    assert (booking.number, booking.arrival, booking.nights) == (1, date(2016, 2, 28), 3)
    assert (booking.country, booking.agent, booking.children, booking.rate) == ("DE", None, 0, Decimal("81.5"))
    assert booking.departure == booking.outcome_date == date(2016, 3, 2)


@pytest.mark.parametrize("written_as", ["3/2/2016", "03/02/2016", "2016-03-02", " 2016-03-02 "])
def test_a_date_may_be_written_in_either_form(tmp_path: Path, written_as: str) -> None:
    (booking,) = read_bookings(written(tmp_path / "b.csv", {**GOOD, "reservation_status_date": written_as}))
    assert booking.outcome_date == date(2016, 3, 2)


def test_equal_rows_stay_different_bookings(tmp_path: Path) -> None:
    bookings = read_bookings(written(tmp_path / "b.csv", GOOD, GOOD, GOOD))
    assert [booking.number for booking in bookings] == [1, 2, 3]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hotel", "Sea Hotel"),
        ("lead_time", "soon"),
        ("lead_time", "-1"),
        ("arrival_date_year", "MMXVI"),
        ("arrival_date_year", "0"),
        ("arrival_date_year", "1899"),
        ("arrival_date_year", "9999"),
        ("arrival_date_month", "Febuary"),
        ("arrival_date_day_of_month", "31"),
        ("stays_in_week_nights", "2.5"),
        ("stays_in_week_nights", "99999"),
        ("stays_in_weekend_nights", "1000"),
        ("adults", ""),
        ("country", "Germany"),
        ("adr", "NaN"),
        ("adr", "free"),
        ("reservation_status", "Gone"),
        ("reservation_status_date", "2016-13-02"),
        ("reservation_status_date", "2016-03-02-01"),
        ("reservation_status_date", "0016-03-02"),
        ("reservation_status_date", "13/40/2016"),
        ("reservation_status_date", "3/2/0016"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_column(tmp_path: Path, column: str, value: str) -> None:
    path = written(tmp_path / "b.csv", GOOD, {**GOOD, column: value})
    with pytest.raises(BookingsError, match=f"line 3, column {column}:"):
        read_bookings(path)


def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    """With a mark of byte order, and quotes around the names."""
    path = written(tmp_path / "b.csv", GOOD)
    header, row = path.read_text(encoding="utf-8").splitlines()
    quoted = ",".join(f'"{name}"' for name in header.split(","))
    path.write_text(f"{quoted}\n{row}\n", encoding="utf-8-sig")
    assert len(read_bookings(path)) == 1


def test_what_stands_beyond_the_limit_is_not_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", GOOD, GOOD, {**GOOD, "adr": "free"})
    assert len(read_bookings(path, 2)) == 2


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(",".join(COLUMNS).replace("adr,", ""), encoding="utf-8")
    with pytest.raises(BookingsError, match="line 1, column adr: missing"):
        read_bookings(path)


def test_a_short_line_names_the_first_missing_column(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", GOOD)
    path.write_text(path.read_text(encoding="utf-8") + "City Hotel,12\n", encoding="utf-8")
    with pytest.raises(BookingsError, match="line 3, column arrival_date_year"):
        read_bookings(path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BookingsError, match="cannot be read"):
        read_bookings(tmp_path / "none.csv")
    latin = written(tmp_path / "latin.csv", GOOD, {**GOOD, "agent": "Hôtel"})
    latin.write_bytes(latin.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(BookingsError, match="line 3, column agent: not UTF-8"):
        read_bookings(latin)
    with pytest.raises(BookingsError, match="no bookings"):
        read_bookings(written(tmp_path / "empty.csv"))


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real data is not part of the project")
def test_the_real_file_is_read_whole_with_its_repeats() -> None:
    bookings = read_bookings(REAL_FILE)
    assert len(bookings) == 14_938
    assert sum(booking.outcome == "Check-Out" for booking in bookings) == 6_938
    assert sum(booking.outcome == "Check-Out" and booking.nights == 0 for booking in bookings) == 88
    assert [booking.number for booking in read_bookings(REAL_FILE, 5)] == [1, 2, 3, 4, 5]


def test_a_season_is_the_same_for_the_same_seed_and_has_the_corners() -> None:
    bookings = season(800, 7)
    assert bookings == season(800, 7) != season(800, 8)
    assert bookings[:100] == season(100, 7)
    assert {booking.hotel for booking in bookings} == {"Resort Hotel", "City Hotel", "Lake Hotel"}
    assert any(booking.nights == 0 for booking in bookings)
    assert any(booking.rate == 0 for booking in bookings)
    assert any(booking.outcome == "Check-Out" and booking.outcome_date < booking.departure for booking in bookings)
    assert any(booking.segment == "Groups" for booking in bookings)
