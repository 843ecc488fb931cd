"""Templates: written, looked at as a guest would read them, and saved."""

from html import escape

from chalice.app import Response

from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import TemplateId
from chalicelib.entrypoints.api import properties, templates
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.api.templates import TemplateFault, TemplatePreview, TemplatePreviewAsked
from chalicelib.entrypoints.console.rendering import framed
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.messages.model import Template
from chalicelib.messages.variables import VARIABLES

ACT = "act"
HTML, TEXT = "html", "text"
TEXTS = ("subject", "html", "text")


def listed(visit: Visit) -> Response:
    found = visit.call(templates.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("templates.html", templates=found, may_write=visit.may(templates.put))


def new(visit: Visit) -> Response:
    return _form(visit, None)


def created(visit: Visit) -> Response:
    return _taken(visit, visit.form.text("id").strip())


def one(visit: Visit) -> Response:
    return _form(visit, visit.call(templates.get, _id(visit)))


def saved(visit: Visit) -> Response:
    return _taken(visit, _id(visit))


def _taken(visit: Visit, template_id: str) -> Response:
    """Of the form's buttons one saves; the others fill the frame beside it, and keep nothing."""
    act = visit.form.text(ACT)
    if act in {HTML, TEXT}:
        return _framed(visit, act)
    document = {"id": template_id, "name": visit.form.text("name"), **_content(visit)}
    made = visit.call(templates.put, visit.body(Template, document))
    return visit.go(f"/templates/{made.id}", done="saved")


def _framed(visit: Visit, act: str) -> Response:
    """A refusal stands in the frame, too: no browser would show a page of ours in it."""
    try:
        return framed(_document(visit, _preview(visit), act))
    except CallerError as refusal:
        return framed(f"<p>{escape(str(refusal))}</p>", refusal.status)


def _content(visit: Visit) -> dict[str, str]:
    language = visit.form.text("language").strip()
    return {name: visit.form.text(name) for name in TEXTS} | ({"language": language} if language else {})


def _preview(visit: Visit) -> TemplatePreview:
    reader = {name: text for name in ("guest", "property_id") if (text := visit.form.text(name).strip())}
    return visit.call(templates.preview, visit.body(TemplatePreviewAsked, {**_content(visit), **reader}))


def _document(visit: Visit, found: TemplatePreview, act: str) -> str:
    """What stands in the frame: the mail as it is, or its text, or what is wrong."""
    if found.faults:
        return "".join(f"<p>{escape(_told(visit, each))}</p>" for each in found.faults)
    if act == HTML:
        return found.html or ""
    return f"<h1>{escape(found.subject or '')}</h1><pre>{escape(found.text or '')}</pre>"


def _told(visit: Visit, fault: TemplateFault) -> str:
    """`html, line 3, column 5: …`"""
    line = visit.words("line %(line)s, column %(column)s") % {"line": fault.line, "column": fault.column}
    where = ", ".join([*([fault.part] if fault.part else []), *([line] if fault.line else [])])
    return f"{where}: {fault.message}" if where else fault.message


def _form(visit: Visit, kept: Template | None) -> Response:
    hotels = visit.call(properties.listed, page=Page("", limit=MOST)).items
    may_write = visit.may(templates.put)
    return visit.shown("template_form.html", kept=kept, hotels=hotels, variables=sorted(VARIABLES), may_write=may_write)


def _id(visit: Visit) -> TemplateId:
    return TemplateId(visit.names["template_id"])
