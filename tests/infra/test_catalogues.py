"""Catalogues: no guest and no desk finds a text that nobody translated, and what is read is what was translated."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment

from chalicelib.entrypoints.templating import EXTENSIONS
from chalicelib.languages.catalogues import CONSOLE, GUESTS, SOURCE, Domain, Language, catalogue, languages
from infra import catalogues

TRANSLATED = [(domain, each) for domain in (GUESTS, CONSOLE) for each in sorted(languages(domain) - {SOURCE})]
IN_ENGLISH = catalogues.CODE / "entrypoints" / "reference"
"""For who writes programs, as the document is that it is made of."""
TEMPLATES = sorted(
    path for path in (catalogues.CODE / "entrypoints").rglob("*.html") if not path.is_relative_to(IN_ENGLISH)
)
AT_THE_DESK = (
    "frame/", "routes.py", "told.py", "coded.py", "pages/today", "pages/guest", "pages/board", "pages/agreed",
    "pages/member", "pages/beside", "pages/sign_in", "pages/me", "pages/session", "messages/signing_in",
    "pages/review", "pages/task", "pages/reservation_tasks", "languages/preferred",
)  # fmt: skip
"""What of the console is translated at least: what everybody sees, and the pages of a front desk."""


@pytest.fixture(scope="module")
def texts() -> dict[Domain, Catalog]:
    return {each: catalogues.texts(each) for each in (GUESTS, CONSOLE)}


def test_the_languages_of_guests_and_of_the_console() -> None:
    assert languages() == {"en", "de", "fr", "es", "it", "pt", "el", "hy", "uz", "am", "ru", "ar"}
    assert languages(CONSOLE) == {"en", "de", "fr", "es", "el", "hy", "uz", "am"}


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_every_language_has_every_text_and_no_other(
    domain: Domain, language: str, texts: dict[Domain, Catalog]
) -> None:
    kept = catalogues.read(domain, language)
    asked = {(each.id, each.context) for each in catalogues.messages(texts[domain])}
    assert {(each.id, each.context) for each in catalogues.messages(kept)} == asked, "run: make catalogues"
    assert not kept.obsolete


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_what_guests_and_front_desks_read_is_translated(domain: Domain, language: str) -> None:
    kept = catalogues.read(domain, language)
    needed = {str(each.id) for each in catalogues.messages(kept) if domain == GUESTS or is_at_the_desk(each)}
    assert needed.intersection(catalogues.untranslated(kept)) == set()


def is_at_the_desk(text: Message) -> bool:
    return any(file.removeprefix("entrypoints/console/").startswith(AT_THE_DESK) for file, _ in text.locations)


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_a_translation_has_the_variables_of_its_text(domain: Domain, language: str) -> None:
    kept = catalogues.read(domain, language)
    told = [each for each in catalogues.messages(kept) if each.string]
    faults = {str(each.id): [str(fault) for fault in each.check()] for each in told}
    assert not any(faults.values()), faults


@pytest.mark.parametrize(("domain", "language"), TRANSLATED)
def test_what_the_hub_reads_is_what_was_translated(domain: Domain, language: str) -> None:
    kept = catalogues.read(domain, language)
    compiled = catalogues.po_of(domain, language).with_suffix(".mo").read_bytes()
    assert compiled == catalogues.compiled(kept), "run: make catalogues"
    for each in catalogues.messages(kept):
        assert catalogue(Language(language), domain).gettext(str(each.id)) == (each.string or each.id)


def test_texts_come_from_code_and_from_templates(texts: dict[Domain, Catalog]) -> None:
    asked = {
        domain: {file for each in catalogues.messages(found) for file, _ in each.locations}
        for domain, found in texts.items()
    }
    assert {"messages/channels/foot.py", "entrypoints/guest_pages/templates/unsubscribe.html"} <= asked[GUESTS]
    of_staff = "messages/signing_in.py"
    assert {"entrypoints/console/told.py", "entrypoints/console/frame/base.html", of_staff} <= asked[CONSOLE]
    of_both = "languages/preferred.py"
    assert all(file.startswith("entrypoints/console/") for file in asked[CONSOLE] - {of_staff, of_both})
    assert of_both in asked[CONSOLE] & asked[GUESTS]
    assert of_staff not in asked[GUESTS]
    assert not any(file.startswith("entrypoints/console/") for file in asked[GUESTS])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_text_that_cannot_be_translated(template: Path) -> None:
    assert untranslatable(template.read_text()) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% trans %}Hello{% endtrans %}</p>", []),
        ("<p>{% trans %}Hello{% endtrans %}, {{ name }}!</p>", []),
        ("<p>{{ name }} you</p>", ["you"]),
        ('<img alt="A room">', ["A room"]),
        ('<img alt="{{ gettext(\'A room\') }}"><p class="wide">', []),
        ("{# Hello #}<!-- Hello --><style>body {}</style>", []),
    ],
)
def test_a_text_outside_of_a_translation_is_found(template: str, found: list[str]) -> None:
    assert untranslatable(template) == found


def test_a_text_that_was_reworded_is_one_to_translate_anew() -> None:
    kept, asked = Catalog(locale="de"), Catalog()
    kept.add("Good day", "Guten Tag")
    asked.add("Good day!")
    updated = catalogues.updated(kept, asked)
    assert catalogues.untranslated(updated) == ["Good day!"]
    assert b"Guten Tag" not in catalogues.source(updated)


@pytest.mark.exhaustive(quick=())
def test_a_new_language_begins_with_every_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: dict[Domain, Catalog]
) -> None:
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    monkeypatch.setattr(catalogues, "languages", lambda _: frozenset({SOURCE}))
    catalogues.main(["pl"])
    for domain, asked in texts.items():
        assert len(catalogues.untranslated(catalogues.read(domain, "pl"))) == len(catalogues.messages(asked))


def untranslatable(template: str) -> list[str]:
    """The words of a template that stand outside of `trans`, in elements and attributes that are shown or read out."""
    reader = _Words()
    reader.feed(_outside_of_translations(template))
    return reader.words


def _outside_of_translations(template: str) -> str:
    kept, inside, block = "", False, ""
    for _, kind, value in Environment(extensions=EXTENSIONS).lex(template):
        if kind == "block_begin":
            block = ""
        elif kind == "name" and not block:
            block = value
            inside = value == "trans" or (inside and value != "endtrans")
        elif kind == "data" and not inside:
            kept += value
    return kept


class _Words(HTMLParser):
    READ = frozenset({"alt", "aria-label", "aria-description", "label", "placeholder", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.element = tag
        self._keep(*(value or "" for name, value in attrs if name in self.READ))

    def handle_data(self, data: str) -> None:
        if self.element != "style":
            self._keep(data)

    def handle_endtag(self, tag: str) -> None:
        self.element = ""

    def _keep(self, *texts: str) -> None:
        self.words += [text.strip() for text in texts if any(map(str.isalpha, text))]
