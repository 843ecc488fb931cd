"""Every line of the table of calls fits the function that answers it: found here, not by whoever calls first."""

import re
from collections import Counter
from collections.abc import Iterator
from inspect import Parameter, getdoc, signature
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import BY_PATH, Ask, Call, Contract, contract_of
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.roles import ADMIN
from chalicelib.entrypoints.api.routes import CALLS
from chalicelib.loyalty.model import Program


def faults_of(call: Call) -> list[str]:
    """What is wrong between a call and its function; nothing, where they fit."""
    try:
        contract = contract_of(call)
    except (ImportError, AttributeError, ValueError, NameError, KeyError) as error:
        return [f"{call.answered_by}: {type(error).__name__}: {error}"]
    return [f"{call.answered_by}: {fault}" for fault in _faults(call, contract)]


def _faults(call: Call, contract: Contract) -> Iterator[str]:
    hints: dict[str, Any] = get_type_hints(contract.function)
    in_path = re.findall(r"{(\w+)}", call.path)
    for name, parameter in signature(contract.function).parameters.items():
        if not _is_given(name, hints.get(name), parameter, in_path):
            yield f"nobody gives {name}: {hints.get(name)}"
    yield from (f"takes no {name}" for name in in_path if not _is_taken(name, call, contract, in_path))
    if not _is_answer(hints.get("return")):
        yield f"returns {hints.get('return')}, which is no model"
    if contract.takes and call.method not in {*BY_PATH, "POST"}:
        yield f"a {call.method} has no body"
    if call.creates and call.method != "POST":
        yield f"a {call.method} creates nothing under an Idempotency-Key"
    if not getdoc(contract.function):
        yield "says nothing of what it does"


def _is_given(name: str, hint: Any, parameter: Parameter, in_path: list[str]) -> bool:
    if parameter.kind is Parameter.KEYWORD_ONLY:
        return hint is Page if name == "page" else _is_text_or_none(hint) and parameter.default is None
    if name == "ask":
        return hint is Ask
    if name == "body":
        return _is_model(hint)
    return name in in_path and _is_text(hint)


def _is_text_or_none(hint: Any) -> bool:
    texts = [each for each in get_args(hint) if each is not NoneType]
    return NoneType in get_args(hint) and len(texts) == 1 and _is_text(texts[0])


def _is_taken(name: str, call: Call, contract: Contract, in_path: list[str]) -> bool:
    """A PUT or PATCH of something with an id has the id of its path in its body."""
    return name in contract.names or (call.method in BY_PATH and contract.names_in_body and in_path == [name])


def _is_answer(hint: Any) -> bool:
    return hint is type(None) or _is_model(hint)


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _is_text(hint: Any) -> bool:
    """`str`, or a NewType of it."""
    return hint is str or (hasattr(hint, "__supertype__") and _is_text(hint.__supertype__))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_fits_its_function(call: Call) -> None:
    assert faults_of(call) == []


def test_no_two_calls_are_one() -> None:
    counted = Counter((call.method, re.sub(r"{\w+}", "{}", call.path)) for call in CALLS)
    assert [each for each, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (Call("GET", "/v1/guests", "guests:serach", ADMIN), "serach"),
        (Call("GET", "/v1/guests", "guest:search", ADMIN), "No module named"),
        (Call("GET", "/v1/guests", "guests.search", ADMIN), "ValueError"),
        (Call("GET", "/v1/programs/{program}", "programs:get", ADMIN), "nobody gives program_id"),
        (Call("GET", "/v1/programs/{program}", "programs:get", ADMIN), "takes no program"),
        (Call("PUT", "/v1/{hotel}/programs/{program_id}", "programs:put", ADMIN), "takes no hotel"),
        (Call("DELETE", "/v1/programs/{program_id}", "programs:put", ADMIN), "a DELETE has no body"),
        (Call("PUT", "/v1/programs/{program_id}", "programs:put", ADMIN, creates=True), "a PUT creates nothing"),
    ],
)
def test_a_slip_in_the_table_is_told(call: Call, told: str) -> None:
    assert any(told in fault for fault in faults_of(call))


def takes_a_text_as_body(ask: Ask, body: str) -> None:
    """Nothing."""


def returns_a_dictionary(program_id: str) -> dict[str, str]:
    """Nothing."""
    return {}


def returns_what_it_does_not_say(program_id: str):  # type: ignore[no-untyped-def]  # the slip that is looked for
    """Nothing."""


def counts_in_the_path(program_id: int) -> None:
    """Nothing."""


def counts_in_the_query(*, most: int) -> Listing[Program]:
    """Nothing."""
    raise NotImplementedError


def says_nothing(program_id: str) -> Shown:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (takes_a_text_as_body, "nobody gives body"),
        (returns_a_dictionary, "which is no model"),
        (returns_what_it_does_not_say, "KeyError"),
        (counts_in_the_path, "nobody gives program_id"),
        (counts_in_the_query, "nobody gives most"),
        (says_nothing, "says nothing"),
    ],
)
def test_a_function_with_another_contract_is_told(monkeypatch: pytest.MonkeyPatch, function: Any, told: str) -> None:
    from chalicelib.entrypoints.api import programs

    contract_of.cache_clear()
    monkeypatch.setattr(programs, "get", function)
    try:
        assert any(told in each for each in faults_of(Call("GET", "/v1/programs/{program_id}", "programs:get", ADMIN)))
    finally:
        contract_of.cache_clear()
