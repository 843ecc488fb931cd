"""Restrict the use of a guest's data, note an objection to profiling, or end either: what it means is said before."""

from chalice.app import Response

from chalicelib.entrypoints.api import consents, restrictions
from chalicelib.entrypoints.api.restrictions import ProfilingAsked, RestrictionAsked
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit


def asking(visit: Visit) -> Response:
    agreed = visit.call(consents.listed, id_of(visit))
    return page(visit, "restriction.html", found(visit), restricted=agreed.restricted)


def restricted(visit: Visit) -> Response:
    body = visit.body(RestrictionAsked, {"restricted": visit.form.text("restricted") == "yes"})
    visit.call(restrictions.put, id_of(visit), body)
    return visit.go(f"/guests/{id_of(visit)}/consents", done="saved")


def asking_of_profiling(visit: Visit) -> Response:
    agreed = visit.call(consents.listed, id_of(visit))
    return page(visit, "profiling.html", found(visit), objects=agreed.objects_to_profiling)


def profiling_said(visit: Visit) -> Response:
    body = visit.body(ProfilingAsked, {"objects": visit.form.text("objects") == "yes"})
    visit.call(restrictions.put_profiling, id_of(visit), body)
    return visit.go(f"/guests/{id_of(visit)}/consents", done="saved")
