"""Keeps the gettext catalogues in step with what code and templates say: `make catalogues`.

It collects the texts, brings each language's .po up to date with them, and compiles it to the .mo that the hub reads.
A language that is named (`python -m infra.catalogues pl`) and not there yet gets an empty .po for guests, and one for
the console.
"""

import io
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from chalicelib.canonical.version import VERSION
from chalicelib.entrypoints.templating import EXTENSIONS
from chalicelib.languages.catalogues import CONSOLE, GUESTS, LOCALES, SOURCE, Domain, languages

CODE = Path(__file__).parent.parent / "chalicelib"
OF_CONSOLE, OF_GUESTS = "entrypoints/console/**", "entrypoints/guest_pages/**"
TO_STAFF = "messages/signing_in.py"
"""Mail to those who work with the hub."""
TO_BOTH = "languages/preferred.py"
METHODS = {
    GUESTS: [
        (f"{OF_CONSOLE}.py", "ignore"),
        (TO_STAFF, "ignore"),
        ("**.py", "python"),
        (f"{OF_GUESTS}.html", "jinja2.ext.babel_extract"),
    ],
    CONSOLE: [
        (f"{OF_CONSOLE}.py", "python"),
        (TO_STAFF, "python"),
        (TO_BOTH, "python"),
        (f"{OF_CONSOLE}.html", "jinja2.ext.babel_extract"),
    ],
}
TEMPLATES = {
    "extensions": ",".join(EXTENSIONS),
    "newstyle_gettext": "yes",
    "trimmed": "yes",
    "silent": "no",  # a template that is not Jinja ends the extraction, and does not pass for one without texts
}
OPTIONS = {f"{folder}.html": TEMPLATES for folder in (OF_CONSOLE, OF_GUESTS)}
SHOWN = 20
"""Texts that are told to be translated."""
READERS = {GUESTS: "guests", CONSOLE: "those who work with the hub"}


def main(added: Iterable[str] = ()) -> None:
    for domain in METHODS:
        wanted = texts(domain)
        for language in sorted({*(languages(domain) - {SOURCE}), *added}):
            _bring_in_step(domain, language, wanted)


def _bring_in_step(domain: Domain, language: str, wanted: Catalog) -> None:
    catalogue = updated(read(domain, language), wanted)
    po = po_of(domain, language)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_bytes(source(catalogue))
    po.with_suffix(".mo").write_bytes(compiled(catalogue))
    lacking = untranslated(catalogue)
    told = f"{domain}, {language}: {len(catalogue)} texts, {len(lacking)} of them not translated"
    print(told, *lacking[:SHOWN], *(["…"] if len(lacking) > SHOWN else []), sep="\n  ")


def po_of(domain: Domain, language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{domain}.po"


def texts(domain: Domain, code: Path = CODE) -> Catalog:
    """What code and templates ask to be translated, with the files that ask."""
    found = Catalog()
    for file, _, text, comments, context in extract_from_dir(code, METHODS[domain], OPTIONS):
        found.add(text, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


def read(domain: Domain, language: str) -> Catalog:
    po = po_of(domain, language)
    if not po.exists():
        return empty(domain, language)
    with po.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def empty(domain: Domain, language: str) -> Catalog:
    return Catalog(
        language,
        domain,
        header_comment=f"# What {READERS[domain]} read. Brought up to date and compiled by: make catalogues",
        project="xenia",
        version=VERSION,
        msgid_bugs_address="the project's issues",
        revision_date=datetime.now(UTC),
        last_translator="the project",
        language_team="the project",
        fuzzy=False,
    )


def updated(catalogue: Catalog, wanted: Catalog) -> Catalog:
    """A text that was reworded is a new one: what the old one's translation said may no longer be true."""
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    return [str(each.id) for each in messages(catalogue) if each.fuzzy or not each.string]


def messages(catalogue: Catalog) -> list[Message]:
    """Without the header, which gettext keeps as the translation of nothing."""
    return [message for message in catalogue if message.id]


def source(catalogue: Catalog) -> bytes:
    """The .po: without line numbers, so that a line more in a template changes no catalogue."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, sort_by_file=True, include_lineno=False)
    return written.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
