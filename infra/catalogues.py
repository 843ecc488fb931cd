"""Keeps the gettext catalogues in step with what code and templates say to guests: `make catalogues`.

It collects the texts, brings each language's .po up to date with them, and compiles it to the .mo that the hub reads.
A language that is named (`python -m infra.catalogues pl`) and not there yet gets an empty .po.
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
from chalicelib.entrypoints.guest_pages.rendering import EXTENSIONS
from chalicelib.languages.catalogues import DOMAIN, LOCALES, SOURCE, languages

CODE = Path(__file__).parent.parent / "chalicelib"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {
    "**/templates/**.html": {
        "extensions": ",".join(EXTENSIONS),
        "newstyle_gettext": "yes",
        "trimmed": "yes",
        "silent": "no",  # a template that is not Jinja ends the extraction, and does not pass for one without texts
    }
}


def main(added: Iterable[str] = ()) -> None:
    wanted = texts()
    for language in sorted({*(languages() - {SOURCE}), *added}):
        catalogue = updated(read(language), wanted)
        po = po_of(language)
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_bytes(source(catalogue))
        po.with_suffix(".mo").write_bytes(compiled(catalogue))
        lacking = untranslated(catalogue)
        print(f"{language}: {len(catalogue)} texts, {len(lacking)} of them not translated", *lacking, sep="\n  ")


def po_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def texts(code: Path = CODE) -> Catalog:
    """What code and templates ask to be translated, with the files that ask."""
    found = Catalog()
    for file, _, text, comments, context in extract_from_dir(code, METHODS, OPTIONS):
        found.add(text, locations=[(file, 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    po = po_of(language)
    if not po.exists():
        return empty(language)
    with po.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def empty(language: str) -> Catalog:
    return Catalog(
        language,
        DOMAIN,
        header_comment="# What guests read. Brought up to date and compiled by: make catalogues",
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
