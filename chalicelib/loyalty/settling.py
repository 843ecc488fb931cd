"""Bring a leaf's ledger to what its stays say: load → decide → save the difference → announce."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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

TRIES = 6


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


def settle(leaf: Leaf, program: Program, at: Instant, woken_by: Fact | None = None) -> None:
    """Write the difference between what each stay of a leaf should have been given and what it was.

    Decided from the current state, so facts may come twice, late or in any order. Raises TryAgain when the leaf keeps
    changing underneath.
    """
    written: dict[ReservationId, Given] = {}

    def attempt() -> Books | None:
        books = _open(leaf, program)
        if books is None:
            return None
        for reservation, given in _write_differences(books, at):
            written[reservation] = given  # noqa: PERF403 (kept at once: the next may fail, and this one stands)
        if not written:
            _enrol_by_number(books, at)
        return books

    books = until_written(attempt, f"{leaf} is being written by others", TRIES)
    if books:
        _announce(books, written, at, woken_by)


def _open(leaf: Leaf, program: Program) -> Books | None:
    """The head is read first: what is read after it is at least as new, and the write checks that it still stands."""
    head = guests.head(leaf)
    if head is None or not head.has_record:
        return None
    into = guests.head(head.guest) if head.merged_into else head
    guest = into.as_guest() if into else None
    members = guest.members if guest else (leaf,)
    relatives = guests.heads(set(members) - {leaf}) if len(members) > 1 else {}
    known = guests.with_records({**relatives, leaf: head})
    records = [each.record for each in known.values() if each.record]
    return Books(
        program=program,
        head=known[leaf],
        has_number=any(record.member_number for record in records),
        accounts=store.accounts({leaf, *members}, program.id),
        stays=guests.stays(leaf),
        given=store.given(leaf, program.id),
    )


def _write_differences(books: Books, at: Instant) -> Iterator[tuple[ReservationId, Given]]:
    """One transaction a stay: entry, what was given and balance stand or fall together. Yields what was written."""
    account = books.account
    for reservation, award in books.awards().items():
        given = books.given.get(reservation)
        if not rules.is_changed(award, given.award if given else None):
            continue
        points = award.points - (given.award.points if given else 0)
        after = _credited(account, books, points, at)
        now_given = Given(award, f"{books.version}.{after.rev:08d}", books.property_of(reservation), points, at)
        table.transact(_writes(books, reservation, now_given, account, after))
        account = after
        yield reservation, now_given


def _credited(account: Account, books: Books, points: int, at: Instant) -> Account:
    """The account after an entry. The first enrols who is a member by number, or by the programme's own will."""
    if account.enrolled_at is None and books.enrols_from:
        record = books.head.record
        account = account.enrolled(at, books.enrols_from, record.member_number if record else None)
    return account.credited(points)


def _enrol_by_number(books: Books, at: Instant) -> None:
    """A member number from the source makes a member before the first stay."""
    record = books.head.record
    if record and record.member_number and books.account.enrolled_at is None:
        table.write(store.account_write(books.account, _credited(books.account, books, 0, at)))


def _writes(
    books: Books, reservation: ReservationId, given: Given, before: Account, after: Account
) -> list[table.Write]:
    """The account's revision orders the entries of one leaf revision, and makes each of them once."""
    leaf, program = books.head.leaf, books.program
    return [
        store.entry_write(leaf, program.id, _entry(books, reservation, given, after.rev)),
        store.given_write(leaf, program.id, reservation, given),
        store.account_write(before, after),
        store.head_unchanged(leaf, books.head.rev),
    ]


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
