"""/v1/templates: reusable content in Liquid, and what a guest would read of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.ids import GuestId, Leaf, PropertyId, TemplateId
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api import paging, properties
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.visibility import guest_of, known_at
from chalicelib.guests import today
from chalicelib.guests.model import Traits
from chalicelib.messages import actions, previews
from chalicelib.messages.misfits import Misfit
from chalicelib.messages.model import Draft, Template
from chalicelib.messages.previews import Preview
from chalicelib.messages.store import TEMPLATES
from chalicelib.messages.variables import SAMPLE_GUEST


class ReaderAsked(BaseModel):
    """Who is to read a template: a guest in the key's sight, or else one of whom all is known; and in whose name: a
    property's, or else the group's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guest: Annotated[Leaf, HUB_ID] | None = None
    property_id: Annotated[PropertyId, HUB_ID] | None = None


class TemplatePreviewAsked(Draft, ReaderAsked):
    """A template that need not be saved, and who is to read it."""


class TemplateFault(Shown):
    """One thing wrong with a template, or why this guest would not get it (`reason`). Line and column, from 1, where
    they are known; `part` is null for what is wrong with all of it."""

    part: Literal["subject", "html", "text"] | None
    message: str
    line: int | None
    column: int | None
    reason: str | None


class TemplatePreview(Shown):
    """What the guest would read, foot and all; the way out leads nowhere. With faults there is nothing to read."""

    subject: str | None
    html: str | None
    text: str | None
    faults: list[TemplateFault]


def listed(*, named: str | None = None, page: Page) -> Listing[Template]:
    """All templates; with `named` those in whose id or name that stands."""
    wanted = paging.named(TEMPLATES.listed(), named, lambda each: (each.id, each.name))
    items, cursor = page.of(wanted, lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(ask: Ask, body: Template) -> Template:
    """Write a template; its version grows by itself with every change."""
    return actions.save_template(body, ask.hand)


def get(template_id: TemplateId) -> Template:
    """One template."""
    return TEMPLATES.required(template_id)


def preview(ask: Ask, body: TemplatePreviewAsked) -> TemplatePreview:
    """Show a template that need not be saved as a guest would read it, or what is wrong with it.

    It is written by what sends it, within the same bounds; nothing is kept, and nobody is written to.
    """
    draft = body.model_dump(include=set(Draft.model_fields))
    template = Template.model_validate({"id": "unsaved", "name": "Unsaved", **draft})
    return _preview(ask, template, _reader(ask, body), body.property_id)


def preview_saved(ask: Ask, template_id: TemplateId, body: ReaderAsked) -> TemplatePreview:
    """Show a template as a guest would read it: the same as of one that is not saved."""
    reader = _reader(ask, body)
    return _preview(ask, TEMPLATES.required(template_id), reader, body.property_id)


def _preview(ask: Ask, template: Template, reader: Traits, hotel: PropertyId | None) -> TemplatePreview:
    return _shown(previews.preview(template, reader, hotel, moment_of(ask.now)))


def _reader(ask: Ask, asked: ReaderAsked) -> Traits:
    """Raises NotFound for a guest, or a hotel, that the caller does not see."""
    if asked.property_id:
        properties.get(ask, asked.property_id)
    if asked.guest is None:
        return SAMPLE_GUEST
    days = today.days(moment_of(ask.now), asked.property_id)
    return known_at(guest_of(ask.caller, GuestId(asked.guest)), asked.property_id, days)


def _shown(found: Preview) -> TemplatePreview:
    parts = {part: found.parts.get(part) for part in ("subject", "html", "text")}
    return TemplatePreview(**parts, faults=[_fault(each, found.held) for each in found.misfits])


def _fault(misfit: Misfit, reason: str | None) -> TemplateFault:
    line, column = misfit.place or (None, None)
    return TemplateFault.model_validate(
        {"part": misfit.part or None, "message": misfit.words, "line": line, "column": column, "reason": reason}
    )
