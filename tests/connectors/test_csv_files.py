"""Lists of guests and stays are read in whatever form they come, and nothing is guessed that the file does not show."""

import csv
import io
from collections import Counter
from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.connectors.csv_files import values
from chalicelib.connectors.csv_files.columns import Kind, taken_for
from chalicelib.connectors.csv_files.encodings import encoding_of
from chalicelib.connectors.csv_files.forms import forms_of, questions, seen_in_amount, seen_in_date
from chalicelib.connectors.csv_files.sheets import MOST_LINE, TOO_LONG, TOO_MANY, UNCLOSED, UNREADABLE, Row, sheet_of


def rows_of(raw: bytes, kind: Kind = "guests", **said: str) -> list[Row]:
    sheet = sheet_of(raw, kind, **said)
    return list(sheet.rows([raw[sheet.start :]], sheet.start, sheet.first_line))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_told_from_the_file(encoding: str, delimiter: str) -> None:
    lines = [["Gastnummer", "Vorname", "Nachname", "E-Mail"], ["1", "Jürgen", "Müller, Sohn", "j@mail.example"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(lines * 2)
    raw = text.getvalue().encode(encoding)
    sheet = sheet_of(raw, "guests")
    assert sheet.delimiter == delimiter
    assert sheet.headers == tuple(lines[0])
    rows = list(sheet.rows([raw[sheet.start :]], sheet.start, sheet.first_line))
    assert rows[0].cells == lines[1]
    assert rows[-1].end == len(raw)


@pytest.mark.parametrize(
    ("text", "encoding", "sure"),
    [
        ("Παπαδόπουλος Γιώργος", "cp1253", "guessed"),
        ("Достоевский Фёдор", "cp1251", "guessed"),
        ("Łukasz Wiśniewski, Gdańsk; Zażółć", "cp1250", "guessed"),
        ("Yiğit Şahin, İzmir", "cp1254", "guessed"),
        ("Zoë Müller, Besançon", "cp1252", "likely"),
        ("plain", "utf-8", "certain"),
        ("Zoë", "utf-8", "certain"),
    ],
)
def test_how_sure_an_encoding_is_is_said(text: str, encoding: str, sure: str) -> None:
    found = encoding_of(text.encode(encoding))
    assert (found.name, found.sure) == (encoding, sure)


def test_signs_of_another_encoding_refuse_their_row_and_not_their_neighbours() -> None:
    raw = "id,email\n1,a@b.example\n2,é@b.example\n3,c@b.example\n".encode("cp1252")
    assert [row.broken for row in rows_of(raw, encoding="utf-8")] == ["", UNREADABLE, ""]


def test_a_wrong_delimiter_knows_no_column() -> None:
    raw = b"id,email\n1,a@b.example\n"
    assert sheet_of(raw, "guests", delimiter=";").headers == ("id,email",)
    assert sheet_of(raw, "guests").headers == ("id", "email")
    assert sheet_of(b"sep=|\nid|email\n1|a\n", "guests").headers == ("id", "email")


def test_quotes_lines_within_cells_and_what_is_broken_are_told_by_line() -> None:
    raw = b'id,city\n1,"two\nlines"\n2,a,b\n3,"never closed\n4,fine\n5,' + b"x" * (MOST_LINE + 9) + b"\n6,fine\n\n,\n"
    found = [(row.line, row.broken) for row in rows_of(raw)]
    assert found == [(2, ""), (4, TOO_MANY), (5, UNCLOSED), (6, ""), (7, TOO_LONG), (8, "")]
    assert rows_of(raw)[0].cells == ["1", "two\nlines"]


@given(
    st.lists(st.lists(st.text("a\"';,\nä€x ", max_size=6), min_size=2, max_size=2), max_size=30),
    st.sampled_from(["utf-8", "utf-16-le", "cp1252"]),
    st.integers(1, 64),
)
def test_from_any_row_on_a_file_is_read_as_in_one_go(cells: list[list[str]], encoding: str, block: int) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["id", "city"], *cells])
    raw = text.getvalue().encode(encoding)
    sheet = sheet_of(raw, "guests", encoding, ";")

    def read(start: int, line: int) -> list[Row]:
        blocks = (raw[at : at + block] for at in range(start, len(raw), block))
        return list(sheet.rows(blocks, start, line))

    whole = read(sheet.start, sheet.first_line)
    assert [row.cells for row in whole] == [each for each in cells if any(cell.strip() for cell in each)]
    for number, row in enumerate(whole):
        assert read(row.end, row.next_line) == whole[number + 1 :]


