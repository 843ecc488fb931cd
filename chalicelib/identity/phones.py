"""Telephone numbers in one spelling: E.164, as they are dialled today. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

EXTENSION = re.compile(
    r"[\s,;(/-]*(?:ext|extn|extension|x|dw|durchwahl|klappe|kl|nst|app|apparat|poste|interno|int|anexo|ramal|toestel|"
    r"доб|#)[\s.:=]*\d{1,6}\)?$",
    re.IGNORECASE,
)
"""Whom the exchange connects to is no part of the number; where a library knows the word, it is left to it, too."""
HIDDEN = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
"""What comes along with a number that is copied from a telephone's address book."""
DIGIT, WORD = re.compile(r"\d"), re.compile(r"[^\W\d_]{3,}")
FROM_ABROAD = re.compile(r"\D*(?:\+\s*)?00(?=\s*\(?\s*[1-9])")
LEAST_WITH_COUNTRY = 11
"""Digits of a number that is taken for one with its country, though it has no plus."""
ROW = "012345678901234567890"
MEXICO, ARGENTINA, BRAZIL = 52, 54, 55


@lru_cache(maxsize=2_000)
def normalise_phone(text: str, country: str | None) -> str | None:
    """Return E.164, reading local numbers as of `country` (ISO 3166-1 alpha-2); None for what cannot be a number, and
    for what could as well be another."""
    typed = EXTENSION.sub("", _without_what_follows(text.translate(HIDDEN).strip()))
    if _has_words_within(typed):
        return None
    number = _from_abroad(typed, country) if FROM_ABROAD.match(typed) else _number(typed, country)
    return _written(number) if number and not _is_placeholder(number) else None


def _without_what_follows(text: str) -> str:
    """Without what is said of a number: `(Anna)`, `mobil`, `- office`."""
    end = max((each.end() for each in DIGIT.finditer(text)), default=0)
    return text if text[end : end + 1].isalnum() else text[:end]


def _has_words_within(typed: str) -> bool:
    """Words that a library would dial by the letters on the keys."""
    first = DIGIT.search(typed)
    return bool(first and WORD.search(typed, first.start()))


def _from_abroad(typed: str, country: str | None) -> "PhoneNumber | None":
    """Most countries dial 00 to get out; others 0011, 001 or 000."""
    return _read(FROM_ABROAD.sub("+", typed, count=1), country) or _read(typed, country)


def _number(typed: str, country: str | None) -> "PhoneNumber | None":
    local = _read(typed, country)
    return _with_country(typed, country, local) if _has_no_prefix(typed) else local


def number_told(phone: str) -> str:
    """As people are told by it: who calls an Argentine mobile telephone from abroad dials a 9 that others leave out."""
    return f"+54{phone[4:]}" if phone.startswith(f"+{ARGENTINA}9") and len(phone) == 14 else phone


def _read(typed: str, country: str | None) -> "PhoneNumber | None":
    """The number, if it is one that somebody can have."""
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    return next((each for each in _as_of_today(number) if phonenumbers.is_valid_number(each)), None)


def _as_of_today(number: "PhoneNumber") -> "Iterator[PhoneNumber]":
    """The number, and what became of it: Mexico dropped the digits that told a mobile telephone, Brazil added one."""
    from phonenumbers import PhoneNumber

    digits = str(number.national_number)
    yield number
    if number.country_code == MEXICO and (old := re.fullmatch(r"(?:1|44|45|01)(\d{10})", digits)):
        yield PhoneNumber(number.country_code, int(old[1]))
    if number.country_code == BRAZIL and (old := re.fullmatch(r"(\d{2})([6-9]\d{7})", digits)):
        yield PhoneNumber(number.country_code, int(f"{old[1]}9{old[2]}"))


def _has_no_prefix(typed: str) -> bool:
    """Neither a plus nor a zero says how it is to be read."""
    return typed.lstrip("( ")[:1] not in {"+", "＋", "0", "٠", "۰", ""}


def _with_country(typed: str, country: str | None, local: "PhoneNumber | None") -> "PhoneNumber | None":
    """`4915123456789` is a number with its country. Where it is one of the hotel's country without its zero, too, the
    hotel's own code decides; of another country's, it may be either."""
    import phonenumbers

    digits = sum(each.isdigit() for each in typed)
    full = _read(f"+{typed}", None) if country and digits >= LEAST_WITH_COUNTRY else None
    if full is None or local is None or full == local:
        return local or full
    if full.country_code == local.country_code:
        return full
    if _begins_within(typed, country):
        return local
    kinds = [phonenumbers.number_type(each) for each in (local, full)]
    is_likelier = kinds[1] == phonenumbers.PhoneNumberType.MOBILE != kinds[0]
    return None if is_likelier else local


def _begins_within(typed: str, country: str | None) -> bool:
    """Whether it begins with what is dialled before a number within the country: Russia's 8."""
    from phonenumbers import PhoneMetadata

    known = PhoneMetadata.metadata_for_region(country, None) if country else None
    return bool(known and known.national_prefix and typed.lstrip("( ").startswith(known.national_prefix))


def _is_placeholder(number: "PhoneNumber") -> bool:
    """One digit over and over, or the digits in a row."""
    digits = str(number.national_number)
    return len(set(digits)) == 1 or digits in ROW


def _written(number: "PhoneNumber") -> str:
    import phonenumbers

    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
