"""Take points from a membership, over all its accounts at once: load → decide → save, once for each act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.aws import table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.ids import GuestId, Leaf, ProgramId
from chalicelib.canonical.time import Instant, instant, now
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest, Head
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.membership import Standing
from chalicelib.loyalty.model import Account, Draw, Expiry, Program, Spending, Spent
from chalicelib.loyalty.store import PROGRAMS


class NoMember(Conflict):
    """Who spends is a member: this guest is none, or not any more. What the guest has stays."""

    title = "No member"


@dataclass(frozen=True)
class Purse:
    """A guest's accounts in one programme, one of each of its leaves, as of one revision of the guest."""

    guest: Guest
    accounts: Mapping[Leaf, Account]
    made_by: Head | None
    """A record that makes the guest a member; None for who is none, or not any more."""

    @property
    def rests_on(self) -> dict[Leaf, int]:
        """Leaf → the revision as of which it was read; of the guest as of which its records are known."""
        made_by = {self.made_by.leaf: self.made_by.rev} if self.made_by else {}
        return {**made_by, self.guest.id: self.guest.rev}


def spend(guest_id: GuestId, program_id: ProgramId, points: int, origin: Spending, at: datetime | None = None) -> Spent:
    """Take points from a guest's accounts, all or none; what they hold together is never exceeded.

    The act is `origin.act`: the same again changes nothing, and is answered as the first time. Raises NotFound, Invalid
    for no points, NotEnough, NoMember, Conflict for an id that meant something else, and TryAgain.
    """

    def attempt() -> Spent:
        purse = _open(guest_id, program_id)
        # After the accounts: who sees in them what this act took, a moment ago beside itself, sees the act as well.
        done = store.spent(program_id, origin)
        if done:
            return _as_asked(done, purse, points)
        return _write(_known(purse), program_id, points, origin, instant(at or now()))

    return until_written(attempt, f"{guest_id} is being written by others")


def _open(guest_id: GuestId, program_id: ProgramId) -> Purse | None:
    """The guest is read first, and its revision checked by the write: no record joined or left it since."""
    guest, program = guests.guest(guest_id), PROGRAMS.get(program_id)
    if guest is None or program is None:
        return None
    known = store.accounts(guest.members, program_id)
    accounts = {leaf: known.get(leaf) or Account(leaf, program_id) for leaf in guest.members}
    return Purse(guest, accounts, _made_by(guest, program, accounts))


def _made_by(guest: Guest, program: Program, accounts: Mapping[Leaf, Account]) -> Head | None:
    """The first account that somebody was enrolled for mostly tells; the write checks its record."""
    likely = next((leaf for leaf in guest.members if accounts[leaf].is_in), guest.id)
    for leaves in ([likely], [leaf for leaf in guest.members if leaf != likely]):
        heads = guests.with_records(guests.heads(leaves))
        if made_by := Standing(program, guest, heads, accounts).made_by:
            return heads[made_by]
    return None


def _known(purse: Purse | None) -> Purse:
    if purse is None:
        raise NotFound("There is no such guest or programme.")
    return purse


def _as_asked(done: Spent, purse: Purse | None, points: int) -> Spent:
    """The guest may have been regrouped since: any record that gave, or the guest of that time, is the same member."""
    mine = {purse.guest.id, *purse.accounts} if purse else set()
    if done.points != points or mine.isdisjoint({done.guest, *done.draws}):
        raise Conflict("This id was used for something else.")
    return done


def _write(purse: Purse, program_id: ProgramId, points: int, origin: Spending, at: Instant) -> Spent:
    if purse.made_by is None and not isinstance(origin, Expiry):
        raise NoMember("This guest is no member of the programme.")
    parts = rules.draws(purse.accounts.values(), points)
    draws = {leaf: Draw(part, purse.accounts[leaf].rev + 1) for leaf, part in parts.items()}
    spent = Spent(program_id, origin, purse.guest.id, at, draws)
    table.transact(_writes(purse, spent))
    return spent


def _writes(purse: Purse, spent: Spent) -> list[table.Write]:
    """Three rows, and one for each record of the guest and each account that gives: 40 records fit in any case.

    An account that gives nothing is checked: another act beside this one may have counted on what it holds. So is the
    record that makes the guest a member: the membership may be ended beside this.
    """
    writes: list[table.Write] = [store.head_unchanged(leaf, rev) for leaf, rev in purse.rests_on.items()]
    writes.append(store.spent_write(spent))
    for leaf, account in purse.accounts.items():
        if leaf in spent.draws:
            writes.append(store.account_write(account, account.credited(-spent.draws[leaf].points)))
        else:
            writes.append(store.account_unchanged(account))
    writes += [store.entry_write(leaf, spent.program, entry) for leaf, entry in spent.entries.items()]
    if len(writes) > table.WRITE_AT_ONCE:
        raise Conflict("This guest has more records than one act can draw on.")
    return writes
