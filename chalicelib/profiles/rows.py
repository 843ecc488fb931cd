"""Rows as they were read, and what they say. None stands for a row that is known to be absent."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.aws import keys
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ChargeId, Digest, GuestId, Leaf, ReservationId
from chalicelib.canonical.versions import Version
from chalicelib.consent.model import CHANNELS, Gate
from chalicelib.consent.store import read_gate
from chalicelib.guests.model import Head
from chalicelib.guests.store import read_head, read_stay, with_record
from chalicelib.identity.model import Block, Identifier
from chalicelib.identity.store import read as read_identifier
from chalicelib.identity.store import read_block, read_decisions
from chalicelib.profiles.state import Decisions, KeptStay
from chalicelib.profiles.touched import leaf_of
from chalicelib.settings import store as settings
from chalicelib.settings.matching import Matching
from chalicelib.settings.model import HubSettings


@dataclass
class KnownRows:
    """What a row says is kept until it changes: reading rows is the larger part of the work on a change."""

    rows: dict[Key, Item | None] = field(default_factory=dict)
    _heads: dict[Leaf, Head] = field(default_factory=dict)
    _stays: dict[Key, KeptStay] = field(default_factory=dict)
    _settings: HubSettings | None = None

    def __contains__(self, key: Key) -> bool:
        return key in self.rows

    def was_read(self, leaf: Leaf) -> bool:
        return keys.head(leaf) in self.rows

    def get(self, key: Key) -> Item | None:
        return self.rows.get(key)

    def unlearn(self, changed: Collection[Key]) -> None:
        """Forget what was read from rows that are others now."""
        if keys.DEPLOYMENT in changed:
            self._settings = None
        for key in changed:
            self._heads.pop(leaf_of(key), None)
            self._stays.pop(key, None)

    def head(self, leaf: Leaf) -> Head | None:
        if leaf not in self._heads and (row := self.rows.get(keys.head(leaf))):
            head, record = read_head(leaf, row), self.rows.get(keys.record(leaf))
            is_same = record is not None and record["rev"] == head.record_rev
            self._heads[leaf] = with_record(head, record if is_same else None)
        return self._heads.get(leaf)

    @property
    def settings(self) -> HubSettings:
        """As nothing were set, while their row is not read."""
        if self._settings is None:
            self._settings = settings.read(self.rows.get(keys.DEPLOYMENT))
        return self._settings

    @property
    def matching(self) -> Matching:
        return self.settings.guests.matching

    def heads(self) -> Iterable[Head]:
        """Those that were looked at."""
        return self._heads.values()

    def identifier(self, digest: Digest) -> Identifier | None:
        row = self.rows.get(keys.identifier(digest))
        return read_identifier(digest, row) if row else None

    def block(self, digest: Digest) -> Block | None:
        row = self.rows.get(keys.block(digest))
        return read_block(digest, row) if row else None

    def gates(self, guests: Iterable[GuestId]) -> Iterator[Gate]:
        for key in (keys.gate(guest, channel) for guest in guests for channel in CHANNELS):
            if row := self.rows.get(key):
                yield read_gate(key, row)

    def decisions(self, leaf: Leaf) -> Decisions:
        row = self.rows.get(keys.decisions(leaf))
        return read_decisions(leaf, row) if row else {}

    def leaf_of_stay(self, reservation: ReservationId) -> Leaf | None:
        row = self.rows.get(keys.reservation(reservation))
        return Leaf(row["leaf"]) if row else None

    def key_of_stay(self, reservation: ReservationId) -> Key | None:
        row = self.rows.get(keys.reservation(reservation))
        return keys.stay(row["leaf"], row["month"], reservation) if row else None

    def reservation_of_charge(self, charge: ChargeId) -> ReservationId | None:
        row = self.rows.get(keys.reservation_of_charge(charge))
        return ReservationId(row["reservation"]) if row else None

    def stay(self, key: Key) -> KeptStay | None:
        if key not in self._stays and (row := self.rows.get(key)):
            version = Version.parse(row["version"]) if row["version"] else None
            self._stays[key] = KeptStay(read_stay(row), version, keys.month_and_reservation(key)[0])
        return self._stays.get(key)
