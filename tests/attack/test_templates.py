"""Templates are judged by what they render: what whoever writes one, and whoever books under any name, cannot do."""

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import Leaf
from chalicelib.guests.model import Traits
from chalicelib.messages import actions, sandbox, sending, templates
from chalicelib.messages.advertising import reads_like_advertising
from chalicelib.messages.known import Fault
from chalicelib.messages.model import Template
from chalicelib.messages.places import Reader
from chalicelib.messages.store import TEMPLATES
from chalicelib.messages.templates import Renderer, Unfit, check
from chalicelib.messages.variables import SAMPLE, SAMPLE_CLOCK, SAMPLE_URL
from tests.mail_fakes import FakeSes
from tests.messages.test_sending import NOW, TEMPLATE, codes, guest, occasion

NAME = "{{ guest.given_name }}"
HIDDEN = "x{{% if guest.country == 'ZZ' %}}{}{{% endif %}}"
"""Behind a condition that the example of a guest does not meet."""


def template(**parts: str) -> Template:
    return Template.model_validate(
        {"id": "t", "name": "T", "subject": "News", "html": "<p>x</p>", "text": "x", **parts}
    )


def refused(**parts: str) -> str:
    with pytest.raises(Invalid) as told:
        check(template(**parts))
    assert [each.field for each in told.value.fields][:1] == list(parts)
    return str(told.value)


def rendered(traits: Traits, **parts: str) -> templates.Content:
    checked = template(**parts)
    check(checked)
    return Renderer(checked, SAMPLE, SAMPLE_CLOCK).render(traits, SAMPLE_URL)


ENDLESS = [
    "{% if (1..900000000000) contains 'x' %}y{% endif %}",
    "{% assign r = (1..900000000000) %}{% if r contains 'x' %}y{% endif %}",
    "{% assign r = guest.city | default: (1..900000000000) %}",
    "{% case 'x' %}{% when (1..900000000000) %}y{% endcase %}",
    "{% for i in (1..2000000000) limit:1 offset:1999999990 %}{{ i }}{% endfor %}",
    "{% for i in (1..2000000000) reversed limit:3 %}{{ i }}{% endfor %}",
    "{% tablerow i in (1..2000000000) limit:1 offset:1999999990 %}{{ i }}{% endtablerow %}",
    "{% for i in (1..(2..900000000000)) %}{{ i }}{% endfor %}",
    "{% liquid\nfor i in (1..2000000000) offset:1999999990\necho i\nendfor %}",
]


@pytest.mark.parametrize("part", ["subject", "html", "text"])
@pytest.mark.parametrize("source", ENDLESS)
def test_a_range_without_end_is_refused_behind_whatever_condition(source: str, part: str) -> None:
    assert "range" in refused(**{part: HIDDEN.format(source)})


COUNTED = "{{% assign n = 2000000000 | plus: 0 %}}{}"


@pytest.mark.parametrize(
    "loop",
    [
        "{% for i in (1..n) limit:1 offset:1999999990 %}{{ i }}{% endfor %}",
        "{% for i in (1..n) reversed %}{{ i }}{% endfor %}",
        "{% tablerow i in (1..n) limit:1 %}{{ i }}{% endtablerow %}",
    ],
)
def test_a_range_that_is_known_only_when_it_is_filled_in_holds_that_mail(loop: str) -> None:
    with pytest.raises(Unfit) as unfit:
        rendered(Traits(country="ZZ"), text=HIDDEN.format(COUNTED.format(loop)))
    assert unfit.value.fault is Fault.FAILED
    assert "cannot be filled in: a range has more than 100 numbers" in refused(text="x" + COUNTED.format(loop))


def test_loops_one_behind_another_are_counted_together() -> None:
    many = "x" + "{% for i in (1..100) %}{% if i %}.{% endif %}{% endfor %}" * 400
    assert "more than 20000 steps" in refused(text=many)


