"""What a guest is in one programme, from all records and accounts, and what may be said of it. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import IdentifierKey, Leaf, ProgramId
from chalicelib.canonical.time import Instant
from chalicelib.guests.carried import enrolment
from chalicelib.guests.enrolments import Earning, Enrolment, Period, Turn, periods, united
from chalicelib.guests.model import Guest, Head
from chalicelib.guests.standing import is_somebodys
from chalicelib.loyalty import rules
from chalicelib.loyalty.model import Account, Program
from chalicelib.profiles.membership_acts import MembershipAct

OF_OTHERS = "Other hotels' records make this guest a member: a key of the group may change it."


@dataclass(frozen=True)
class Membership:
    """A guest in one programme; `enrolled_at` is None for points that nobody was enrolled for yet, `ended_on` the first
    departure that earns no more where somebody ended it: not behind `earns_from` where it never earned."""

    program: ProgramId
    balance: int
    enrolled_at: Instant | None
    earns_from: date | None
    ended_on: date | None
    number: str | None


@dataclass(frozen=True)
class Standing:
    """One guest in one programme. `own` are the records through which the asking key may speak, its best first."""

    program: Program
    guest: Guest
    heads: Mapping[Leaf, Head]
    accounts: Mapping[Leaf, Account]
    own: Collection[Leaf] = ()
    among: Collection[Leaf] | None = None
    """The records that are looked at; None for all."""

    @property
    def earning(self) -> Earning:
        return united(each for leaf in self.heads for each in self._periods(leaf))

    @property
    def is_member(self) -> bool:
        return self.made_by is not None

    @property
    def made_by(self) -> Leaf | None:
        """A record that makes the guest a member; None for who is none, or not any more."""
        return next((leaf for leaf in sorted(self._people) if self._is_open(leaf)), None)

    @property
    def _people(self) -> list[Leaf]:
        """Who became nobody is no member."""
        return [leaf for leaf, head in self.heads.items() if is_somebodys(head)]

    @property
    def _own(self) -> list[Leaf]:
        return [leaf for leaf in self.own if leaf in self._people]

    def _is_open(self, leaf: Leaf) -> bool:
        return any(each.end is None for each in self._periods(leaf))

    def _periods(self, leaf: Leaf) -> list[Period]:
        said = self._said(leaf)
        start = rules.member_from(self.program, self.heads[leaf], self.accounts.get(leaf))
        return periods(start, said.turns if said else ())

    def _said(self, leaf: Leaf) -> Enrolment | None:
        return enrolment(self.heads[leaf], self.program.id)

    def _all_said(self) -> Iterator[tuple[Leaf, Enrolment]]:
        for leaf in sorted(self._people):
            if said := self._said(leaf):
                yield leaf, said

    def _speaks_at(self) -> Leaf:
        """The record at which the membership stands that people made; else the key's own."""
        made = [leaf for leaf, said in self._all_said() if said.is_made]
        ended = [leaf for leaf, said in self._all_said() if said.is_ended and leaf in self._own]
        found = [*made, *ended, *self._own]
        if not found:
            raise Conflict("This guest is nobody any more: nobody can be a member.")
        return found[0]

    def enrolling(
        self, number: str | None, key: IdentifierKey | None, earns_from: date, at: Instant
    ) -> MembershipAct | None:
        """What is to be said for the guest to be a member under this number; None where nothing is. Raises Conflict for
        a number that another hotel's people gave."""
        leaf = self._speaks_at()
        said = self._said(leaf)
        if self.is_member and (key is None or self._carries(key)):
            return MembershipAct(leaf, self.program.id, said.said_at) if said else None
        if leaf not in self._own:
            raise Conflict(OF_OTHERS)
        turn = None if self.is_member else Turn(earns_from, into=True)
        return MembershipAct(leaf, self.program.id, at, number, key, turn)

    @property
    def former_number(self) -> str | None:
        """What who comes in again had before."""
        said = self._said(self._speaks_at())
        return said.number if said and not self.is_member else None

    def _carries(self, key: IdentifierKey) -> bool:
        return any(key in head.identifiers for head in self.heads.values())

    def ending(self, day: date, at: Instant) -> list[MembershipAct]:
        """What is to be said, through each record, for the guest to be out from a day on. Raises NotFound for who never
        was in, and Conflict where other hotels' records make the guest a member."""
        if not self.is_member:
            return [self._again(leaf, said) for leaf, said in self._all_said() if said.is_ended] or _nobody()
        if any(self._is_open(leaf) for leaf in self._people if leaf not in self._own):
            raise Conflict(OF_OTHERS)
        return [MembershipAct(leaf, self.program.id, at, turn=Turn(day, into=False)) for leaf in sorted(self._own)]

    def _again(self, leaf: Leaf, said: Enrolment) -> MembershipAct:
        """Nothing new: what was announced then is announced again, in case that a crash swallowed it."""
        return MembershipAct(leaf, self.program.id, said.said_at)

    @property
    def number(self) -> str | None:
        """Under which the guest is a member, or was: what people said goes before what sources did."""
        said = [each for _, each in self._all_said() if each.number]
        numbers = [each.number for each in sorted(said, key=lambda each: each.is_ended)]
        by_sources = [each.number for each in self.enrolled if each.number]
        return next(iter([*numbers, *by_sources]), None)

    @property
    def enrolled(self) -> list[Account]:
        """The first one first."""
        found = [each for each in self.accounts.values() if each.enrolled_at]
        return sorted(found, key=lambda each: (each.enrolled_at or "", each.leaf))

    @property
    def shown(self) -> Membership | None:
        """None for who never was in, and has no points."""
        is_known = bool(self.accounts) or any(self._all_said())
        return self.as_it_is if is_known else None

    @property
    def as_it_is(self) -> Membership:
        enrolled = self.enrolled
        last = self._last
        return Membership(
            program=self.program.id,
            balance=rules.balance(self.accounts.values()),
            enrolled_at=enrolled[0].enrolled_at if enrolled else None,
            earns_from=last.start if last else None,
            ended_on=last.end if last else None,
            number=self.number,
        )

    @property
    def _last(self) -> Period | None:
        """Of when the guest was in at last: also one of no day, which earned nothing, for it was begun and ended. Of
        those that ended together the one that earned."""
        of_no_day = [each for leaf in self.heads for each in self._periods(leaf) if each.end and each.end <= each.start]
        return max([*self.earning, *of_no_day], key=_lateness, default=None)


def _lateness(period: Period) -> tuple[bool, date, bool, date]:
    end = period.end or period.start
    return period.end is None, end, period.start < end, period.start


def _nobody() -> list[MembershipAct]:
    raise NotFound("This guest is no member of the programme.")
