"""How programmes are written, and how the ledgers of all guests follow them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from chalicelib.aws import keys, queues
from chalicelib.canonical.time import instant, now
from chalicelib.guests import store as guests
from chalicelib.guests.model import Guest
from chalicelib.loyalty import rules, store
from chalicelib.loyalty.model import Program
from chalicelib.loyalty.settling import settle
from chalicelib.loyalty.store import PROGRAMS
from chalicelib.loyalty.wakes import Sweep

SHARDS_AT_ONCE = 16
"""Partitions of guests that one message walks, as far as it comes."""
GUESTS_AT_ONCE = 50
"""Guests that one message settles; the rest is for the next one. A second or two, so that no wake-up waits long."""


def put(asked: Program) -> Program:
    """Keep a programme, and have the ledgers of all guests follow it: stays that were there before may earn by it.

    The same again changes nothing, and queues what a crash may have left unqueued. Raises Invalid, Conflict.
    """
    program = keep(asked, now().date())
    if not store.is_followed(program):
        at = instant(now())
        starts = range(0, keys.SHARDS, SHARDS_AT_ONCE)
        queues.send_many("loyalty", [Sweep(program.id, start, start + SHARDS_AT_ONCE, at).body() for start in starts])
        store.mark_followed(program)
    return program


def keep(asked: Program, today: date) -> Program:
    """The programme alone. Raises Invalid when it would change what stays have earned, and Conflict."""
    before = PROGRAMS.get(asked.id)
    if before is None:
        return PROGRAMS.replace(rules.first_version(asked), replaces=0)
    after = rules.next_version(before, asked, today)
    return before if after == before else PROGRAMS.replace(after, replaces=before.version)


def follow(sweep: Sweep) -> None:
    """Settle the guests of some partitions in one programme, each message from where the last one came to."""
    program = PROGRAMS.get(sweep.program)
    if program is None:
        return
    for settled, (shard, guest) in enumerate(_guests(sweep), start=1):
        for leaf in guest.members:
            settle(leaf, program, sweep.at)
        if settled == GUESTS_AT_ONCE:
            queues.send("loyalty", replace(sweep, shard=shard, after=guest.id).body())
            return


def _guests(sweep: Sweep) -> Iterator[tuple[int, Guest]]:
    for shard in range(sweep.shard, sweep.end):
        for guest in guests.guests_of_shard(shard, sweep.after if shard == sweep.shard else None):
            yield shard, guest