def test_what_takes_longer_than_a_mail_may_ends() -> None:
    """Whatever the steps are: the clock of this thread's own work is looked at while a mail is filled in."""
    parsed = sandbox.environment(autoescape=False).from_string("{{ x | upcase }}" * 100)
    ticks = count()
    assert sandbox.filled(parsed, {"x": "a"}, cpu=lambda: 0) == "A" * 100
    with pytest.raises(Exception, match=r"more than 0\.5 sec"):
        sandbox.filled(parsed, {"x": "a"}, cpu=lambda: next(ticks) / 100)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% assign x = 'aaaaaaaa' %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}", "10000 char"),
        (
            "{% assign x = 'aaaa' %}{% for i in (1..100) %}{% capture x %}{{x}}{{x}}{% endcapture %}{% endfor %}",
            "limit",
        ),
        ("".join(f"{{% assign a{n} = 1 %}}" for n in range(101)), "more than 100 variables"),
        ("{{ '" + "1 " * 1000 + "' | date: '%Y' }}", "a date has more than 100"),
        ("{{ 'now' | date: '" + "%c" * 1000 + "' }}", "a date has more than 100"),
        ("{% assign x = 'a' %}{% if 1 < x %}{% endif %}", "cannot be filled in"),
        ("{% if " + " and ".join(["guest.city"] * 60) + " %}{% endif %}", "nested more than 50 deep"),
        ("{% tablerow i in (1..2) cols: nil %}{% endtablerow %}", "cannot be filled in"),
        ("{{ guest" + "[guest" * 330 + "]" * 330 + " }}", "text: "),
    ],
)
def test_doublings_depth_and_what_the_library_trips_over_are_told_with_the_field(source: str, words: str) -> None:
    assert words in refused(text=f"x{source}")


def test_numbers_that_double_stay_numbers() -> None:
    doubled = "{% assign x = 9 %}{% for i in (1..100) %}{% assign x = x | plus: x %}{% endfor %}{{ x }}"
    assert rendered(Traits(), text=doubled).text == str(9 * 2**100)


ASSEMBLED = [
    "{{ '<scr' }}{{ 'ipt>' }}x",
    "{% assign a = '<scr' %}{{ a }}ipt>",
    "{% cycle '<script>', 'x' %}",
    "<scr{% if true %}ipt{% endif %}>x</script>",
    "<scr{% comment %}x{% endcomment %}ipt>x</script>",
    "<{% assign x = 1 %}script>x</script>",
    "{% capture a %}<scr{% endcapture %}{{ a }}ipt>",
    "{% capture a %}<script>{% endcapture %}{{ a }}",
    "<p {% if guest.country %}onclick{% endif %}='x'>x</p>",
    "<p {% if guest.country %}onclick='x'{% endif %}>x</p>",
    "<a {{ 'href' }}='javascript:x'>x</a>",
    "<a href='{% assign j = \"java\" %}{{ j }}script:x'>x</a>",
    "<a href='java{% if true %}script:x{% endif %}'>x</a>",
    "<a href='{% if guest.country == 'ZZ' %}javascript:x{% endif %}'>x</a>",
    "<a href='{% capture j %}javascript:x{% endcapture %}{{ j }}'>x</a>",
    "{% assign unsubscribe_url = 'javascript:x' %}<a href='{{ unsubscribe_url }}'>x</a>",
    "{% capture hotel %}x{% endcapture %}<a href='{{ hotel.logo_url }}'>x</a>",
    "{% for postal_address in (1..2) %}x{% endfor %}",
    "<!--><script>x</script>-->",
    "<!-- x --!><script>x</script>-->",
    "<!--[if mso]><script>x</script><![endif]-->",
    "<svg><style><a title=</style>x></svg>",
    "<meta http-equiv='{% if true %}refresh{% endif %}' content='0'>",
    "<ba{% if true %}se href='https://x.example/'{% endif %}>",
    "<p style='width:exp/**/ression(x)'>x</p>",
    "<p style='background:url(java{% if true %}script:x){% endif %}'>x</p>",
    "<style>p { background: url( 'javascript:x' ) }</style>",
]


@pytest.mark.parametrize("source", ASSEMBLED)
def test_a_tag_or_an_address_assembled_from_pieces_is_refused(source: str) -> None:
    refused(html=source)
    refused(html="<p>" + HIDDEN.format(source) + "</p>")


OUT_OF_PLACE = [
    f"<p title={NAME}>x</p>",
    f"<p title=a{NAME}>x</p>",
    f"<{NAME}>x",
    f"<b{NAME}>x</b>",
    f"<b>x</{NAME}>",
    f"<p {NAME}='x'>x</p>",
    f"<p {NAME}>x</p>",
    f"<p title{NAME}='x'>x</p>",
    f"<style>p {{ color: {NAME} }}</style>",
    f"<p style='color: {NAME}'>x</p>",
    f"<!-- {NAME} -->",
    f"<!--[if mso]><p>{NAME}</p><![endif]-->",
    f"<!DOCTYPE {NAME}>",
    f"<a href='https://{NAME}/x'>x</a>",
    f"<a href='https://hotel.example{NAME}/x'>x</a>",
    f"<a href='{NAME}'>x</a>",
    f'{{% capture x %}}<a title="{{% endcapture %}}{{{{ x }}}}{NAME}">',
    f'<p title="{{% if guest.country %}}" b=\'{{% endif %}}{NAME}">',
    f'<p title="{{% if guest.country %}}" style="{{% endif %}}{NAME}">',
    f'<p title="{{% if guest.country %}}"{{% else %}}\'{{% endif %}} b={NAME}>',
    f'{{% for i in (1..2) %}}<p title="{{% break %}}">{{% endfor %}}{NAME}',
    f'{{% for i in (1..2) %}}<p title="{{% capture q %}}{{% break %}}{{% endcapture %}}">{{% endfor %}}{NAME}',
    f"<table {{% tablerow i in (1..2) %}}{NAME}{{% endtablerow %}}></table>",
]


