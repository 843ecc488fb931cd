"""What the hub has come to after a season, read over its API: two versions of the hub are compared by it.

It does not depend on how the table is laid out, nor on the order in which a season's webhooks happened to come:
instants, revisions and the ids that follow from them are left out, and a ledger is told as what each stay has earned.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.demo import campaign
from infra.demo.api import Api

Json = dict[str, Any]
AT_ONCE = 4
LEFT_OUT = {"at", "run"}
"""They tell when this season was played."""


def read(hub: Api, customers: Iterable[str], source: str, program: str) -> Json:
    """Every guest that the source's customers became, with stays, consents and points, and the campaign's decisions."""
    known = guests(hub, customers, source, program)
    return {"guests": known, "decisions": {each["guest"]: campaign.code_of(each) for each in campaign.decisions(hub)}}


def guests(hub: Api, customers: Iterable[str], source: str, program: str) -> Json:
    """The guests alone."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda customer: _guests(hub, source, customer), sorted(customers))
        named = {guest["id"]: guest for each in found for guest in each}
        known = zip(named, pool.map(lambda guest: _guest(hub, guest, program), named.values()), strict=True)
        return dict(sorted(known))


def write(state: Json, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(state, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def differences(before: Json, after: Json) -> list[str]:
    """Where the end state differs from an earlier version's; what that version did not tell is not compared."""
    return list(_differences("", before, after))


def _differences(path: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before:
            yield from _differences(f"{path}/{name}", before[name], after.get(name))
        if path in {"/guests", "/decisions"}:
            yield from (f"{path}/{name} is new" for name in after.keys() - before.keys())
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (was, now) in enumerate(zip(before, after, strict=True)):
            yield from _differences(f"{path}/{at}", was, now)
    elif before != after:
        yield f"{path}: {before!r} is now {after!r}"


def _guests(hub: Api, source: str, customer: str) -> list[Json]:
    found: list[Json] = hub.get(f"/v1/guests?source={quote(source)}&source_id={quote(customer)}")["items"]
    return found


def _guest(hub: Api, guest: Json, program: str) -> Json:
    path = f"/v1/guests/{guest['id']}"
    return {
        **guest,
        "all_stays": sorted(hub.listed(f"{path}/stays"), key=lambda stay: str(stay["id"])),
        "consents": _without_instants(hub.get(f"{path}/consents")),
        "membership": _without_instants(hub.get(f"{path}/membership")["items"]),
        "earned": _earned(hub.listed(f"{path}/ledger", f"program={program}&")),
        "happened": sorted(Counter(each["kind"] for each in hub.listed(f"{path}/timeline")).items()),
    }


def _earned(entries: Iterable[Json]) -> dict[str, int]:
    points: Counter[str] = Counter()
    for entry in entries:
        points[entry["reservation"]] += entry["points"]
    return dict(points)


def _without_instants(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_instants(each)
            for name, each in value.items()
            if name not in LEFT_OUT and not name.endswith("_at")
        }
    return [_without_instants(each) for each in value] if isinstance(value, list) else value
