"""One pace for the whole account: whoever wants to send takes from the same row, by one conditional write."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from chalicelib.aws import keys, table
from chalicelib.aws.retries import until_written
from chalicelib.canonical.ids import ChannelName
from chalicelib.messages import budget
from chalicelib.messages.budget import Budget, Line
from chalicelib.messages.channels.register import CHANNELS

SIZE = 300
"""Bytes of the row, for the meter."""
BESIDE = frozenset({"refused", "beside"})
"""Counted without the lock, so that workers never wait for it."""


def opened(channel: ChannelName, now: datetime) -> Budget:
    """The budget of this minute; the first who wants it asks the carrier, for all."""
    return until_written(lambda: _opened(channel, _milliseconds(now)), "the pace was changed by others all the time")


def _opened(channel: ChannelName, now: int) -> Budget:
    known = _read(channel)
    if not known.is_stale(now):
        return known
    return _save(channel, known, budget.asked(known, CHANNELS[channel].quota(), now))


def take(channel: ChannelName, lines: Sequence[Line], now: datetime) -> list[list[timedelta]]:
    """For each line, when its first calls may be made, from now; the rest must wait for the next minute."""

    def attempt() -> list[list[timedelta]]:
        known = _opened(channel, _milliseconds(now))
        return _sold(channel, known, known, lines, now)

    return until_written(attempt, "the pace was changed by others all the time")


def take_for_tick(channel: ChannelName, lines: Sequence[Line], now: datetime) -> list[list[timedelta]]:
    """The same, once a tick: nothing for a tick that came twice, however close together."""
    known, at = opened(channel, now), _milliseconds(now)
    if at - known.ticked_at < budget.TICKS_APART:
        return [[] for _ in lines]
    try:
        return _sold(channel, known, replace(known, ticked_at=at), lines, now)
    except table.ConditionFailed:
        return [[] for _ in lines]  # the other one, or a planner that was faster: the next tick sells what is left


def _sold(
    channel: ChannelName, known: Budget, ticked: Budget, lines: Sequence[Line], now: datetime
) -> list[list[timedelta]]:
    delays, after = budget.taken(ticked, lines, _milliseconds(now))
    _save(channel, known, after)
    return [[timedelta(milliseconds=each) for each in line] for line in delays]


def refuse(channel: ChannelName) -> None:
    """The carrier asked for less."""
    table.write(table.Update(keys.pacing(channel), "ADD refused :one", {":one": 1}, when=table.PRESENT, size=SIZE))


def called(channel: ChannelName, calls: int) -> None:
    """So many calls were made that were not sold: who takes next waits for them."""
    table.write(table.Update(keys.pacing(channel), "ADD beside :more", {":more": calls}, when=table.PRESENT, size=SIZE))


def _read(channel: ChannelName) -> Budget:
    item = table.get(keys.pacing(channel))
    return Budget(**{name: item[name] for name in asdict(Budget()) if name in item}) if item else Budget()


def _save(channel: ChannelName, before: Budget, after: Budget) -> Budget:
    """Raises ConditionFailed."""
    written = replace(after, rev=before.rev + 1)
    values = {name: value for name, value in asdict(written).items() if name not in BESIDE}
    table.write(table.setting(keys.pacing(channel), values, table.unchanged_since(before.rev or None), SIZE))
    return written


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