@pytest.mark.parametrize(
    ("kind", "headers", "fields"),
    [
        ("guests", "First Name,Last Name,E-Mail Address", ["given_name", "family_name", "email"]),
        ("guests", "Gastnr.;Vorname;Name;Straße;PLZ;Ort", "guest_id given_name family_name street postal_code city"),
        ("guests", "Prénom;Nom;Téléphone;Code postal", ["given_name", "family_name", "phone", "postal_code"]),
        ("guests", "Nombre;Apellidos;Correo electrónico", ["given_name", "family_name", "email"]),
        ("guests", "Nome;Cognome;Cellulare;Città", ["given_name", "family_name", "phone", "city"]),
        ("guests", "Guest Name,Phone,Mobile,Passport", ["full_name", "phone", None, None]),
        ("stays", "Buchungsnummer;Anreise;Abreise;Zimmer;Logis", "stay_id arrival departure room_number room_revenue"),
        ("stays", "Confirmation No,Check-in,Check-out,Source", ["stay_id", "arrival", "departure", "channel"]),
        ("stays", "N° prenotazione;Arrivo;Notti;Tariffa", ["stay_id", "arrival", "nights", "rate_plan"]),
    ],
)
def test_headings_are_known_in_five_languages(kind: Kind, headers: str, fields: "list[str | None] | str") -> None:
    wanted = fields.split() if isinstance(fields, str) else fields
    told = headers.split(";" if ";" in headers else ",")
    assert [each.field for each in taken_for(told, kind, {})] == wanted


def test_what_is_said_of_a_heading_goes_first() -> None:
    found = taken_for(["Total", "Room"], "stays", {"Total": "room_revenue", "Room": None})
    assert [each.field for each in found] == ["room_revenue", None]


@pytest.mark.parametrize(
    ("dates", "order", "asks"),
    [
        (["31/12/2020", "01/02/2020"], "day_first", []),
        (["12/31/2020", "01/02/2020"], "month_first", []),
        (["01/02/2020", "03/04/2020"], None, ["date_order"]),
        (["31/12/2020", "12/31/2020"], None, ["date_order"]),
        (["2020-12-01", "01.02.2020", "1 Feb 2020", ""], None, []),
    ],
)
def test_the_order_of_dates_is_shown_by_the_whole_file_or_asked_for(
    dates: list[str], order: str | None, asks: list[str]
) -> None:
    seen = Counter(filter(None, map(seen_in_date, dates)))
    forms = forms_of(seen, None, None)
    assert forms.date_order == order
    assert [each.field for each in questions(seen, forms)] == asks
    assert questions(seen, forms_of(seen, "day_first", "comma")) == []


@pytest.mark.parametrize(
    ("amounts", "decimal", "asks"),
    [
        (["1.234,50", "12"], "comma", []),
        (["1,234.50", "1,234"], "point", []),
        (["1.234", "1,234"], None, ["decimal"]),
        (["1.234"], None, ["decimal"]),
        (["12,5", "12.5"], None, ["decimal"]),
        (["1.234.567"], "comma", []),
        (["EUR 0,125", "€ 3"], "comma", []),
        (["12", "-4", ""], None, []),
    ],
)
def test_the_decimal_sign_is_shown_by_the_whole_file_or_asked_for(
    amounts: list[str], decimal: str | None, asks: list[str]
) -> None:
    seen = Counter(filter(None, map(seen_in_amount, amounts)))
    forms = forms_of(seen, None, None)
    assert forms.decimal == decimal
    assert [each.field for each in questions(seen, forms)] == asks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-01", date(2024, 2, 1)),
        ("01.02.2024 14:30", date(2024, 2, 1)),
        ("1/2/2024", date(2024, 2, 1)),
        ("20240201", date(2024, 2, 1)),
        ("01-FEB-2024", date(2024, 2, 1)),
        ("1. März 2024", date(2024, 3, 1)),
        ("2024-02-01T10:00:00Z", date(2024, 2, 1)),
    ],
)
def test_a_date_is_read_in_the_forms_that_systems_write(text: str, expected: date) -> None:
    assert values.day(text, "day_first") == expected


@pytest.mark.parametrize("text", ["31/02/2024", "13/13/2024", "01/02/24", "soon", "", "0000-00-00"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        values.day(text, "month_first")


@pytest.mark.parametrize(
    ("text", "currency", "decimal", "minor"),
    [
        ("1.234,50 €", "EUR", "comma", 123450),
        ("1 234,5", "EUR", "comma", 123450),
        ("1'234.50", "CHF", "point", 123450),
        ("(12.00)", "USD", "point", -1200),
        ("-5", "EUR", None, -500),
        ("1,200", "JPY", "point", 1200),
        ("1.5", "BHD", "point", 1500),
    ],
)
def test_money_becomes_minor_units_of_its_currency(text: str, currency: str, decimal: str, minor: int) -> None:
    assert values.minor_units(text, currency, decimal) == minor  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "decimal"),
    [("12.5", "comma"), ("12,5", "point"), ("1,2,3", "point"), ("abc", "point"), ("1.2", None), ("9" * 40, "point")],
)
def test_what_is_no_amount_is_refused(text: str, decimal: str) -> None:
    with pytest.raises(ValueError, match="is "):
        values.minor_units(text, "EUR", decimal)  # type: ignore[arg-type]


def test_a_file_is_read_without_holding_it() -> None:
    """Rows come as soon as their bytes do."""
    blocks = (b"%d,a@b.example\n" % at for at in range(10**9))
    sheet = sheet_of(b"id,email\n", "guests")
    assert [row.line for row in islice(sheet.rows(blocks, sheet.start, sheet.first_line), 3)] == [2, 3, 4]
