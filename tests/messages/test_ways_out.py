"""What a mail must carry is seen by its reader: decided on the parsed document."""

import pytest

from chalicelib.canonical.ids import Digest, GuestId, Leaf
from chalicelib.guests.model import Traits
from chalicelib.messages.channels.contract import Written
from chalicelib.messages.channels.email import MailWriter
from chalicelib.messages.channels.foot import with_html_foot, with_text_foot
from chalicelib.messages.channels.visible import Seen
from chalicelib.messages.holds import MessageClass, decide
from chalicelib.messages.known import Fault, Known
from chalicelib.messages.model import Template
from chalicelib.messages.templates import Renderer, Unfit
from chalicelib.messages.variables import SAMPLE_CLOCK, clean
from chalicelib.properties.model import Branding
from tests.messages.mailboxes import NOW

URL = "https://hub.example.com/u/abc"
ADDRESS = "Gasthof O'Brien & Söhne, Am Graben 3"
ESCAPED = "Gasthof O&#39;Brien &amp; Söhne, Am Graben 3"
LINK = f'<a href="{URL}">Abmelden</a>'
BOTH = f"{LINK} {ESCAPED}"

HIDDEN = [
    f"<p>Hi</p><!-- {BOTH} -->",
    f"<p>Hi</p><!--[if mso]>{BOTH}<![endif]-->",
    f"<style>/* {BOTH} */</style><p>Hi</p>",
    f"<head><title>{BOTH}</title></head><p>Hi</p>",
    f'<p>Hi</p><div style="display: none">{BOTH}</div>',
    f'<p>Hi</p><div style="DISPLAY:NONE!important"><p>{BOTH}</p></div>',
    f'<p>Hi</p><span style="font-size:0">{BOTH}</span>',
    f'<p>Hi</p><span style="font-size:0px;line-height:0">{BOTH}</span>',
    f'<p>Hi</p><p style="opacity:0">{BOTH}</p>',
    f'<p>Hi</p><p style="visibility:hidden">{BOTH}</p>',
    f'<p>Hi</p><p style="max-height:0;overflow:hidden">{BOTH}</p>',
    f"<p>Hi</p><p hidden>{BOTH}</p>",
    f"<p>Hi</p><template>{BOTH}</template>",
    f'<style>.pre, #x {{ display:none }}</style><p class="big pre">{BOTH}</p>',
    f'<style>@media (max-width:600px) {{ .pre {{ display:none }} }}</style><p class="pre">{BOTH}</p>',
    f'<p>Hi</p><img alt="{ESCAPED}"><a href="{URL}"></a>',
    f'<p title="{ESCAPED}" data-url="{URL}">Hi</p>',
    f"<p>Hi</p><!-- </body> --><!-- {BOTH} -->",
    f"<p>Hi</p><style>{BOTH}",
    f"<p>Hi</p><!-- {BOTH}",
    f'<p>Hi</p><div style="display:none">{BOTH}',
]


@pytest.mark.parametrize("html", HIDDEN)
def test_what_is_hidden_is_placed_again_where_it_is_seen(html: str) -> None:
    seen = Seen(with_html_foot(html, ADDRESS, URL, "de"))
    assert URL in seen.links
    assert ADDRESS in seen.text


SHOWN = [
    f"<p>Hi</p><p>{BOTH}</p>",
    f"<html><body><p>Hi</p>{LINK}<br>{ESCAPED}</body></html>",
    f"<p>Gasthof O&#x27;Brien &amp; <b>Söhne</b>,\n  Am Graben 3 {LINK}</p>",
    f'<p>{ESCAPED}</p><a href="{URL}"><img src="https://hotel.example/x.png" alt=""></a>',
    f'<p style="font-size:10px">{BOTH}</p>',
    f'<p style="font-size:0.8em;color:#666">{BOTH}</p>',
    f'<div style="display:none">Preview</div><p style="max-width:600px;height:100%">{BOTH}</p>',
    f"<style>.pre {{ display:none }} .foot {{ color:red }}</style><p class='foot'>{BOTH}</p>",
    f"<p>Hi<p>{BOTH}",
    f"<![if !mso]>{BOTH}<![endif]>",
]


@pytest.mark.parametrize("html", SHOWN)
def test_what_is_seen_is_placed_once(html: str) -> None:
    placed = with_html_foot(html, ADDRESS, URL, "de")
    assert placed.replace(" ses:no-track", "") == html
    assert Seen(placed).text.count("Am Graben 3") == 1


def test_the_foot_stands_within_the_body() -> None:
    placed = with_html_foot("<html>\n<body>\n<p>Hi</p>\n</body>\n</html>", ADDRESS, URL, "de")
    assert placed.index("<p>Hi</p>") < placed.index(URL) < placed.index("</body>")


def test_an_address_is_never_escaped_in_text() -> None:
    assert with_text_foot(f"Hi\n{ADDRESS}\n{URL}", ADDRESS, URL, "de") == f"Hi\n{ADDRESS}\n{URL}"


