"""Pages from template files: one Jinja environment for each folder of templates and language.

Templates are compiled on first use; what they print is escaped; what they name and nobody gave is an error.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.languages.catalogues import Domain, Language, catalogue, direction

if TYPE_CHECKING:
    from jinja2 import Environment

EXTENSIONS = ["jinja2.ext.i18n"]


@cache
def environment(folders: tuple[Path, ...], language: Language, domain: Domain) -> "Environment":
    """One for each language, because Jinja keeps the catalogue in it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=EXTENSIONS,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(catalogue(language, domain), newstyle=True)  # type: ignore[attr-defined] # the extension's
    made.globals |= {"language": language, "direction": direction(language)}
    return made
