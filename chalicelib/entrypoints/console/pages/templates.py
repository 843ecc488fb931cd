"""Templates: written, looked at as a guest would read them, and saved."""

from collections.abc import Callable, Mapping
from html import escape

from chalice.app import Response

from chalicelib.canonical.errors import CallerError
from chalicelib.canonical.ids import TemplateId
from chalicelib.entrypoints.api import properties, templates
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.api.templates import ReaderAsked, TemplateFault, TemplatePreview, TemplatePreviewAsked
from chalicelib.entrypoints.console import whom
from chalicelib.entrypoints.console.rendering import framed
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.entrypoints.console.whom import Whom
from chalicelib.messages.model import Template
from chalicelib.messages.variables import VARIABLES

ACT = "act"
HTML, TEXT, FIND = "html", "text", "find"
NEW = "new"
"""What stands in the address of a template that is not kept yet."""
NOTHING_YET = N_("Nothing is shown yet: “Show the mail” fills this frame with what stands above.")
TEXTS = ("subject", "html", "text")


def listed(visit: Visit) -> Response:
    found = visit.call(templates.listed, named=visit.wanted, page=visit.part(visit.path))
    may_write = visit.may(templates.put)
    return visit.shown("templates.html", templates=found, may_write=may_write, guest=whom.of(visit).chosen)


def new(visit: Visit) -> Response:
    return _form(visit, None)


def created(visit: Visit) -> Response:
    return _taken(visit, visit.form.text("id").strip(), new)


def one(visit: Visit) -> Response:
    return _form(visit, visit.call(templates.get, _id(visit)))


def saved(visit: Visit) -> Response:
    return _taken(visit, _id(visit), one)


def look(visit: Visit) -> Response:
    """What the frame shows before anything is asked of it: the template as it is kept, read by who is chosen."""
    if _id(visit) == NEW:
        return framed(f'<p tabindex="0">{escape(visit.words(NOTHING_YET))}</p>')
    return _framed(lambda: _document(visit, _preview_kept(visit), HTML))


def _taken(visit: Visit, template_id: str, shown: Callable[[Visit], Response]) -> Response:
    """Of the form's buttons one saves; one finds who is to read it, and two fill the frame: those keep nothing."""
    act = visit.form.text(ACT)
    if act == FIND:
        return shown(visit)
    if act in {HTML, TEXT}:
        return _framed(lambda: _document(visit, _preview(visit), act))
    document = {"id": template_id, "name": visit.form.text("name"), **_content(visit)}
    made = visit.call(templates.put, visit.body(Template, document))
    return visit.go(f"/templates/{made.id}", done="saved")


def _framed(document: Callable[[], str]) -> Response:
    """A refusal stands in the frame, too: no browser would show a page of ours in it."""
    try:
        return framed(document())
    except CallerError as refusal:
        return framed(f"<p>{escape(str(refusal))}</p>", refusal.status)


def _content(visit: Visit) -> dict[str, str]:
    language = visit.form.text("language").strip()
    return {name: visit.form.text(name) for name in TEXTS} | ({"language": language} if language else {})


def _preview(visit: Visit) -> TemplatePreview:
    reader = {"guest": whom.required(visit), "property_id": visit.form.text("property_id").strip()}
    return visit.call(templates.preview, visit.body(TemplatePreviewAsked, _content(visit) | _known(reader)))


def _preview_kept(visit: Visit) -> TemplatePreview:
    asked = _known({"guest": visit.query.get("guest", "").strip()})
    return visit.call(templates.preview_saved, _id(visit), visit.body(ReaderAsked, asked))


def _known(told: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in told.items() if text}


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
    found = whom.of(visit) if visit.may(templates.preview) else Whom()
    hotels = visit.call(properties.listed, page=EVERYTHING).items
    return visit.shown(
        "template_form.html",
        kept=kept,
        hotels=hotels,
        variables=sorted(VARIABLES),
        may_write=visit.may(templates.put),
        may_look=visit.may(templates.preview),
        whom=found,
        frame=_frame(visit, kept, found),
    )


def _frame(visit: Visit, kept: Template | None, found: Whom) -> str:
    """The address of what the frame begins with. What was typed and not kept is shown when it is asked for."""
    is_kept = kept is not None and not visit.form.fields
    guest = found.chosen.id if found.chosen and is_kept else None
    return visit.at(f"/templates/{kept.id if kept and is_kept else NEW}/look", guest=guest)


def _id(visit: Visit) -> TemplateId:
    return TemplateId(visit.names["template_id"])
