"""The rows that a batch of changes and decisions can touch: read together, kept current while the batch is stored."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ChannelName, Digest, Leaf, ReservationId, digest_in
from chalicelib.canonical.snapshots import Version
from chalicelib.consent.model import CHANNELS, Gate
from chalicelib.consent.rules import rests_on_acts
from chalicelib.consent.store import read_acts, read_gate
from chalicelib.guests.model import Head
from chalicelib.guests.store import read_head, read_stay, with_record
from chalicelib.identity.model import Identifier, Verdict
from chalicelib.identity.store import read as read_identifier
from chalicelib.identity.store import read_decisions
from chalicelib.profiles import hotels
from chalicelib.profiles.model import Change, Input, MergeDecision, Person
from chalicelib.profiles.state import Decisions, KeptStay, ProfileState
from chalicelib.profiles.store import read_charge
from chalicelib.profiles.touched import TouchedRows, is_head, leaf_of, mark_of, target
from chalicelib.settings.rules import Controllers

Stays = dict[ReservationId, KeptStay]


@dataclass
class LoadedRows:
    """Rows by key (None: known to be absent), and where the stays of leaves lie (one query each).

    What was read from rows is kept until those rows change: reading them is the larger part of the work on a change.
    """

    rows: dict[Key, Item | None] = field(default_factory=dict)
    stays: dict[Leaf, set[Key]] = field(default_factory=dict)
    _heads: dict[Leaf, Head] = field(default_factory=dict)
    _stays: dict[Key, KeptStay] = field(default_factory=dict)
    _reaches: dict[tuple[str, Version], TouchedRows] = field(default_factory=dict)

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
        self.rows |= {key: found.get(key) for key in missing}

    def forget(self) -> None:
        """Drop everything: somebody else wrote there. What they changed may tie a change to rows that were read for
        another one, and long ago: were these kept, each further look would find but one more of them."""
        self.rows.clear()
        self.stays.clear()
        self._heads.clear()
        self._stays.clear()
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

    def is_stored(self, said: Input) -> bool:
        """Whether it is a duplicate, told from its marker: at the same cost, however many stays there are."""
        return self._reach(said).stored

    def state(self, said: Input) -> ProfileState:
        """The plain values that the rules may look at."""
        reach = self._reach(said)
        state = ProfileState(
            heads={leaf: head for leaf in reach.leaves if (head := self._head(leaf))},
            has_records=reach.curious,
            identifiers={digest: found for digest in reach.digests if (found := self._identifier(digest))},
            asked_heads=reach.leaves,
            asked_identifiers=reach.digests,
            stays={leaf: self._stays_of(leaf) for leaf in reach.stay_leaves},
            gates={(gate.guest, gate.channel): gate for gate in self._gates(reach)},
            decisions={leaf: self._decisions(leaf) for leaf in reach.decided},
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
        for reservation in self._reservations(change):
            if leaf := self._leaf_of_stay(reservation):
                state.leaf_by_reservation[reservation] = leaf
            if change.charge and (row := self.rows.get(keys.charge(reservation, change.charge.id))):
                state.charges[change.charge.id] = (reservation, read_charge(row))
        if change.charge and (home := self._reservation_of_charge(change)):
            state.reservation_by_charge[change.charge.id] = home

    def _unlearn(self, changed: Collection[Key]) -> None:
        """Forget what was read from rows that are others now."""
        for key in changed:
            self._heads.pop(leaf_of(key), None)
            self._stays.pop(key, None)
        self._reaches = {key: reach for key, reach in self._reaches.items() if reach.keys.isdisjoint(changed)}

    # What a change or a decision reaches

    def _reach(self, said: Input) -> TouchedRows:
        known = said.subject, said.version
        if known not in self._reaches:
            reach = self._follow_change(said) if isinstance(said, Change) else self._follow_decision(said)
            reach.keys.update(map(keys.head, reach.leaves), map(keys.identifier, reach.digests))
            if reach.curious:
                reach.keys |= {keys.record(leaf) for leaf in reach.leaves if self._may_have_record(leaf)}
                reach.keys |= hotels.rows_of(reach.hotels)
            reach.keys.update(keys.gate(guest, channel) for guest in reach.guests for channel in CHANNELS)
            reach.keys.update(map(keys.decisions, reach.decided))
            reach.keys.add(mark_of(said))
            self._reaches[known] = reach
        return self._reaches[known]

    def _keys_of_rooms(self, change: Change, reservations: Sequence[ReservationId]) -> set[Key]:
        wanted = set(map(keys.reservation, reservations))
        if change.charge:
            wanted |= {keys.charge(each, change.charge.id) for each in reservations}
            wanted.add(keys.reservation_of_charge(change.charge.id))
        return wanted

    def _reservations(self, change: Change) -> list[ReservationId]:
        """The reservation of a change; of a charge also the one that it is kept under until now."""
        home = self._reservation_of_charge(change)
        named = [change.stay.reservation] if change.stay else []
        return named + ([home] if home and home not in named else [])

    def _reservation_of_charge(self, change: Change) -> ReservationId | None:
        row = self.rows.get(keys.reservation_of_charge(change.charge.id)) if change.charge else None
        return ReservationId(row["reservation"]) if row else None

    def _follow_decision(self, said: MergeDecision) -> TouchedRows:
        """A decision that is kept, or older than what is kept, changes nothing: it ties nobody to anybody."""
        one, other = said.decision.leaves
        heads = [head for leaf in (one, other) if (head := self._head(leaf))]
        reach = TouchedRows(decided={head.leaf for head in heads if head.decided})
        kept = self._decisions(one).get(other)
        reach.curious = said.version.supersedes(kept.version if kept else None)
        self._follow([one, other], reach)
        return reach

    def _follow_change(self, change: Change) -> TouchedRows:
        """Follow leaves to their guests; for people of whom something new is said, identifiers to other leaves, too.

        Where nothing new is said of anybody, neither records, identifiers nor gates can change: they are not even read.
        """
        reservations = self._reservations(change)
        reach = TouchedRows(keys=self._keys_of_rooms(change, reservations))
        lie_at = [leaf for each in reservations if (leaf := self._leaf_of_stay(each))]
        lie_at += [change.stay_leaf] if change.stay_leaf else []
        reach.stay_leaves = {leaf for leaf in lie_at if self._head(leaf)}
        to_follow = lie_at + [person.leaf for person in change.people]
        reach.curious = any(map(self._is_news, change.people))
        if not reach.curious and self.rows.get(mark_of(change)):
            reach.stored, reach.stay_leaves = True, set()
        if reach.curious:
            reach.hotels = {person.property_id for person in change.people if person.property_id}
            reach.digests = {digest_in(key) for person in change.people for key in person.identifiers}
            reach.digests |= {person.own_profile for person in change.people if person.own_profile}
            to_follow += self._carriers(reach.digests)
            to_follow += [leaf for person in change.people for leaf in target(person.record)]
        self._follow(to_follow, reach)
        return reach

    def _follow(self, to_follow: list[Leaf], reach: TouchedRows) -> None:
        while to_follow:
            leaf = to_follow.pop()
            if leaf in reach.leaves:
                continue
            reach.leaves.add(leaf)
            if head := self._head(leaf):
                to_follow += [head.guest, *head.members]
                if reach.curious:
                    reach.guests.add(head.guest)
                    reach.hotels.update(head.seen_at)
                    to_follow += self._joined(head, reach) + self._beyond(head, reach)

    def _is_news(self, person: Person) -> bool:
        """Told from the head: what is not read yet is no news yet. To be named at one more hotel is."""
        if keys.head(person.leaf) not in self.rows:
            return False
        head = self._head(person.leaf)
        is_seen = head is not None and (person.property_id is None or person.property_id in head.seen_at)
        return head is None or not is_seen or person.version.supersedes(head.version)

    def _may_have_record(self, leaf: Leaf) -> bool:
        head = self._head(leaf)
        return head.record_rev is not None if head else keys.head(leaf) not in self.rows

    def _joined(self, head: Head, reach: TouchedRows) -> list[Leaf]:
        """The leaves to which a person joined this one; those that it is kept apart from tie it to nobody.

        The head is the lock of what was decided about its leaf: that is read only when the head is known.
        """
        if not head.decided:
            return []
        reach.decided.add(head.leaf)
        return [other for other, each in self._decisions(head.leaf).items() if each.verdict is Verdict.JOIN]

    def _beyond(self, head: Head, reach: TouchedRows) -> list[Leaf]:
        """What else a record is tied to. A source's merge is followed from both its ends: where people are kept apart,
        it may not have been made yet."""
        if not head.record:
            return []
        known = head.digests | ({head.own_profile} if head.own_profile else set())
        digests = known - reach.digests
        reach.digests |= digests
        return self._carriers(digests) + target(head.record)

    def _carriers(self, digests: Iterable[Digest]) -> list[Leaf]:
        found = [self._identifier(digest) for digest in digests]
        return [leaf for each in found if each for leaf in each.leaves]

    # Rows

    def _head(self, leaf: Leaf) -> Head | None:
        if leaf not in self._heads and (row := self.rows.get(keys.head(leaf))):
            head, record = read_head(leaf, row), self.rows.get(keys.record(leaf))
            is_same = record is not None and record["rev"] == head.record_rev
            self._heads[leaf] = with_record(head, record if is_same else None)
        return self._heads.get(leaf)

    def _identifier(self, digest: Digest) -> Identifier | None:
        row = self.rows.get(keys.identifier(digest))
        return read_identifier(digest, row) if row else None

    def _gates(self, reach: TouchedRows) -> Iterator[Gate]:
        for key in (keys.gate(guest, channel) for guest in reach.guests for channel in CHANNELS):
            if row := self.rows.get(key):
                yield read_gate(key, row)

    def _acts_of(self, reach: TouchedRows) -> dict[Key, tuple[Leaf, ChannelName]]:
        """Key → leaf and channel of all that was done through the leaves of guests whose gate rests on acts."""
        acted = [gate for gate in self._gates(reach) if rests_on_acts(gate)]
        found = [(gate, self._head(gate.guest)) for gate in acted]
        return {
            keys.acts(leaf, gate.channel): (leaf, gate.channel)
            for gate, head in found
            for leaf in (head.members if head else ())
        }

    def _decisions(self, leaf: Leaf) -> Decisions:
        row = self.rows.get(keys.decisions(leaf))
        return read_decisions(leaf, row) if row else {}

    def _leaf_of_stay(self, reservation: ReservationId) -> Leaf | None:
        row = self.rows.get(keys.reservation(reservation))
        return Leaf(row["leaf"]) if row else None

    def _find_stays(self, leaf: Leaf) -> set[Key]:
        found = {table.key_of(row): row for row in table.query(keys.leaf(leaf), keys.STAY)}
        self.rows |= found
        for key in found:
            self._stays.pop(key, None)
        return set(found)

    def _list_stay(self, key: Key) -> None:
        """Note that it lies under its leaf, or no more."""
        (self.stays[leaf_of(key)].add if self.rows[key] else self.stays[leaf_of(key)].discard)(key)

    def _stays_of(self, leaf: Leaf) -> Stays:
        return {ReservationId(keys.last_part(key)): self._stay(key) for key in self.stays.get(leaf, ())}

    def _stay(self, key: Key) -> KeptStay:
        if key not in self._stays and (row := self.rows[key]):
            version = Version.parse(row["version"]) if row["version"] else None
            self._stays[key] = KeptStay(read_stay(row), version)
        return self._stays[key]
