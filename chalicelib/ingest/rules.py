"""What one change does to what is known. Pure: a view in, an outcome out."""

from dataclasses import replace

from chalicelib.guests.rules import project, stats_of
from chalicelib.ingest import people, stays
from chalicelib.ingest.changes import Change
from chalicelib.ingest.desk import Desk
from chalicelib.ingest.view import KeptStay, Outcome, View


def apply(change: Change, view: View, *, untied: bool = False) -> Outcome:
    """Decide everything that follows from one change: records, identity, consent, stays, sums and facts.

    `untied` keeps what is new of these people from tying them to others; where a guest would become too large, it is
    decided so by itself.
    """
    try:
        return _applied(Desk(change, view, untied))
    except people.TooManyRecords:
        return _applied(Desk(change, view, untied=True))


def _applied(desk: Desk) -> Outcome:
    change = desk.change
    changed = [person for person in change.people if people.take_record(desk, person)]
    if any(people.tells_differently(desk, person) for person in changed):
        people.regroup(desk)
    for person in changed:
        people.take_consent(desk, person)
    if change.charge:
        stays.take_charge(desk)
    elif change.stay:
        stays.take_stay(desk)
    _settle(desk)
    return desk.outcome


def _settle(desk: Desk) -> None:
    """Sum the leaves that changed, project their guests, and give every written row its next revision."""
    for leaf in desk.sums_of:
        stats = stats_of([each.stay for each in _stays_now(desk, leaf)])
        desk.set_head(leaf, stats=stats)
    for guest in sorted({desk.head(leaf).guest for leaf in desk.outcome.heads}):
        _project(desk, guest)
    for leaf, head in desk.outcome.heads.items():
        desk.outcome.heads[leaf] = head.model_copy(update={"rev": head.rev + 1})
    _raise_revisions(desk)
    desk.outcome.facts = [replace(fact, version=desk.head(fact.leaf).rev) for fact in desk.outcome.facts]


def _stays_now(desk: Desk, leaf: str) -> list[KeptStay]:
    kept = dict(desk.view.stays.get(leaf, {}))
    for (at, reservation), stay in desk.outcome.stays.items():
        if at == leaf and stay:
            kept[reservation] = stay
        elif at == leaf:
            kept.pop(reservation, None)
    return list(kept.values())


def _project(desk: Desk, guest: str) -> None:
    head = desk.head(guest)
    if not head.record:
        return
    desk.outcome.relied_on_heads.update(head.members)
    leaves = [desk.head(leaf) for leaf in head.members]
    traits = project(leaves)
    properties = tuple(sorted({place for leaf in leaves for place in (*leaf.seen_at, *leaf.stats.properties)}))
    if traits != head.traits or properties != head.properties:
        desk.set_head(guest, traits=traits, properties=properties)


def _raise_revisions(desk: Desk) -> None:
    for digest, identifier in desk.outcome.identifiers.items():
        desk.outcome.identifiers[digest] = identifier.model_copy(update={"rev": identifier.rev + 1})
    for guest, gate in desk.outcome.gates.items():
        if gate:
            desk.outcome.gates[guest] = gate.model_copy(update={"rev": gate.rev + 1})
