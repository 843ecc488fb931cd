"""/v1/templates: reusable content in Liquid."""

from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.paging import Page
from chalicelib.messages import actions, store
from chalicelib.messages.model import Template


def listed(*, page: Page) -> Listing[Template]:
    """All templates."""
    items, more = page.take(each for each in store.templates() if each.id > (page.after or ""))
    return Listing(items=items, next_cursor=page.cursor(items[-1].id) if more else None)


def put(body: Template) -> Template:
    """Write a template; its version grows by itself with every change."""
    return actions.save_template(body)


def get(template_id: str) -> Template:
    """One template."""
    return actions.template(template_id)
