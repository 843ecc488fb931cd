"""Card numbers in texts: what is one, however it is written. Pure."""

import re
import unicodedata
from functools import cache
from itertools import islice

REMOVED = "[card number removed]"
SHORTEST, LONGEST = 13, 19
"""Digits of a card number."""
BETWEEN = "[ \\t\\r\\n\u00a0\u00ad\u00b7\u2000-\u200f\u2010-\u2015\u2028-\u202f\u2060\u2212\u3000\ufeff._/+-]{0,3}"
"""What stands between the groups of a card number: blanks of any width and of none, dashes, dots, slashes, underscores,
and the plus sign of forms."""
CANDIDATE = re.compile(f"(?<![0-9])(?=([2-9](?:{BETWEEN}[0-9]){{{SHORTEST - 1},{LONGEST - 1}}}+))[0-9]++")
"""A group of digits with which a card number might begin, and as many digits behind it as one has. Nothing is looked at
twice: no number begins within a group."""
MOST_CANDIDATES = 1000
"""Of one text, each of which takes some microseconds: a text with more is nobody's, and goes as a whole."""
LONGEST_PHONE = 13
"""Digits of a telephone number that a card number could be: of what a plus sign announces only the old Visa cards of 13
digits cannot be told from the longest numbers of Germany and Austria, of which a tenth would pass for one."""
NOT_PLAIN = re.compile(r"(?![0-9])\d|[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2776-\u277e]")
"""Digits of other scripts, and those above the line, below it, and in circles."""
DIGIT, NO_DIGITS = re.compile("[0-9]"), re.compile("[^0-9]+")
BRANDS: tuple[tuple[re.Pattern[str], frozenset[int]], ...] = (
    (re.compile("4"), frozenset({13, 16, 19})),  # Visa, and Elo under 4011, 4312, 4389, 4514, 4573, 4576
    (re.compile("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), frozenset({16})),  # Mastercard
    (re.compile("3[47]"), frozenset({15})),  # American Express
    (re.compile("30[0-5]|3095|3[689]"), frozenset(range(14, 20))),  # Diners Club
    (re.compile("6011|64[4-9]|65|622"), frozenset(range(16, 20))),  # Discover, and Elo under 650 and 651
    (re.compile("35(?:2[89]|[3-8])"), frozenset(range(16, 20))),  # JCB
    (re.compile("62|81"), frozenset(range(16, 20))),  # UnionPay, and Elo under 6277
    (re.compile("50(?:18|20|38)|5893|6304|6759|676[1-3]"), frozenset(range(13, 20))),  # Maestro
    (re.compile("220[0-4]"), frozenset(range(16, 20))),  # Mir
    (re.compile("60|8[12]|508|65[23]|35[36]"), frozenset({16})),  # RuPay
    (re.compile("5041|506[67]|509|636[23]"), frozenset({16})),  # Elo
    (re.compile("506[01]|6500"), frozenset({16, 18, 19})),  # Verve
    (re.compile("9792"), frozenset({16})),  # Troy
    (re.compile("5019"), frozenset({16})),  # Dankort
)
"""Issuer prefixes and lengths by ISO/IEC 7812 as the brands publish them; Luhn alone takes one digit run in ten."""
DOUBLED = str.maketrans("0123456789", "0246813579")
"""Luhn's doubling, digits of the product summed."""
ZEROS, AMONG_DIGITS = bytes.maketrans(b"123456789", b"0" * 9), b" \t\r._/+-" + bytes(range(0x80, 0x100))
"""To see a run of digits: each of them as a zero, without what may stand between (all but ASCII is)."""


def is_card_number(digits: str) -> bool:
    """Whether a run of digits is a card number: a known issuer's prefix, that brand's length, and the Luhn check."""
    return len(digits) in _lengths(digits[:4]) and len(set(digits)) > 1 and _passes_luhn(digits)


@cache
def _lengths(prefix: str) -> tuple[int, ...]:
    """How many digits a card number may have that begins with these four, most first."""
    found = {length for issuer, lengths in BRANDS if issuer.match(prefix) for length in lengths}
    return tuple(sorted(found, reverse=True))


def _passes_luhn(digits: str) -> bool:
    backwards = digits[::-1]
    return sum(map(int, backwards[::2] + backwards[1::2].translate(DOUBLED))) % 10 == 0


def may_hold_one(raw: bytes, text: str) -> bool:
    """Whether a text has as many digits in a row as a card number, whatever stands between, or digits that are not
    plain. `raw` is its UTF-8, which is looked through sooner."""
    return b"0" * SHORTEST in raw.translate(ZEROS, AMONG_DIGITS) or (not raw.isascii() and bool(NOT_PLAIN.search(text)))


def scrub_text(text: str) -> str:
    """Replace every card number in a text, whatever stands between its groups and in the digits of any script.

    It must end where a group of digits ends, and begin where one begins: a room number may stand before it.
    """
    if len(text) < SHORTEST:
        return text
    plain = text if text.isascii() else NOT_PLAIN.sub(lambda found: str(unicodedata.digit(found[0])), text)
    parts: list[str] = []
    done = 0
    for number, found in enumerate(CANDIDATE.finditer(plain)):
        if number == MOST_CANDIDATES:
            return REMOVED
        end = _end_of_card(plain, found.start(), found[1]) if found.start() >= done else None
        if end:
            parts += [text[done : found.start()], REMOVED]
            done = end
    return "".join([*parts, text[done:]]) if parts else text


def _end_of_card(text: str, start: int, ahead: str) -> int | None:
    """Where the card number ends that begins at `start`; None where none does.

    The longest is taken: the first sixteen digits of nineteen pass the Luhn check now and then.
    """
    digits = NO_DIGITS.sub("", ahead)
    is_announced = text[start - 1 : start] == "+"
    for length in _lengths(digits[:4]):
        if length <= len(digits) and not (is_announced and length <= LONGEST_PHONE) and is_card_number(digits[:length]):
            end = start + _after_digits(ahead, length)
            if not text[end : end + 1].isdecimal():
                return end
    return None


def _after_digits(text: str, number: int) -> int:
    return next(islice(DIGIT.finditer(text), number - 1, None)).end()


def scrub_number(number: float) -> float | str:
    """A JSON number that is a card number goes; epoch milliseconds are none until the year 2033."""
    if not 10 ** (SHORTEST - 1) <= abs(number) < 10**LONGEST:
        return number
    digits = str(int(abs(number)))
    return REMOVED if number == int(number) and is_card_number(digits) else number
