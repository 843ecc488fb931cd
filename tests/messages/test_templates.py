"""Templates: what is refused when saved, and what a guest reads."""

import json
import tracemalloc
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid import BoundTemplate, Environment
from pydantic import ValidationError

from chalicelib.canonical.errors import Invalid
from chalicelib.guests.model import Traits
from chalicelib.messages import templates
from chalicelib.messages.channels.email import MailWriter
from chalicelib.messages.dear import dear_to_read
from chalicelib.messages.known import Fault
from chalicelib.messages.markup import link_is_fit
from chalicelib.messages.model import Template
from chalicelib.messages.sandbox import FILTERS, environment
from chalicelib.messages.templates import Renderer, Unfit, check
from chalicelib.messages.variables import SAMPLE_CLOCK, clean
from chalicelib.properties.model import Branding

URL = "https://hub.example.com/u/token"
ADDRESS = "Hotel Ex & Co, Main Street 1, Vienna"
NAMES = Branding(postal_address=ADDRESS)
GREETING = "Dear {{ guest.given_name | default: 'guest' }}"


def template(**parts: str) -> Template:
    known = {"subject": "News", "html": f"<p>{GREETING}</p>", "text": GREETING, **parts}
    return Template.model_validate({"id": "t", "name": "T", **known})


def render(traits: Traits, **parts: str) -> Any:
    checked = template(**parts)
    check(checked)
    return SimpleNamespace(**MailWriter(checked, NAMES, SAMPLE_CLOCK).write("anna@mail.example", traits, URL, {}).parts)


@pytest.mark.parametrize(
    ("part", "source", "words"),
    [
        ("html", "{% if %}", "not Liquid"),
        ("html", "{{ guest.given_name", "not Liquid"),
        ("text", "{% include 'passwords' %}", "not Liquid"),
        ("text", "{% render 'other' %}", "not Liquid"),
        ("html", "{{ guest.given_name | safe }}", "filter safe"),
        ("text", "{{ guest.shoe_size }}", "guest.shoe_size, which is not known"),
        ("text", "{{ guest }}", "guest, which is not known"),
        ("text", "{{ guest['email'] }}", "not known"),
        ("text", "{% for x in secrets %}{{ x }}{% endfor %}", "secrets, which is not known"),
        ("subject", "News\r\nBcc: all@example.com", "header"),
        ("subject", "News\0", "header"),
        ("html", '<a href="http://hotel.example/">x</a>', "https"),
        ("html", '<a href="//evil.example/">x</a>', "begin with"),
        ("html", '<a href="javascript:alert(1)">x</a>', "begin with"),
        ("html", '<a href="https://hotel.example@evil.example/">x</a>', "begin with"),
        ("html", '<a href="https:\\\\evil.example/">x</a>', "begin with"),
        ("html", '<a href="https://{{ guest.country }}.example/">x</a>', "begin with"),
        ("html", '<img src="http://hotel.example/x.png">', "https"),
        ("html", "<script>1</script>", "script"),
        ("html", '<p onclick="x()">x</p>', "onclick"),
        ("text", "see http://hotel.example", "https"),
    ],
)
def test_what_must_not_be_mailed_is_refused(part: str, source: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(template(**{part: source}))
    assert refused.value.fields[0].field == part
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "link",
    [
        "https://hotel.example/a?b=c#d",
        "mailto:desk@hotel.example",
        "tel:+431",
        "{{ unsubscribe_url }}",
        "#",
        "{{ hotel.booking_url }}",
        "{{hotel.logo_url}}",
    ],
)
def test_plain_links_are_taken(link: str) -> None:
    assert link_is_fit(link)


@pytest.mark.parametrize("link", ["{{ hotel.booking_url }}/x", "{{ guest.country }}", "{{ hotel.sender }}"])
def test_no_other_variable_is_a_link(link: str) -> None:
    assert not link_is_fit(link)


LINKED = '<a href="{{ hotel.booking_url }}"><img src="{{ hotel.logo_url }}"></a>'


def test_a_template_links_to_the_hotel_s_own_pages() -> None:
    names = NAMES.model_copy(update={"booking_url": "https://h.example/b?x=1&y=2", "logo_url": "https://h.example/l"})
    content = Renderer(template(html=LINKED, text="{{ hotel.booking_url }}"), names, SAMPLE_CLOCK).render(Traits(), URL)
    assert content.html == '<a href="https://h.example/b?x=1&amp;y=2"><img src="https://h.example/l"></a>'
    assert content.text == "https://h.example/b?x=1&y=2"


