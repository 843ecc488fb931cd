"""What staff correct of a guest: the profile as a form, of which what was changed is sent."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.canonical.details import PostalAddress
from chalicelib.entrypoints.api import corrections
from chalicelib.entrypoints.api.corrections import GuestCorrected
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.ingest.correcting import CORRECTED

PARTS = tuple(PostalAddress.model_fields)
FIELDS = tuple(name for name in CORRECTED if name != "address")
SEEN = "seen."
"""What a field showed when the page was opened: what is as it was says nothing."""


def shown(visit: Visit) -> Response:
    guest = found(visit)
    traits = guest.traits.model_dump(mode="json", include=set(CORRECTED))
    address = traits.pop("address") or {}
    known = {**traits, **{f"address.{part}": address.get(part) for part in PARTS}}
    return page(visit, "guest_correction.html", guest, known={name: value or "" for name, value in known.items()})


def saved(visit: Visit) -> Response:
    """What is cleared takes back what staff said of it before."""
    typed = {name: _changed(visit, name) for name in FIELDS}
    document: dict[str, object] = {name: text or None for name, text in typed.items() if text is not None}
    if document.get("vip"):
        document["vip"] = visit.number("vip")
    if any(_changed(visit, f"address.{part}") is not None for part in PARTS):
        document["address"] = _address(visit) or None
    visit.call(corrections.patch, id_of(visit), visit.body(GuestCorrected, document))
    return visit.go(f"/guests/{id_of(visit)}/records", done="saved")


def _changed(visit: Visit, name: str) -> str | None:
    text = visit.form.text(name).strip()
    return None if text == visit.form.text(f"{SEEN}{name}").strip() else text


def _address(visit: Visit) -> Mapping[str, str]:
    return {part: text for part in PARTS if (text := visit.form.text(f"address.{part}").strip())}