@pytest.mark.parametrize(
    "parts",
    [
        {"subject": "{{ guest.family_name | default: '' }}"},
        {"subject": " {{ guest.family_name | default: '' }}\u200b"},
        {"text": "{% if guest.family_name %}Hi{% endif %}\n\u00a0"},
        {"subject": "\u2800\u3164{{ guest.family_name | default: '' }}"},
    ],
)
def test_what_would_be_empty_for_a_guest_is_not_sent_to_them(parts: dict[str, str]) -> None:
    whole = {"subject": "News", "html": "<p>Hi</p>", "text": "Hi", **parts}
    renderer = Renderer(Template.model_validate({"id": "t", "name": "T", **whole}), Branding(), SAMPLE_CLOCK)
    assert renderer.render(Traits(family_name="Moser"), URL).subject
    with pytest.raises(Unfit) as unfit:
        renderer.render(Traits(), URL)
    held = Known(NOW, fault=unfit.value.fault, guest=GuestId(Leaf("g")), address=Digest("d"))
    assert decide(MessageClass.SERVICE, held) == "empty_content"


FOOT = "{{ hotel.postal_address }} · {{ unsubscribe_url }}"
NOTHING: list[dict[str, str]] = [
    {"html": "{% if guest.family_name %}<p>Hi</p>{% endif %}"},
    {"html": "<p>{{ guest.family_name | default: '' }}&nbsp;&zwnj;\u3164</p>"},
    {"html": "<p>{{ guest.family_name | default: '' }}</p><img src='https://hotel.example/a.png'>"},
    {"html": "<p>{{ guest.family_name | default: '' }}</p><img src='https://hotel.example/a.png' alt=' '>"},
    {"html": "<p>{{ guest.family_name | default: '' }}</p><div style='display:none'>Hi</div>"},
    {"html": "<style>.x { display:none }</style>{{ guest.family_name | default: '' }}<p class='x'>Hi</p>"},
    {"html": "<html><head><title>Hi</title></head><body>{{ guest.family_name | default: '' }}</body></html>"},
    {"html": "<!-- Hi -->{{ guest.family_name | default: '' }} - ..."},
    {
        "html": "{{ guest.family_name | default: '' }}<p>{{ hotel.postal_address }}</p>"
        "<a href='{{ unsubscribe_url }}'><b>Leave</b> <img src='https://hotel.example/a.png' alt='Leave'></a>"
    },
    {"text": "{{ guest.family_name | default: '' }}\n-- \n{{ hotel.postal_address }}\nLeave: {{ unsubscribe_url }}"},
    {"text": "{{ guest.family_name | default: '' }}{{ hotel.postal_address }} | {{ unsubscribe_url }}"},
    {"text": "{{ guest.family_name | default: '' }} ..."},
]


def written(parts: dict[str, str], traits: Traits) -> Written:
    whole = {"subject": "News", "html": "<p>Hi</p>", "text": "Hi", **parts}
    template = Template.model_validate({"id": "t", "name": "T", **whole})
    return MailWriter(template, Branding(postal_address=ADDRESS), SAMPLE_CLOCK).write("a@b.example", traits, URL, {})


@pytest.mark.parametrize("parts", NOTHING)
def test_a_mail_of_which_one_half_has_nothing_to_read_is_not_sent(parts: dict[str, str]) -> None:
    assert written(parts, Traits(family_name="Moser")).parts["html"]
    with pytest.raises(Unfit) as unfit:
        written(parts, Traits())
    assert unfit.value.fault is Fault.EMPTY


SOMETHING: list[dict[str, str]] = [
    {"html": "<img src='https://hotel.example/a.png' alt='Spring at the lake'>"},
    {"html": "<a href='https://hotel.example'><img src='https://hotel.example/a.png' alt='Spring'></a>"},
    {"html": "🎁"},
    {"html": "<p>春</p>", "text": "50 %"},
    {"html": "<table><tr><td>5</td></tr></table>"},
    {"text": "Spring is here! Leave: {{ unsubscribe_url }}"},
    {"html": "<p>Spring is here! <a href='{{ unsubscribe_url }}'>Leave</a></p>"},
]


@pytest.mark.parametrize("parts", SOMETHING)
def test_a_mail_of_a_picture_with_words_or_of_one_sign_is_sent(parts: dict[str, str]) -> None:
    assert written(parts, Traits()).parts["html"]


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("www.evil.example", "www evil. example"),
        ("WWW.x.io", "WWW x. io"),
        ("evil.example", "evil. example"),
        ("see evil.example/path?q=1", "see evil. example/path?q=1"),
        ("https://evil.example", "https: //evil. example"),
        ("mailto:a@evil.example", "mailto: a @ evil. example"),
        ("a@evil.example", "a @ evil. example"),
        ("例え。テスト", "例え。 テスト"),
        ("evil．example", "evil． example"),
        ("Call +1 (900) 555-0123", "Call"),
        ("tel:0900123456", "tel:"),
        ("J.R. Ewing", "J.R. Ewing"),
        ("J.R.R. Tolkien", "J.R.R. Tolkien"),
        ("St.Pierre", "St. Pierre"),
        ("Anne-Marie O'Neill", "Anne-Marie O'Neill"),
        ("Louis XIV", "Louis XIV"),
        ("王小明", "王小明"),
        ("محمد علي", "محمد علي"),
    ],
)
def test_no_mail_program_makes_a_link_of_a_name(said: str, printed: str) -> None:
    assert clean(said) == printed
