"""The rows that a batch of changes and decisions can touch: read together, kept current while the batch is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ChannelName, Leaf, ReservationId
from chalicelib.canonical.versions import Version
from chalicelib.consent.rules import rests_on_acts
from chalicelib.consent.store import read_acts
from chalicelib.guests.drift import NO_DRIFT
from chalicelib.guests.spans import Around, Span
from chalicelib.guests.store import stay_rows
from chalicelib.profiles import hotels
from chalicelib.profiles.model import Change, Input
from chalicelib.profiles.reach import reach_of, reservations_of
from chalicelib.profiles.rows import KnownRows
from chalicelib.profiles.state import KeptStay, ProfileState
from chalicelib.profiles.store import read_charge
from chalicelib.profiles.touched import TouchedRows, is_head, leaf_of, mark_of
from chalicelib.settings.rules import Controllers

Stays = dict[ReservationId, KeptStay]


@dataclass(frozen=True)
class Window:
    """Of a leaf's stays those that arrive within a span of days, by the keys of all rows of its months."""

    span: Span
    keys: set[Key]


@dataclass
class LoadedRows:
    """Rows that are known, and which of them are the stays of leaves around something that changed."""

    known: KnownRows = field(default_factory=KnownRows)
    windows: dict[Leaf, Window] = field(default_factory=dict)
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
                    self.windows.pop(leaf_of(key), None)
        if acts := {key for reach in reaches for key in self._acts_of(reach) if key not in self.rows}:
            self._read(acts)

    def _not_read(self, reaches: Iterable[TouchedRows]) -> set[Key]:
        return set[Key]().union(*[reach.keys.difference(self.rows) for reach in reaches])

    def _read(self, missing: Collection[Key]) -> None:
        found = table.get_many(sorted(missing))
        self.rows.update({key: found.get(key) for key in missing})

    def read_stays(self, leaf: Leaf, span: Span) -> None:
        """Of a leaf whose head is known: it is their lock."""
        head = self.known.head(leaf)
        found = {table.key_of(row): row for row in stay_rows(leaf, span, head.drift if head else NO_DRIFT)}
        self.rows.update(found)
        self._unlearn(found)
        self.windows[leaf] = Window(span, set(found))

    def forget(self) -> None:
        """Drop everything: somebody else wrote there. What they changed may tie a change to rows that were read for
        another one, and long ago: were these kept, each further look would find but one more of them."""
        self.known = KnownRows()
        self.windows.clear()
        self._reaches.clear()

    def wrote(self, writes: Iterable[table.Write]) -> None:
        """Keep the rows current after a transaction."""
        written = {table.key_written(write): write for write in writes if not isinstance(write, table.Check)}
        self._unlearn(written)
        for key, write in written.items():
            self.rows[key] = dict(write.item) if isinstance(write, table.Put) else None
            if key.sk.startswith(keys.STAY) and leaf_of(key) in self.windows:
                self.windows[leaf_of(key)].keys.add(key)

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
            too_far=reach.too_far,
            identifiers={digest: found for digest in reach.digests if (found := known.identifier(digest))},
            asked_heads=reach.leaves,
            asked_identifiers=reach.digests,
            stays=self._stays_of(reach),
            around={leaf: self._around(leaf) for leaf in reach.leaves & self.windows.keys()},
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

    def _stays_of(self, reach: TouchedRows) -> dict[Leaf, Stays]:
        stays: dict[Leaf, Stays] = defaultdict(dict)
        for key in reach.stays:
            if kept := self.known.stay(key):
                stays[leaf_of(key)][kept.stay.reservation] = kept
        return stays

    def _around(self, leaf: Leaf) -> Around:
        window = self.windows[leaf]
        stays = [kept.stay for key in window.keys if (kept := self.known.stay(key))]
        return Around(window.span, {each.reservation: each for each in stays if window.span.has(each.arrival)})
