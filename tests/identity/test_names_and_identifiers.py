"""Names and identifiers by plain values: what is one spelling, what is one person, and what tells nobody apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.identifiers import RELAY_DOMAINS, kind_of_email, normalise_email
from chalicelib.identity.names import PSEUDO_NAMES, Likeness, compare, is_pseudo, name_of
from chalicelib.identity.phones import normalise_phone

EQUAL, LOOSE, CONTRADICTING = Likeness.EQUAL, Likeness.LOOSE, Likeness.CONTRADICTING
Words = tuple[str | None, str | None]


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (("Anna", "Müller"), ("Anna", "Mueller"), EQUAL),
        (("Anna", "Müller"), ("Anna", "Muller"), EQUAL),
        (("Anna", "Mu\u0308ller"), ("ANNA", "MÜLLER"), EQUAL),
        (("Jörg", "Groß"), ("Joerg", "Gross"), EQUAL),
        (("José", "García"), ("Jose\u0301", "Garcia"), EQUAL),
        (("Иван", "Петров"), ("Ivan", "Petrov"), EQUAL),
        (("伟", "王"), ("Wei", "Wang"), EQUAL),
        (("Wang", "Wei"), ("Wei", "Wang"), EQUAL),
        (("O'Neil", "Sean"), ("Sean", "ONeil"), EQUAL),
        (("Anne-Marie", "Roux"), ("Anne Marie", "Roux"), EQUAL),
        (("Dr. Anna", "Lee"), ("Anna", "Lee"), EQUAL),
        (("İsmail", "Işık"), ("Ismail", "Isik"), EQUAL),
        (("Łukasz", "Żak"), ("Lukasz", "Zak"), EQUAL),
        (("A", "Lee"), ("Anna", "Lee"), LOOSE),
        (("A.", "Lee"), ("Anna", "Lee"), LOOSE),
        (("J P", "Roux"), ("Jean Paul", "Roux"), LOOSE),
        ((None, "Lee"), ("Anna", "Lee"), LOOSE),
        (("Anna", "Lee"), ("Anna Maria", "Lee"), LOOSE),
        (("Ana", "Garcia"), ("Ana", "Garcia Lopez"), LOOSE),
        ((None, None), ("Anna", "Lee"), LOOSE),
        (("Mario", "Rossi"), ("Maria", "Rossi"), CONTRADICTING),
        (("Jon", "Lee"), ("John", "Lee"), CONTRADICTING),
        (("Anna", "Lee"), ("Anna", "Leigh"), CONTRADICTING),
        (("B", "Lee"), ("Anna", "Lee"), CONTRADICTING),
        (("Anna", "Lee"), ("Ben", "Lee"), CONTRADICTING),
        (("Anna", "Lee"), ("Anna", "Ray"), CONTRADICTING),
    ],
)
def test_how_two_names_stand_to_each_other(one: Words, other: Words, likeness: Likeness) -> None:
    assert compare(name_of(*one), name_of(*other)) is likeness
    assert compare(name_of(*other), name_of(*one)) is likeness


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_name_equal_to_itself_in_every_spelling_of_unicode(given_name: str, family: str) -> None:
    name = name_of(given_name, family)
    assert compare(name, name) is (EQUAL if name.given + name.family else Likeness.LOOSE)
    again = name_of(
        *(unicodedata.normalize("NFC", unicodedata.normalize("NFD", text)) for text in (given_name, family))
    )
    assert all(word.isascii() and word.islower() for word in again.given + again.family)


@pytest.mark.parametrize("name", sorted(PSEUDO_NAMES))
def test_profiles_of_nobody_are_known_however_they_are_split(name: str) -> None:
    first, _, rest = name.partition(" ")
    assert is_pseudo(name_of(first, rest))
    assert is_pseudo(name_of(rest, first))
    assert is_pseudo(name_of(None, name.upper()))


@pytest.mark.parametrize(
    "words", [("Walk-In", "Guest"), ("Guest", "Walk-in"), ("House", None), (None, "T.B.A.".replace(".", ""))]
)
def test_front_desks_spellings_of_nobody(words: Words) -> None:
    assert is_pseudo(name_of(*words))


@pytest.mark.parametrize("words", [("Anna", "House"), ("Guest", "Lee"), (None, None), ("Walker", "Inn")])
def test_people_with_such_words_in_their_names_are_people(words: Words) -> None:
    assert not is_pseudo(name_of(*words))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("  Anna.Lee+news@Mail.Example ", "anna.lee+news@mail.example"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@BÜCHER.example", "anna@xn--bcher-kva.example"),
        ("ANNA@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"),
        ("jose\u0301@mail.example", "josé@mail.example"),
        ("straße@mail.example", "straße@mail.example"),
        ("no at sign", None),
        ("@mail.example", None),
        ("anna@", None),
        ("anna@localhost", None),
        ("an na@mail.example", None),
        ("anna@-.example", None),
        ("anna@" + "x" * 300 + ".example", None),
        ("", None),
    ],
)
def test_an_address_in_one_spelling(text: str, address: str | None) -> None:
    assert normalise_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "a@x.com,b@y.com", "a@x.com;b@y.com", "a@x.com b@y.com", "a@x.com <b@y.com>", "A <a@x.com>, B <b@y.com>",
        "a\0b@x.com", "a\u202eb@x.com", "a\u00a0b@x.com", '"a b"@x.com', f"{'a' * 65}@x.com", "a@b@x.com", "a@x..com",
        "a@.x.com", "a@[192.0.2.1]",
    ],
)  # fmt: skip
def test_two_addresses_or_what_hides_something_are_no_address(text: str) -> None:
    assert normalise_email(text) is None


@pytest.mark.parametrize("text", ["o'neil+club@mail.example", "jürgen@mail.example", "a..b.@mail.example"])
def test_odd_local_parts_that_exist_are_addresses(text: str) -> None:
    assert normalise_email(text) == text


def test_a_turkish_capital_i_is_not_taken_for_another_letter() -> None:
    assert normalise_email("İsmail@mail.example") != normalise_email("ismail@mail.example")
    assert normalise_email("ISMAIL@MAIL.EXAMPLE") == normalise_email("ismail@mail.example")
    assert normalise_email("ısmail@mail.example") != normalise_email("ismail@mail.example")


@given(st.from_regex(r"[^\s@]{1,12}@[a-zäöü]{1,10}\.[a-z]{2,5}", fullmatch=True))
def test_an_address_is_normal_after_once(text: str) -> None:
    once = normalise_email(text)
    assert once is None or normalise_email(once) == once


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("anna@mail.example", "own"),
        ("x.123@guest.booking.com", "relay"),
        ("x@sub.guest.booking.com", "relay"),
        ("anna@notguest.booking.com", "own"),
        ("anna@booking.com", "own"),
        ("anna@notairbnb.com", "own"),
        ("noemail@mail.example", "unusable"),
        ("no-reply@mail.example", "unusable"),
        ("none+7@mail.example", "unusable"),
        ("anonymized-1a2b@example.com", "unusable"),
        ("anna@vienna.example", "unusable"),
        ("reception@mail.vienna.example", "unusable"),
        ("anna@notvienna.example", "own"),
        ("nonesuch@mail.example", "own"),
        ("no.email@mail.example", "unusable"),
        ("keine_email@mail.example", "unusable"),
        ("sin-correo2@mail.example", "unusable"),
        ("pas.de.mail@mail.example", "unusable"),
        ("senzaemail@mail.example", "unusable"),
        ("anna@mail.invalid", "unusable"),
        ("nora.mail@mail.example", "own"),
        ("no@mail.example", "own"),
    ],
)
def test_what_an_address_can_be_used_for(address: str, kind: str) -> None:
    assert kind_of_email(address, ["vienna.example"]) == kind


def test_the_sources_own_word_beats_any_list() -> None:
    assert kind_of_email("anna@mail.example", flagged_relay=True) == "relay"
    assert all(kind_of_email(f"x@{domain}") == "relay" for domain in RELAY_DOMAINS)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("00420 601 234 567", None, "+420601234567"),
        ("+43 1 58800-0", None, "+431588000"),
        ("01 58800 0", "AT", "+431588000"),
        ("(020) 7946 0018", "GB", "+442079460018"),
        ("٠١ ٥٨٨٠٠ ٠", "AT", "+431588000"),
        ("0650 1234567", None, None),
        ("12", "AT", None),
        ("+1 000 000 0000", None, None),
        ("call me", "AT", None),
        ("", "AT", None),
        ("0" * 40, "AT", None),
    ],
)
def test_a_phone_number_in_one_spelling(text: str, country: str | None, number: str | None) -> None:
    assert normalise_phone(text, country) == number
