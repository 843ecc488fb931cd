"""Law 11: card numbers go, and what merely looks like one stays."""

import base64
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.connectors import cards as card_numbers
from chalicelib.connectors import stripping
from chalicelib.connectors.cards import REMOVED, is_card_number, scrub_text
from chalicelib.connectors.stripping import is_clean, parse, strip

BRANDS = {
    "Visa": ("4", 16),
    "Visa of 13": ("4", 13),
    "Visa of 19": ("4", 19),
    "Mastercard": ("55", 16),
    "Mastercard of 2": ("2221", 16),
    "Mastercard to 2720": ("2720", 16),
    "American Express": ("37", 15),
    "Diners Club": ("36", 14),
    "Discover": ("6011", 16),
    "JCB": ("3530", 16),
    "UnionPay": ("62", 19),
    "Maestro": ("6759", 13),
    "Mir": ("2200", 16),
    "Mir to 2204": ("2204", 19),
    "RuPay": ("6071", 16),
    "RuPay of 82": ("8201", 16),
    "RuPay of 508": ("5085", 16),
    "Elo": ("5067", 16),
    "Elo of 509": ("5091", 16),
    "Elo of 636": ("6362", 16),
    "Elo of 504": ("504175", 16),
    "Verve": ("5061", 18),
    "Troy": ("9792", 16),
}
SEPARATORS = [
    *("", " ", "-", "\u00a0", "  ", " - ", "\t", "–", "\u202f", "\u2009", "\n", "\r\n"),
    *(".", "/", "_", " / ", "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00b7", "+", "\u2028"),
]


def completed(prefix: str, length: int, filling: str) -> str:
    """A number of that length that passes the Luhn check."""
    body = (prefix + filling)[: length - 1]
    return next(body + check for check in "0123456789" if _luhn(body + check) % 10 == 0)


def _luhn(digits: str) -> int:
    """Written otherwise than the code under test."""
    total = 0
    for place, digit in enumerate(digits[::-1]):
        total += int(digit) if place % 2 == 0 else sum(map(int, str(2 * int(digit))))
    return total


@st.composite
def cards(draw: st.DrawFn) -> str:
    prefix, length = draw(st.sampled_from(sorted(BRANDS.values())))
    return completed(prefix, length, draw(st.text("0123456789", min_size=20, max_size=20)))


def grouped(digits: str, sizes: list[int], separator: str) -> str:
    groups, at = [], 0
    for size in sizes:
        groups.append(digits[at : at + size])
        at += size
    return separator.join(filter(None, [*groups, digits[at:]]))


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_card_number_of_each_brand_goes_however_it_is_written(brand: str, separator: str) -> None:
    prefix, length = BRANDS[brand]
    card = grouped(completed(prefix, length, "0123456789012345678"), [4, 4, 4, 4], separator)
    assert scrub_text(f"card {card}, exp 12/27") == f"card {REMOVED}, exp 12/27"


@given(cards(), st.lists(st.integers(1, 6), max_size=6), st.sampled_from(SEPARATORS))
def test_any_card_number_in_any_groups_goes(card: str, sizes: list[int], separator: str) -> None:
    assume(len(set(card)) > 1)
    scrubbed = scrub_text(f"x{grouped(card, sizes, separator)}y")
    assert REMOVED in scrubbed
    assert len([each for each in scrubbed if each.isdigit()]) <= 3  # a shorter card number may lie in a longer one


@given(
    cards(),
    st.sampled_from(["1 ", "7, room ", "room 12 ", "2026-02-01 ", "tel:"]),
    st.sampled_from([" 123", "/12", " x"]),
)
def test_a_card_number_beside_other_digits_goes(card: str, before: str, after: str) -> None:
    assume(len(set(card)) > 1)
    assert card not in scrub_text(before + card + after)


@given(cards())
def test_card_numbers_in_values_and_in_keys_go(card: str) -> None:
    assume(len(set(card)) > 1)
    stripped = strip({f"paid by {card}": [{"note": card}], "source_id": [card]}, frozenset(), frozenset({"source_id"}))
    assert card not in repr(stripped)


