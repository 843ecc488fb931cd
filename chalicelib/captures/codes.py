"""Codes by which a guest gives their address on their own phone: shown at the desk, for one use."""

import json
from datetime import datetime

from chalicelib.access.model import Caller
from chalicelib.aws.signed import SignedIds
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import CaptureId, Digest, Leaf, PropertyId
from chalicelib.canonical.time import instant
from chalicelib.captures import store
from chalicelib.captures.model import LASTS, Code, Outcome, Said
from chalicelib.identity.digests import digest
from chalicelib.settings import installation

TOKENS = SignedIds("captures", "capture")
OVER = "There is no such page."


def show(code_id: CaptureId, caller: Caller, leaf: Leaf, hotel: PropertyId, now: datetime) -> Code:
    """A code for one guest; the same id again is the same code. Raises Conflict where the hub knows no address."""
    address_of(code_id)
    until, scopes = instant(now + LASTS), tuple(sorted(caller.properties))
    made = Code(code_id, leaf, hotel, caller.actor, caller.role, caller.is_person, scopes, until)
    store.add(made)
    return store.get(code_id) or made


def address_of(code_id: CaptureId) -> str:
    """What is scanned. Raises Conflict."""
    public_url = installation.get().public_url
    if not public_url:
        raise Conflict("The hub knows no address under which guests reach it.")
    return f"{public_url}/capture/{TOKENS.token(code_id)}"


def shown_by(code_id: CaptureId, caller: Caller) -> Code:
    """What became of a code, for who shows it alone. Raises NotFound."""
    code = store.get(code_id)
    if code is None or code.actor != caller.actor:
        raise NotFound("There is no such code.")
    return code


def behind(token: str, now: datetime) -> Code:
    """The code of a link; changes nothing. Raises NotFound for what the hub did not make, and for one that is over."""
    code = store.get(CaptureId(TOKENS.read(token)))
    if code is None or instant(now) >= code.until:
        raise NotFound(OVER)
    return code


def caller_of(code: Code) -> Caller:
    """Who shows it, with the rights with which they did."""
    return Caller(code.actor, code.role, frozenset(code.scopes), code.is_person)


def take(code: Code, said: Said, now: datetime) -> Code:
    """Use it for what is sent by it: the same again is the same use, at the first one's time. Raises NotFound where it
    was used for something else."""
    told = _told(said)
    store.take(code.id, told, instant(now))
    kept = store.get(code.id)
    if kept is None or kept.taken != told:
        raise NotFound(OVER)
    return kept


def finish(code: Code, outcome: Outcome) -> None:
    store.finish(code.id, outcome)


def _told(said: Said) -> Digest:
    """Stands for what was sent, and tells none of it."""
    told = [said.email, said.language, sorted(said.agreed.items()), sorted(said.topics)]
    return digest("capture", json.dumps(told))
