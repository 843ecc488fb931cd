"""What a cell says. Whatever cannot be read raises ValueError, in words for who made the file, without the cell."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from chalicelib.canonical.money import to_minor
from chalicelib.connectors.csv_files.forms import DateOrder, DecimalSign

TIME_OF_DAY = re.compile(r"[ T,]+\d{1,2}[:.h]\d{2}.*$")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
TOGETHER = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
PARTED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
SPELT = re.compile(r"(\d{1,2})[-. /]+([^\W\d_]{3,10})\.?[-. /,]+(\d{4})")
SHORT_YEAR = re.compile(r"\d{1,2}[-./ ]\w{1,10}[-./ ]\d{2}")
MONTHS = (
    "jan janv ene gen", "feb fev fevr",
    "mar mrz mars maerz marz marc", "apr avr abr", "may mai mag mayo", "jun juin giu",
    "jul juil lug", "aug aout ago agosto", "sep sept set", "oct okt ott", "nov", "dec dez dic",
)  # fmt: skip
"""As they are written short; three letters are enough where a word begins so."""
SPACES = re.compile(r"[\s\u00a0\u202f'’]")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
GROUPED = {
    "comma": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d+(?:,\d*)?"),
    "point": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?"),
}
NOT_MONEY = re.compile(r"[^\d.,()+\-−]")
LONGEST_NUMBER = 24
YES, NO = (
    frozenset(each.split())
    for each in (
        "yes y true 1 x ja j wahr oui o vrai si sí s verdadero vero ok opt-in",
        "no n false 0 nein f falsch non faux falso opt-out",
    )
)


def day(text: str, order: DateOrder | None) -> date:
    """A calendar date, whatever time of day stands behind it."""
    told = TIME_OF_DAY.sub("", text.strip()).strip()
    if found := YEAR_FIRST.fullmatch(told) or TOGETHER.fullmatch(told):
        return _date(found[1], found[2], found[3])
    if found := DOTTED.fullmatch(told):
        return _date(found[3], found[2], found[1])
    if found := PARTED.fullmatch(told):
        if order is None:
            raise ValueError("is a date that can be read in two ways")
        dom, month = (found[1], found[2]) if order == "day_first" else (found[2], found[1])
        return _date(found[3], month, dom)
    if found := SPELT.fullmatch(told):
        return _date(found[3], str(_month(found[2])), found[1])
    if SHORT_YEAR.fullmatch(told):
        raise ValueError("is a date whose year has two digits: four are needed")
    raise ValueError("is no date that can be read")


def _date(year: str, month: str, dom: str) -> date:
    try:
        return date(int(year), int(month), int(dom))
    except ValueError:
        raise ValueError("is no day of the calendar") from None


def _month(word: str) -> int:
    plain = word.lower().translate(str.maketrans("äéûü", "aeuu"))
    for number, spelt in enumerate(MONTHS, 1):
        if plain in spelt.split() or any(plain.startswith(each) for each in spelt.split() if len(each) > 2):
            return number
    raise ValueError("has a month that can not be read")


def moment(text: str, order: DateOrder | None) -> datetime:
    """An instant; of a date alone, and of a time without a zone, as if it were said in UTC."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        at = day(text, order)
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def minor_units(text: str, currency: str, decimal: DecimalSign | None) -> int:
    """An amount of money; signs of currencies and blanks between thousands mean nothing, brackets a minus."""
    told = NOT_MONEY.sub("", SPACES.sub("", text)).replace("−", "-")
    is_minus = (told.startswith("(") and told.endswith(")")) or told.startswith("-") or told.endswith("-")
    digits = told.strip("()+-")
    if not digits or len(digits) > LONGEST_NUMBER:
        raise ValueError("is no amount")
    if decimal is None and ("," in digits or "." in digits):
        raise ValueError("is an amount that can be read in two ways")
    if not GROUPED[decimal or "point"].fullmatch(digits):
        raise ValueError(f"is no amount with a decimal {decimal or 'point'}")
    plain = digits.replace(".", "").replace(",", ".") if decimal == "comma" else digits.replace(",", "")
    amount = to_minor(Decimal(plain), currency)
    return -amount if is_minus else amount


def number(text: str) -> int:
    """A whole number; spreadsheets write 2 as 2.0 now and then."""
    whole, _, rest = text.strip().replace(",", ".").partition(".")
    if not whole.isascii() or not whole.isdigit() or len(whole) > 9 or rest.strip("0"):
        raise ValueError("is no whole number")
    return int(whole)


def yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word in YES | NO:
        return word in YES
    raise ValueError("is neither yes nor no")


def country(text: str) -> str | None:
    """By its two letters, by three, or by its name in one of five languages; None for what is none."""
    return _countries().get(text.strip().casefold())


def language(text: str) -> str | None:
    """By its code, or by its name in one of five languages; None for what is none."""
    word = text.strip().casefold().replace("_", "-")
    known = _languages()
    return known.get(word) or known.get(word.partition("-")[0])


SPOKEN = ("en", "de", "fr", "es", "it")
"""The languages whose systems' words are read."""


@cache
def _countries() -> Mapping[str, str]:
    from babel import Locale
    from babel.core import get_global

    found = {code.casefold(): code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    for three, codes in get_global("territory_aliases").items():
        if len(three) == 3 and three.isalpha() and len(codes) == 1:
            found.setdefault(three.casefold(), codes[0])
    for spoken in SPOKEN:
        for code, name in Locale(spoken).territories.items():
            if len(str(code)) == 2 and str(code).isalpha():
                found.setdefault(str(name).casefold(), str(code))
    return {**found, "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "holland": "NL"}


@cache
def _languages() -> Mapping[str, str]:
    from babel import Locale

    found = {code: code for code in map(str, Locale("en").languages) if len(code) == 2}
    for spoken in SPOKEN:
        for code, name in Locale(spoken).languages.items():
            if len(str(code)) == 2:
                found.setdefault(str(name).casefold(), str(code))
    return found
