"""A million guests, none of them stored: each follows from its number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.expressions import Raw
from chalicelib.aws.codec import to_item
from chalicelib.canonical.ids import ConnectionId, Digest, GuestId, Leaf, PropertyId, key_of
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.consent.store import gate_row
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.stats import Stats
from chalicelib.guests.store import head_row

PATTERN = GuestId(Leaf("g" + "0" * 24))
"""The leaf in the patterns; a guest's number takes its place."""
OTHERS = tuple(Leaf(f"g{record:x}" + "0" * 23) for record in range(1, 16))
"""Further records of a guest, in the same way."""
SOURCE, HOTEL = ConnectionId("pms"), PropertyId("vienna")
IDENTIFIERS = tuple(key_of(kind, Digest(f"{digit * 24}-number-")) for kind, digit in (("email", "1"), ("phone", "2")))
SHARDS = 256


@dataclass(frozen=True)
class Population:
    """Heads and gates of guests 0 ... size - 1, each of so many records. A guest lies in the partition
    `number modulo 256`. Of its further records nothing is kept but that they are its own. Where they share mailboxes,
    their gates say so: nothing went to any of these yet."""

    size: int
    records: int = 1
    shares: bool = False

    def leaf(self, number: int) -> str:
        return f"g{number:024x}"

    def row(self, pk: str, sk: str) -> Raw | None:
        leaf = sk if pk.startswith("GUESTS#") else pk.removeprefix("GATE#") if pk.startswith("GATE#") else ""
        if not self._is_ours(leaf):
            return None
        pattern = self._head if pk.startswith("GUESTS#") else self._gate
        number = int(leaf[1:], 16)
        for other in self._others:
            pattern = pattern.replace(other, f"{other[:2]}{number:023x}")
        row: Raw = json.loads(pattern.replace(PATTERN, leaf).replace("-number-", str(number).zfill(8)))
        return {**row, "pk": {"S": pk}, "sk": {"S": sk}}

    def sort_keys(self, pk: str) -> Sequence[str]:
        if not pk.startswith("GUESTS#"):
            return ()
        return [self.leaf(number) for number in range(int(pk[-2:], 16), self.size, SHARDS)]

    def _is_ours(self, leaf: str) -> bool:
        """Leaves that the hub made are hashes: none of them begins with so many zeros."""
        return leaf.startswith("g" + "0" * 12) and int(leaf[1:], 16) < self.size

    @property
    def _others(self) -> tuple[Leaf, ...]:
        return OTHERS[: self.records - 1]

    @cached_property
    def _head(self) -> str:
        email = "guest-number-@example.com"
        record = Record(
            source=SOURCE, source_id="p-number-", given_name="Anna", family_name="Lee", email=email, email_kind="own",
            phone="+43660-number-", language="de", country="AT", marketing_email=True,
        )  # fmt: skip
        stats = Stats(stays=2, nights=5, room_revenue={"EUR": 61000}, reservations=3, properties=(HOTEL,))
        traits = Traits(given_name="Anna", family_name="Lee", email=email, language="de", country="AT", stats=stats)
        head = Head(
            leaf=PATTERN, rev=3, record=record, record_version=f"2026-01-01T00:00:00.000000Z||{'0' * 16}", stats=stats,
            identifiers=IDENTIFIERS, traits=traits, members=(PATTERN, *self._others), seen_at=(HOTEL,),
            properties=(HOTEL,),
        )  # fmt: skip
        return json.dumps(to_item(head_row(head)))

    @cached_property
    def _gate(self) -> str:
        consent: Any = Consent(state="explicit", basis="source", at=Instant("2026-01-01T00:00:00.000000Z"))
        answers = {"group:marketing": consent, "group:tracking": consent}  # of a mail that is followed more is told
        gate = Gate(guest=PATTERN, channel=EMAIL, rev=1, answers=answers, shares=self.shares)
        return json.dumps(to_item(gate_row(gate)))
