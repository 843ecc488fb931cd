"""What a listing counts, as the bars of a chart."""

from datetime import date

from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.console import by_month
from chalicelib.entrypoints.console.wording import Wording
from chalicelib.languages.catalogues import Language

GERMAN = Wording(Language("de"), Instant("2026-03-29T12:00:00.000000Z"))


def test_days_are_summed_by_month_in_their_order() -> None:
    told = [(date(2026, 3, 31), 1_500), (date(2025, 12, 1), 7), (date(2026, 3, 1), 500)]
    assert by_month.bars(GERMAN, told) == [("Dez. 2025", 7, "7"), ("März 2026", 2_000, "2.000")]


def test_a_month_that_took_back_more_has_its_number_and_no_length() -> None:
    assert by_month.bars(GERMAN, [(date(2026, 1, 5), -300), (date(2026, 1, 6), 100)]) == [("Jan. 2026", 0, "-200")]


def test_months_for_which_nothing_counts_are_left_out_and_of_many_the_newest_stay() -> None:
    years = range(1990, 2026)
    told = [(date(year, month, 1), month % 2) for year in years for month in (1, 2)]
    found = by_month.bars(GERMAN, told)
    assert [each[0] for each in found] == [f"Jan. {year}" for year in years][-by_month.MOST :]
