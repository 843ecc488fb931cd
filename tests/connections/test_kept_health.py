"""How a connection fared is kept in one row, which a later version reads as this one wrote it."""

from collections import Counter
from datetime import timedelta

from chalicelib.aws import keys, table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import Instant, instant
from chalicelib.connections import store
from chalicelib.connections.health import UNHEARD, Day, Health, Outcome, Told, Word, together
from tests.builders import DAY_ONE
from tests.ids import PMS

NOON, ONE = Instant("2026-11-27T12:00:00.000000Z"), Instant("2026-11-27T13:00:00.000000Z")
SAMPLE = (
    '{"v":1,"received_at":"2026-11-27T13:00:00.000000Z","stored_at":"2026-11-27T12:00:00.000000Z",'
    '"days":{"2026-11-27":[3600,1,0,0,1]},"words":{"unknown_status":[2,"2026-11-27"]},'
    '"last":[["2026-11-27T13:00:00.000000Z","set_aside",[],"not_json"],'
    '["2026-11-27T12:00:00.000000Z","stored",["reservation"],""]]}'
)
"""As the first version kept it, but for an outcome that was not counted yet. It stays; later ones are added."""


def test_what_was_kept_before_is_read(aws: Settings) -> None:
    table.write(table.Put(table.row(keys.connection_health(PMS), rev=3, told=SAMPLE)))
    assert store.health_of(PMS) == Health(
        received_at=ONE,
        stored_at=NOON,
        days={"2026-11-27": Day({Outcome.STORED: 1, Outcome.SET_ASIDE: 1}, 3600)},
        words={"unknown_status": Word(2, "2026-11-27")},
        last=[Told(ONE, Outcome.SET_ASIDE, (), "not_json"), Told(NOON, Outcome.STORED, ("reservation",))],
    )


def test_what_is_kept_is_read_as_it_was_put_however_much_it_is(aws: Settings) -> None:
    told = [
        Told(instant(DAY_ONE + timedelta(hours=number)), outcome, ("guest",), "not_json", Counter(unknown_status=1))
        for number, outcome in enumerate([*Outcome] * 10)
    ]
    store.add_to_health(PMS, told[:20], DAY_ONE)
    store.add_to_health(PMS, told[20:], DAY_ONE)
    expected = together(together(UNHEARD, told[:20], DAY_ONE.date()), told[20:], DAY_ONE.date())
    kept = store.health_of(PMS)
    assert (kept.days, kept.words, kept.received_at, kept.stored_at) == (
        expected.days, expected.words, expected.received_at, expected.stored_at,
    )  # fmt: skip
    assert [each.at for each in kept.last] == [each.at for each in expected.last]


def test_a_connection_among_others_is_listed_with_its_own_and_none_is_listed_as_a_connection(aws: Settings) -> None:
    store.add_to_health(PMS, [Told(NOON, Outcome.STORED)], DAY_ONE)
    assert store.listed() == [] == store.listed_with_health()
