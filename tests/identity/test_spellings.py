"""One person's name, address or number in many spellings, and what only looks like another spelling of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.identifiers import normalise_email, normalise_member
from chalicelib.identity.names import Likeness, compare, generation_of, given_names_agree, name_of, spelling_in_ids
from chalicelib.identity.parties import are_several
from chalicelib.identity.phones import normalise_phone, number_told
from chalicelib.identity.typed import readings

EQUAL, LOOSE, CONTRADICTING = Likeness.EQUAL, Likeness.LOOSE, Likeness.CONTRADICTING
Words = tuple[str | None, str | None]


def likeness(one: Words, other: Words) -> Likeness:
    there, back = compare(name_of(*one), name_of(*other)), compare(name_of(*other), name_of(*one))
    assert there is back
    return there


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ji-won", "Park"), ("Jiwon", "Park")),
        (("Ji won", "Park"), ("Jiwon", "Park")),
        (("Park", "Ji-won"), ("Jiwon", "Park")),
        (("Anna Lena", "Huber"), ("Annalena", "Huber")),
        (("Ian", "Mac Gregor"), ("Ian", "MacGregor")),
        (("Piet", "van den Brink"), ("Piet", "Vandenbrink")),
        (("Piet", "van den Brink"), ("Piet", "Van denBrink")),
        (("Piet van den", "Brink"), ("Piet", "Vandenbrink")),
        (("Luz", "De la Vega"), ("Luz", "Delavega")),
        (("Una", "O Brien"), ("Una", "O’Brien")),
        (("Una", "O'Brien"), ("Una", "OBrien")),
        (("지 원", "박"), ("지원", "박")),
        (("علی\u200cرضا", "رضایی"), ("علیرضا", "رضایی")),
    ],
)
def test_a_name_written_apart_or_together_is_one(one: Words, other: Words) -> None:
    assert likeness(one, other) is EQUAL


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Annalena", "Huber"), ("Anna Lena Rosa", "Huber"), LOOSE),
        (("Ian", "Mac Gregor"), ("Ian", "MacGregor Hay"), LOOSE),
        (("Piet", "Brink"), ("Piet", "van den Brink"), LOOSE),
        (("Ann A", "Lee"), ("Anna", "Lee"), CONTRADICTING),
        (("Jo", "Lee"), ("Joanna", "Lee"), CONTRADICTING),
        (("Ji", "Park"), ("Jiwon", "Park"), CONTRADICTING),
    ],
)
def test_a_part_of_a_name_is_one_however_its_words_are_parted(one: Words, other: Words, expected: Likeness) -> None:
    assert likeness(one, other) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Սևակ", "Պետրոսյան"), ("Sevak", "Petrosyan")),
        (("ՍԵՎԱԿ", "ՊԵՏՐՈՍՅԱՆ"), ("Սևակ", "Պետրոսյան")),
        (("Սեւակ", "Պետրոսյան"), ("Sevak", "Petrosyan")),
        (("İPEK", "ILICALI"), ("Ipek", "Ilıcalı")),
        (("ΝΙΚΟΣ", "ΛΑΜΠΡΟΣ"), ("Νίκος", "Λάμπρος")),
        (("Νίκος", "Λάμπρος"), ("Nikos", "Lampros")),
        (("STRAUẞ", "Ida"), ("Strauss", "Ida")),
        (("Urs", "Rüegg"), ("Urs", "Rueegg")),
        (("Ｉｄａ", "Ｈｏｌｍ"), ("Ida", "Holm")),
        (("ﬁona", "Hay"), ("Fiona", "Hay")),
    ],
)
def test_signs_that_fall_apart_when_case_is_folded_are_read_before(one: Words, other: Words) -> None:
    assert likeness(one, other) is EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("芳", "王"), ("方", "王")),
        ((None, "王芳"), (None, "王方")),
        (("方", "王"), ("方明", "王")),
        (("伟", "李"), ("纬", "李")),
        (("俊", "金"), ("俊浩", "金")),
    ],
)
def test_what_sounds_alike_and_is_written_differently_in_one_script_is_not_one_name(one: Words, other: Words) -> None:
    assert likeness(one, other) is CONTRADICTING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("伟", "李"), ("Wei", "Li")),
        ((None, "王芳"), ("芳", "王")),
        (("偉", "張"), ("伟", "张")),
        (("花子", "山田様"), ("花子", "山田")),
        (("ハナコ", "ヤマダ"), ("ﾊﾅｺ", "ﾔﾏﾀﾞ")),
        (("はなこ", "やまだ"), ("ハナコ", "ヤマダ")),
        (("ハ\u3099ハ\u3099", "ヤマダ"), ("ババ", "ヤマダ")),
        (("أَحْمَد", "حسن"), ("احمد", "حسن")),
        (("فاطمة", "علي"), ("فاطمه", "علی")),
        (("Алёна", "Королёва"), ("Алена", "Королева")),
        (("Андрей", "Ли"), ("Андреи\u0306", "Ли")),
        (("שָׁלוֹם", "כֹּהֵן"), ("שלום", "כהן")),
    ],
)
def test_one_script_forgives_what_is_a_matter_of_typing(one: Words, other: Words) -> None:
    assert likeness(one, other) is EQUAL


def test_initials_are_of_letters_and_not_of_syllables() -> None:
    assert likeness(("А.", "Королёва"), ("Алёна", "Королева")) is LOOSE
    assert likeness(("지", "박"), ("지원", "박")) is CONTRADICTING


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Prof", "Lee"), ("Anna", "Lee"), LOOSE),
        (("Anna", "Herr"), ("Anna", "Lee"), LOOSE),
        (("Dr. med. Anna", "Lee"), ("Anna", "Lee"), EQUAL),
        (("Dipl.-Ing. Anna", "Lee"), ("Prof. Dr. h.c. Anna", "Lee"), EQUAL),
        (("Ing", "Lee"), ("Anna", "Lee"), CONTRADICTING),
        (("Don", "Lee"), ("Anna", "Lee"), CONTRADICTING),
        (("John", "Hay Jr."), ("John", "Hay"), LOOSE),
        (("John", "Hay, Jr"), ("John II", "Hay"), EQUAL),
        (("John", "Hay Jr."), ("John", "Hay Sr."), CONTRADICTING),
        (("John", "Hay III"), ("John Jr", "Hay"), CONTRADICTING),
        (("Sr. Juan", "Hay"), ("Juan", "Hay"), EQUAL),
        (("Jun", "Hay"), ("Jun", "Hay"), EQUAL),
        (("Kumar", "Sen"), ("Kumar", "Sen"), EQUAL),
        (("Ho Jun", "Hay"), ("Ho", "Hay"), LOOSE),
        (("מר דוד", "לוי"), ("דוד", "לוי"), EQUAL),
        (("ד״ר רות", "לוי"), ("רות", "לוי"), EQUAL),
        (("κ. Νίκος", "Λάμπρος"), ("Νίκος", "Λάμπρος"), EQUAL),
        (("Госпожа Алёна", "Королёва"), ("Алёна", "Королёва"), EQUAL),
        (("الدكتور حسن", "علي"), ("حسن", "علي"), EQUAL),
        (("السيد", "علي"), ("حسن", "علي"), CONTRADICTING),
        (("คุณสมชาย", "ใจดี"), ("สมชาย", "ใจดี"), EQUAL),
        (("นางสาว มาลี", "ใจดี"), ("มาลี", "ใจดี"), EQUAL),
        (("คุณากร", "ใจดี"), ("คุณากร", "ใจดี"), EQUAL),
        (("คุณากร", "ใจดี"), ("สมชาย", "ใจดี"), CONTRADICTING),
    ],
)
def test_titles_say_nothing_and_generations_tell_two_people(one: Words, other: Words, expected: Likeness) -> None:
    assert likeness(one, other) is expected


def test_generations_have_many_spellings_and_most_words_are_none() -> None:
    assert [generation_of(text) for text in ("Jr", "Jr.", "junior", "II", "2nd")] == [2] * 5
    assert [generation_of(text) for text in ("Sr.", "SENIOR", "III", "iv")] == [1, 1, 3, 4]
    assert [generation_of(text) for text in (None, "", "Smith", "V", "Mr")] == [None] * 5


PARTIES: list[tuple[str | None, str | None, str | None]] = [
    (None, "Ida & Tom", "Holm"),
    (None, "Ida＆Tom", "Holm"),
    (None, "Ida+Tom", "Holm"),
    (None, "Ida/Tom", "Holm"),
    (None, "IDA UND TOM", "Holm"),
    (None, "Ida et Tom", "Holm"),
    (None, "Ida y Tom", "Holm"),
    (None, "Ida og Tom", "Holm"),
    (None, "Ида и Том", "Хольм"),
    (None, "Ida und Tom", None),
    (None, None, "Ida and Tom Holm"),
    (None, None, "Mr and Mrs Holm"),
    (None, None, "Mr. & Mrs. Tom Holm"),
    (None, "Herr und Frau", "Holm"),
    ("Mr & Mrs", None, "Holm"),
    ("Monsieur et Madame", None, "Holm"),
    ("Familie", None, "Holm"),
    ("Familie", "Tom", "Holm"),
    (None, "Fam.", "Holm"),
    (None, None, "Holm Family"),
    (None, None, "Famille Holm"),
    (None, "Tom", "Holm & Hay"),
    (None, "太郎", "山田夫妻"),
    (None, "太郎と花子", "山田"),
    (None, "太郎・花子", "山田"),
    (None, "Ida u. Tom", "Holm"),
    (None, "ครอบครัว", "ใจดี"),
    ("Dr & Mrs", "Tom", "Holm"),
    (None, "أحمد وفاطمة", "حسن"),
    (None, None, "أحمد وفاطمة"),
    (None, "أحمد و فاطمة", "حسن"),
    (None, "وليد ووفاء", "حسن"),
    (None, "אבי ורותי", "כהן"),
    (None, "אבי ורותי", None),
    (None, None, "אבי ורותי כהן"),
    (None, None, "משפחת כהן"),
    (None, "Jan a Marie", "Novákovi"),
    (None, None, "Jan a Marie Novákovi"),
    (None, "Jan i Maria", "Nowak"),
    (None, "Ana i Ivan", "Horvat"),
    (None, "Janez in Maja", "Kranjc"),
    (None, "Ali ve Ayşe", "Yılmaz"),
    (None, "ALİ VE AYŞE", "YILMAZ"),
    (None, None, "Ali ve Ayşe Yılmaz"),
    (None, "János és Mária", "Nagy"),
    (None, "Matti ja Liisa", "Virtanen"),
    (None, None, "Matti ja Liisa Virtanen"),
    (None, "Γιάννης και Μαρία", "Παππάς"),
    (None, "Γιάννης κι Ελένη", "Παππάς"),
    (None, "ΓΙΑΝΝΗΣ ΚΑΙ ΜΑΡΙΑ", "ΠΑΠΠΑΣ"),
    (None, "Լևոն և Աննա", "Արոնյան"),
    (None, "Լևոն եւ Աննա", "Արոնյան"),
    (None, "Լևոն ու Աննա", "Արոնյան"),
    (None, "გიორგი და ნინო", "გელაშვილი"),
    (None, "राम और सीता", "शर्मा"),
    (None, "สมชายและสมหญิง", "ใจดี"),
    (None, "Minh và Lan", "Nguyễn"),
    (None, "Jonas ir Ona", "Kazlauskas"),
    (None, "Ion și Maria", "Pop"),
    (None, "タロウとハナコ", "ヤマダ"),
    (None, "민준과 서연", "김"),
    (None, "수지와 민호", "김"),
    (None, "小明和小红", "王"),
    (None, "小明 與 小紅", "王"),
    (None, "伟和丽", "王"),
    (None, None, "李伟和王丽"),
    (None, "Ida &amp; Tom", "Holm"),
    (None, "Ida &amp;amp; Tom", "Holm"),
    (None, "Ida &#38; Tom", "Holm"),
    (None, "Ida %26 Tom", "Holm"),
    (None, "Ida ／ Tom", "Holm"),
    (None, "Ida | Tom", "Holm"),
    (None, "Ida 'n Tom", "Holm"),
    (None, None, "Ida u. Tom Holm"),
    (None, None, "José y María Gil"),
]
ONE_PERSON: list[tuple[str | None, str | None, str | None]] = [
    ("Mr/Mrs", "Ida", "Holm"),
    ("Herr/Frau", "Ida", "Holm"),
    ("M.", "Tom", "Holm"),
    (None, "Mary E", "Holm"),
    (None, "Maria E Luisa", "Holm"),
    (None, "José", "Ortega y Gasset"),
    (None, "Rui", "Costa e Silva"),
    (None, "Max", "von und zu Stein"),
    (None, "Ida", "Thurn und Taxis"),
    (None, "Bob +1", "Holm"),
    (None, "Bob and", "Holm"),
    (None, None, "HOLM/TOM MR"),
    (None, "Sandy", "Anderson"),
    (None, "Family", None),
    (None, "さとこ", "山田"),
    (None, "アンナ・マリア", "リー"),
    (None, "Tom U.", "Holm"),
    (None, "وليد", "وهبي"),
    (None, "أحمد وليد", "حسن"),
    (None, "محمد وسيم", "خان"),
    (None, None, "أحمد وهبة"),
    (None, "دانا ورد", "حسن"),
    (None, "דני ולדימיר", "כהן"),
    (None, None, "דני וייס"),
    (None, None, "אבי ורדי כהן"),
    (None, "Ivan I.", "Horvat"),
    (None, "I. Ivan", "Horvat"),
    (None, "José", "Pi y Margall"),
    (None, None, "Ortega y Gasset"),
    (None, None, "José Ortega y Gasset"),
    (None, "Mary Jo", "Holm"),
    (None, "Ja'far", "Holm"),
    (None, "Hyun Ja", "Kim"),
    (None, None, "KIM JA YOUNG"),
    (None, None, "Kim Jong Un"),
    (None, "Eva-Maria", "Holm"),
    (None, "JOHN A", "SMITH"),
    (None, None, "John A Smith"),
    (None, "mary a jane", "smith"),
    (None, "Ravi s/o Kumar", "Holm"),
    (None, "Li Dan Ni", "Wang"),
    (None, "Ali", "Ve"),
    (None, "美和子", "山田"),
    (None, "佐和子", "山田"),
    (None, "与志夫", "山田"),
    (None, None, "欧阳和平"),
    (None, None, "小林和太郎"),
    (None, "さとみ", "佐藤"),
    (None, None, "하세가와 유키"),
    (None, "과장", "김"),
    (None, None, None),
]


@pytest.mark.parametrize("named", PARTIES, ids=str)
def test_couples_and_families_are_several_people(named: tuple[str | None, str | None, str | None]) -> None:
    assert are_several(*named)


@pytest.mark.parametrize("named", ONE_PERSON, ids=str)
def test_one_person_is_not_taken_for_several(named: tuple[str | None, str | None, str | None]) -> None:
    assert not are_several(*named)


def test_a_couple_is_neither_of_its_people_and_itself_again() -> None:
    couple = ("Ida & Tom", "Holm")
    assert [likeness(couple, each) for each in (("Ida", "Holm"), ("Tom", "Holm"), (None, "Holm"))] == [
        CONTRADICTING
    ] * 3
    assert likeness(couple, ("Ida + Tom", "Holm")) is EQUAL
    assert likeness(couple, ("Ida &amp; Tom", "Holm")) is EQUAL
    assert likeness(("Ida & Tom", "Holm Jr."), ("Ida & Tom", "Holm Sr.")) is CONTRADICTING
    assert not given_names_agree(name_of(*couple), name_of("Ida", "Holm"))


@pytest.mark.parametrize("given_name", ["Dr. Jörg", "JOERG", "jorg"])
def test_the_name_in_an_id_is_the_one_it_always_was(given_name: str) -> None:
    assert spelling_in_ids(given_name, "O'Neil-Weiß") == "jorg oneil weiss"
    assert spelling_in_ids("Ji-won", "Holm Jr.") == "ji won holm jr"
    assert spelling_in_ids(None, None) == ""


def test_names_that_sound_alike_are_not_one_record_where_the_source_has_no_ids() -> None:
    assert spelling_in_ids("芳", "王") != spelling_in_ids("方", "王")


@pytest.mark.parametrize(
    "text",
    [
        "ida@mail.example.", "ida@mail.example。", "Ida Holm <ida@mail.example>", '"Holm, Ida" <ida@mail.example>',
        "<ida@mail.example>", "mailto:Ida@Mail.example?subject=Hello", "E-Mail: ida@mail.example", '"ida"@mail.example',
        '"ida@mail.example"', "'ida@mail.example'", "“ida@mail.example”", "ida＠mail.example",
        "ｉｄａ＠mail．ｅｘａｍｐｌｅ",
        "i\u200bda@mail.example", "ida@mail\u00ad.example", "\ufeffida@mail.example\u2060", "ida @ mail.example",
        "ida@mail.example;", "ida@mail.example (work)", "\tida@mail.example\r\n", "ida@mail.example\u00a0",
    ],
)  # fmt: skip
def test_what_copying_adds_to_an_address_is_taken_off(text: str) -> None:
    assert normalise_email(text) == "ida@mail.example"
    assert readings("email", text, ())[0] == "ida@mail.example"


@given(st.text(max_size=12), st.sampled_from(["", ".", "。", " ", "\u200b", ">", ";", '"']))
def test_a_repaired_address_needs_no_further_repair(local: str, behind: str) -> None:
    once = normalise_email(f"{local}@mail.example{behind}")
    assert once is None or normalise_email(once) == once


@pytest.mark.parametrize("text", ["HX 4711", "hx4711", "HX-4711", "hx.47.11", "ＨＸ４７１１", " HX/4711 ", "#hx4711"])
def test_a_member_number_is_one_in_every_spelling(text: str) -> None:
    assert normalise_member(text) == "HX4711"
    assert readings("member", text, ()) == ["HX4711"]


@pytest.mark.parametrize("text", ["٤٧١١", "۴۷۱۱", "४७११", "４７１１"])
def test_a_member_number_is_one_in_every_script_s_digits(text: str) -> None:
    assert normalise_member(text) == "4711"


@pytest.mark.parametrize(
    "text",
    ["0", "00", "000000", "N/A", "n.a.", "none", "NONE", "TBA", "t.b.a.", "-", "--", "?", ".", "", " ", "x", "xxxx",
     "99999", "1111", "keine", "Ohne", "not a member", "０", "unknown", "無", "無し", "нету",
     "لا يوجد", "אין", "k.A.", "keine Angabe", "pas de carte", "no tiene", "None given", "#REF!"],
)  # fmt: skip
def test_what_stands_for_no_number_is_none(text: str) -> None:
    assert normalise_member(text) is None
    assert readings("member", text, ()) == []


@pytest.mark.parametrize("text", ["7", "11", "0001", "M-1", "N1", "X0", "NA12", "None7", "KJHGFDSA", "pas 1", "金1"])
def test_short_and_odd_member_numbers_are_numbers(text: str) -> None:
    assert normalise_member(text)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+52 1 33 1234 5678", None, "+523312345678"),
        ("521 33 1234 5678", "MX", "+523312345678"),
        ("044 33 1234 5678", "MX", "+523312345678"),
        ("+52 33 1234 5678", None, "+523312345678"),
        ("+55 21 8765 4321", None, "+5521987654321"),
        ("4915223456781", "DE", "+4915223456781"),
        ("4915223456781", "AT", "+4915223456781"),
        ("4915223456781", "ES", "+4915223456781"),
        ("49 211 12345678", "DE", "+4921112345678"),
        ("4366412345678", "AT", "+4366412345678"),
        ("15223456781", "DE", "+4915223456781"),
        ("447911123456", "GB", "+447911123456"),
        ("0049 1522 3456781", "AT", "+4915223456781"),
        ("(0049) 1522 3456781", "AT", "+4915223456781"),
        ("+0049 1522 3456781", None, "+4915223456781"),
        ("+49 (0) 1522 3456781", None, "+4915223456781"),
        ("0049(0)1522-3456781", "US", "+4915223456781"),
        ("+49 1522 3456781 ext. 12", None, "+4915223456781"),
        ("+43 1 588000 DW 12", None, "+431588000"),
        ("01 588000 Klappe 12", "AT", "+431588000"),
        ("+1 212 736 5000 x45", None, "+12127365000"),
        ("\u202a+49 1522 3456781\u202c", None, "+4915223456781"),
        ("＋４９１５２２３４５６７８１", None, "+4915223456781"),
        ("tel:+49-1522-3456781", None, "+4915223456781"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("84951234567", "RU", "+74951234567"),
        ("8 727 244 10 20", "KZ", "+77272441020"),
        ("0011 44 20 7946 0018", "AU", "+442079460018"),
        ("001 44 20 7946 0018", "SG", "+442079460018"),
        ("+49 1522 3456781 (Ida)", None, "+4915223456781"),
        ("01522 3456781 mobil", "DE", "+4915223456781"),
        ("01522 3456781 - büro", "DE", "+4915223456781"),
        ("+49 1522 3456781 ext. 12 (Ida)", None, "+4915223456781"),
        ("+49 1522 3456781;ext=12", None, "+4915223456781"),
        ("+43 660 123456 office 01 588000", None, None),
        ("+43 660 CALLIDA", None, None),
        ("000000000", "DE", None),
        ("0111111111", "DE", None),
        ("0123456789", "DE", None),
        ("+49 1522 3456781 / +49 30 123456", None, None),
        ("n/a", "DE", None),
        ("4915223456781", None, None),
    ],
)
def test_a_number_is_read_as_it_is_dialled_today(text: str, country: str | None, number: str | None) -> None:
    assert normalise_phone(text, country) == number
    assert number is None or normalise_phone(number, country) == number


def test_an_argentine_mobile_is_one_number_with_and_without_the_nine_that_is_dialled_from_abroad() -> None:
    spelt = ["+54 9 11 4321 5678", "011 15 4321-5678", "+54 11 4321 5678", "0054 9 11 4321 5678"]
    numbers = [normalise_phone(each, "AR") for each in spelt]
    assert {number_told(each) for each in numbers if each} == {"+541143215678"}
    assert numbers[0] == "+5491143215678"
    assert [readings("phone", each, ["AR"]) for each in spelt] == [["+541143215678"]] * 4


@pytest.mark.parametrize(("text", "country"), [("33612345678", "AT"), ("41791234567", "DE"), ("31612345678", "LU")])
def test_a_number_that_may_be_two_countries_is_not_guessed(text: str, country: str) -> None:
    """A landline of the hotel's country without its zero, or another country's mobile without its plus."""
    assert normalise_phone(text, country) is None
    assert normalise_phone(f"+{text}", country) == f"+{text}"


def test_what_is_typed_to_be_found_is_looked_for_in_each_country() -> None:
    assert readings("phone", "15223456781", ["DE", "US"]) == ["+4915223456781", "+15223456781"]
    assert readings("phone", "15223456781", ()) == []
