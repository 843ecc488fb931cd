"""Calls of the Connector API, page after page: by ids, by a period, or to look up what ids stand for."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.canonical.errors import Rejected
from chalicelib.connectors.contract import Call, Conversation, Link

IDS_AT_ONCE = 1000
"""As many as a call takes."""
ROWS_AT_ONCE = 500
"""Mews has pages of up to a thousand; their answers would be larger than a function has memory for."""
CLIENT = "Xenia 1.0"

Row = Mapping[str, Any]


def of_ids(
    link: Link,
    operation: str,
    answer: str,
    *,
    more: Row | None = None,
    **ids: Iterable[str],
) -> Conversation[list[Row]]:
    """Everything that belongs to the ids: calls of up to a thousand ids each, and their pages."""
    ((filter_name, wanted),) = ids.items()
    ordered = sorted(set(wanted))
    found: list[Row] = []
    for start in range(0, len(ordered), IDS_AT_ONCE):
        query: dict[str, Any] = {filter_name: ordered[start : start + IDS_AT_ONCE]}
        found += yield from pages(link, operation, answer, {**query, **(more or {})})
    return found


def look_up(link: Link, operation: str, answer: str, query: Row) -> Conversation[list[Row]]:
    """Rows that seldom change; none where the token may not ask for them."""
    return pages(link, operation, answer, query, is_look_up=True)


def pages(link: Link, operation: str, answer: str, query: Row, *, is_look_up: bool = False) -> Conversation[list[Row]]:
    """Every row that answers a query."""
    found: list[Row] = []
    cursor: str | None = None
    while True:
        (page,) = yield [Call(f"/api/connector/v1/{operation}", _body(link, query, cursor), is_look_up=is_look_up)]
        if page is None and is_look_up:
            return found
        rows = (page.get(answer) or []) if isinstance(page, dict) else None
        if not isinstance(rows, list):
            raise Rejected("unreadable_answer", f"{operation}: {answer} is no list")
        found += [row for row in rows if isinstance(row, dict)]
        before, cursor = cursor, page.get("Cursor")
        if not cursor or cursor == before or len(rows) < ROWS_AT_ONCE:
            return found


def _body(link: Link, query: Row, cursor: str | None) -> dict[str, Any]:
    return {
        "ClientToken": link.credentials["client_token"],
        "AccessToken": link.credentials["access_token"],
        "Client": CLIENT,
        **query,
        "Limitation": {"Count": ROWS_AT_ONCE, **({"Cursor": cursor} if cursor else {})},
    }
