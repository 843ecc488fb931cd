"""What the channels keep of what guests spend, and what other currencies are worth: one document, written as a whole.

A form that saw an older one is refused.
"""

from collections.abc import Sequence
from typing import Any

from chalice.app import Response

from chalicelib.canonical.details import Payer
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.snapshots import Channel
from chalicelib.entrypoints.api import spend
from chalicelib.entrypoints.console import hotels
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.settings.spend import SpendSettings

AT = "/settings/spend"
PAYERS = {
    Payer.GUEST: N_("The guest, at the hotel"),
    Payer.COMPANY: N_("The agency or channel"),
    Payer.MASTER_ACCOUNT: N_("A group's account"),
}
BASES = {"room": N_("Room revenue"), "all": N_("All revenue")}
TEXTS = ("source", "agency_id", "property_id", "channel", "payer", "since", "until")


def shown(visit: Visit) -> Response:
    kept = visit.call(spend.get)
    return visit.shown(
        "spend_settings.html",
        kept=kept,
        rates="\n".join(f"{each.currency} {each.since} {each.rate}" for each in kept.rates),
        channels=list(Channel),
        payers=[(each, visit.words(words)) for each, words in PAYERS.items()],
        bases=[(each, visit.words(words)) for each, words in BASES.items()],
        hotels=hotels.of(visit),
    )


def saved(visit: Visit) -> Response:
    """One of the two forms: a commission more, or the currency with its rates."""
    kept = _document(visit.call(spend.get))
    if visit.form.has("rates"):
        currency = {"currency": text} if (text := visit.form.text("currency").strip()) else {}
        return _save(visit, {"commissions": kept["commissions"], "rates": _rates(visit), **currency})
    return _save(visit, {**kept, "commissions": [*kept["commissions"], _commission(visit, len(kept["commissions"]))]})


def _rates(visit: Visit) -> Sequence[dict[str, str]]:
    """One a line: currency, day, rate. What a line lacks, the model says."""
    lines = [line.split() for line in visit.form.text("rates").splitlines() if line.strip()]
    return [
        {**dict(zip(("currency", "since", "rate"), line, strict=False)), **({"more": ""} if len(line) > 3 else {})}
        for line in lines
    ]


def _commission(visit: Visit, at: int) -> dict[str, Any]:
    """As it was typed; its fields are called as they will be in the document, so that a fault finds its field."""
    form, into = visit.form, f"commissions.{at}."
    return {
        **{name: text for name in TEXTS if (text := form.text(into + name).strip())},
        "basis_points": visit.number(f"{into}basis_points"),
        "base": form.text(f"{into}base"),
        "deducted": form.has(f"{into}deducted"),
    }


def deleting(visit: Visit) -> Response:
    at, kept = _numbered(visit)
    return visit.shown("spend_commission_delete.html", kept=kept.commissions[at], version=kept.version)


def deleted(visit: Visit) -> Response:
    at, kept = _numbered(visit)
    left = [each for number, each in enumerate(_document(kept)["commissions"]) if number != at]
    return _save(visit, {**_document(kept), "commissions": left}, "deleted")


def _numbered(visit: Visit) -> tuple[int, SpendSettings]:
    """Which commission is meant, and all that is kept: it stands there by its place, and what saw another version is
    refused. Raises NotFound."""
    kept, asked = visit.call(spend.get), visit.names["commission_number"]
    at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else len(kept.commissions)
    if at >= len(kept.commissions):
        raise NotFound("There is no such commission.")
    return at, kept


def _document(kept: SpendSettings) -> dict[str, Any]:
    return kept.model_dump(mode="json", exclude_none=True, exclude={"version"})


def _save(visit: Visit, document: dict[str, Any], done: str = "saved") -> Response:
    visit.call(spend.put, visit.body(SpendSettings, document))
    return visit.go(AT, done=done)