def test_a_page_that_the_hotel_does_not_have_is_a_missing_value_unless_there_is_a_default() -> None:
    with pytest.raises(Unfit):
        Renderer(template(html=LINKED), NAMES, SAMPLE_CLOCK).render(Traits(), URL)
    source = "{% if hotel.booking_url %}{{ hotel.booking_url }}{% else %}call us{% endif %}"
    assert Renderer(template(text=source), NAMES, SAMPLE_CLOCK).render(Traits(), URL).text == "call us"


def test_a_name_is_printed_as_text() -> None:
    hostile = Traits(given_name="{{7*7}}<script>${x}{% raw %}{{#each}}")
    content = render(hostile)
    assert "{{7*7}}&lt;script&gt;${x}{% raw %}{{#each}}" in content.html
    assert "Dear {{7*7}}<script>${x}" in content.text


def test_a_missing_name_is_never_printed_as_nothing() -> None:
    with pytest.raises(Unfit) as unfit:
        render(Traits(), text="Dear {{ guest.given_name }},")
    assert unfit.value.fault is Fault.VALUE_MISSING
    with pytest.raises(Unfit):
        render(Traits(given_name="  \u202e "), html="<p>{{ guest.given_name | upcase }}</p>")


def test_a_default_or_a_question_stands_in_for_a_missing_name() -> None:
    asked = "{% if guest.family_name %}Family {{ guest.family_name }}{% else %}Dear guest{% endif %}"
    assert render(Traits()).text.startswith("Dear guest")
    assert render(Traits(), text=asked).text.startswith("Dear guest")
    assert render(Traits(family_name="Huber"), text=asked).text.startswith("Family Huber")


def test_direction_overrides_and_line_breaks_leave_a_subject() -> None:
    traits = Traits(given_name="An\u202ena\r\nBcc: x.example\0")
    assert render(traits, subject="For {{ guest.given_name }}").subject == "For An na Bcc: x. example"
    assert clean("An\u202ena\r\nBcc: x@example.com\0") == "An na Bcc: x @ example. com"


def test_names_of_all_scripts_stay_as_they_are() -> None:
    for name in ("José", "O'Neil", "王伟", "عمر", "👩‍👧"):
        assert f"Dear {name}" in render(Traits(given_name=name)).text


def test_every_mail_has_the_address_and_a_way_out() -> None:
    content = render(Traits(), html="<html><body><p>Hi</p></body></html>", text="Hi")
    assert content.html.endswith("</p></body></html>")
    assert "Hotel Ex &amp; Co" in content.html
    assert f'<a ses:no-track href="{URL}">' in content.html
    assert ADDRESS in content.text
    assert URL in content.text


def test_what_the_template_places_is_not_placed_again() -> None:
    html = '<p>Hi, {{ postal_address }} <a class="x" href="{{ unsubscribe_url }}">out</a></p>'
    content = render(Traits(), html=html, text="Hi\n{{ hotel.postal_address }} {{ unsubscribe_url }}")
    assert (
        content.html
        == f'<p>Hi, Hotel Ex &amp; Co, Main Street 1, Vienna <a ses:no-track class="x" href="{URL}">out</a></p>'
    )
    assert content.text == f"Hi\n{ADDRESS} {URL}"


def test_only_the_way_out_is_kept_from_being_tracked_and_once() -> None:
    links = [
        '<a href="https://hotel.example.com/spa">Spa</a>',
        f'<a class="x" href="{URL}">out</a>',
        f'<a ses:no-track href="{URL}">out</a>',
        f'<abbr title="{URL}">out</abbr>',
        f'<a\nhref="{URL}">out</a>',
    ]
    html = render(Traits(), html="<p>{{ postal_address }}" + "".join(links), text="Hi").html
    kept = [each if "class" not in each and "\n" not in each else f"<a ses:no-track{each[2:]}" for each in links]
    assert html.endswith("".join(kept))


ENDLESS = "{% for i in (1..100000000) %}x{% endfor %}"


def test_endless_work_is_bounded() -> None:
    with pytest.raises(Unfit) as unfit:
        Renderer(template(text=ENDLESS), NAMES, SAMPLE_CLOCK).render(Traits(), URL)
    assert unfit.value.fault is Fault.REFUSED


@pytest.mark.parametrize(
    "source", [ENDLESS, "{{ 253402300800 | date: '%Y' }}", "{{ '99999999999999999999' | date: '%Y' }}"]
)
def test_what_cannot_be_filled_in_is_refused_when_it_is_saved(source: str) -> None:
    with pytest.raises(Invalid, match="cannot be filled in") as refused:
        check(template(text=source))
    assert [each.field for each in refused.value.fields] == ["text"]


