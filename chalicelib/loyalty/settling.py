"""Bring a leaf's ledger to what its stays say: load → decide → save the difference → announce."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from chalicelib.aws import bus, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId, stable_id
from chalicelib.canonical.time import Instant
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head, Stay
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.model import Account, Entry, Program, Reason, Reversal, StayEarned
from chalicelib.loyalty.rules import Award
from chalicelib.loyalty.store import Given

STAYS_AT_ONCE = 40
"""Of one transaction: an entry and what was given for each, and besides them the account and the head."""


@dataclass(frozen=True)
class Person:
    """What the leaves of one guest share in one programme: their heads, with the records, and their accounts."""

    program: Program
    heads: Mapping[Leaf, Head]
    accounts: dict[Leaf, Account]

    def members_with(self, leaf: Leaf) -> tuple[Leaf, ...]:
        into = self.heads.get(self.heads[leaf].guest)
        guest = into.as_guest() if into else None
        return guest.members if guest else (leaf,)


@dataclass(frozen=True)
class Books:
    """One leaf's stays and what they were given in one programme, as of one revision of the leaf."""

    program: Program
    head: Head
    has_number: bool
    accounts: Mapping[Leaf, Account]
    stays: Sequence[Stay]
    given: Mapping[ReservationId, Given]

    @property
    def version(self) -> str:
        return store.version_of(self.head.rev, self.program)

    @property
    def account(self) -> Account:
        return self.accounts.get(self.head.leaf) or Account(leaf=self.head.leaf, program=self.program.id)

    def awards(self) -> dict[ReservationId, Award]:
        start = rules.earns_from(self.accounts.values(), self.program, self.stays, has_number=self.has_number)
        gone = dict.fromkeys(self.given, Award(0, Reason.NOT_COMPLETED))  # a stay that turned out to be another guest's
        return {**gone, **rules.awards(self.stays, self.program, start)}

    @property
    def enrols_from(self) -> date | None:
        """From when this leaf is in by itself: what only another record of the guest brings goes with that record."""
        own_number = bool(self.head.record and self.head.record.member_number)
        return rules.earns_from((), self.program, self.stays, has_number=own_number)

    def property_of(self, reservation: ReservationId) -> PropertyId:
        of_stays = (stay.property_id for stay in self.stays if stay.reservation == reservation)
        return next(of_stays, None) or self.given[reservation].property_id


def settle(leaves: Sequence[Leaf], program: Program, at: Instant, woken_by: Fact | None = None) -> int:
    """Write the difference between what each stay of the leaves should have been given and what it was; how many.

    Decided from the current state, so facts may come twice, late or in any order. What the leaves share is read once.
    Raises TryAgain when a leaf keeps changing underneath.
    """
    person = _read(leaves, program)
    return sum(_settle(leaf, person, at, woken_by) for leaf in leaves)


def _settle(leaf: Leaf, person: Person, at: Instant, woken_by: Fact | None) -> int:
    written: dict[ReservationId, Given] = {}
    known = [person]

    def attempt() -> Books | None:
        books = _open(leaf, known.pop() if known else _read([leaf], person.program))
        if books is None:
            return None
        for given, account in _write_differences(books, at):
            written.update(given)  # kept at once: the next may fail, and these stand
            person.accounts[leaf] = account
        if not written:
            person.accounts[leaf] = _enrolled_by_number(books, at)
        return books

    books = until_written(attempt, f"{leaf} is being written by others")
    if books:
        _announce(books, written, at, woken_by)
    return len(written)


def _read(leaves: Sequence[Leaf], program: Program) -> Person:
    """Heads are read first: what is read after them is at least as new, and the write checks that they still stand."""
    heads = guests.heads(leaves)
    heads |= guests.heads({head.guest for head in heads.values()} - heads.keys())
    known = [guest for head in heads.values() if (guest := head.as_guest())]
    heads |= guests.heads({leaf for guest in known for leaf in guest.members} - heads.keys())
    return Person(program, guests.with_records(heads), store.accounts(heads, program.id))


def _open(leaf: Leaf, person: Person) -> Books | None:
    head = person.heads.get(leaf)
    if head is None or not head.has_record:
        return None
    members = {leaf, *person.members_with(leaf)}
    records = [person.heads[each].record for each in members if each in person.heads]
    return Books(
        program=person.program,
        head=head,
        has_number=any(record.member_number for record in records if record),
        accounts={each: person.accounts[each] for each in members if each in person.accounts},
        stays=guests.stays(leaf),
        given=store.given(leaf, person.program.id),
    )


