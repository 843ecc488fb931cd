"""A hotel whose guests earn points: ingest and loyalty over one table in memory."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.aws import bus, secrets
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.ids import GuestId, Leaf, leaf_of_profile
from chalicelib.connectors.canonical.translate import read
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.loyalty import actions, programs, store
from chalicelib.loyalty.model import Account, Program
from chalicelib.profiles import actions as profiles
from chalicelib.reactions import hears
from tests.builders import DAY_ONE, EUR_PROGRAM, VIENNA, at, guest, reservation
from tests.ids import CLUB, PMS
from tests.memory_table import MemoryTable

G1, G2 = (GuestId(leaf_of_profile(PMS, source_id)) for source_id in ("g1", "g2"))
BY_HAND = EUR_PROGRAM.model_copy(update={"auto_enrol": False})


class Hotel:
    """Ingest and loyalty over one table in memory; facts wait until they are delivered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, program: Program = EUR_PROGRAM) -> None:
        self.table = MemoryTable().install(monkeypatch)
        self.facts: list[Fact] = []
        monkeypatch.setattr(bus, "announce", self.facts.extend)
        monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
        programs.keep(program, DAY_ONE.date())

    def tell(self, *snapshots: dict[str, Any]) -> None:
        changes = [change_of(read(each), PMS, {VIENNA.id: VIENNA}, digest) for each in snapshots]
        assert profiles.store_changes([change for change in changes if change]) == {}

    def deliver(self, facts: Sequence[Fact] | None = None) -> None:
        chosen = list(self.facts) if facts is None else facts
        for fact in chosen:
            if hears("loyalty", fact.type):
                actions.award_points({"detail": {**fact.model_dump(mode="json"), "fact_id": fact.fact_id}})

    def accounts(self) -> dict[Leaf, Account]:
        rows = {
            Leaf(key.pk.removeprefix("LEAF#")): row for key, row in self.table.rows.items() if key.sk == "ACCOUNT#club"
        }
        return {leaf: store.read_account(leaf, CLUB, row) for leaf, row in rows.items()}

    def points(self) -> dict[str, list[int]]:
        return {leaf: [entry.points for entry in store.entries(Leaf(leaf), CLUB)] for leaf in self.accounts()}


def checked_out(minute: int, amount: int = 10000, **fields: Any) -> dict[str, Any]:
    return reservation(
        primary=fields.pop("primary", guest()),
        status="checked_out",
        changed_at=at(minute),
        room_revenue_minor=amount,
        **fields,
    )
