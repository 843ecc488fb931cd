"""Guests by the beginning of their names: read in batches, however many are found."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib.access.model import Caller
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import GuestId, Leaf, PropertyId
from chalicelib.entrypoints.api.visibility import InSight, eyes_of, is_of
from chalicelib.guests import store
from chalicelib.guests.model import Guest, Head
from chalicelib.identity import forms
from chalicelib.profiles import listing, named
from chalicelib.properties import store as properties

MOST = 50
"""Guests in an answer."""
NO_HOTEL = PropertyId("")


class Found(NamedTuple):
    guests: list[InSight]
    is_cut: bool
    """Whether more may be called so."""


def guests_by_name(caller: Caller, name: str) -> Found:
    """The guests of whom a record of the caller's own hotels says such a name, also where hotels share what they know.
    Raises Invalid."""
    asked = forms.asked(name)
    if not asked.is_enough:
        raise Invalid(FieldError("name", f"needs {forms.FEWEST} letters or more: how a given or family name begins"))
    found = named.by_name(asked, _hotels(caller))
    own = _own(caller, found.leaves, asked)
    ids = list(dict.fromkeys(own[leaf].guest for leaf in found.leaves if leaf in own))
    return Found(_in_sight(caller, _guests(ids[:MOST], own), own), found.is_cut or len(ids) > MOST)


def _hotels(caller: Caller) -> set[PropertyId]:
    """Where the caller looks; the group also among those whom no hotel knows."""
    return {*properties.by_id(), NO_HOTEL} if caller.is_group else {PropertyId(each) for each in caller.properties}


def _own(caller: Caller, leaves: Sequence[Leaf], asked: forms.Asked) -> dict[Leaf, Head]:
    """The records that are the caller's and still say so: an index may be a moment behind."""
    heads = {leaf: head for leaf, head in store.heads(leaves).items() if is_of(caller, head)}
    return {leaf: head for leaf, head in store.with_records(heads).items() if asked.fits(listing.called_of(head))}


def _guests(ids: Sequence[GuestId], own: Mapping[Leaf, Head]) -> list[Guest]:
    """In the order of their ids' list; who was merged on between two reads is left out."""
    known = {**own, **store.heads(id_ for id_ in ids if id_ not in own)}
    return [guest for id_ in ids if id_ in known and (guest := known[id_].as_guest())]


def _in_sight(caller: Caller, guests: Sequence[Guest], own: Mapping[Leaf, Head]) -> list[InSight]:
    eyes = eyes_of(caller)
    if eyes.is_group:
        return [InSight(caller, eyes, guest) for guest in guests]
    missing = [leaf for guest in guests for leaf in guest.members if leaf not in own]
    heads = {**own, **store.heads(missing)}
    of_eyes = store.with_records({leaf: head for leaf, head in heads.items() if is_of(eyes, head)})
    seen = [
        InSight(caller, eyes, guest, {leaf: head for leaf in guest.members if (head := of_eyes.get(leaf))})
        for guest in guests
    ]
    return [each for each in seen if each.members]
