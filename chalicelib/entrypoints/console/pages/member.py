"""A guest's memberships, and the ledger of one."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import ProgramId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api import membership, programs
from chalicelib.entrypoints.api.membership import EnrolmentAsked, LedgerPage, Standing, StayEntry
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.console import by_month
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit

CHANGED = N_("Somebody gave this guest another number meanwhile: {number}. Look at it before you save.")


def shown(visit: Visit) -> Response:
    """The standing in each programme, also in those that the guest is in no way in."""
    standings = {each.program: each for each in visit.call(membership.listed, id_of(visit)).items}
    known = visit.call(programs.listed, page=Page("programs", MOST)).items
    return page(visit, "guest_memberships.html", found(visit), programs=known, standings=standings)


def one(visit: Visit) -> Response:
    program = visit.call(programs.get, _program(visit))
    part = visit.part(visit.path)
    origin = visit.asked("origin")
    ledger = visit.call(membership.ledger, id_of(visit), program=_program(visit), origin=origin, page=part)
    return page(
        visit,
        "guest_membership.html",
        found(visit),
        program=program,
        standing=_standing(visit),
        ledger=ledger,
        origins=membership.ORIGINS,
        given=lambda zone: by_month.bars(visit.wording, _given(ledger, zone)),
        may_enrol=visit.may(membership.enrol),
    )


def enrolled(visit: Visit) -> Response:
    """Raises Conflict where somebody else gave the guest another number since the form was opened."""
    typed = visit.form.filled(("number", "earns_from"))
    body, standing = visit.body(EnrolmentAsked, typed), _standing(visit)
    number = (standing and standing.number) or ""
    if visit.form.text("was") != number and body.number != number:
        raise Conflict(visit.words(CHANGED).format(number=number or "-"))
    visit.call(membership.enrol, id_of(visit), _program(visit), body)
    return visit.go(visit.path, done="saved")


def ending(visit: Visit) -> Response:
    program = visit.call(programs.get, _program(visit))
    return page(visit, "guest_end.html", found(visit), program=program)


def ended(visit: Visit) -> Response:
    visit.call(membership.end, id_of(visit), _program(visit))
    return visit.go(f"/guests/{id_of(visit)}/membership/{_program(visit)}", done="ended")


def _given(ledger: LedgerPage, zone: str) -> Iterator[tuple[date, int]]:
    """What stays earned, and what of it was taken back, by the day there."""
    of_stays = (each for each in ledger.items if isinstance(each, StayEntry))
    return ((moment_of(each.at).astimezone(ZoneInfo(zone)).date(), each.points) for each in of_stays)


def _standing(visit: Visit) -> Standing | None:
    found_ = visit.call(membership.listed, id_of(visit)).items
    return next((each for each in found_ if each.program == _program(visit)), None)


def _program(visit: Visit) -> ProgramId:
    return ProgramId(visit.names["program_id"])