@pytest.mark.parametrize(
    "multiplied",
    [
        "{{ x | replace: 'a', x }}",
        "{{ x | split: '' | join: x }}",
        "{{ x | base64_encode }}",
        "{{ (1..9) | concat: x }}",
    ],
)
def test_filters_that_multiply_text_are_not_known(multiplied: str) -> None:
    with pytest.raises(Invalid, match="which is not known"):
        check(template(text=f"{{% assign x = 'aaaa' %}}{multiplied}"))


def test_more_filters_than_a_mail_needs_are_refused() -> None:
    check(template(text=f"{{{{ 'x' {'| upcase ' * 200} }}}}"))
    with pytest.raises(Invalid, match="more than 200 filters"):
        check(template(text=f"{{{{ 'x' {'| upcase ' * 201} }}}}"))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize("argument", ["", ": x", ": 1000000000", ": x, x"])
def test_no_filter_takes_memory_beyond_its_text(name: str, argument: str) -> None:
    """Two hundred in a row, of a text that is as long as a variable may be, and nothing of it is printed."""
    chain = f"| {name}{argument} " * 200
    source = f"{{% capture x %}}{'<&a ' * 22_500}{{% endcapture %}}{{% assign y = x {chain}%}}"
    read = environment(autoescape=True).from_string(source)
    tracemalloc.start()
    try:
        templates._fill(read, {})
    except Unfit as unfit:
        assert unfit.fault is Fault.FAILED  # noqa: PT017 (it may also be filled in)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000


def test_a_template_is_no_larger_in_bytes_than_its_row_can_hold() -> None:
    def chinese(characters: int) -> Template:
        return template(html=f"{{% if guest.language == 'zh' %}}{'王' * characters}{{% endif %}}")

    check(chinese(79_000))
    with pytest.raises(Invalid, match="more than 240000 bytes") as refused:
        check(chinese(80_000))
    assert [each.field for each in refused.value.fields] == ["html"]


LOOP = "<p>{{% for i in (1..100) %}}{}{{% endfor %}}</p>"


@pytest.mark.parametrize(
    ("largest", "larger"),
    [
        ({"html": '"' * 1_240}, {"html": '"' * 1_270}),
        ({"html": "王" * 490, "text": "王" * 330}, {"html": "王" * 490, "text": "王" * 350}),
        ({"html": "a" * 1_480, "text": "a" * 1_000}, {"html": "a" * 1_480, "text": "a" * 1_030}),
    ],
)
def test_a_mail_is_no_larger_as_json_than_ses_takes(largest: dict[str, str], larger: dict[str, str]) -> None:
    """A loop makes more of a template than its row holds, JSON makes two of a quote, and UTF-8 three of a sign."""
    mail = render(Traits(), **{part: LOOP.format(text) for part, text in largest.items()})
    told = json.dumps({name: getattr(mail, name) for name in ("subject", "html", "text")}, ensure_ascii=False)
    assert 245_000 < len(told.encode()) <= 262_144
    with pytest.raises(Invalid, match="a mail of more than 250000 bytes"):
        check(template(**{part: LOOP.format(text) for part, text in larger.items()}))


def test_a_mail_that_a_guests_own_values_make_too_large_is_held() -> None:
    looped = template(html=LOOP.format("{{ guest.given_name | default: 'x' }}" + '"' * 1_200))
    check(looped)
    with pytest.raises(Unfit) as unfit:
        MailWriter(looped, NAMES, SAMPLE_CLOCK).write("a@mail.example", Traits(given_name="Anna" * 30), URL, {})
    assert unfit.value.fault is Fault.FAILED


