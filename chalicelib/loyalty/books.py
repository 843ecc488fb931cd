"""What a leaf's stays are and were given in one programme: all of them, or the one that a wake-up names.

What a stay earns follows from itself, from whether it is the person's own, and from the day from which the leaf's stays
earn. Who else's stay becomes own, or ceases to be, is told by a fact of its own; so as long as that day is the one by
which all of the leaf's stays were priced, only the stay of the fact can have changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from chalicelib.aws import table
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import Leaf, PropertyId, ReservationId
from chalicelib.guests import minors, spans, walks
from chalicelib.guests import store as guests
from chalicelib.guests.carried import enrolment
from chalicelib.guests.enrolments import Earning, Period, periods, united
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.projection import makes_member
from chalicelib.guests.rules import own_stays
from chalicelib.guests.spans import Around, Span, Unread
from chalicelib.guests.standing import claimed_by
from chalicelib.guests.survivorship import age_of
from chalicelib.guests.tally import Tally
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.model import Account, Program, Reason
from chalicelib.loyalty.rules import Award
from chalicelib.loyalty.store import Given
from chalicelib.profiles import memberships
from chalicelib.profiles.numbered import place_of

OF_A_STAY = {FactType.STAY_COMPLETED, FactType.STAY_REOPENED}
FEW = 3
"""So many stays of a leaf cost no more to read than one."""


@dataclass(frozen=True)
class Person:
    """What the leaves of one guest share in one programme: their heads, with the records, and their accounts."""

    program: Program
    heads: dict[Leaf, Head]
    accounts: dict[Leaf, Account]

    def members_with(self, leaf: Leaf) -> tuple[Leaf, ...]:
        into = self.heads.get(self.heads[leaf].guest)
        guest = into.as_guest() if into else None
        return guest.members if guest else (leaf,)


@dataclass(frozen=True)
class Books:
    """Stays of one leaf and what they were given in one programme, as of one revision of the leaf."""

    program: Program
    head: Head
    members: Mapping[Leaf, Head]
    """The leaves of the guest, this one included."""
    accounts: Mapping[Leaf, Account]
    woken_by: Fact | None
    is_whole: bool = False
    """Whether these are all the stays of the leaf."""
    stays: Sequence[Stay] = ()
    own: Sequence[Stay] = ()
    """Those that are the person's own."""
    given: Mapping[ReservationId, Given] = field(default_factory=dict)

    @property
    def version(self) -> str:
        return store.version_of(self.head.rev, self.program)

    @property
    def account(self) -> Account:
        return self.accounts.get(self.head.leaf) or Account(leaf=self.head.leaf, program=self.program.id)

    @property
    def earning(self) -> Earning:
        """Of all that makes the guest a member, less what somebody ended of it: each record's by itself. A child's
        stays earn nothing, also when the child has grown up."""
        grown_up = self.grown_up_on
        periods = (each for leaf, head in self.members.items() for each in self._periods(leaf, head))
        return united(each.begun_by(grown_up) for each in periods) if grown_up else ()

    @cached_property
    def grown_up_on(self) -> date | None:
        """The first departure that may earn; None of who is under age, and of whom no day of birth is known. How old
        somebody is whom others' records know is not taken from what a hotel claims."""
        told = [head for leaf, head in self.members.items() if leaf == self.head.leaf or claimed_by(head) is None]
        return minors.earns_from(age_of(told))

    def _periods(self, leaf: Leaf, head: Head) -> list[Period]:
        said = enrolment(head, self.program.id)
        own = self.own_of_age if leaf == self.head.leaf else ()
        start = rules.member_from(self.program, head, self.accounts.get(leaf), own)
        return periods(start, said.turns if said else ())

    @property
    def own_of_age(self) -> list[Stay]:
        """Those that may make a member."""
        return [stay for stay in self.own if self._is_of_age_at(stay)]

    def _is_of_age_at(self, stay: Stay) -> bool:
        return self.grown_up_on is not None and stay.departure >= self.grown_up_on

    @property
    def earns_by_stays_from(self) -> date | None:
        return rules.earns_from((), self.program, self.own_of_age, has_number=False)

    @property
    def enrols_from(self) -> date | None:
        """From when this leaf is in by itself: what only another record of the guest brings goes with that record."""
        said = enrolment(self.head, self.program.id)
        turned = [turn.day for turn in said.turns if turn.into][:1] if said else []
        start = rules.earns_from((), self.program, self.own_of_age, has_number=rules.has_number(self.head))
        return min((day for day in (start, *turned) if day), default=None)

    @property
    def is_named(self) -> bool:
        """Whether somebody, the source or a person, says that this record is a member's."""
        said = enrolment(self.head, self.program.id)
        return rules.has_number(self.head) or bool(said and any(turn.into for turn in said.turns))

    @property
    def number(self) -> str | None:
        said = enrolment(self.head, self.program.id)
        return (said.number if said else None) or (self.head.record.member_number if self.head.record else None)

    @property
    def guest(self) -> Head | None:
        """The head by which the guest is named; None where it is not known as it is now."""
        return self.members.get(self.head.guest)

    def told(self, account: Account) -> dict[Leaf, Head]:
        """The heads of the leaf and of its guest, as they become where the profile does not know yet that the ledger
        has a member here: by the programme's own will, or by a number that the source took back since."""
        guest, head = self.guest, self.head
        if guest is None or not account.is_in or self._is_known or head.record is None or head.record.nobody:
            return {}
        if None in {head.record_rev, guest.record_rev}:
            return {}  # as an earlier version kept it: with its next change
        return memberships.enrolled_by_itself(head, guest, self.program.id)

    @property
    def _is_known(self) -> bool:
        """Also as long as the source's number makes a member here: when that goes, all programmes are looked at."""
        program, said = self.program.id, enrolment(self.head, self.program.id)
        is_by_another = makes_member(self.head) and place_of(self.head, program) is not None
        return bool(said and said.turns) or program in self.head.enrolled_in or is_by_another

    def settled(self, account: Account) -> Account:
        """The account after the last of what all stays should have been given."""
        by = self.woken_by.fact_id if self.woken_by else None
        return account.settled(self.earning, by) if self.is_whole else account

    @property
    def others_are_settled(self) -> bool:
        """Whether all other stays of the leaf are priced by the same day, and not by this very wake-up, which then has
        to announce all of them again."""
        is_again = self.woken_by is not None and self.account.settled_by == self.woken_by.fact_id
        return self.account.is_settled_for(self.earning) and not is_again

    def awards(self) -> dict[ReservationId, Award]:
        gone = dict.fromkeys(self.given, Award(0, Reason.NOT_COMPLETED))  # a stay that turned out to be another guest's
        own, earning = {stay.reservation for stay in self.own}, self.earning
        priced = {
            each.reservation: rules.award(
                each, self.program, earning if self._is_of_age_at(each) else (), own=each.reservation in own
            )
            for each in self.stays
        }
        return {**gone, **priced}

    def property_of(self, reservation: ReservationId) -> PropertyId:
        of_stays = (stay.property_id for stay in self.stays if stay.reservation == reservation)
        return next(of_stays, None) or self.given[reservation].property_id


