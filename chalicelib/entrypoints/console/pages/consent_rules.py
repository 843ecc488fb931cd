"""By which rules guests are written to, and the company's own in their place."""

import json
from collections.abc import Mapping

from chalice.app import Response

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.entrypoints.api import consent_rules
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.settings.legal import ConsentSettings

AT = "/settings/consent"
NO_DOCUMENT = N_("is no JSON")
ENOUGH: Mapping[str, str] = {
    "confirmed": N_("a confirmed yes"),
    "guest": N_("the guest's own yes"),
    "staff": N_("a yes that staff wrote down"),
    "source": N_("a source's flag"),
    "source_attested": N_("a source's flag where the hotel attests its proof"),
}
IMPLIED: Mapping[str, str] = {
    "sale": N_("a sale by the hotel itself"),
    "stay": N_("a stay"),
    "enquiry": N_("an enquiry"),
    "opt_out": N_("that nobody objected"),
}


def shown(visit: Visit) -> Response:
    """All rules on one page: there are a hundred at the most."""
    found = visit.call(consent_rules.listed, page=EVERYTHING)
    kept = visit.call(consent_rules.get)
    told = kept.model_dump(mode="json", exclude_defaults=True)
    typed = {name: _written(told.get(name, [])) for name in ("rules", "texts")}
    return visit.shown(
        "consent_rules.html", rules=found.items, version=kept.version, typed=typed, enough=ENOUGH, implied=IMPLIED,
        may_write=visit.may(consent_rules.put),
    )  # fmt: skip


def _written(documents: object) -> str:
    return json.dumps(documents, ensure_ascii=False, indent=1) if documents else ""


def saved(visit: Visit) -> Response:
    """Topics have a page of their own; they and the registers stay as they are."""
    kept = visit.call(consent_rules.get).model_dump(mode="json", include={"topics", "registers"})
    document = {**kept, **{name: _read(visit, name) for name in ("rules", "texts")}}
    visit.call(consent_rules.put, visit.body(ConsentSettings, document))
    return visit.go(AT, done="saved")


def _read(visit: Visit, name: str) -> object:
    try:
        return json.loads(visit.form.text(name).strip() or "[]")
    except ValueError:
        raise Invalid(FieldError(name, visit.words(NO_DOCUMENT))) from None
