"""Reads bookings from a CSV in the columns of the "hotel booking demand" data set."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from infra.simulator.countries import ALPHA2_BY_ALPHA3

Outcome = Literal["Check-Out", "Canceled", "No-Show"]

HOTELS = ("Resort Hotel", "City Hotel", "Lake Hotel")
OUTCOMES: dict[str, Outcome] = {"Check-Out": "Check-Out", "Canceled": "Canceled", "No-Show": "No-Show"}
# fmt: off
MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
        1,
    )
}
# fmt: on
COLUMNS = (
    "hotel",
    "lead_time",
    "arrival_date_year",
    "arrival_date_month",
    "arrival_date_day_of_month",
    "stays_in_weekend_nights",
    "stays_in_week_nights",
    "adults",
    "children",
    "country",
    "market_segment",
    "distribution_channel",
    "booking_changes",
    "agent",
    "company",
    "customer_type",
    "adr",
    "reservation_status",
    "reservation_status_date",
)  # fmt: skip
ABSENT = ("", "NULL", "NA")
YEARS = range(1900, 2201)
NO_YEAR = f"outside the years {YEARS[0]} to {YEARS[-1]}"
MOST_NIGHTS = 1000
"""Both keep a slip of the keyboard from becoming an error far away, or a night's charge for each of 99,999 nights."""
T = TypeVar("T")


class BookingsError(Exception):
    """The bookings cannot be read; the message names the line and the column."""


@dataclass(frozen=True)
class Booking:
    """One row: a room for one date range; `number` is its place in the source and its only identity."""

    number: int
    hotel: str
    lead_days: int
    arrival: date
    nights: int
    adults: int
    children: int
    country: str | None
    segment: str
    channel: str
    changes: int
    agent: str | None
    company: str | None
    customer_type: str
    rate: Decimal
    outcome: Outcome
    outcome_date: date

    @property
    def departure(self) -> date:
        return self.arrival + timedelta(days=self.nights)

    @property
    def left_at_once(self) -> bool:
        """Whether the guest left on the day of arrival, before the first of the nights."""
        return self.nights > 0 and self.outcome == "Check-Out" and self.outcome_date == self.arrival


def read_bookings(path: Path, limit: int | None = None) -> list[Booking]:
    """The first `limit` rows of the file (all without a limit)."""
    try:
        # Spreadsheets put a mark of byte order in front, which hides the quotes of the first column's name.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            bookings = list(islice(_rows(str(path), csv.reader(file, strict=True)), limit))
    except OSError as error:
        raise BookingsError(f"{path}: cannot be read: {error.strerror}") from error
    if not bookings:
        raise BookingsError(f"{path}: line 2, column {COLUMNS[0]}: the file has no bookings")
    return bookings


def _rows(file_name: str, reader: Iterator[list[str]]) -> Iterator[Booking]:
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        for column in COLUMNS:
            if column not in header:
                raise BookingsError(f"{file_name}: line 1, column {column}: missing from the header")
        for number, cells in enumerate(reader, 1):
            line = getattr(reader, "line_num", number + 1)
            if cells:
                yield _Row(file_name, line, header, cells).booking(number)
    except csv.Error as error:
        raise BookingsError(f"{file_name}: line {line + 1}, column unknown: {error}") from error


def _is_text(cell: str) -> bool:
    """Bytes that are not UTF-8 were read as lone surrogates, which no text holds."""
    return not any("\ud800" <= letter <= "\udfff" for letter in cell)


def _american(text: str) -> date:
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)


class _Row:
    """One line of the file, which knows its place when a value is wrong."""

    def __init__(self, file_name: str, line: int, header: list[str], cells: list[str]) -> None:
        self._place = f"{file_name}: line {line}"
        if len(cells) < len(header):
            raise BookingsError(f"{self._place}, column {header[len(cells)]}: missing, the line is too short")
        if len(cells) > len(header):
            raise BookingsError(f"{self._place}, column {header[-1]}: more values than the header has columns")
        self._cells = dict(zip(header, cells, strict=True))
        for column, cell in self._cells.items():
            if not _is_text(cell):
                raise BookingsError(f"{self._place}, column {column}: not UTF-8 text")

    def booking(self, number: int) -> Booking:
        arrival = self._arrival()
        return Booking(
            number=number,
            hotel=self._one_of("hotel", {name: name for name in HOTELS}),
            lead_days=self._count("lead_time"),
            arrival=arrival,
            nights=self._nights(),
            adults=self._count("adults"),
            children=self._count("children", absent=0),
            country=self._country(),
            segment=self._text("market_segment") or "Undefined",
            channel=self._text("distribution_channel") or "Undefined",
            changes=self._count("booking_changes"),
            agent=self._text("agent"),
            company=self._text("company"),
            customer_type=self._text("customer_type") or "Transient",
            rate=self._rate(),
            outcome=self._one_of("reservation_status", OUTCOMES),
            outcome_date=self._date("reservation_status_date"),
        )

    def _text(self, column: str) -> str | None:
        value = self._cells[column].strip()
        return None if value in ABSENT else value

    def _country(self) -> str | None:
        code = self._text("country")
        if code is None or (len(code) == 2 and code.isupper()):
            return code
        if code not in ALPHA2_BY_ALPHA3:
            raise self._wrong("country", "not a country code")
        return ALPHA2_BY_ALPHA3[code]

    def _count(self, column: str, absent: int | None = None) -> int:
        value = self._text(column)
        if value is None and absent is not None:
            return absent
        if value is None or not (value.isascii() and value.isdigit() and len(value) <= 5):
            raise self._wrong(column, "not a whole number")
        return int(value)

    def _nights(self) -> int:
        by_column = {column: self._count(column) for column in ("stays_in_weekend_nights", "stays_in_week_nights")}
        nights = sum(by_column.values())
        if nights > MOST_NIGHTS:
            raise self._wrong(max(by_column, key=lambda column: by_column[column]), f"over {MOST_NIGHTS} nights")
        return nights

    def _rate(self) -> Decimal:
        try:
            rate = Decimal(self._cells["adr"].strip())
        except InvalidOperation as error:
            raise self._wrong("adr", "not a number") from error
        if not (rate.is_finite() and abs(rate) < 1_000_000):
            raise self._wrong("adr", "not an amount")
        return rate

    def _arrival(self) -> date:
        month = self._one_of("arrival_date_month", MONTHS)
        year, day = self._count("arrival_date_year"), self._count("arrival_date_day_of_month")
        if year not in YEARS:
            raise self._wrong("arrival_date_year", NO_YEAR)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise self._wrong("arrival_date_day_of_month", "no such date") from error

    def _date(self, column: str) -> date:
        text = self._cells[column].strip()
        try:
            found = date.fromisoformat(text) if "-" in text else _american(text)
        except ValueError as error:
            raise self._wrong(column, "not a date as month/day/year or year-month-day") from error
        if found.year not in YEARS:
            raise self._wrong(column, NO_YEAR)
        return found

    def _one_of(self, column: str, known: dict[str, T]) -> T:
        value = self._cells[column].strip()
        if value not in known:
            raise self._wrong(column, f"not one of {', '.join(known)}")
        return known[value]

    def _wrong(self, column: str, why: str) -> BookingsError:
        return BookingsError(f"{self._place}, column {column}: {self._cells[column][:60]!r} is {why}")
