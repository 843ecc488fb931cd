"""What SES is told of who sends."""

from email.header import decode_header, make_header

import pytest
from pydantic import ValidationError

from chalicelib.aws import mail
from chalicelib.aws.mail import Mail, Sender, in_ascii
from chalicelib.aws.settings import Settings
from chalicelib.properties.model import Branding
from tests.mail_fakes import FakeSes

HELLO = Mail(to="anna@example.com", subject="Hello", html="<p>Hello</p>", text="Hello", headers={}, tags={})


@pytest.mark.parametrize(
    ("mailbox", "told"),
    [
        ("news@hotel.example", "news@hotel.example"),
        ("Hotel <news@hotel.example>", "Hotel <news@hotel.example>"),
        ("Jägerhof <news@hotel.example>", "=?utf-8?b?SsOkZ2VyaG9m?= <news@hotel.example>"),
    ],
)
def test_a_name_beyond_ascii_is_an_encoded_word(mailbox: str, told: str) -> None:
    assert mail.in_ascii(mailbox) == told


def test_a_long_name_beyond_ascii_is_several_encoded_words() -> None:
    name = "Jägerhof über dem großen See, " * 6 + "Österreich"
    told = mail.in_ascii(f'"{name}" <news@hotel.example>')
    *words, address = told.split(" ")
    assert address == "<news@hotel.example>"
    assert all(len(word) <= 75 for word in words)
    assert str(make_header(decode_header(" ".join(words)))) == name


def test_answers_go_where_the_sender_wants_them(aws: Settings) -> None:
    ses = FakeSes().install()
    mail.send_bulk([HELLO], Sender("Jägerhof <news@hotel.example>", "office@hotel.example", "marketing"))
    mail.send_bulk([HELLO], Sender("news@hotel.example", "", "marketing"))
    assert [each["reply_to"] for each in ses.accepted] == [["office@hotel.example"], []]
    assert all(each["sender"].isascii() for each in ses.accepted)


@pytest.mark.parametrize(
    ("sender", "on_the_wire"),
    [
        ("Gästehaus Müller <post@haus.example>", "=?utf-8?b?R8Okc3RlaGF1cyBNw7xsbGVy?= <post@haus.example>"),
        ("Adler, Ulm <post@haus.example>", '"Adler, Ulm" <post@haus.example>'),
        ("St. Anna <post@haus.example>", '"St. Anna" <post@haus.example>'),
        ("Adler (Ulm) <post@haus.example>", '"Adler (Ulm)" <post@haus.example>'),
        ('Der "Adler" <post@haus.example>', '"Der \\"Adler\\"" <post@haus.example>'),
        ('"Adler, Ulm" <post@haus.example>', '"Adler, Ulm" <post@haus.example>'),
        ("Rose & Söhne, Ulm <post@haus.example>", "=?utf-8?b?Um9zZSAmIFPDtmhuZSwgVWxt?= <post@haus.example>"),
    ],
)
def test_a_sender_s_name_is_encoded_or_quoted_where_it_must_be(sender: str, on_the_wire: str) -> None:
    assert in_ascii(Branding(sender=sender).sender or "") == on_the_wire


@pytest.mark.parametrize(
    "sender",
    [
        "a@x.example, b@x.example",
        "a@x.example, Rose <b@x.example>",
        "Rose <b@x>",
        "Rose <>",
        "Rose",
        "Rose: b@x.example;",
    ],
)
def test_a_malformed_sender_is_refused_when_it_is_set(sender: str) -> None:
    with pytest.raises(ValidationError):
        Branding(sender=sender)
