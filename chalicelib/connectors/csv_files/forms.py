"""How a file writes dates and amounts: counted over all of it, and never guessed where it does not show."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

DateOrder = Literal["day_first", "month_first"]
DecimalSign = Literal["comma", "point"]
PARTED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}(?!\d)")
"""A date whose order only its numbers can show; with points between them the day stands first everywhere."""
MOST_MONTHS = 12
NOT_AMOUNT = re.compile(r"[^\d.,]")


class Question(NamedTuple):
    """What its owner has to say of a file: a field of the import, and why it is asked."""

    field: str
    why: str


class Forms(NamedTuple):
    """None for what the file does not show, and nobody said."""

    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None


def seen_in_date(text: str) -> str:
    """What a date shows of the order that its file writes dates in; "" for nothing."""
    found = PARTED.match(text.strip())
    if found is None:
        return ""
    first, second = int(found[1]), int(found[2])
    if first > MOST_MONTHS:
        return "date.day_first"
    return "date.month_first" if second > MOST_MONTHS else "date.either"


def seen_in_amount(text: str) -> str:
    """What an amount shows of the sign before its decimals; "" for nothing."""
    digits = NOT_AMOUNT.sub("", text).strip(".,") if text else ""
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return ""
    last = signs[-1]
    if len(set(signs)) > 1:
        return _decimal_is(last)
    if len(signs) > 1:
        return _decimal_is("," if last == "." else ".")
    before, _, after = digits.partition(last)
    is_group = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return "amount.either" if is_group else _decimal_is(last)


def _decimal_is(sign: str) -> str:
    return "amount.comma" if sign == "," else "amount.point"


def forms_of(seen: Mapping[str, int], date_order: DateOrder | None, decimal: DecimalSign | None) -> Forms:
    """What was said, and else what the file shows."""
    shown_order = _shown(seen, "date", "day_first", "month_first")
    shown_decimal = _shown(seen, "amount", "comma", "point")
    order: DateOrder | None = "day_first" if shown_order == "day_first" else "month_first" if shown_order else None
    sign: DecimalSign | None = "comma" if shown_decimal == "comma" else "point" if shown_decimal else None
    return Forms(date_order or order, decimal or sign)


def _shown(seen: Mapping[str, int], of: str, one: str, other: str) -> str | None:
    shows = [each for each in (one, other) if seen.get(f"{of}.{each}")]
    return shows[0] if len(shows) == 1 else None


def questions(seen: Mapping[str, int], forms: Forms) -> list[Question]:
    """What cannot be told from the file and was not said, but must be known to read it."""
    asked: list[Question] = []
    if forms.date_order is None and _any(seen, "date"):
        asked.append(
            Question("date_order", _why(seen, "date", "dates have the day first, others the month", "03/04/2021"))
        )
    if forms.decimal is None and _any(seen, "amount"):
        asked.append(Question("decimal", _why(seen, "amount", "amounts have a decimal comma, others a point", "1,234")))
    return asked


def _any(seen: Mapping[str, int], of: str) -> bool:
    return any(count for name, count in seen.items() if name.startswith(f"{of}."))


def _why(seen: Mapping[str, int], of: str, both: str, such: str) -> str:
    shown = {name for name, count in seen.items() if count and name.startswith(f"{of}.")}
    if shown == {f"{of}.either"}:
        return f"the file has only such as {such}, which can be read in two ways"
    return f"some {both}"
