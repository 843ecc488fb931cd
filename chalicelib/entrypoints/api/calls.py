"""How every call of the API runs: sign in, may you, what do you say, do it (once), answer.

A call names its function as `module:function`, and the module is imported at the first call: its models are
pydantic's, and the webhooks that share this Lambda must not wait for them. The function's signature is the contract,
and it is given what it names: `ask`, a parameter of the path, `body` with the model it takes; keyword-only ones are
query parameters, of which `page` stands for `limit` and `cursor`. What it returns is the model it gives. The OpenAPI
document is read from the same signatures.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_type_hints

from chalice.app import Request, Response

from chalicelib.canonical import choices, time
from chalicelib.canonical.errors import FieldError, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chalicelib.access.model import Caller
    from chalicelib.access.remembered import Answer
    from chalicelib.canonical.definitions import Hand

JSON = "application/json"
BY_PATH = ("PUT", "PATCH")
"""Methods whose path names what the body is about."""
HUB_ID = re.compile(r"[a-z0-9_-]{1,64}")
SEEN = re.compile(r'(?:W/)?("?)(?P<version>[0-9]{1,9})\1')
"""A version as an entity tag, or as it stands in a document."""
NO_BODY = (b"", b"{}", b"null", "")
"""What clients send where there is nothing to say."""
LONGEST = 512
"""Characters of a query parameter."""


@dataclass(frozen=True)
class Call:
    """One line of the table in routes.py. `group_only`: what it touches holds for all properties, and asks for `*`.
    `conflicts`: it is refused where somebody else was faster, or where what it touches is in no state for it.
    `answers_secret`: its answer is kept nowhere else, and computed again for a request that is repeated."""

    method: str
    path: str
    answered_by: str
    roles: frozenset[str]
    status: int = 200
    creates: bool = False
    answers_secret: bool = False
    group_only: bool = False
    conflicts: bool = False
    versioned: bool = False
    """Whoever says in `If-Match` which version they saw is refused where it is another by now."""

    def is_for(self, caller: "Caller") -> bool:
        """Whether a caller may make it."""
        return caller.role in self.roles and (caller.is_group or not self.group_only)


@dataclass(frozen=True)
class Ask:
    """What a function is told besides its parameters."""

    caller: "Caller"
    seed: str
    """What new ids are made of: the same for the same Idempotency-Key, for as long as that is remembered."""
    now: time.Instant
    seen: int | None = None
    """The version that the caller saw of what a call changes; None where they did not say."""
    begun_at: time.Instant | None = None
    """When a request under an Idempotency-Key was sent first; None where it has none."""

    @property
    def first(self) -> time.Instant:
        """The instant that goes into what the seed goes into."""
        return self.begun_at or self.now

    @property
    def hand(self) -> "Hand":
        from chalicelib.canonical.definitions import Hand

        return Hand(self.caller.told, self.now, self.seen)


@dataclass(frozen=True)
class Contract:
    """What the signature of a call's function says."""

    function: Callable[..., Any]
    takes: "type[BaseModel] | None"
    gives: "type[BaseModel] | None"
    names: frozenset[str]
    query: tuple[str, ...]
    pages: bool

    @property
    def names_in_body(self) -> bool:
        """Whether the body holds the id that its path names."""
        return self.takes is not None and "id" in self.takes.model_fields

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        return " ".join((inspect.getdoc(self.function) or "").split("\n")[1:]).strip()


@cache
def contract_of(call: Call) -> Contract:
    module, name = call.answered_by.split(":")
    function = getattr(import_module(f"chalicelib.entrypoints.api.{module}"), name)
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters
    keywords = [name for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY]
    gives = hints["return"]
    return Contract(
        function=function,
        takes=hints.get("body"),
        gives=None if gives is type(None) else gives,
        names=frozenset(parameters),
        query=tuple(name for name in keywords if name != "page"),
        pages="page" in keywords,
    )


def perform(call: Call, request: Request, path: Mapping[str, str]) -> Response:
    """Run one call. Raises what the function raises; `problems` makes answers of errors."""
    from chalicelib.access import actions, requests
    from chalicelib.access.allowances import allowances

    caller = actions.sign_in(request.headers.get("authorization"))
    allowances().take(caller.actor)
    permit(call, caller)
    contract = contract_of(call)
    document = _document(request, contract, call, path)
    given = _given(call, contract, request, path, document)
    seen = _seen(request.headers.get("if-match")) if call.versioned else None
    key = request.headers.get("idempotency-key") if call.creates else None
    said = _with_query(document, {name: given[name] for name in contract.query if given[name] is not None})
    asked = requests.attempt(caller.actor, key, f"{call.method} {call.path.format(**path)}", said, time.now())

    def run(seed: str, begun_at: datetime) -> "Answer":
        ask = Ask(caller, seed, time.instant(asked.at), seen, time.instant(begun_at))
        told = {**given, "ask": ask}
        wanted = {name: value for name, value in told.items() if name in contract.names}
        return _answer(call, contract.function(**wanted))

    answer = requests.answer_once(asked, run, keep_answer=not call.answers_secret)
    headers: dict[str, str | list[str]] = {"Content-Type": JSON, "Cache-Control": "no-store"}
    return Response(answer.text, headers=headers, status_code=answer.status)


