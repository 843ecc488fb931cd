"""What a page is given: who is there, what they sent, and the hub.

A page asks the hub by the API's own functions, through `Visit.call`, which holds them to the same rights: there is no
second logic and no second right. A form that is refused shows its page again, with what was typed, and each fault at
its field.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast, overload
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.canonical import time
from chalicelib.canonical.errors import CallerError, Unauthorized
from chalicelib.entrypoints.api.calls import Ask, call_named, check_asked, contract_of, permit, permits
from chalicelib.entrypoints.console.table import CONSOLE_AT, NOWHERE, Page, find, parts_of
from chalicelib.entrypoints.console.told import DONE
from chalicelib.entrypoints.console.wording import UTC, Wording
from chalicelib.entrypoints.form_bodies import Form
from chalicelib.languages.catalogues import CONSOLE, Language, catalogue

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chalicelib.access.model import Caller
    from chalicelib.access.sessions import SignedIn
    from chalicelib.entrypoints.api.calls import Call
    from chalicelib.entrypoints.api.paging import Page as PageOfListing

    Model = TypeVar("Model", bound=BaseModel)

Given = ParamSpec("Given")
Told = TypeVar("Told")
SIGN_IN = "/sign-in"
GUEST = re.compile(r'"(g[0-9a-f]{24})"')
"""The id of a guest, or of a record of one, in JSON."""


@dataclass(frozen=True)
class Visit:
    """One request for a page. `names` is what stands in its address, `page` the line of the table."""

    page: Page
    pages: Sequence[Page]
    names: Mapping[str, str]
    path: str
    """Behind /console."""
    headers: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    now: time.Instant
    language: Language
    signed: "SignedIn | None" = None
    refusal: CallerError | None = None
    network: str = ""
    """The address from which the browser asks."""
    seen: dict[str, None] = field(default_factory=dict)
    """The guests of whom the hub was asked, or told, in this visit, for the audit: what a call answers need not name
    whom it is about."""

    def again(self, path: str, /, **changes: str | None) -> str:
        """The address of a page with what this one was asked for, but for what changes; None takes it out.
        A parameter may be called anything, also as ours are."""
        return self.at(path, **{**self.query, "done": None, **changes})

    @property
    def done(self) -> str:
        """What was done just before this page, in words; the address names it, and may name nothing else."""
        code = self.query.get("done", "")
        return self.words(DONE[code]) if code in DONE else ""

    @property
    def route(self) -> str:
        """Of the page, with names where ids stand in the address."""
        return f"{CONSOLE_AT}{self.page.path}"

    def words(self, text: str) -> str:
        """A text in the reader's language."""
        return catalogue(self.language, CONSOLE).gettext(text)

    @property
    def signed_in(self) -> "SignedIn":
        """Raises Unauthorized where nobody is."""
        if self.signed is None:
            raise Unauthorized
        return self.signed

    @property
    def caller(self) -> "Caller":
        return self.signed_in.caller

    @property
    def session(self) -> str:
        return self.signed.session if self.signed else ""

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.language, self.now)

    @cached_property
    def zone(self) -> str:
        """In whose time instants are told that are no hotel's: the first hotel's, of those of who is there."""
        from chalicelib.properties import store

        return next((each.time_zone for id_, each in sorted(store.by_id().items()) if self.caller.sees(id_)), UTC)

    def at(self, path: str, /, **query: str | None) -> str:
        """The address of a page of ours, as seen from this one: what stands before /console (the gateway's stage, a
        path of a domain) only the browser knows."""
        given = {name: value for name, value in query.items() if value}
        up = "../" * len(parts_of(self.path))
        return f"{up}{CONSOLE_AT[1:]}{path.rstrip('/')}" + (f"?{urlencode(given)}" if given else "")

    def opens(self, page: Page) -> bool:
        """Whether who is there may open a page."""
        return page.is_open or (self.signed is not None and (not page.opens or permits(page.opens, self.caller)))

    def opens_at(self, path: str) -> bool:
        """Whether who is there may open the page at a path."""
        page = find(self.pages, parts_of(path)).page
        return page is not NOWHERE and self.opens(page)

    def may(self, function: Callable[..., object]) -> bool:
        """Whether who is there may call a function of the API."""
        return self.signed is not None and _call_of(function).is_for(self.caller)

    @overload
    def call(
        self, function: Callable[Concatenate["Ask", Given], Told], *args: Given.args, **given: Given.kwargs
    ) -> Told: ...
    @overload
    def call(self, function: Callable[Given, Told], *args: Given.args, **given: Given.kwargs) -> Told: ...
    def call(self, function: Callable[..., Any], *args: Any, **given: Any) -> Any:
        """Ask the hub by a function of the API. Raises Forbidden for what this role may not, and what the function
        raises."""
        from chalicelib.access.allowances import allowances

        call = _call_of(function)
        permit(call, self.caller)
        allowances().take(self.caller.actor)
        contract = contract_of(call)
        takes_ask = "ask" in contract.names
        check_asked(contract, [each for each in args if isinstance(each, str)], given)

        def run(seed: str, begun_at: datetime) -> Any:
            ask = Ask(self.caller, seed, self.now, self.form.version, time.instant(begun_at))
            return function(*([ask] if takes_ask else []), *args, **given)

        told = self._once(call, run, (args, given)) if call.creates else run("", time.moment_of(self.now))
        for each in (told, *args, *given.values()):
            self.seen.update(dict.fromkeys(guests_in(each)))
        return told

    def _once(self, call: "Call", run: Callable[[str, datetime], Any], said: object) -> Any:
        """A form that is sent twice does once what creates something, and is answered alike."""
        from chalicelib.access import requests
        from chalicelib.access.remembered import Answer

        def answered(seed: str, begun_at: datetime) -> Answer:
            return Answer(call.status, run(seed, begun_at).model_dump_json(by_alias=True))

        at = time.moment_of(self.now)
        asked = requests.attempt(self.caller.actor, self.form.nonce, f"{call.method} {self.path}", repr(said), at)
        answer = requests.answer_once(asked, answered, keep_answer=not call.answers_secret)
        return cast("type[BaseModel]", contract_of(call).gives).model_validate_json(answer.text)

    def body(self, model: "type[Model]", document: object) -> "Model":
        """A form's document as the API takes it. Raises Invalid, which names each field."""
        from chalicelib.entrypoints.api import documents

        return documents.check(model, document)

    def part(self, listing: str) -> "PageOfListing":
        """Which part of a listing is wanted; its cursors are those of the address they stand in."""
        from chalicelib.entrypoints.api.paging import read_page

        asked = {name: self.query[name] for name in ("limit", "cursor") if self.query.get(name)}
        return read_page(f"{CONSOLE_AT}{listing}", asked)

    def asked(self, name: str) -> str | None:
        """What a list is filtered by; None for anything."""
        return self.query.get(name, "").strip() or None

    def is_filtered(self, names: Iterable[str]) -> bool:
        """Whether a list is filtered by any of these."""
        return any(self.asked(each) for each in names)

    @property
    def wanted(self) -> str | None:
        """The part of a name that a list is filtered by."""
        return self.asked("named")

    def number(self, name: str) -> int | str | None:
        """A number of the form; what is none is handed on as it was typed, for its model to say what is wrong."""
        typed = self.form.text(name).strip()
        is_whole = typed.isascii() and typed.removeprefix("-").isdigit() and len(typed) < 19
        return int(typed) if is_whole else typed or None

    def typed(self, name: str, kept: object = "") -> str:
        """What a field shows: what was typed, where the form came back, and else what is kept."""
        if self.form.has(name):
            return self.form.text(name)
        return "" if kept is None else str(kept)

    def described(self, name: str, help_: str) -> dict[str, str]:
        """The attributes by which a field is tied to what is said about it."""
        is_wrong = bool(self.fault(name))
        by = " ".join([f"{name}-help"] * bool(help_) + [f"{name}-fault"] * is_wrong)
        return ({"aria-describedby": by} if by else {}) | ({"aria-invalid": "true"} if is_wrong else {})

    def is_ticked(self, name: str, value: str, kept: object) -> bool:
        """Of a box or a choice."""
        if self.form.fields:
            return value in self.form.texts(name)
        return bool(kept)

    @cached_property
    def faults(self) -> Mapping[str, str]:
        """Field → what is wrong with it, of the form that came back."""
        found: dict[str, str] = {}
        for each in getattr(self.refusal, "fields", ()):
            found[each.field] = f"{found[each.field]}; {each.message}" if each.field in found else each.message
        return found

    def fault(self, name: str) -> str:
        """What is wrong with a field, or within the map or list that it stands for; "" for nothing."""
        within = [
            f"{key.removeprefix(name)[1:]} {fault}" for key, fault in self.faults.items() if key.startswith(f"{name}.")
        ]
        return "; ".join([*([self.faults[name]] if name in self.faults else []), *within])

    def shown(self, template: str, /, **values: object) -> Response:
        """A page. The values are what its template names."""
        from chalicelib.entrypoints.console.rendering import page

        return page(self, template, self.refusal.status if self.refusal else 200, values)

    def showing_anew(self, names: str) -> "Visit":
        """The same visit, whose page shows the fields of these names as the page gives them, not as they were typed."""
        return replace(self, form=self.form.without(names))

    def refused(self, refusal: CallerError) -> "Visit":
        """The same visit, whose page tells what was wrong."""
        return replace(self, refusal=refusal)

    def go(self, path: str, /, **query: str | None) -> Response:
        """Lead on to a page, after something was done (303: it is asked for, and never posted again)."""
        return moved(self.at(path, **query))


def guests_in(told: object) -> list[str]:
    """The ids of guests in what a call was given or told, records' included: no page can forget one."""
    dump = getattr(told, "model_dump_json", None)
    text = dump() if dump else f'"{told}"' if isinstance(told, str) else ""
    return list(dict.fromkeys(GUEST.findall(text)))


def moved(address: str, **headers: str) -> Response:
    kept: dict[str, str | list[str]] = {"Location": address, "Cache-Control": "no-store", **headers}
    return Response("", headers=kept, status_code=303)


def _call_of(function: Callable[..., object]) -> "Call":
    return call_named(f"{function.__module__.rpartition('.')[2]}:{function.__name__}")
