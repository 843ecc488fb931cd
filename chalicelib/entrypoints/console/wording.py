"""Dates, times, money and numbers as a reader writes them: by their language, and in a hotel's own time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.canonical import money, time
from chalicelib.languages.catalogues import Language

if TYPE_CHECKING:
    from babel import Locale

UTC = "UTC"
NOON = time_of_day(12)


@cache
def _locale(language: Language) -> "Locale":
    from babel import Locale

    return Locale.parse(language)


def own_name(language: Language) -> str:
    """What those who speak it call it."""
    return str(_locale(language).display_name).capitalize()


def _noon(day: date) -> datetime:
    return datetime.combine(day, NOON)


@dataclass(frozen=True)
class Wording:
    """What templates call as `words`."""

    language: Language
    now: time.Instant

    def day(self, when: date | str | None) -> str:
        """`Fri, 27 Nov 2026`, as the language has it; "" for none."""
        from babel.dates import format_skeleton

        if not when:
            return ""
        day = date.fromisoformat(when) if isinstance(when, str) else when
        return str(format_skeleton("yMMMEd", _noon(day), locale=_locale(self.language)))

    def short_day(self, when: str) -> str:
        """`Nov 27`: beside a bar there is no room for more."""
        from babel.dates import format_skeleton

        return str(format_skeleton("MMMd", _noon(date.fromisoformat(when)), locale=_locale(self.language)))

    def month(self, when: date) -> str:
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMM", _noon(when), locale=_locale(self.language)))

    def moment(self, when: str | datetime | None, zone: str = UTC) -> str:
        """A date and a time of day in that zone; "" for none."""
        from babel.dates import format_date, format_time, get_datetime_format

        if not when:
            return ""
        local = (when if isinstance(when, datetime) else time.moment_of(when)).astimezone(ZoneInfo(zone))
        locale = _locale(self.language)
        day, hour = format_date(local, "medium", locale=locale), format_time(local, "short", locale=locale)
        return str(get_datetime_format("medium", locale=locale)).replace("{1}", day).replace("{0}", hour)

    def span(self, seconds: float) -> str:
        """`2 hours`, roughly."""
        from babel.dates import format_timedelta

        return str(format_timedelta(timedelta(seconds=seconds), locale=_locale(self.language)))

    def since(self, when: str | None) -> str:
        """`3 hours ago`; "" for none."""
        from babel.dates import format_timedelta

        if not when:
            return ""
        passed = time.moment_of(when) - time.moment_of(self.now)
        return str(format_timedelta(passed, add_direction=True, locale=_locale(self.language)))

    def amount(self, amount_minor: int, currency: str) -> str:
        from babel.numbers import format_currency

        major = money.to_major(amount_minor, currency)
        return str(format_currency(major, currency, locale=_locale(self.language)))

    def number(self, value: float) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(value, locale=_locale(self.language)))

    def share(self, part: float, whole: float) -> str:
        from babel.numbers import format_percent

        return str(format_percent(part / whole if whole else 0, locale=_locale(self.language)))

    def country(self, code: str | None) -> str:
        """Its name; the code where there is none."""
        return str(_locale(self.language).territories.get(code or "", code or ""))

    def tongue(self, code: str | None) -> str:
        """The name of a language."""
        return str(_locale(self.language).languages.get((code or "").lower(), code or ""))
