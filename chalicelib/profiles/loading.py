"""The rows that a batch of changes and decisions can touch: read together, kept current while the batch is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ChannelName, GuestId, Leaf, ReservationId
from chalicelib.canonical.versions import Version
from chalicelib.consent.rules import rests_on_acts
from chalicelib.consent.store import read_acts
from chalicelib.guests.drift import NO_DRIFT
from chalicelib.guests.spans import Around, Span
from chalicelib.guests.store import stay_rows
from chalicelib.profiles import hotels
from chalicelib.profiles.model import Change, Input, Person
from chalicelib.profiles.reach import reach_of, reservations_of
from chalicelib.profiles.rows import KnownRows
from chalicelib.profiles.state import KeptStay, ProfileState
from chalicelib.profiles.store import read_charge
from chalicelib.profiles.touched import TouchedRows, is_head, is_record, leaf_of, mark_of
from chalicelib.settings.model import HubSettings
from chalicelib.settings.rules import Controllers

Stays = dict[ReservationId, KeptStay]
MANY = 8
"""So many records, or heads of others, are read at half the price, be they a moment old; and so many heads are read
again, which costs half of checking them in the transaction."""


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
    _turns: dict[Key, int] = field(default_factory=dict)
    """Key → in which of the readings, counted from 1, the row was read; 0 where it may be of before all of them."""
    _turn: int = 0
    _met_others: bool = False
    """Whether somebody wrote beside: then nothing is read at half the price."""

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
        self._turn += 1
        cheap = self._may_be_old(missing)
        self._turns |= {key: 0 if key in cheap else self._turn for key in missing}
        found = table.get_many(sorted(key for key in missing if key not in cheap))
        if cheap:
            found |= table.get_many(sorted(cheap), consistent=False)
        self.rows.update({key: found.get(key) for key in missing})

    def _may_be_old(self, missing: Collection[Key]) -> set[Key]:
        """A record that is not the newest contradicts its head; a head that led here by an identifier is checked, or
        read again. Where anything is not as it was, all is read anew, at the whole price."""
        if self._met_others or self._turn == 1 or len(missing) < MANY:
            return set()
        records = {key for key in missing if is_record(key)}
        guests = {keys.head(leaf) for head in self.known.heads() for leaf in (head.guest, *head.members)}
        strangers = {key for key in missing if is_head(key)} - guests
        return {key for some in (records, strangers) if len(some) >= MANY for key in some}

    def look_again(self, leaves: Iterable[Leaf]) -> dict[Leaf, GuestId]:
        """Leaf → guest of those that are as they were after their guest's head was read: its lock is theirs.

        Of few it is cheaper to check them in the transaction. Raises Contended where somebody wrote beside.
        """
        guests = {leaf: guest for leaf in leaves if (guest := self._guest(leaf))}
        wanted = {keys.head(leaf) for leaf in guests}
        if len(wanted) < MANY:
            return {}
        found = table.get_many(sorted(wanted))
        if any(found.get(key) != self.rows[key] for key in wanted):
            raise table.Contended("others wrote between two of these reads")
        return guests

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
        self._turns.clear()
        self._met_others = True

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

    def as_it_is_taken(self, said: Input) -> Input:
        """With whom its people are where any of them was erased."""
        found = self._reach(said).anew
        return found.of(said) if found and isinstance(said, Change) else said

    def people_of(self, said: Change) -> tuple[Person, ...]:
        """The people of a change, as they are taken."""
        found = self._reach(said).anew
        return found.people if found else said.people

    def is_stored(self, said: Input) -> bool:
        """Whether it is a duplicate, told from its marker: at the same cost, however many stays there are."""
        return self._reach(said).stored

    def state(self, said: Input) -> ProfileState:
        """The plain values that the rules may look at."""
        reach, known = self._reach(said), self.known
        kept = known.settings if reach.curious else HubSettings()
        state = ProfileState(
            heads={leaf: head for leaf in reach.leaves if (head := known.head(leaf))},
            has_records=reach.curious,
            too_far=reach.too_far,
            identifiers={digest: found for digest in reach.digests if (found := known.identifier(digest))},
            blocks={digest: block for digest in reach.blocks if (block := known.block(digest))},
            readers={leaf: head.guest for leaf in reach.readers if (head := known.head(leaf))},
            asked_heads=reach.leaves,
            locked_by_guest={leaf for leaf in reach.leaves if self._was_read_after_its_guest(leaf)},
            asked_identifiers=reach.digests,
            stays=self._stays_of(reach),
            around={leaf: self._around(leaf) for leaf in reach.leaves & self.windows.keys()},
            gates={(gate.guest, gate.channel): gate for gate in known.gates(reach.guests)},
            decisions={leaf: known.decisions(leaf) for leaf in reach.decided},
            controllers=hotels.controllers_in(kept, self.rows, reach.hotels) if reach.curious else Controllers(),
            guest_rules=kept.guests,
        )
        for key, leaf_and_channel in self._acts_of(reach).items():
            if row := self.rows.get(key):
                state.acts[leaf_and_channel] = read_acts(row)
        if row := self.rows.get(mark_of(said)):
            state.marks[said.subject, said.version.mark] = row["facts"]
        if isinstance(said, Change):
            self._add_rooms(said, state)
        return state

    def _guest(self, leaf: Leaf) -> GuestId | None:
        """None where the leaf names the guest itself."""
        head = self.known.head(leaf)
        return head.merged_into if head else None

    def _was_read_after_its_guest(self, leaf: Leaf) -> bool:
        """And not in one batch with it, which is no snapshot."""
        guest, read_at = self._guest(leaf), self._turns.get(keys.head(leaf), 0)
        return guest is not None and self._turns.get(keys.head(guest), read_at) < read_at

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
