"""Where the reference stands: what holds for every call, and a page for each resource."""

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.problems import answered

reference = Blueprint(__name__)
AT = "/docs"


@reference.route(AT, methods=["GET", "HEAD"], content_types=["*/*"])
@answered(reference)
def overview() -> Response:
    return _page("")


@reference.route(f"{AT}/{{resource}}", methods=["GET", "HEAD"], content_types=["*/*"])
@answered(reference)
def one_resource(resource: str) -> Response:
    return _page(resource)


def _page(name: str) -> Response:
    from chalicelib.entrypoints.reference import rendering

    prefix = str(reference.current_request.context.get("path", "")).partition(AT)[0]
    html = rendering.resource(prefix, name) if name else rendering.overview(prefix)
    return Response(html, headers=rendering.headers())
