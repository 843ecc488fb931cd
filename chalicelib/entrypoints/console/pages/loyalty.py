"""Loyalty programmes: what stays earn, and by which terms on which day."""

from collections.abc import Iterable
from datetime import date

from chalice.app import Response

from chalicelib.canonical.errors import Invalid, NotFound
from chalicelib.canonical.ids import JobId, ProgramId
from chalicelib.canonical.snapshots import Channel
from chalicelib.entrypoints.api import jobs, members, programs, properties
from chalicelib.entrypoints.api.jobs import JobShown
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console import by_month
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.loyalty.model import Program, Terms
from chalicelib.loyalty.points import COUNTING
from chalicelib.properties.model import Property

CHANNELS = {
    Channel.DIRECT: N_("Direct"),
    Channel.OTA: N_("Travel websites"),
    Channel.GDS: N_("Reservation systems (GDS)"),
    Channel.CORPORATE: N_("Companies"),
    Channel.WHOLESALE: N_("Wholesalers"),
    Channel.GROUP: N_("Groups"),
    Channel.UNKNOWN: N_("Unknown"),
}
RATE = "points_per_unit."


def listed(visit: Visit) -> Response:
    found = visit.call(programs.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("programs.html", programs=found, may_write=visit.may(programs.put))


def one(visit: Visit) -> Response:
    program = visit.call(programs.get, _id(visit))
    terms = [program.terms(), *reversed(program.earlier)]
    return visit.shown(
        "program.html", program=program, terms=terms, channels=CHANNELS, may_write=visit.may(programs.put)
    )


def members_of(visit: Visit) -> Response:
    """What is asked wrongly is told at its field."""
    program = visit.call(programs.get, _id(visit))
    try:
        found = visit.call(members.listed, _id(visit), number=visit.asked("number"), page=visit.part(visit.path))
    except Invalid as refusal:
        return visit.refused(refusal).shown("program_members.html", program=program, members=None)
    return visit.shown("program_members.html", program=program, members=found)


def points_of(visit: Visit) -> Response:
    """What was counted, or a button that counts."""
    program, counted = visit.call(programs.get, _id(visit)), _counted(visit)
    months = {date.fromisoformat(f"{month}-01"): number for month, number in counted.result.items()} if counted else {}
    bars = by_month.bars(visit.wording, months.items())
    return visit.shown("program_points.html", program=program, job=counted, months=bars)


def count_points(visit: Visit) -> Response:
    return visit.go(visit.path, job=visit.call(programs.count_points, _id(visit)).id)


def _counted(visit: Visit) -> JobShown | None:
    """Raises NotFound for another job than one of this programme's."""
    asked = visit.asked("job")
    if asked is None:
        return None
    found = visit.call(jobs.get, JobId(asked))
    if (found.kind, found.subject) != (COUNTING, _id(visit)):
        raise NotFound("There is no such count.")
    return found


def new(visit: Visit) -> Response:
    return _form(visit, None)


def created(visit: Visit) -> Response:
    return _save(visit, visit.form.text("id").strip())


def edit(visit: Visit) -> Response:
    return _form(visit, visit.call(programs.get, _id(visit)))


def saved(visit: Visit) -> Response:
    return _save(visit, _id(visit))


def _save(visit: Visit, program_id: str) -> Response:
    form = visit.form
    rates = {name: form.text(name).strip() for name in form.fields if name.startswith(RATE)}
    dates = {name: text for name in ("starts_on", "effective_from") if (text := form.text(name))}
    document = {
        "id": program_id,
        "name": form.text("name"),
        "points_per_unit": {name.removeprefix(RATE): rate for name, rate in rates.items() if rate},
        "excluded_channels": form.texts("excluded_channels"),
        "auto_enrol": form.has("auto_enrol"),
        **dates,
    }
    made = visit.call(programs.put, visit.body(Program, document))
    return visit.go(f"/loyalty/{made.id}", done="saved")


def _form(visit: Visit, kept: Program | None) -> Response:
    hotels = visit.call(properties.listed, page=EVERYTHING).items
    excluded = kept.excluded_channels if kept else Terms().excluded_channels
    return visit.shown(
        "program_form.html", kept=kept, currencies=_currencies(hotels, kept), channels=CHANNELS, excluded=excluded
    )


def _currencies(hotels: Iterable[Property], kept: Program | None) -> list[str]:
    """Those of the hotels, and those that have a rate."""
    return sorted({*(each.currency for each in hotels), *(kept.points_per_unit if kept else ())})


def _id(visit: Visit) -> ProgramId:
    return ProgramId(visit.names["program_id"])