@pytest.mark.parametrize(
    "text",
    [
        "1700000000009",
        "booking 4111111111111112",
        "0000 0000 0000 0000",
        "+43 1 58800 0000",
        "+4915798670548",
        "+49 157 98670548",
        "tel:+43-664-1234567-28",
        "12345678901234567890123",
        "2026-02-01 2026-02-03",
        "9111111111111111",
        "0664/1234567, +43 664 1234567 / +43 1 588000000",
        "2026.03.06/2026.03.09",
        "192.168.100.200/24",
        "10.000.000.000,00",
    ],
)
def test_what_is_no_card_number_stays(text: str) -> None:
    assert scrub_text(text) == text


def test_a_plus_sign_saves_telephone_numbers_only() -> None:
    assert is_card_number("4915798670548")
    assert scrub_text("+4915798670548, +4111 1111 1111 1111") == f"+4915798670548, +{REMOVED}"
    assert scrub_text("+43 1 588000000 4111111111111111") == f"+43 1 588000000 {REMOVED}"
    assert scrub_text("+378282246310005, +36227206271667") == f"+{REMOVED}, +{REMOVED}"


UNREADABLE = [
    b'{"AccessToken": "C66-SECRET", "Notes": "K\xfcche"',
    b"{'accesstoken' : 'C66-SECRET'",
    b"<AccessToken>C66-SECRET</AccessToken>\xff",
    b"AccessToken=C66-SECRET&x=1\xff",
    '{"AccessToken": "C66-SECRET"}'.encode("utf-16"),
    '{"AccessToken": "C66\\"-SECRET"}'.encode("utf-16-be"),
]


@pytest.mark.parametrize("raw", UNREADABLE)
def test_what_cannot_be_read_keeps_no_dropped_field(raw: bytes) -> None:
    scrubbed = stripping.scrub_unreadable(raw, frozenset({"accesstoken", "token"}))
    assert "SECRET" not in scrubbed
    assert stripping.DROPPED in scrubbed


ESCAPED = [
    r'{"a":NaN,"remark":"4111\u00a01111\u00a01111\u00a01111"}',
    r'{"a":NaN,"remark":"4111\t1111\n1111 1111"}',
    r'{"a":NaN,"remark":"\u0034111111111111111"}',
    "card=4111+1111+1111+1111&x=1",
    "card=4111%201111%2D1111%201111",
    "card=%34111111111111111",
    "card=+378282246310005",
]


@pytest.mark.parametrize("text", ESCAPED)
def test_a_card_number_hides_behind_no_escape(text: str) -> None:
    scrubbed = stripping.scrub_unreadable(text.encode(), frozenset())
    assert REMOVED in scrubbed
    assert "1111" not in scrubbed


@given(st.text())
def test_whatever_cannot_be_read_is_scrubbed_without_an_error(text: str) -> None:
    scrubbed = stripping.scrub_unreadable(text.encode("utf-8", "surrogatepass"), frozenset({"token"}))
    scrubbed.encode()


ZEROS = "\uff10\u0660\u06f0\u0966\u09e6\u0e50\u1040\u17e0\u1810\u0f20\U0001d7ce\u2080"
"""Of Arabic, Persian, Hindi, Bengali, Thai, Burmese, Khmer, Mongolian, Tibetan, and wide, bold and lowered ones."""


@pytest.mark.parametrize("zero", ZEROS)
@pytest.mark.parametrize("separator", ["", " ", "\u200b"])
def test_a_card_number_in_the_digits_of_another_script_goes(zero: str, separator: str) -> None:
    card = "".join(chr(ord(zero) + int(each)) for each in "4111111111111111")
    text = f"no {grouped(card, [4, 4, 4], separator)}!"
    assert scrub_text(text) == f"no {REMOVED}!"
    assert not is_clean(f'{{"remark": "{text}"}}'.encode(), DROPPED_HERE)


@pytest.mark.parametrize("text", ["m² and ½", "٢٠٢٦-٠٢-٠١", "room ４０１, key ①②③"])
def test_digits_of_other_scripts_that_are_no_card_stay_as_they_were_typed(text: str) -> None:
    assert scrub_text(text) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "latin-1"])