def _write_differences(books: Books, at: Instant) -> Iterator[tuple[dict[ReservationId, Given], Account]]:
    """Entries, what was given and balance stand or fall together. Yields what was written, and the account after it."""
    account = books.account
    for some in _in_transactions(books):
        before, writes, written = account, list[table.Write](), dict[ReservationId, Given]()
        for reservation, award in some:
            account, given = _given(books, account, reservation, award, at)
            writes += _entry_writes(books, reservation, given, account)
            written[reservation] = given
        table.transact([*writes, store.account_write(before, account), _still(books)])
        yield written, account


def _in_transactions(books: Books) -> Iterator[list[tuple[ReservationId, Award]]]:
    given = {reservation: each.award for reservation, each in books.given.items()}
    changed = iter([pair for pair in books.awards().items() if rules.is_changed(pair[1], given.get(pair[0]))])
    while some := list(islice(changed, STAYS_AT_ONCE)):
        yield some


def _given(
    books: Books, account: Account, reservation: ReservationId, award: Award, at: Instant
) -> tuple[Account, Given]:
    """The account after a stay's entry, and what the stay was given by then."""
    given = books.given.get(reservation)
    points = award.points - (given.award.points if given else 0)
    after = _credited(account, books, points, at)
    version = f"{books.version}.{after.rev:08d}"
    return after, Given(award, version, books.property_of(reservation), points, at)


def _credited(account: Account, books: Books, points: int, at: Instant) -> Account:
    """The account after an entry. The first enrols who is a member by number, or by the programme's own will."""
    if account.enrolled_at is None and books.enrols_from:
        record = books.head.record
        account = account.enrolled(at, books.enrols_from, record.member_number if record else None)
    return account.credited(points)


def _enrolled_by_number(books: Books, at: Instant) -> Account:
    """A member number from the source makes a member before the first stay. Returns the account as it is then."""
    record = books.head.record
    if not (record and record.member_number) or books.account.enrolled_at is not None:
        return books.account
    account = _credited(books.account, books, 0, at)
    table.write(store.account_write(books.account, account))
    return account


def _entry_writes(books: Books, reservation: ReservationId, given: Given, account: Account) -> list[table.Write]:
    """The account's revision orders the entries of one leaf revision, and makes each of them once."""
    leaf, program = books.head.leaf, books.program
    return [
        store.entry_write(leaf, program.id, _entry(books, reservation, given, account.rev)),
        store.given_write(leaf, program.id, reservation, given),
    ]


def _still(books: Books) -> table.Check:
    return store.head_unchanged(books.head.leaf, books.head.rev)


def _entry(books: Books, reservation: ReservationId, given: Given, account_rev: int) -> Entry:
    """The id follows from the stay and the versions that it was computed from."""
    kind = StayEarned if given.difference >= 0 else Reversal
    return Entry(
        id=stable_id("e", reservation, books.program.id, given.version),
        at=given.at,
        account_rev=account_rev,
        points=given.difference,
        origin=kind(
            reason=given.award.reason,
            reservation=reservation,
            property_id=given.property_id,
            rule_version=books.program.version,
            stay_version=books.head.rev,
        ),
    )


def _announce(books: Books, written: Mapping[ReservationId, Given], at: Instant, woken_by: Fact | None) -> None:
    """Announce what was written, and again what this wake-up wrote before: a crash may have kept it from the bus.

    `at` tells what that was, whatever became of the leaf in between. The subject's version names programme and leaf:
    one stay earns in several programmes, and may move between leaves of equal revisions.
    """
    standing = {reservation: given for reservation, given in books.given.items() if given.at == at}
    facts = [
        Fact(
            type=FactType.POINTS_AWARDED if given.difference >= 0 else FactType.POINTS_REVERSED,
            subject=reservation,
            subject_version=f"{books.program.id}.{books.head.leaf}.{given.version}",
            occurred_at=at,
            leaf=books.head.leaf,
            correlation_id=woken_by.correlation_id if woken_by else "",
        )
        for reservation, given in {**standing, **written}.items()
    ]
    bus.announce(facts)
