"""What needs no key: whether the hub lives, and what its API is."""

import json

from chalice.app import Blueprint, Response

from chalicelib.canonical.version import VERSION
from chalicelib.entrypoints.problems import answered

open_pages = Blueprint(__name__)


@open_pages.route("/health", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(open_pages)
def health() -> Response:
    return _json({"status": "ok", "version": VERSION})


@open_pages.route("/openapi.json", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(open_pages)
def openapi() -> Response:
    from chalicelib.entrypoints.api.openapi import document

    return _json(document())


def _json(body: object) -> Response:
    return Response(json.dumps(body), headers={"Content-Type": "application/json"})
