"""The webhooks of a soak: signed notices, some pushed twice, some out of order, some refused, some not readable."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from standardwebhooks.webhooks import Webhook

from infra.soak.people import Told

Json = dict[str, Any]
MARK = "soak-unreadable-"
"""What names an unreadable notice wherever it comes to lie."""
DUPLICATES, REFUSED, UNREADABLE = 0.08, 0.03, 0.01
SIZES, SIZE_WEIGHTS = (1, 2, 3, 5), (80, 12, 6, 2)
"""Snapshots of one webhook."""
NEAR = 300
"""How far from its place a webhook may be pushed."""
STALE = timedelta(minutes=10)


class Kind(StrEnum):
    GOOD = "good"
    REFUSED = "refused"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Call:
    """One webhook to be pushed; refused are those with another's secret, an old signature, or nobody's connection."""

    id: str
    connection: str
    body: bytes
    kind: Kind = Kind.GOOD
    is_repeat: bool = False
    is_forged: bool = False
    is_late: bool = False

    def headers(self, secret: str, now: datetime) -> dict[str, str]:
        signed_at = now - STALE if self.is_late else now
        signature = Webhook(other(secret) if self.is_forged else secret).sign(self.id, signed_at, self.body.decode())
        stamp = str(int(signed_at.timestamp()))
        signs = {"webhook-id": self.id, "webhook-timestamp": stamp, "webhook-signature": signature}
        return {"Content-Type": "application/json", **signs}


def other(secret: str) -> str:
    """One that the connection does not have."""
    return "whsec_" + base64.b64encode(base64.b64decode(secret.removeprefix("whsec_"))[::-1]).decode()


def share(calls: int, part: float) -> int:
    return max(1, round(calls * part))


def snapshots_needed(calls: int) -> int:
    """So many that webhooks of the usual sizes, beside those that are none of them, come to the number asked for."""
    sizes = sum(size * weight for size, weight in zip(SIZES, SIZE_WEIGHTS, strict=True)) / sum(SIZE_WEIGHTS)
    return round(calls * (1 - DUPLICATES - REFUSED - UNREADABLE) * sizes)


def calls_of(told: Told, count: int, seed: int) -> list[Call]:
    """At least all that is told, filled up to `count` by what comes twice, is refused or cannot be read."""
    chance = Random(f"webhooks:{seed}")  # noqa: S311 (invented, and to be repeated)
    good = [call for source, snapshots in told.snapshots.items() for call in _packed(source, snapshots, chance)]
    sources = sorted(told.snapshots)
    bad = [_refused(number, chance.choice(sources), chance) for number in range(share(count, REFUSED))]
    bad += [_unreadable(number, chance.choice(sources), chance) for number in range(share(count, UNREADABLE))]
    again = [replace(each, is_repeat=True) for each in chance.choices(good, k=max(1, count - len(good) - len(bad)))]
    return _disordered([*_mixed(good, chance), *bad, *again], chance)


def _packed(source: str, snapshots: Sequence[Json], chance: Random) -> list[Call]:
    calls, at = list[Call](), 0
    while at < len(snapshots):
        size = chance.choices(SIZES, SIZE_WEIGHTS)[0]
        calls.append(Call(f"{source}-{at}", source, _body(snapshots[at : at + size])))
        at += size
    return calls


def _body(snapshots: object) -> bytes:
    return json.dumps({"snapshots": snapshots}).encode()


def _refused(number: int, source: str, chance: Random) -> Call:
    """It tells of a guest who must not come to be."""
    guest = {"kind": "guest", "source_id": f"refused-{number}", "changed_at": "2026-01-01T00:00:00Z"}
    body = _body([{**guest, "given_name": "Mallory", "family_name": "Nobody"}])
    named = Call(f"refused-{number}", source, body, Kind.REFUSED)
    wrong: Json = chance.choice(({"is_forged": True}, {"is_late": True}, {"connection": "nobodys"}))
    return replace(named, **wrong)


def _unreadable(number: int, source: str, chance: Random) -> Call:
    """What a glance at the edge takes, and only the models refuse."""
    mark = f"{MARK}{number}"
    told = {"source_id": mark, "changed_at": "2026-01-01T00:00:00Z", "property_id": "vienna"}
    primary = {"role": "primary", "guest": {"changed_at": "2026-01-01T00:00:00Z", "family_name": "Nobody"}}
    two = {"status": "confirmed", "arrival": "2026-02-01", "departure": "2026-02-03", "occupants": [primary, primary]}
    charge = {"reservation_source_id": mark, "charge": "room", "category": "tax", "amount_minor": 1, "currency": "EUR"}
    bodies = (_body([{"kind": "reservation", **told, **two}]), _body([{"kind": "charge", **told, **charge}]))
    return Call(mark, source, chance.choice(bodies), Kind.UNREADABLE)


def _mixed(calls: list[Call], chance: Random) -> list[Call]:
    """The sources beside each other, each in its own order still."""
    order = [call.connection for call in calls]
    chance.shuffle(order)
    waiting = {each: iter([call for call in calls if call.connection == each]) for each in set(order)}
    return [next(waiting[source]) for source in order]


def _disordered(calls: Sequence[Call], chance: Random) -> list[Call]:
    """What was appended comes anywhere; everything else near its place."""
    places = [
        (at if call.kind is Kind.GOOD and not call.is_repeat else chance.randrange(len(calls))) + chance.randrange(NEAR)
        for at, call in enumerate(calls)
    ]
    return [calls[at] for at in sorted(range(len(calls)), key=lambda at: places[at])]


def now() -> datetime:
    return datetime.now(UTC)
