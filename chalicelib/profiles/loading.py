"""The rows that a batch of changes and decisions can touch: read together, kept current while the batch is stored."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ChannelName, Leaf, ReservationId
from chalicelib.canonical.snapshots import Version
from chalicelib.consent.rules import rests_on_acts
from chalicelib.consent.store import read_acts
from chalicelib.profiles import hotels
from chalicelib.profiles.model import Change, Input
from chalicelib.profiles.reach import reach_of, reservations_of
from chalicelib.profiles.rows import KnownRows
from chalicelib.profiles.state import KeptStay, ProfileState
from chalicelib.profiles.store import read_charge
from chalicelib.profiles.touched import TouchedRows, is_head, leaf_of, mark_of
from chalicelib.settings.rules import Controllers

Stays = dict[ReservationId, KeptStay]


@dataclass
class LoadedRows:
    """Rows that are known, and where the stays of leaves lie (one query each)."""

    known: KnownRows = field(default_factory=KnownRows)
    stays: dict[Leaf, set[Key]] = field(default_factory=dict)
    _reaches: dict[tuple[str, Version], TouchedRows] = field(default_factory=dict)

    @property
    def rows(self) -> dict[Key, Item | None]:
        return self.known.rows

    def load(self, inputs: Sequence[Input]) -> None:
        """Read until nothing is missing: usually two BatchGetItem for the whole batch.

        The head is the lock of its leaf's stays, so they are read after it, and again when it was read again. The gate
        is the lock of what was done through its guest's leaves: it is read before them, too.
        """
        while missing := self._not_read(reaches := [self._reach(said) for said in inputs]):
            self._read(missing)
            self._unlearn(missing)
            for key in missing:
                if is_head(key):
                    self.stays.pop(leaf_of(key), None)
        if acts := {key for reach in reaches for key in self._acts_of(reach) if key not in self.rows}:
            self._read(acts)
        for reach in reaches:
            for leaf in reach.stay_leaves - self.stays.keys():
                self.stays[leaf] = self._find_stays(leaf)

    def _not_read(self, reaches: Iterable[TouchedRows]) -> set[Key]:
        return set[Key]().union(*[reach.keys.difference(self.rows) for reach in reaches])

    def _read(self, missing: Collection[Key]) -> None:
        found = table.get_many(sorted(missing))
        self.rows.update({key: found.get(key) for key in missing})

    def _find_stays(self, leaf: Leaf) -> set[Key]:
        found = {table.key_of(row): row for row in table.query(keys.leaf(leaf), keys.STAY)}
        self.rows.update(found)
        self.known.unlearn_stays(found)
        return set(found)

    def forget(self) -> None:
        """Drop everything: somebody else wrote there. What they changed may tie a change to rows that were read for
        another one, and long ago: were these kept, each further look would find but one more of them."""
        self.known = KnownRows()
        self.stays.clear()
        self._reaches.clear()

    def wrote(self, writes: Iterable[table.Write]) -> None:
        """Keep the rows current after a transaction. A leaf that is new had no stays: nobody need ask for them."""
        written = {table.key_written(write): write for write in writes if not isinstance(write, table.Check)}
        for key in written:
            if is_head(key) and self.rows.get(key) is None:
                self.stays[leaf_of(key)] = set()
        self._unlearn(written)
        for key, write in written.items():
            self.rows[key] = dict(write.item) if isinstance(write, table.Put) else None
            if key.sk.startswith(keys.STAY) and leaf_of(key) in self.stays:
                self._list_stay(key)

    def _list_stay(self, key: Key) -> None:
        """Note that it lies under its leaf, or no more."""
        (self.stays[leaf_of(key)].add if self.rows[key] else self.stays[leaf_of(key)].discard)(key)

    def _unlearn(self, changed: Collection[Key]) -> None:
        """Forget what was read from rows that are others now."""
        self.known.unlearn(changed)
        self._reaches = {key: reach for key, reach in self._reaches.items() if reach.keys.isdisjoint(changed)}

    def _reach(self, said: Input) -> TouchedRows:
        named = said.subject, said.version
        if named not in self._reaches:
            self._reaches[named] = reach_of(said, self.known)
        return self._reaches[named]

    def is_stored(self, said: Input) -> bool:
        """Whether it is a duplicate, told from its marker: at the same cost, however many stays there are."""
        return self._reach(said).stored

    def state(self, said: Input) -> ProfileState:
        """The plain values that the rules may look at."""
        reach, known = self._reach(said), self.known
        state = ProfileState(
            heads={leaf: head for leaf in reach.leaves if (head := known.head(leaf))},
            has_records=reach.curious,
            identifiers={digest: found for digest in reach.digests if (found := known.identifier(digest))},
            asked_heads=reach.leaves,
            asked_identifiers=reach.digests,
            stays={leaf: self._stays_of(leaf) for leaf in reach.stay_leaves},
            gates={(gate.guest, gate.channel): gate for gate in known.gates(reach.guests)},
            decisions={leaf: known.decisions(leaf) for leaf in reach.decided},
            controllers=hotels.controllers_in(self.rows, reach.hotels) if reach.curious else Controllers(),
        )
        for key, leaf_and_channel in self._acts_of(reach).items():
            if row := self.rows.get(key):
                state.acts[leaf_and_channel] = read_acts(row)
        if row := self.rows.get(mark_of(said)):
            state.marks[said.subject, said.version.mark] = row["facts"]
        if isinstance(said, Change):
            self._add_rooms(said, state)
        return state

    def _add_rooms(self, change: Change, state: ProfileState) -> None:
        for reservation in reservations_of(change, self.known):
            if leaf := self.known.leaf_of_stay(reservation):
                state.leaf_by_reservation[reservation] = leaf
            if change.charge and (row := self.rows.get(keys.charge(reservation, change.charge.id))):
                state.charges[change.charge.id] = (reservation, read_charge(row))
        if change.charge and (home := self.known.reservation_of_charge(change.charge.id)):
            state.reservation_by_charge[change.charge.id] = home

    def _acts_of(self, reach: TouchedRows) -> dict[Key, tuple[Leaf, ChannelName]]:
        """Key → leaf and channel of all that was done through the leaves of guests whose gate rests on acts."""
        acted = [gate for gate in self.known.gates(reach.guests) if rests_on_acts(gate)]
        found = [(gate, self.known.head(gate.guest)) for gate in acted]
        return {
            keys.acts(leaf, gate.channel): (leaf, gate.channel)
            for gate, head in found
            for leaf in (head.members if head else ())
        }

    def _stays_of(self, leaf: Leaf) -> Stays:
        return {ReservationId(keys.last_part(key)): self.known.stay(key) for key in self.stays.get(leaf, ())}