@pytest.mark.parametrize("source", OUT_OF_PLACE)
def test_a_guests_field_stands_in_text_and_in_quotes_alone(source: str) -> None:
    refused(html=source)


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Dear {NAME}</p>",
        """<p title="{{ guest.given_name | default: "O'Neil" }}">x</p>""",
        "<td {% if guest.country == 'AT' %}class='x'{% endif %}>x</td>",
        "<td class='a {% if guest.country == 'DE' %}x{% else %}y{% endif %}'>x</td>",
        "<td style='{% if guest.member %}color:red{% endif %}'>x</td>",
        "<a href='https://h.example/?{{ guest.given_name | url_encode }}&amp;{% if guest.member %}a{% endif %}'>x</a>",
        "{% capture b %}<a href='https://hotel.example/' title='{{ guest.given_name }}'>x</a>{% endcapture %}{{ b }}",
        "{% capture c %}{{ guest.country }}{% endcapture %}{% if c == 'AT' %}<b>x</b>{% endif %}",
        "{% assign l = guest.language | slice: 0, 2 %}{% if l == 'en' %}<b>x</b>{% endif %}",
        f"<html><head><title>{NAME}</title></head><body>x</body></html>",
        "{% case guest.language %}{% when 'de' %}<p>Hallo</p>{% else %}<b>Hi</b>{% endcase %}",
        "<ul>{% for i in (1..5) %}<li class=\"l{{ i }}\">{{ i }}{% cycle 'a','b' %}</li>{% endfor %}</ul>",
        "<p>{{ guest.next_arrival | date: '%d.%m.%Y' }} {{ 'now' | date: '%Y' }}</p>",
        "<!--[if mso]><style>v\\:* {behavior:url(#default#VML);}</style><table><tr><td><![endif]--><p>x</p>",
        "<style>@import url(https://fonts.example/css?x=1); p{background:url('https://x.example/y.png')}</style>",
        "<p>5 < 6</p>",
        "{% raw %}{{ x }}{% endraw %}",
    ],
)
def test_what_marketers_write_is_taken(html: str) -> None:
    check(template(html=html))


HOSTILE = [
    "\" onclick='x' b=\"",
    "'><script>x</script>",
    "--><base href=//evil>",
    "javascript:x",
    "x y=z `",
    "</title><form>",
    "&#34; onload=x",
    "{{ 7 }}{% raw %}",
    "]]>",
]
PLACES = [
    "<p>{}</p>",
    "<p title=\"{}\" id='{}'>x</p>",
    "<a href='https://hotel.example/{}?a={}#{}'>{}</a>",
    "{{% capture c %}}<b title='{}'>{}</b>{{% endcapture %}}<i title='{{{{ c }}}}'>{{{{ c }}}}</i>",
    "<title>{}</title>",
    "<td {{% if guest.country %}}title='{}'{{% endif %}}>x</td>",
    "<!-- x --><p>{}</p>",
    "{{% for i in (1..2) %}}<b>{}</b>{{% endfor %}}",
]
FILTERED = [
    "", "| escape", "| escape_once", "| newline_to_br", "| slice: 0, 9", "| remove: '&'", "| append: guest.country",
    "| prepend: '&lt;'", "| strip_html", "| truncate: 9", "| default: 'x'", "| url_encode",
]  # fmt: skip


