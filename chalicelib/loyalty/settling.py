"""Bring a leaf's ledger to what its stays say: load → decide → save the difference → announce."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.aws import bus, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf, ReservationId, stable_id
from chalicelib.canonical.time import Instant
from chalicelib.guests.model import Head
from chalicelib.guests.store import head_row
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.books import Books, Person, open_books, read_person
from chalicelib.loyalty.forfeiting import forfeit
from chalicelib.loyalty.model import Account, Entry, Program, Reversal, StayEarned
from chalicelib.loyalty.rules import Award
from chalicelib.loyalty.store import Given
from chalicelib.profiles import enrolled


class Written(NamedTuple):
    """What one transaction gave, the account after it, and the heads that it wrote."""

    given: dict[ReservationId, Given]
    account: Account
    heads: dict[Leaf, Head]


STAYS_AT_ONCE = 32
"""Of one transaction: an entry and what was given for each, and besides them the account, the head and its guest's,
and the rows that list a member."""


def settle(leaves: Sequence[Leaf], program: Program, at: Instant, woken_by: Fact | None = None) -> int:
    """Write the difference between what each stay of the leaves should have been given and what it was; how many.

    Decided from the current state, so facts may come twice, late or in any order. What the leaves share is read once;
    where a fact names a stay, usually that alone. Raises TryAgain when a leaf keeps changing underneath.
    """
    person = read_person(leaves, program)
    return sum(_settle(leaf, person, at, woken_by) for leaf in leaves)


def _settle(leaf: Leaf, person: Person, at: Instant, woken_by: Fact | None) -> int:
    written: dict[ReservationId, Given] = {}
    known = [person]

    def attempt() -> Books | None:
        read = known.pop() if known else read_person([leaf], person.program)
        forfeit(leaf, read)
        books = open_books(leaf, read, woken_by)
        if books is None:
            return None
        for given, account, heads in _write_differences(books, at):
            written.update(given)  # kept at once: the next may fail, and these stand
            person.accounts[leaf] = account
            person.heads.update(heads)
        if not written:
            person.accounts[leaf] = _kept_as_told(books, at)
            person.heads.update(_tell_profile(books, person.accounts[leaf]))
        return books

    books = until_written(attempt, f"{leaf} is being written by others")
    if books:
        _announce(books, written, at, woken_by)
    return len(written)


def _write_differences(books: Books, at: Instant) -> Iterator[Written]:
    """Entries, what was given and balance stand or fall together, and in the end what the profile is told of it."""
    account, changed = books.account, _changed(books)
    for start in range(0, len(changed), STAYS_AT_ONCE):
        some = changed[start : start + STAYS_AT_ONCE]
        before, writes, written = account, list[table.Write](), dict[ReservationId, Given]()
        heads: dict[Leaf, Head] = {}
        for reservation, award in some:
            account, given = _given(books, account, reservation, award, at)
            writes += _entry_writes(books, reservation, given, account)
            written[reservation] = given
        if start + len(some) == len(changed):
            account = books.settled(account)
            heads = books.told(account)
        table.transact([*writes, store.account_write(before, account), *_still(books, heads)])
        yield Written(written, account, heads)


def _changed(books: Books) -> list[tuple[ReservationId, Award]]:
    given = {reservation: each.award for reservation, each in books.given.items()}
    return [pair for pair in books.awards().items() if rules.is_changed(pair[1], given.get(pair[0]))]


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
        account = account.enrolled(at, books.enrols_from, books.number)
    return account.earning_by_stays(books.earns_by_stays_from).credited(points)


def _tell_profile(books: Books, account: Account) -> dict[Leaf, Head]:
    """Where no entry is due that it would go with. Returns the heads as they are then."""
    heads = books.told(account)
    if heads:
        table.transact(_still(books, heads))
    return heads


def _kept_as_told(books: Books, at: Instant) -> Account:
    """The account, enrolled where the record is a member's. A number that nobody says any more goes."""
    if books.account.number and books.number is None:
        account = books.account.unnumbered()
        table.write(store.account_write(books.account, account))
        return account
    return _enrolled_by_itself(books, at)


def _enrolled_by_itself(books: Books, at: Instant) -> Account:
    """A member number from the source makes a member before the first stay, and so does what people said through the
    record. Returns the account as it is then."""
    if not books.is_named or books.account.enrolled_at is not None:
        return books.account
    account = books.settled(_credited(books.account, books, 0, at))
    table.write(store.account_write(books.account, account))
    return account


def _entry_writes(books: Books, reservation: ReservationId, given: Given, account: Account) -> list[table.Write]:
    """The account's revision orders the entries of one leaf revision, and makes each of them once."""
    leaf, program = books.head.leaf, books.program
    return [
        store.entry_write(leaf, program.id, _entry(books, reservation, given, account.rev)),
        store.given_write(leaf, program.id, reservation, given),
    ]


def _still(books: Books, heads: Mapping[Leaf, Head]) -> list[table.Write]:
    """All was read as of these revisions. A head that becomes another is written in place of being checked."""
    if not heads:
        return [store.head_unchanged(books.head.leaf, books.head.rev)]
    written: list[table.Write] = [
        table.Put(head_row(each), table.unchanged_since(each.rev - 1)) for each in heads.values()
    ]
    return written + enrolled.writes(books.head, heads[books.head.leaf])


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
