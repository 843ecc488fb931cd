"""Pages of the reference: made once for the life of the process, in English, for whoever asks."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.canonical.errors import NotFound
from chalicelib.entrypoints import templating
from chalicelib.entrypoints.api.openapi import document
from chalicelib.entrypoints.api.paging import MOST, USUAL
from chalicelib.entrypoints.api.shapes import REF
from chalicelib.entrypoints.console import accent, static
from chalicelib.entrypoints.console.rendering import ACCENT
from chalicelib.entrypoints.problems import Headers
from chalicelib.entrypoints.reference import asking, kinds, reading
from chalicelib.languages.catalogues import CONSOLE, SOURCE

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
CODE = re.compile(r"`([^`]+)`")


@cache
def overview(prefix: str) -> str:
    """What holds for every call, and an index of all. `prefix` is what the gateway puts before each address."""
    return _rendered("overview.html", prefix, "", shapes=_shapes([{"$ref": f"{REF}Problem"}]))


@cache
def resource(prefix: str, name: str) -> str:
    """The calls behind one word. Raises NotFound for another."""
    found = next((each for each in _resources() if each.name == name), None)
    if found is None:
        raise NotFound("There is no such page of the reference.")
    shapes = _shapes(schema for each in found.operations for schema in each.schemas)
    return _rendered("resource.html", prefix, name, resource=found, shapes=shapes)


def headers() -> Headers:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self' 'sha256-{_digest()}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "public, max-age=300",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def prose(text: str) -> "Markup":
    """The paragraphs of a description."""
    from markupsafe import Markup

    paragraphs = [each for each in re.split(r"\n\s*\n", text) if each.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(line(each)) for each in paragraphs)


def line(text: str) -> "Markup":
    """What stands between backticks is code."""
    from markupsafe import Markup, escape

    marked = CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split()))))
    return Markup(marked)  # noqa: S704 (escaped above)


def _rendered(template: str, prefix: str, name: str, **values: object) -> str:
    known = {"prefix": prefix, "here": name, "resources": _resources(), "info": document()["info"], "style": _style()}
    sheets = [static.names()["pico.min.css"], static.names()["console.css"], accent.name_of(ACCENT)]
    return _environment().get_template(template).render(known | values, sheets=sheets)


def _shapes(schemas: Iterable[reading.Json]) -> Mapping[str, reading.Json]:
    return reading.shapes_of(schemas, document()["components"]["schemas"])


@cache
def _resources() -> tuple[reading.Resource, ...]:
    return tuple(reading.resources(document()))


@cache
def _environment() -> "Environment":
    made = templating.environment((TEMPLATES,), SOURCE, CONSOLE)
    made.filters |= {"prose": prose, "line": line, "kind": kinds.kind, "fields": kinds.fields, "curl": asking.curl}
    made.filters |= {"python": asking.python, "pretty": lambda each: json.dumps(each, indent=2, ensure_ascii=False)}
    made.globals |= {"in_shell": asking.SHELL, "in_python": asking.PYTHON, "most": MOST, "usual": USUAL}
    return made


@cache
def _style() -> "Markup":
    from markupsafe import Markup

    return Markup((TEMPLATES / "style.css").read_text())  # noqa: S704 (our own file)


@cache
def _digest() -> str:
    return base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