def call_named(answered_by: str) -> Call:
    """A call of the table, by the function that answers it."""
    from chalicelib.entrypoints.api.routes import CALLS

    (call,) = [each for each in CALLS if each.answered_by == answered_by]
    return call


def permits(answered_by: str, caller: "Caller") -> bool:
    """Whether a call of the table is one that the caller may make."""
    return call_named(answered_by).is_for(caller)


def _seen(told: str | None) -> int | None:
    """Raises Invalid for what is no version of the hub's."""
    if told is None:
        return None
    version = SEEN.fullmatch(told.strip())
    if version is None:
        raise Invalid(FieldError("If-Match", 'must be a version, such as "3"'))
    return int(version["version"])


def permit(call: Call, caller: "Caller") -> None:
    """Raises Forbidden for what a role may not, or not for some hotels only."""
    if caller.role not in call.roles:
        raise Forbidden(f"The role {caller.role} may not do this: it is for {', '.join(sorted(call.roles))}.")
    if call.group_only and not caller.is_group:
        raise Forbidden("This touches every property, and the key is for some of them.")


def _document(request: Request, contract: Contract, call: Call, path: Mapping[str, str]) -> Any:
    """The body as it was sent. A PUT or a PATCH names its id in the path; in the body it may be left out, and must not
    differ."""
    from chalicelib.entrypoints.api import documents

    raw = request.raw_body
    if contract.takes is None:
        if call.method != "GET" and raw.strip() not in NO_BODY:
            raise Invalid(FieldError("body", _takes_none(contract)))
        return None
    document = documents.parse(raw if isinstance(raw, bytes) else raw.encode())
    if call.method in BY_PATH and isinstance(document, dict) and contract.names_in_body:
        (name,) = path.values()
        if document.setdefault("id", name) != name:
            raise Invalid(FieldError("id", "differs from the id in the path"))
    return document


def _takes_none(contract: Contract) -> str:
    """A body that is passed over would be a wish that nobody hears."""
    query = f": what it takes stands behind its address, as {choices.known(contract.query)}" if contract.query else ""
    return f"is not taken by this call{query}"


def _with_query(document: Any, query: Mapping[str, Any]) -> Any:
    """What a repeated request must say again: the body, and what of the query was given."""
    return {"query": dict(query), "body": document} if query else document


def _given(call: Call, contract: Contract, request: Request, path: Mapping[str, str], document: Any) -> dict[str, Any]:
    """Everything the function may name. A name in the path that nothing can have is not there; one that is about to be
    given is checked by its model."""
    from chalicelib.entrypoints.api import documents

    given: dict[str, Any] = dict(path)
    if contract.takes is not None:
        given["body"] = documents.check(contract.takes, document)
    _check_names(contract, path.values())
    return given | _query(call, contract, request, path)


def check_asked(contract: Contract, names: Iterable[str], query: Mapping[str, object]) -> None:
    """Of a call that comes by another way than an address of the API: the bounds of its names and parameters."""
    _check_names(contract, names)
    if faults := _too_long(query):
        raise Invalid(*faults)


def _check_names(contract: Contract, names: Iterable[str]) -> None:
    if not contract.names_in_body and not all(HUB_ID.fullmatch(each) for each in names):
        raise NotFound("There is nothing of this name.")


def _too_long(query: Mapping[str, object]) -> list[FieldError]:
    return [
        FieldError(name[:LONGEST], "is too long", "?")
        for name, value in query.items()
        if isinstance(value, str) and len(value) > LONGEST
    ]


def _query(call: Call, contract: Contract, request: Request, path: Mapping[str, str]) -> dict[str, Any]:
    from chalicelib.entrypoints.api.paging import read_page

    asked: dict[str, str] = dict(request.query_params or {})
    known = {*contract.query, *(("limit", "cursor") if contract.pages else ())}
    faults = [
        FieldError(name[:LONGEST], f"is not a parameter of this call{_there_is(known)}", "?")
        for name in sorted(asked.keys() - known)
    ]
    faults += _too_long(asked)
    if faults:
        raise Invalid(*faults)
    query: dict[str, Any] = {name: asked.get(name) for name in contract.query}
    return query | ({"page": read_page(call.path.format(**path), asked)} if contract.pages else {})


def _there_is(parameters: set[str]) -> str:
    return f"; there is {choices.known(parameters)}" if parameters else ""


def _answer(call: Call, given: "BaseModel | None") -> "Answer":
    from chalicelib.access.remembered import Answer

    return Answer(204, "") if given is None else Answer(call.status, given.model_dump_json(by_alias=True))
