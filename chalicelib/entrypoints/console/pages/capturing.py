"""A guest is asked for an address, and what they agree to: the form for the desk, and the code for their own phone."""

from chalice.app import Response

from chalicelib.entrypoints.api import capture_codes, captures
from chalicelib.entrypoints.api.capture_codes import CodeAsked
from chalicelib.entrypoints.api.captures import CaptureAsked, CaptureForm
from chalicelib.entrypoints.console.pages import from_board
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.languages.preferred import OWN_NAMES

DONE = {"granted": "captured", "to_confirm": "captured_to_confirm", "address_only": "captured_alone"}
IN_VAIN = "captured_in_vain"
TYPED = ("email", "how", "language", "shown")
CHOSEN = ("purposes", "topics")
SQUARE = 5
"""Pixels of the smallest of which a code is drawn: it is read from a tablet, and fits a phone."""


def asked(visit: Visit) -> Response:
    form = _form(visit)
    names = [(each, OWN_NAMES.get(each, each)) for each in form.languages]
    return _shown(visit, "guest_capture.html", form=form, names=names)


def kept(visit: Visit) -> Response:
    document = {"email": "", **visit.form.filled(TYPED), **{name: visit.form.texts(name) for name in CHOSEN}}
    if hotel := from_board.hotel(visit):
        document["property_id"] = hotel
    made = visit.call(captures.create, id_of(visit), visit.body(CaptureAsked, document))
    is_in_vain = made.unreached and made.outcome != "to_confirm"
    return from_board.back(visit, IN_VAIN if is_in_vain else DONE[made.outcome], "/consents")


def showing(visit: Visit) -> Response:
    """Before a code is made, which a GET does not."""
    return _shown(visit, "guest_capture_phone.html", form=_form(visit))


def made(visit: Visit) -> Response:
    told = CodeAsked(property_id=from_board.hotel(visit))
    code = visit.call(capture_codes.create, id_of(visit), told)
    return visit.go(f"/guests/{id_of(visit)}/capture/phone/{code.id}", **from_board.place(visit))


def code(visit: Visit) -> Response:
    """The page asks for itself while the code is open: then it says what became of it. The guest looks at it, too."""
    from markupsafe import Markup
    from segno import make

    told = visit.call(capture_codes.get, id_of(visit), visit.names["code_id"])
    drawn = make(told.address, error="m", micro=False).svg_inline(scale=SQUARE, border=4, light="#fff")
    shown = {"code": told, "drawn": Markup(drawn), "place": from_board.place(visit)}  # noqa: S704 (of our own address)
    return visit.shown("guest_capture_code.html", guest=f"/guests/{id_of(visit)}", **shown)


def _form(visit: Visit) -> CaptureForm:
    language = visit.form.text("language") or visit.asked("language")
    return visit.call(captures.form, id_of(visit), property_id=from_board.hotel(visit), language=language)


def _shown(visit: Visit, template: str, **values: object) -> Response:
    return page(visit, template, found(visit), place=from_board.place(visit), **values)