class Tags(HTMLParser):
    """Python's own reader, which the hub's must agree with."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))


def outlines(html: str) -> Iterator[Any]:
    yield Tags(html).found
    reader = Reader()
    reader.read(html)
    yield [(tag.name, [name for name, _ in tag.attributes]) for tag in reader.tags]


@given(st.sampled_from(PLACES), st.sampled_from(FILTERED), st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3))
def test_no_value_changes_the_tags_and_attributes_of_a_mail(place: str, filtered: str, values: list[str]) -> None:
    value = f"{{{{ guest.language {filtered} }}}}"
    checked = template(html=place.format(*[value] * 4))
    check(checked)
    written = Renderer(checked, SAMPLE, SAMPLE_CLOCK)
    plain = written.render(Traits(language="en", country="AT"), SAMPLE_URL).html
    hostile = written.render(Traits(language="".join(values), country=values[0]), SAMPLE_URL).html
    assert list(outlines(plain)) == list(outlines(hostile))


def test_what_is_printed_in_quotes_leaves_them_whatever_it_is() -> None:
    """Captured HTML is HTML where text stands, and the text of an attribute within one."""
    source = "{% capture c %}<b title=\"a\">' onclick='x</b>{% endcapture %}<i title='{{ c }}'>{{ c }}</i>"
    assert list(Tags(rendered(Traits(), html=source).html).found) == [
        ("i", ["title"]),
        ("b", ["title"]),
        "/b",
        "/i",
    ]


def test_a_filter_cuts_no_captured_tag_in_two() -> None:
    source = "{% capture c %}<b title='x'>y</b>{% endcapture %}{{ c | slice: 0, 7 }}{{ guest.given_name }}"
    assert rendered(Traits(given_name="Anna"), html=source).html == "&lt;b titlAnna"


ADVERTISING = [
    "YOU WON … https://evil.example",
    "YOU WON a prize, call us",
    "evil.com",
    "look at bit.ly/x",
    "www.evil.de",
    "anna@mail.example",
    "Win 1000€ today",
    "Call 0900 1234567",
    "BUY NOW! cheap",
    "Hurry!!",
    "a" * 151,
    "so many words " * 7,
    "Sie haben gewonnen",
    "点击领取",
]
NAMES = [
    "Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano de la Santísima Trinidad",
    "Pedro de Alcântara João Carlos Leopoldo Salvador Bibiano Francisco Xavier de Paula Leocádio Miguel Gabriel Rafael",
    "Karl Theodor Maria Nikolaus Johann Jacob Philipp Franz Joseph Sylvester Buhl-Freiherr von und zu Guttenberg",
    "محمد بن عبد الله بن عبد المطلب بن هاشم",
    "นางสาวพรพิมลศรีสุวรรณรัตนากรณ์",
    "Nguyễn Thị Hồng Nhung",
    "You Won",
    "Won Bin",
    "J.R.",
    "Ma.Teresa",
    "Dr.Med. Huber, geb. Maier",
    "O'Neil",
    "Huber 204",
    "Juan 3rd",
    "Müller & Söhne GmbH",
    "???",
]


@pytest.mark.parametrize("part", ["subject", "html", "text"])
@pytest.mark.parametrize("name", ADVERTISING)
def test_a_name_that_is_a_link_or_advertising_is_no_mail_of_the_hotels(name: str, part: str) -> None:
    with pytest.raises(Unfit) as unfit:
        rendered(Traits(family_name=name), **{part: "Dear {{ guest.family_name | default: 'guest' }}"})
    assert unfit.value.fault is Fault.ADVERTISING
    assert rendered(Traits(family_name=name), text="Dear guest").text == "Dear guest"


@pytest.mark.parametrize("name", NAMES)
def test_names_are_names_however_long_and_in_whatever_script(name: str) -> None:
    assert not reads_like_advertising(name)


@pytest.fixture
def ses(aws: Settings) -> FakeSes:
    return FakeSes().install()


def test_such_a_name_is_held_with_its_own_reason_and_no_neighbour_is(ses: FakeSes) -> None:
    everybody = [guest("anna"), guest("www.evil")]
    assert codes(sending.send(occasion(), everybody, NOW)) == {"anna": "sent", "www.evil": "name_is_advertising"}


@pytest.mark.parametrize(
    "html", ["{% if %}", f"<p title={NAME}>x</p>", "<p>{% if (1..9) contains 'x' %}{% endif %}</p>"]
)
def test_what_was_saved_before_and_would_be_refused_now_is_held_at_sending(ses: FakeSes, html: str) -> None:
    stored = TEMPLATES.save(TEMPLATE.model_copy(update={"html": html}))
    batch = sending.send(occasion().model_copy(update={"template": stored}), [guest("anna"), guest("bert")], NOW)
    assert codes(batch) == {"anna": "template_refused", "bert": "template_refused"}
    assert batch.stopped == ""


def test_a_mail_that_takes_too_much_is_one_guests_and_told(ses: FakeSes) -> None:
    looped = COUNTED.format("{% for i in (1..n) offset:1999999990 %}{{ i }}{% endfor %}")
    source = f"Dear {NAME}{{% if guest.given_name == 'Bert' %}}{looped}{{% endif %}}"
    saved = actions.save_template(TEMPLATE.model_copy(update={"text": source}))
    batch = sending.send(occasion().model_copy(update={"template": saved}), [guest("anna"), guest("bert")], NOW)
    assert codes(batch) == {Leaf("anna"): "sent", "bert": "rendering_failed"}