def test_a_card_number_in_any_encoding_goes(encoding: str) -> None:
    scrubbed = stripping.scrub_unreadable("Küche, 4111 1111 1111 1111".encode(encoding), frozenset())
    assert "1111" not in scrubbed


@given(st.integers(1_500_000_000_000, 1_999_999_999_999))
def test_epoch_milliseconds_stay(moment: int) -> None:
    assert scrub_text(str(moment)) == str(moment)
    assert strip({"at": moment}, frozenset(), frozenset()) == {"at": moment}


@given(cards())
def test_id_fields_stay_be_they_texts_or_numbers(card: str) -> None:
    document = {"ID": card, "id": int(card)}
    assert strip(document, frozenset(), frozenset({"id"})) == document


@pytest.mark.parametrize("number", [4111111111111111, -4111111111111111, 4111111111111111.0, 378282246310005])
def test_a_card_number_that_is_a_json_number_goes(number: float) -> None:
    assert strip({"note": [number]}, frozenset(), frozenset()) == {"note": [REMOVED]}


@pytest.mark.parametrize("number", [True, 0, 36000, 1e300, -1e300, 4.5e15, 10**40, 411111111111111.5, 1700000000009])
def test_numbers_that_are_none_stay(number: float) -> None:
    assert strip([number], frozenset(), frozenset()) == [number]


def test_a_body_that_cannot_be_read_is_kept_up_to_a_length() -> None:
    assert len(stripping.scrub_unreadable(b"x" * 4_000_000, frozenset({"token"}))) == stripping.MOST_UNREADABLE


@given(st.text("0123456789 -4ab", max_size=120))
def test_scrubbing_again_changes_nothing(text: str) -> None:
    once = scrub_text(text)
    assert scrub_text(once) == once


@given(st.text("0123456789", min_size=12, max_size=20))
def test_length_and_luhn_decide(digits: str) -> None:
    assert not is_card_number(digits) or (13 <= len(digits) <= 19 and _luhn(digits) % 10 == 0)


@pytest.mark.parametrize(
    "pattern", ["7", "4", "4 ", "4-", "4111 1111 1111 1112 ", "41111111111111111", "4111111111111111 "]
)
def test_a_long_text_is_looked_at_a_fixed_number_of_times(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    def counting(digits: str) -> bool:
        nonlocal looked
        looked += 1
        return is_card_number(digits)

    monkeypatch.setattr(card_numbers, "is_card_number", counting)
    text = pattern * (1_000_000 // len(pattern) // (5 if len(pattern) == 2 else 1))
    scrub_text(text)
    assert looked <= 3 * len(text)


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e400}', b"[Infinity]", b"-Infinity", b"[" * 100_000, b"1" * 5000],
)
def test_what_is_no_strict_json_is_no_document(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)


DROPPED_HERE, IDS_HERE = frozenset({"accesstoken", "token"}), frozenset({"id"})
INNER = {"AccessToken": 'se,cr"et\\', "Id": "4111111111111111", "Kept": [1, "Zoë", None], "Note": "4111 1111 1111 1111"}
LEFT = {"Id": "4111111111111111", "Kept": [1, "Zoë", None], "Note": REMOVED}


def within_texts(document: Any, depth: int) -> str:
    """A document as a text, that text as a text of JSON, and so on."""
    text = json.dumps(document)
    return text if depth == 1 else within_texts(text, depth - 1)


def out_of_texts(text: str, depth: int) -> Any:
    document = json.loads(text)
    return document if depth == 1 else out_of_texts(document, depth - 1)


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("around", ["{}", "\ufeff{}", " \n{}"])
@pytest.mark.parametrize("field", ["Data", "id"])
def test_a_document_that_is_sent_as_a_text_is_stripped_like_any_other(depth: int, around: str, field: str) -> None:
    stripped = strip({field: around.replace("{}", within_texts(INNER, depth))}, DROPPED_HERE, IDS_HERE)
    assert out_of_texts(stripped[field], depth) == LEFT


LOOKS_LIKE_A_DOCUMENT = [
    within_texts(INNER, 1)[:-2],
    within_texts(INNER, 2)[:-2],
    "Data: " + within_texts(INNER, 1),
    "<x><access_token>se,cr</access_token></x>",
    "kept=1&access-token=se,cr",
    "{'AccessToken': 'se,cr'",
]


