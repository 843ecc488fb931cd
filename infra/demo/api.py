"""The hub's API and the simulator's, as the demo calls them."""

import json
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import urllib3

Json = Any


class CallFailed(RuntimeError):
    """An API answered with an error; the message says which call and what it said."""


@dataclass(frozen=True)
class Api:
    """One base address, and the key to use there."""

    base: str
    key: str | None = None

    def get(self, path: str) -> Json:
        return self._call("GET", path, None, {})

    def listed(self, path: str, query: str = "") -> list[dict[str, Json]]:
        """Every item of a listing, page by page; `query` ends in `&` where there is one."""
        found: list[dict[str, Json]] = []
        cursor = ""
        while True:
            page = self.get(f"{path}?{query}limit=200{cursor}")
            found += page["items"]
            if not page.get("next_cursor"):
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def put(self, path: str, body: Json) -> Json:
        return self._call("PUT", path, body, {})

    def post(self, path: str, body: Json = None, *, once: str | None = None) -> Json:
        """`once` is the Idempotency-Key of a creating call."""
        return self._call("POST", path, body, {"Idempotency-Key": once} if once else {})

    def _call(self, method: str, path: str, body: Json, extra: dict[str, str]) -> Json:
        headers = {"Content-Type": "application/json", **extra}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        answer = _pool().request(method, f"{self.base}{path}", body=_packed(body), headers=headers)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise CallFailed(f"{method} {path} answered {answer.status}: {answer.data.decode(errors='replace')}")
        return json.loads(answer.data) if answer.data else None


def _packed(body: Json) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


@cache
def _pool() -> urllib3.PoolManager:
    """A call that is refused for coming too fast did nothing, and is sent again when the answer says so."""
    too_fast = urllib3.Retry(
        total=60,
        connect=0,
        read=0,
        other=0,
        status_forcelist=[HTTPStatus.TOO_MANY_REQUESTS],
        allowed_methods=None,
        raise_on_status=False,
    )
    return urllib3.PoolManager(retries=too_fast, timeout=60, maxsize=8)