def read_person(leaves: Sequence[Leaf], program: Program) -> Person:
    """Heads are read first: what is read after them is at least as new, and the write checks that they still stand."""
    heads = guests.heads(leaves)
    heads |= guests.heads({head.guest for head in heads.values()} - heads.keys())
    known = [guest for head in heads.values() if (guest := head.as_guest())]
    heads |= guests.heads({leaf for guest in known for leaf in guest.members} - heads.keys())
    return Person(program, guests.with_records(heads), store.accounts(heads, program.id))


def open_books(leaf: Leaf, person: Person, woken_by: Fact | None) -> Books | None:
    """With the stay that a fact names, where all others are settled, or else with all of the leaf's stays. None where
    no person is known, or who it was is erased: what becomes of the stays gives and takes nothing any more."""
    head = person.heads.get(leaf)
    if head is None or head.erased or not head.has_record or _is_nobody_yet(head, person):
        return None
    members = {leaf, *person.members_with(leaf)}
    closed = Books(
        program=person.program,
        head=head,
        members={each: person.heads[each] for each in sorted(members) if each in person.heads},
        accounts={each: person.accounts[each] for each in members if each in person.accounts},
        woken_by=woken_by,
    )
    return _with_named(closed) or _with_all(closed)


def _is_nobody_yet(head: Head, person: Person) -> bool:
    """Who became nobody keeps the ledger, and nobody gets one."""
    return head.record is not None and head.record.nobody is not None and head.leaf not in person.accounts


def _with_named(books: Books) -> Books | None:
    """None where all stays are to be read: where they are few, where others may be unpriced, and where an earlier
    version wrote the head, which told nobody of stays that became own beside the one that changed."""
    fact, head = books.woken_by, books.head
    if fact is None or fact.type not in OF_A_STAY or head.tally is None or head.stats.reservations <= FEW:
        return None
    opened = _with_stay(books, head.tally, ReservationId(fact.subject))
    return opened if opened.others_are_settled else None


def _with_all(books: Books) -> Books:
    leaf = books.head.leaf
    stays, given = guests.stays(leaf), store.given(leaf, books.program.id)
    return replace(books, is_whole=True, stays=stays, own=own_stays(stays), given=given)


def _with_stay(books: Books, tally: Tally, named: ReservationId) -> Books:
    given, place = store.given_and_place(books.head.leaf, books.program.id, named)
    known = {named: given} if given else {}
    if place is None or place[0] != books.head.leaf:
        return replace(books, given=known)
    stay, is_own = _stay(books.head, named, spans.span_of_row(place[1], books.head.drift, tally))
    return replace(books, stays=[stay], own=[stay] if is_own else [], given=known)


def _stay(head: Head, named: ReservationId, span: Span) -> tuple[Stay, bool]:
    """A stay, and whether it is completed and the person's own; read with those that may lie in its way."""
    while True:
        around = _read(head, span)
        stay = around.stays.get(named)
        if stay is None:
            raise table.Contended("the stay was moved between two of these reads")
        try:
            return stay, walks.is_completed(stay) and walks.is_own(stay, head, around)
        except Unread as unread:
            span = unread.span


def _read(head: Head, span: Span) -> Around:
    return Around(span, {each.reservation: each for each in guests.stays_of(head, span)})