@pytest.mark.parametrize("text", LOOKS_LIKE_A_DOCUMENT)
def test_a_text_that_only_looks_like_a_document_keeps_no_dropped_field(text: str) -> None:
    assert "se,cr" not in strip([text], DROPPED_HERE, IDS_HERE)[0].replace('"', "")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_unreadable_body_hides_no_field_behind_the_escapes_of_a_text(depth: int) -> None:
    raw = ('{"Data": ' + json.dumps(within_texts(INNER, depth)) + ", cut off").encode()
    assert "se,cr" not in stripping.scrub_unreadable(raw, DROPPED_HERE)


@pytest.mark.parametrize(
    "text", ["Lee <anna+1@mail.example>", "[VIP] Lee +43 1 588", '"Anna" Lee', "2 < 3", "a=b", "{"]
)
def test_a_text_without_fields_stays_as_it_was_typed(text: str) -> None:
    assert strip({"name": text}, DROPPED_HERE, IDS_HERE) == {"name": text}


@pytest.mark.parametrize(
    "text", ["AccessToken: se,cr", "Id: 5\naccess_token : se,cr", '"Access-Token"\r\n:\r\n"se,cr"', "(token: se,cr)"]
)
def test_a_field_that_is_named_in_a_text_without_any_brackets_goes(text: str) -> None:
    dropped = frozenset({"access_token", "token"})
    assert "se" not in str(strip({"Data": text}, dropped, IDS_HERE))
    assert strip({"Data": "Token ring: 5"}, dropped, IDS_HERE) == {"Data": "Token ring: 5"}


def test_a_document_in_the_name_of_a_field_is_stripped_like_any_other() -> None:
    assert "secret" not in str(
        strip({json.dumps({"access_token": "secret"}): 1}, frozenset({"access_token"}), IDS_HERE)
    )


@pytest.mark.parametrize("text", ["[4111111111111111]", '{"n": 4111111111111111}', "[4111111111111111.0]"])
def test_a_card_number_in_a_text_goes_also_where_it_would_be_a_number(text: str) -> None:
    assert "1111" not in strip([text], DROPPED_HERE, IDS_HERE)[0]


@pytest.mark.parametrize("name", ["access_token", "Access-Token", "ACCESS TOKEN", "accessToken", "access.token"])
def test_a_dropped_field_goes_however_its_words_are_joined(name: str) -> None:
    for dropped in ("accesstoken", "access_token"):
        assert strip({name: "secret"}, frozenset({dropped}), frozenset()) == {}
        assert "secret" not in stripping.scrub_unreadable(f'{{"{name}": "secret"'.encode(), frozenset({dropped}))


@pytest.mark.exhaustive
@pytest.mark.parametrize("piece", ["[", '{"a":', "\\", '"', "token", "token ", 'token\\"', "a_"])
def test_a_text_of_any_shape_is_looked_through_once(piece: str) -> None:
    """A scan that begins anew at each place would take minutes."""
    for text in ("{" + piece * 100_000, piece * 100_000):
        strip([text], DROPPED_HERE, IDS_HERE)
        stripping.scrub_unreadable(text.encode(), DROPPED_HERE)


@pytest.mark.parametrize("body", [b"{}", b'{"a": "Zo\xc3\xab"}', b"[1]"])
def test_a_byte_order_mark_before_a_document_is_passed_over(body: bytes) -> None:
    assert parse(b"\xef\xbb\xbf" + body) == parse(body)


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf{}", b"{\xef\xbb\xbf}", b"\xef\xbb{}"])
def test_a_byte_order_mark_elsewhere_or_alone_is_no_document(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)


