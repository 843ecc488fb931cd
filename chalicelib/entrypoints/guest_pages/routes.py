"""Every page of a guest on one page: its address, and the function of a module beside this one that answers it.

A GET changes nothing: mail scanners follow every link. A module is imported when its first page is asked for: the edge,
which takes webhooks, starts without them.
"""

from importlib import import_module
from typing import cast

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.problems import answered

GET, POST = ("GET", "HEAD"), ("POST",)
PAGES = (
    (GET, "/u/{token}", "leaving:shown"),
    (POST, "/u/{token}", "leaving:left"),
    (GET, "/u/{token}/back", "leaving:return_shown"),
    (POST, "/u/{token}/back", "leaving:returned"),
    (GET, "/u/{token}/known", "knowing:shown"),
    (GET, "/u/{token}/known/{kind}", "knowing:kind_shown"),
    (POST, "/u/{token}/known/{kind}", "knowing:kind_said"),
    (GET, "/preferences/{token}", "choosing:shown"),
    (POST, "/preferences/{token}", "choosing:chosen"),
    (GET, "/signup", "signing_up:shown"),
    (POST, "/signup", "signing_up:asked"),
    (GET, "/signup/{property_id}", "signing_up:shown"),
    (POST, "/signup/{property_id}", "signing_up:asked"),
    (GET, "/confirm/{token}", "signing_up:confirmation_shown"),
    (POST, "/confirm/{token}", "signing_up:confirmed"),
    (GET, "/capture/{token}", "capturing:shown"),
    (POST, "/capture/{token}", "capturing:sent"),
)

guest_pages = Blueprint(__name__)


def _serve(methods: tuple[str, ...], path: str, answers: str) -> None:
    module, _, name = answers.partition(":")

    @answered(guest_pages)
    def view(**parts: str) -> Response:
        page = getattr(import_module(f"{__package__}.{module}"), name)
        return cast(Response, page(guest_pages.current_request, **parts))

    guest_pages.route(path, methods=list(methods), content_types=["*/*"])(view)


for each in PAGES:
    _serve(*each)
