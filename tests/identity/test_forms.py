"""Under which forms a name is found, and by what somebody types: plain values."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.forms import FEWEST, LONGEST, MOST, asked, listed
from chalicelib.identity.names import is_title

Words = tuple[str | None, str | None]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (("Anna", "Huber"), ("huberanna", "annahuber")),
        ((None, "Huber"), ("huber",)),
        (("Anna", None), ("anna",)),
        ((None, None), ()),
        (("Dr. Anna", "Huber Jr."), ("huberanna", "annahuber")),
        (("María", "García López"), ("garcialopezmaria", "mariagarcialopez", "lopezmaria")),
        (("Anna Maria", "Huber"), ("huberannamaria", "annamariahuber", "mariahuber")),
        (("Jan", "van der Berg"), ("vanderbergjan", "janvanderberg", "bergjan")),
        (("José María", "Cruz y Ortega"), ("cruzyortegajosemaria", "josemariacruzyortega", "ortegajosemaria",
                                           "mariacruzyortega")),
        (("伟", "王"), ("wangwei", "weiwang")),
        (("A", "B"), ("ba", "ab")),
        ((None, "X"), ()),
        ((None, "Sir"), ("sir",)),
    ],
)  # fmt: skip
def test_a_name_has_these_forms(name: Words, forms: tuple[str, ...]) -> None:
    assert listed(*name).forms == forms


FOUND = [
    ("hub", ("Anna", "Huber")),
    ("ANN", ("Anna", "Huber")),
    ("anna hu", ("Anna", "Huber")),
    ("Huber, Anna", ("Anna", "Huber")),
    ("hub an", ("Anna", "Huber")),
    ("Mr Hub", ("Anna", "Huber")),
    ("john smi", ("John William", "Smith")),
    ("smith john", ("John William", "Smith")),
    ("lopez", ("María José", "García López")),
    ("garcia lo", ("María José", "García López")),
    ("jose", ("María José", "García")),
    ("muell", ("Eva", "Müller")),
    ("mull", ("Eva", "Mueller")),
    ("Mü", ("Eva", "Muller")),
    ("samue", ("Samuel", "Roe")),
    ("gross", ("Jörg", "Groß")),
    ("GROẞ", ("Jörg", "Gross")),
    ("joerg", ("Jörg", "Groß")),
    ("isma", ("İsmail", "Işık")),
    ("ISIK", ("İsmail", "Işık")),
    ("ışı", ("Ismail", "ISIK")),
    ("obrien", ("Pat", "O'Brien")),
    ("o brien", ("Pat", "O'Brien")),
    ("O\u2019Br", ("Pat", "O'Brien")),
    ("o'br", ("Pat", "O\u2019Brien")),
    ("jean luc", ("Jean-Luc", "Roux")),
    ("jeanl", ("Jean-Luc", "Roux")),
    ("luc", ("Jean-Luc", "Roux")),
    ("berg", ("Jan", "van der Berg")),
    ("vander", ("Jan", "van der Berg")),
    ("van der be", ("Jan", "Vanderberg")),
    ("jun ho", ("Junho", "Kim")),
    ("junho", ("Jun-ho", "Kim")),
    ("oʻzb", ("Ali", "O'zbek")),
    ("γιωρ", ("Γιώργος", "Παπαδόπουλος")),
    ("ΓΙΏΡΓΟΣ", ("Γιώργος", "Παπαδόπουλος")),
    ("giorgos pap", ("Γιώργος", "Παπαδόπουλος")),
    ("հակոբ", ("Արամ", "ՀԱԿՈԲՅԱՆ")),
    ("hakobyan", ("Արամ", "Հակոբյան")),
    ("եվա", ("Եւա", "Սարգսյան")),
    ("петр", ("Андрей", "Петров")),
    ("andrey", ("Андрей", "Петров")),
    ("Алена", ("Алёна", "Ким")),
    ("王伟", ("伟", "王")),
    ("王", ("伟", "王")),
    ("wang w", ("伟", "王")),
    ("陳", ("Mei", "陈")),
    ("タナ", ("たろう", "たなか")),
    ("김철", ("철수", "김")),
    ("محمد", ("مُحَمَّد", "علی")),
    ("علي", ("محمد", "علی")),
    ("\u200fכהן", ("דוד", "כהן")),
    ("smith", ("John & Mary", "Smith")),
    ("mary", ("John & Mary", "Smith")),
    ("miss", ("Ada", "Missoni")),
    ("ሰላም", ("ሰላም", "በቀለ")),
]


@pytest.mark.parametrize(("typed", "name"), FOUND)
def test_a_name_is_found_by_its_beginning_however_it_is_typed(typed: str, name: Words) -> None:
    assert asked(typed).is_enough
    assert asked(typed).fits(listed(*name))


@pytest.mark.parametrize(("typed", "name"), FOUND)
def test_whoever_fits_lies_where_is_looked_for_him(typed: str, name: Words) -> None:
    """Rows are looked for by the beginning of a form alone: of what was typed, or of its longest word."""
    looked_for = tuple(each for each in (asked(typed).beginning, asked(typed).anchor) if each)
    assert any(form.startswith(looked_for) for form in listed(*name).forms)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("uber", ("Anna", "Huber")),
        ("nna", ("Anna", "Huber")),
        ("hubert", ("Anna", "Huber")),
        ("anna mar", ("Anna", "Huber")),
        ("anna anna", ("Anna", "Huber")),
        ("brien", ("Pat", "O'Brien")),
        ("der berg", ("Jan", "Vanderberg")),
        ("huber", (None, None)),
    ],
)
def test_nobody_is_found_by_what_stands_within_a_word(typed: str, name: Words) -> None:
    assert not asked(typed).fits(listed(*name))


@pytest.mark.parametrize("typed", ["", " ", "a", "鄂", "É.", "12", "'", "\u200f", "%_"])
def test_less_than_two_letters_ask_for_nobody(typed: str) -> None:
    assert not asked(typed).is_enough


names = st.one_of(st.none(), st.text(max_size=60), st.sampled_from([name for _, pair in FOUND for name in pair]))


@given(names, names)
def test_any_name_has_few_and_short_forms_and_is_found_by_itself(given_name: str | None, family: str | None) -> None:
    found = listed(given_name, family)
    assert len(found.forms) <= MOST
    assert all(FEWEST <= len(form) <= LONGEST for form in found.forms)
    assert all(form.isascii() and form.isalpha() and form.islower() for form in found.forms)
    typed = asked(family or "")
    assert not typed.is_enough or any(map(is_title, typed.words)) or typed.fits(found)


@given(st.sampled_from([name for _, pair in FOUND for name in pair if name]), st.integers(1, 12))
def test_each_beginning_of_a_name_is_a_beginning_of_its_form(name: str, letters: int) -> None:
    """While it is typed: no letter that follows takes away what stood before."""
    beginning = asked(unicodedata.normalize("NFC", name)[:letters]).beginning
    whole = asked(name).beginning
    assert whole.startswith(beginning) or len(asked(name[:letters]).words) != len(asked(name).words)