DOUBTFUL = {
    "a dropped field": '{"Token": 1}',
    "a dropped field of joined words": '{"access - token": 1}',
    "a dropped field in a text": '{"Data": "<acce\u017fs.token>1"}',
    "a document in a text": json.dumps({"Data": within_texts({"kept": 1}, 1)}),
    "a byte order mark": '\ufeff{"kept": 1}',
    "a dropped field behind a sign of its own": '{"Access_To\u212aen": 1}',
    "an escaped name": r'{"t\u006fken": 1}',
    "a card number": '{"remark": "4111 1111 1111 1111"}',
    "a card number in a name": '{"4111 1111 1111 1111": 1}',
    "a card number in groups": '{"remark": "4\u201011111-11111\u201011111"}',
    "an escaped card number": r'{"remark": "\u0034111111111111111"}',
    "a card number in lines": r'{"remark": "4111\n1111\n1111\n1111"}',
    "digits of another script": '{"remark": "room number \u0664"}',
    "a card number in another script": '{"remark": "\uff14\uff11\uff11\uff11111111111111"}',
    "what SQS refuses": '{"remark": "\uffff"}',
    "several lines": '{\n"remark": "none"\n}',
}


@pytest.mark.parametrize("text", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_may_hold_something_to_strip_is_looked_at_closely(text: str) -> None:
    assert not is_clean(text.encode(), DROPPED_HERE)


@pytest.mark.parametrize(
    "text", ['{"at": "2026-02-01", "name": "Zo\u00eb", "phone": "+43 660 0000001"}', "[1, 2.5, null]"]
)
def test_most_notices_are_told_clean_by_their_text(text: str) -> None:
    assert is_clean(text.encode(), DROPPED_HERE)


def every_sign_coded(text: str) -> str:
    return "".join(f"%{each:02x}" for each in text.encode())


def numbered(text: str) -> str:
    return "".join(f"&#{ord(each)};" for each in text)


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def based(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


CODINGS: dict[str, Callable[[str], str]] = {
    "percent signs": lambda text: quote(text, safe=""),
    "percent signs everywhere": every_sign_coded,
    "percent signs twice": lambda text: quote(every_sign_coded(text), safe=""),
    "HTML": lambda text: html.escape(text).replace("&#x27;", "&apos;"),
    "HTML in numbers": numbered,
    "HTML in hexadecimal": lambda text: "".join(f"&#x{ord(each):x};" for each in text),
    "wide signs": wide,
    "signs between that nobody sees": "\u200b".join,
    "Base64": based,
    "Base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "Base64 in lines": lambda text: base64.encodebytes((text + " " * 60 + text).encode()).decode(),
    "Base64 of Base64": lambda text: based(based(text)),
    "Base64 of two bytes a sign": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "Base64 in a URL": lambda text: "https://pms.example/?d=" + quote(based(text), safe=""),
    "Base64 of wide signs": lambda text: based(wide(text)),
    "Base64 behind a line of such": lambda text: "a" * 21 + "\n" + based(text),
    "a text of a text": lambda text: json.dumps(json.dumps(text)),
}
SECRETS = [
    '{"AccessToken": "se,cr"}',
    "AccessToken=se,cr",
    "<access_token>se,cr</access_token>",
    "access-token: se,cr",
    "paid with 4111 1111 1111 1111",
    "4111111111111111",
    "Authorization: Bearer se,cr",
    "Cookie: a=1; session=se,cr",
]


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS)
def test_what_is_to_go_hides_behind_no_coding(coding: Callable[[str], str], text: str) -> None:
    coded = coding(text)
    for around in ("{}", "note ({}) end"):
        document = {"remark": around.replace("{}", coded)}
        left = str(strip(document, DROPPED_HERE, IDS_HERE))
        assert coded not in left
        assert "se,cr" not in left
        assert "1111" not in left
        assert not is_clean(json.dumps(document, ensure_ascii=False).encode(), DROPPED_HERE)
        broken = json.dumps(document, ensure_ascii=False)[:-1].encode()
        assert coded not in stripping.scrub_unreadable(broken, DROPPED_HERE)


@pytest.mark.parametrize("coding", ["percent signs everywhere", "HTML in numbers", "wide signs"])
def test_the_name_of_a_field_may_be_coded(coding: str) -> None:
    document = {CODINGS[coding]("Access_Token"): "secret", "kept": 1}
    assert strip(document, DROPPED_HERE, IDS_HERE) == {"kept": 1}
    assert not is_clean(json.dumps(document, ensure_ascii=False).encode(), DROPPED_HERE)


def test_the_name_of_a_field_may_have_signs_that_nobody_sees() -> None:
    assert strip({"Acc\u200bess\u00adToken": "secret", "ac\u017fe": 1}, DROPPED_HERE, IDS_HERE) == {"ac\u017fe": 1}


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    "text",
    [
        f"their key {JWT} works",
        f"Bearer {JWT}",
        "use bearer abcdefghij0123456789-_",
        "Authorization: Basic YW5uYTpzZWNyZXQ=",
        "authorization = digest username, response",
        "Set-Cookie: sid=abcdefghij0123456789; Path=/; refresh=abcdefghij0123456789",
        "Proxy-Authorization: Basic YW5uYTpzZWNyZXQ=",
    ],
)
def test_what_signs_somebody_in_goes_out_of_any_text(text: str) -> None:
    for left in (strip([text], frozenset(), frozenset())[0], stripping.scrub_unreadable(text.encode(), frozenset())):
        assert stripping.DROPPED in left
        assert not any(part in left for part in (JWT, "abcdefghij", "YW5uYT", "response", "refresh"))
    assert not is_clean(json.dumps({"remark": text}).encode(), frozenset())


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Set-Cookie", "PROXY_AUTHORIZATION"])
def test_headers_that_sign_somebody_in_go_as_fields(name: str) -> None:
    assert strip({name: "x", "kept": 1}, frozenset(), frozenset()) == {"kept": 1}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Tom &amp; Ida",
            "100 %ig",
            "50%25 off",
            "Ｚｏë Ｌｅｅ",
            "Teddy bearer of news",
            "Cookie Lee",
            "می\u200cخواهم",
        ),
        *(
            "ServiceOrderReservationUpdated",
            "8365243d-0c31-4f3a-9c5e-1b2c3d4e5f60",
            "0" * 64,
            "annamariamustermann1985",
        ),
        *("SGVsbG8sIHRoaXMgaXMgQW5uYQ==", "https://x.example/?q=a%20b&c=d", "the token of our thanks", "你好，世界"),
    ],
)
def test_what_is_coded_and_holds_nothing_stays_as_it_was_typed(text: str) -> None:
    assert strip({"name": text}, DROPPED_HERE, IDS_HERE) == {"name": text}


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "piece", ["%25", "&amp;", "&#38;", "QUFB", "\ufdfa", "A" * 76 + "\n", "%", "eyJ", "bearer ", "\u200b"]
)
def test_a_text_of_nothing_but_codes_is_looked_through_as_often_as_any(piece: str) -> None:
    for text in (piece * (stripping.MOST_UNREADABLE // len(piece)), piece * (400_000 // len(piece))):
        strip([text, "{" + text], DROPPED_HERE, IDS_HERE)
        stripping.scrub_unreadable(text.encode(), DROPPED_HERE)


WORDS = st.one_of(
    st.sampled_from([code("access_token=1") for code in CODINGS.values()] + [JWT, "bearer abcdefghij0123456789"]),
    st.sampled_from(
        [
            "TOKEN",
            "acce\u017fs-token=1",
            "Access_To\u212aen",
            "id",
            "remark",
            "Zo\u00eb",
            "2026-02-01",
            "\u0664",
            "\uff14",
        ]
    ),
    cards(),
    st.text("04 -\u2010\u00a0\u212a\n\\x", max_size=30),
)
DOCUMENTS = st.recursive(
    WORDS | st.integers() | st.none(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(WORDS, each, max_size=3),
)


@given(DOCUMENTS, st.booleans())
def test_of_what_is_told_clean_nothing_is_to_be_stripped(document: object, escaped: bool) -> None:
    raw = json.dumps(document, ensure_ascii=escaped).encode()
    if is_clean(raw, DROPPED_HERE):
        assert strip(parse(raw), DROPPED_HERE, IDS_HERE) == parse(raw)


def test_a_text_of_nothing_but_digits_in_groups_goes_as_a_whole() -> None:
    usual = "room 12 4111 1111 1111 1112, " * 100
    assert scrub_text(usual) == usual
    assert scrub_text("4111 1111 1111 1112 " * 1_100) == REMOVED
