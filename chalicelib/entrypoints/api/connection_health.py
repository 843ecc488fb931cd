"""How a connection fares, as the API shows it."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.canonical.time import Instant
from chalicelib.connections import rules
from chalicelib.connections.health import Day, Health, Outcome, Told, Word, days_until
from chalicelib.connections.rules import State
from chalicelib.entrypoints.api.answers import Shown


class HealthShown(Shown):
    """How a connection fares. `received_at` is when its newest notice came, `stored_at` when the newest came of which
    something was stored. It is `silent` where nothing came for longer than `quiet_at_most_seconds`: twice what is usual
    for it. Each process tells once a minute, of one connection: what it had not told when it ended is not in here."""

    state: State
    received_at: Instant | None
    stored_at: Instant | None
    quiet_at_most_seconds: int


class DayShown(Shown):
    """Deliveries of notices that came on one day in UTC, by what became of them. One that comes twice counts twice; one
    that failed for now (`again`) counts each time."""

    day: str
    notices: int
    stored: int
    nothing_new: int
    ignored: int
    set_aside: int
    again: int


class PassedOver(Shown):
    """Something of the notices that was passed over. A source's own word is told, behind the field that it stood in,
    where it looks like a code and was said of several things; else the field is counted alone."""

    word: str
    count: int
    last_on: str


class NoticeShown(Shown):
    """One delivery of a notice: what it was about, what became of it, and a code or the hub's own words where it
    failed."""

    at: Instant
    about: tuple[str, ...]
    outcome: Outcome
    reason: str | None


class HealthOpened(HealthShown):
    """The same with the last 14 days, what was passed over in them, and the newest notices. `dead_letters` counts
    what could not be processed and lies there, up to 100; null where the key does not see them. How many notices of one
    connection wait in a queue SQS does not tell."""

    days: list[DayShown]
    ignored: list[PassedOver]
    notices: list[NoticeShown]
    dead_letters: int | None


def shown(health: Health, now: datetime) -> HealthShown:
    return HealthShown(
        state=rules.state_of(health, now),
        received_at=health.received_at,
        stored_at=health.stored_at,
        quiet_at_most_seconds=int(rules.quiet_at_most(health).total_seconds()),
    )


def opened(health: Health, now: datetime, dead_letters: int | None) -> HealthOpened:
    return HealthOpened(
        **shown(health, now).model_dump(),
        days=[_day(day, health.days.get(day, Day())) for day in days_until(now.date())],
        ignored=_words(health.words),
        notices=[_notice(each) for each in health.last],
        dead_letters=dead_letters,
    )


def _day(day: str, told: Day) -> DayShown:
    counts = {outcome.value: told.counts.get(outcome, 0) for outcome in Outcome}
    return DayShown(day=day, notices=told.notices, **counts)


def _words(words: Mapping[str, Word]) -> list[PassedOver]:
    ordered = sorted(words.items(), key=lambda each: (-each[1].times, each[0]))
    return [PassedOver(word=word, count=each.times, last_on=each.day) for word, each in ordered]


def _notice(told: Told) -> NoticeShown:
    return NoticeShown(at=told.at, about=told.about, outcome=told.outcome, reason=told.reason or None)
