"""Change a property."""

from collections.abc import Sequence

from chalicelib.aws import table
from chalicelib.canonical.definitions import NOBODYS, Hand, refuse_stale
from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.properties import store
from chalicelib.properties.model import Property
from chalicelib.properties.rules import faults
from chalicelib.settings import rules
from chalicelib.settings import store as settings
from chalicelib.settings.model import Succession


def put(property_: Property, hand: Hand = NOBODYS) -> Property:
    """Keep a property as the next version, and write down whom its legal entity succeeds; the same again is the same
    version. Raises Invalid for what it names and is not there, and Conflict."""
    set_, known = settings.with_successions()
    found = list(faults(property_, set_.brands))
    if found:
        raise Invalid(*found)
    before = store.get(property_.id)
    version = before.version if before else 0
    if before == property_.at_version(version):
        return before
    if hand.seen is not None:
        refuse_stale("this property", hand, store.changed(property_.id))
    settings.note(rules.successions_of_property(set_, before, property_, known))
    return _kept(property_.at_version(version + 1), version, hand)


def _kept(after: Property, replaces: int, hand: Hand) -> Property:
    try:
        store.put(after, replaces, hand)
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this property just now.") from None
    return after


def delete(property_: Property, used_by: Sequence[str] = ()) -> None:
    """Take a property off the list. Who answered for its guests is remembered, for it may come again. Raises Conflict
    where somebody works with it."""
    if used_by:
        raise Conflict(f"This property is in use: {', '.join(used_by)}.")
    gone = rules.gone_property(property_.id)
    settings.note({Succession(gone, rules.controller_of(settings.get(), property_))})
    store.delete(property_.id)
