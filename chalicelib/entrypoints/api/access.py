"""/v1/keys: a key is shown once, and kept as its hash."""

from chalicelib.access import actions
from chalicelib.access.model import ApiKey, KeyAsked, Role
from chalicelib.canonical.ids import KeyId
from chalicelib.entrypoints.api import paging
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page


class KeyShown(Shown):
    key_id: KeyId
    name: str
    role: Role
    properties: tuple[str, ...]


class KeyMade(KeyShown):
    """`key` is shown here and never again."""

    key: str


def listed(ask: Ask, *, named: str | None = None, page: Page) -> Listing[KeyShown]:
    """The keys whose properties the caller may all see, without the keys themselves; with `named` those in whose id or
    name that stands."""
    wanted = paging.named(actions.seen(ask.caller, page.after), named, lambda each: (each.key_id, each.name))
    items, more = page.take(map(_shown, wanted))
    return Listing(items=items, next_cursor=page.cursor(items[-1].key_id) if more else None)


def create(ask: Ask, body: KeyAsked) -> KeyMade:
    """Make a key; nobody can make one that may see more than their own."""
    secret = actions.secret_of(ask.seed)
    made = actions.create(ask.caller, body, secret, ask.now)
    return KeyMade(**_shown(made).model_dump(), key=secret.key)


def delete(ask: Ask, key_id: KeyId) -> None:
    """End a key at once."""
    actions.end(ask.caller, key_id, ask.now)


def _shown(key: ApiKey) -> KeyShown:
    return KeyShown(key_id=key.key_id, name=key.name, role=key.role, properties=key.properties)