@pytest.fixture
def no_long_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Liquid must not be asked for what is long here: it would take minutes."""
    read = Environment.from_string

    def asked(environment: Environment, source: str) -> BoundTemplate:
        assert len(source) < 1000, "Liquid was asked to read it"
        return read(environment, source)

    monkeypatch.setattr(Environment, "from_string", asked)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{" * 40_000, "a {{ is never closed"),
        ("{%" * 40_000, "a {% is never closed"),
        ("{{ guest.given_name }}" + "{{ a" * 20_000, "a {{ is never closed"),
        ("{% if a %}" * 9_000 + "{% if", "a {% is never closed"),
        ("{% raw %}" * 10_000, "a raw tag is never closed"),
        ("{%- raw -%}" * 9_000 + "{% endraw of a kind %}", "a raw tag is never closed"),
        ("{% doc %}" * 10_000, "a doc tag is never closed"),
        ("{{" + " " * 90_000 + "}}", "more than 100 blanks"),
        ("{% assign" + "\n" * 90_000 + "%}", "more than 100 blanks"),
        ("{% if " + "(" * 40_000 + "a" + ")" * 40_000 + " %}{% endif %}", "more than 3000 characters"),
    ],
)
def test_what_takes_the_square_of_its_length_is_refused_before_liquid_reads_it(
    no_long_reading: None, source: str, words: str
) -> None:
    with pytest.raises(Invalid, match="not Liquid") as refused:
        check(template(html=source))
    assert words in str(refused.value)
    assert [each.field for each in refused.value.fields] == ["html"]


def test_what_is_too_large_is_refused_before_liquid_reads_it(no_long_reading: None) -> None:
    with pytest.raises(Invalid, match="more than 240000 bytes"):
        check(template(html="王" * 80_000))


@pytest.mark.parametrize("source", ["{% comment %}" * 7_000, "{% if guest.country %}" * 4_000])
def test_what_is_opened_too_often_is_refused(source: str) -> None:
    with pytest.raises(Invalid, match="not Liquid"):
        check(template(html=source))


PIECES = ["{{", "}}", "{%", "%}", "{% raw %}", "{%- endraw -%}", "{% doc %}", "{% enddoc %}", "}", "{", "-", " ", "a"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_every_tag_that_liquid_reads_has_its_end(source: str) -> None:
    if next(dear_to_read(source), None):
        return
    for begin, end in (("{{", "}}"), ("{%", "%}"), ("{% raw %}", "endraw"), ("{% doc %}", "enddoc")):
        assert source.count(begin) == 0 or end in source[source.rindex(begin) :]


WHOLE = [
    "{{ a }}",
    "{% if a %}",
    "{% raw %}{{ {% endraw %}",
    "{% doc %}x{% enddoc %}",
    "{%- comment -%}",
    "<p> }} %} {",
    "{{-'}'-}}",
]


@given(st.lists(st.sampled_from(WHOLE), max_size=30).map(" ".join))
def test_closed_tags_are_left_to_liquid(source: str) -> None:
    assert list(dear_to_read(source + "{{ a }}")) == []


def test_html_that_no_parser_can_make_sense_of_is_refused_with_its_field() -> None:
    with pytest.raises(Invalid, match="is not HTML"):
        check(template(html="<![" * 3))


EXPORT = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml"><head><title></title>
<!--[if !mso]><!--><meta http-equiv="X-UA-Compatible" content="IE=edge"><!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<link href="https://fonts.example/css?family=Ubuntu:300,400" rel="stylesheet"></head>
<body style="background:#fff"><a href="https://hotel.example/">Rooms</a> Write http://, we mean https://</body></html>"""


def test_what_mail_builders_export_can_be_saved() -> None:
    check(template(html=EXPORT))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('<meta http-equiv="refresh" content="0;url=https://evil.example/">', "http-equiv 'refresh'"),
        ('<META HTTP-EQUIV=" Refresh " content="0">', "http-equiv"),
        ('<meta http-equiv="content-type" http-equiv="refresh">', "http-equiv"),
        ("<td style=\"background:url('HTTP://hotel.example/x.png')\">", "https"),
        ('<a href="http://hotel.example/', "links to"),
        ("<script src=https://hotel.example/x.js", "script"),
    ],
)
def test_what_acts_or_leads_elsewhere_is_refused_however_it_is_written(source: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check(template(html=source))


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("de", "Abmelden"),
        ("de-AT", "Abmelden"),
        ("FR", "Se désabonner"),
        ("es_MX", "Darse de baja"),
        ("it", "Annulla l’iscrizione"),
        ("pt", "Cancelar a subscrição"),
        ("en", "Unsubscribe"),
        ("ja", "Unsubscribe"),
        (None, "Unsubscribe"),
    ],
)
def test_the_way_out_is_in_the_guests_language(language: str | None, word: str) -> None:
    content = render(Traits(language=language))
    assert f">{word}</a>" in content.html
    assert f"{word}: {URL}" in content.text


@pytest.mark.parametrize(("guests", "word"), [("fr", "Se désabonner"), ("ja", "Abmelden"), (None, "Abmelden")])
def test_the_way_out_is_in_the_mails_language_where_the_guests_is_not_known(guests: str | None, word: str) -> None:
    content = render(Traits(language=guests), language="de-AT")
    assert f">{word}</a>" in content.html


@pytest.mark.parametrize("language", ["german", "d", "de_AT", "../de", ""])
def test_what_is_no_language_is_refused(language: str) -> None:
    with pytest.raises(ValidationError):
        template(language=language)
