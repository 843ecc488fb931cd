"""boto3's clients are made once for the process: each takes as long as a small test, and the account behind it is new.

A client keeps nothing of a test but the hooks that the test put into it, which are gone for the next one.
"""

import os
from collections.abc import Callable
from typing import Any

import boto3
from botocore.hooks import EventAliaser
from moto.core.models import botocore_stubber

MAKE: Callable[..., Any] = boto3.client
ALTERING = ("register", "register_first", "register_last", "unregister")
_KEPT: dict[object, Any] = {}
"""By what they were asked for with."""


def install() -> None:
    """Once for the process."""
    setattr(boto3, "client", _client)  # noqa: B010 - mypy knows boto3 by its services
    for name in ALTERING:
        setattr(EventAliaser, name, _of_its_own(vars(EventAliaser)[name]))


def unhook() -> None:
    """What a test put into a client is of no use to the next one."""
    for client in _KEPT.values():
        events = client.meta.events
        events._emitter = events.__dict__["as_made"]


def _client(*args: Any, **kwargs: Any) -> Any:
    """Where no session was set up, only arguments and the environment tell one client from another."""
    if boto3.DEFAULT_SESSION is not None or not botocore_stubber.enabled:
        return MAKE(*args, **kwargs)
    key = (args, frozenset(kwargs.items()), _environment())
    if key not in _KEPT:
        _KEPT[key] = client = boto3.Session().client(*args, **kwargs)
        client.meta.events.__dict__["as_made"] = client.meta.events._emitter
    return _KEPT[key]


def _environment() -> frozenset[tuple[str, str]]:
    return frozenset(each for each in os.environ.items() if each[0].startswith("AWS_"))


def _of_its_own(alter: Callable[..., Any]) -> Callable[..., Any]:
    """Hooks are copied when a test first alters them."""

    def altered(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._emitter is self.__dict__.get("as_made"):
            self._emitter = self._emitter.__copy__()
        return alter(self, *args, **kwargs)

    return altered
