"""The hub's API and the simulator's, as the demo calls them."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

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
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", content, headers, method=method)  # noqa: S310 (loopback)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (loopback)
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise CallFailed(
                f"{method} {path} answered {error.code}: {error.read().decode(errors='replace')}"
            ) from None
        return json.loads(text) if text else None
