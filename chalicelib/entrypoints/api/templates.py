"""/v1/templates: reusable content in Liquid."""

from chalicelib.canonical.ids import TemplateId
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.paging import Page
from chalicelib.messages import actions
from chalicelib.messages.model import Template
from chalicelib.messages.store import TEMPLATES


def listed(*, page: Page) -> Listing[Template]:
    """All templates."""
    items, cursor = page.of(TEMPLATES.listed(), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def put(body: Template) -> Template:
    """Write a template; its version grows by itself with every change."""
    return actions.save_template(body)


def get(template_id: TemplateId) -> Template:
    """One template."""
    return TEMPLATES.required(template_id)
