"""Connections to vendors: how each fares, what was passed over, and how it is set."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections.asked import Connection
from chalicelib.connections.health import Outcome
from chalicelib.connections.rules import State
from chalicelib.connectors.vendors import VENDORS, edge_of
from chalicelib.entrypoints.api import connection_backfill, connection_secrets, connection_trials, connections
from chalicelib.entrypoints.api.connection_secrets import SecretMade
from chalicelib.entrypoints.api.connections import ConnectionOpened
from chalicelib.entrypoints.console.pages.properties import TAKEN
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.ingest.backfill import BackfillAsked

STATES: Mapping[State, tuple[str, str]] = {
    State.UNHEARD: (N_("Nothing came yet"), "plain"),
    State.WELL: (N_("Well"), "good"),
    State.FAILING: (N_("Failing"), "bad"),
    State.SILENT: (N_("Silent"), "bad"),
}
"""How a connection fares, and how its badge looks."""
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.STORED: N_("Stored"),
    Outcome.NOTHING_NEW: N_("Nothing new"),
    Outcome.IGNORED: N_("Not for the hub"),
    Outcome.SET_ASIDE: N_("Set aside"),
    Outcome.AGAIN: N_("Failed for now"),
}
"""What became of a notice."""
SHOWN = ("vendor", "base_url", "desk_url", "properties", "channels", "options")
"""What a form says of a connection, secrets apart."""


def listed(visit: Visit) -> Response:
    found = visit.call(connections.listed, named=visit.wanted, page=visit.part(visit.path))
    return visit.shown("connections.html", connections=found, states=STATES)


def one(visit: Visit) -> Response:
    found = visit.call(connections.get, _id(visit))
    may_ask_back = edge_of(found.vendor).thin and visit.opens_at(f"{visit.path}/backfill")
    traffic = _traffic(visit, found)
    return visit.shown(
        "connection.html", found=found, states=STATES, outcomes=OUTCOMES, traffic=traffic, may_ask_back=may_ask_back
    )


def _traffic(visit: Visit, found: ConnectionOpened) -> list[tuple[str, int, str]]:
    """Notices by day, the newest last."""
    days = sorted(found.health.days, key=lambda each: each.day)
    return [(visit.wording.short_day(each.day), each.notices, visit.wording.number(each.notices)) for each in days]


def new(visit: Visit) -> Response:
    return _form(visit, None)


def _form(visit: Visit, kept: ConnectionOpened | None) -> Response:
    options = {name: ", ".join(values) for name, values in kept.options.items()} if kept else {}
    return visit.shown("connection_form.html", kept=kept, vendors=VENDORS, lines=lines, options=options)


def created(visit: Visit) -> Response:
    """A form that is sent twice has made one; another connection's id is refused."""
    asked = _asked(visit, visit.form.text("id").strip())
    kept = _kept(visit, asked.id)
    if kept and any(getattr(kept, name) != getattr(asked, name) for name in SHOWN):
        raise Invalid(FieldError("id", visit.words(TAKEN)))
    return _save(visit, asked)


def _kept(visit: Visit, connection_id: ConnectionId) -> ConnectionOpened | None:
    try:
        return visit.call(connections.get, connection_id)
    except NotFound:
        return None


def edit(visit: Visit) -> Response:
    return _form(visit, visit.call(connections.get, _id(visit)))


def saved(visit: Visit) -> Response:
    return _save(visit, _asked(visit, _id(visit)))


def _asked(visit: Visit, connection_id: str) -> Connection:
    """Secrets and credentials that are left empty stay as they are."""
    form = visit.form
    document = {
        "id": connection_id,
        "vendor": form.text("vendor"),
        "base_url": form.text("base_url").strip() or None,
        "desk_url": form.text("desk_url").strip() or None,
        "properties": pairs(form.text("properties")),
        "channels": pairs(form.text("channels")),
        "options": {name: _several(values) for name, values in pairs(form.text("options")).items()},
        **({"secrets": secrets} if (secrets := form.text("secrets").split()) else {}),
        **({"credentials": told} if (told := pairs(form.text("credentials"))) else {}),
    }
    return visit.body(Connection, document)


def _save(visit: Visit, asked: Connection) -> Response:
    visit.call(connections.put, asked.id, asked)
    return visit.go(f"/connections/{asked.id}", done="saved")


def pairs(text: str) -> dict[str, str]:
    """Of lines `name = value`; a line without the sign is a name without a value, for the model to refuse."""
    parts = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in parts}


def lines(told: Mapping[str, object]) -> str:
    """The same back as text."""
    return "\n".join(f"{name} = {value}" for name, value in told.items())


def _several(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def testing(visit: Visit) -> Response:
    return visit.shown("connection_test.html", found=visit.call(connections.get, _id(visit)), tried=None)


def tested(visit: Visit) -> Response:
    tried = visit.call(connection_trials.test, _id(visit))
    return visit.shown("connection_test.html", found=visit.call(connections.get, _id(visit)), tried=tried)


def asking_back(visit: Visit) -> Response:
    return visit.shown("connection_backfill.html", found=visit.call(connections.get, _id(visit)))


def asked_back(visit: Visit) -> Response:
    """Days of UTC."""
    days = visit.form.filled(("since", "until"))
    asked = visit.body(BackfillAsked, {name: f"{day}T00:00:00Z" for name, day in days.items()})
    job = visit.call(connection_backfill.start, _id(visit), asked)
    return visit.go(f"/jobs/{job.id}")


def secrets(visit: Visit) -> Response:
    return _secrets(visit, None)


def secret_made(visit: Visit) -> Response:
    """The secret stands on this very page, and nowhere else: the form sent twice shows it again."""
    return _secrets(visit, visit.call(connection_secrets.create, _id(visit)))


def _secrets(visit: Visit, made: SecretMade | None) -> Response:
    found = visit.call(connection_secrets.listed, _id(visit)).items
    return visit.shown("connection_secrets.html", connection_id=_id(visit), secrets=found, made=made)


def ending_secret(visit: Visit) -> Response:
    found = visit.call(connection_secrets.listed, _id(visit)).items
    if visit.names["secret_id"] not in {each.id for each in found}:
        raise NotFound("There is no such secret.")
    return visit.shown("connection_secret_end.html", connection_id=_id(visit))


def secret_ended(visit: Visit) -> Response:
    visit.call(connection_secrets.delete, _id(visit), visit.names["secret_id"])
    return visit.go(f"/connections/{_id(visit)}/secrets", done="deleted")


def deleting(visit: Visit) -> Response:
    return visit.shown("connection_delete.html", kept=visit.call(connections.get, _id(visit)))


def deleted(visit: Visit) -> Response:
    visit.call(connections.delete, _id(visit))
    return visit.go("/connections", done="deleted")


def _id(visit: Visit) -> ConnectionId:
    return ConnectionId(visit.names["connection_id"])
