"""Whatever order, however often, and with a crash at any call: which accounts there are, what they are called, which is
one with which, and which reservations are whose, comes to the same."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts import actions
from chalicelib.aws import keys, table
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import account_of
from chalicelib.connections.model import API
from chalicelib.ingest.actions import ingest_notices
from chalicelib.properties import store as properties
from tests import tables
from tests.builders import PORTO, VIENNA, at, guest, notice, reservation
from tests.crashes import crash_at, points_of
from tests.exhaustive import examples, some_of

HOTELS = [VIENNA.id, PORTO.id]
LEE, SONS = account_of(API, "c1"), account_of(API, "c2")

THERE = {"property_id": PORTO.id}


def company(source_id: str, name: str, minute: int, **fields: Any) -> dict[str, Any]:
    told = guest(source_id, None, name, person=False, property_id=VIENNA.id, **fields)
    return {**told, "changed_at": at(minute)}


TOLD = [
    reservation("r1", guest(), company_id="c1"),
    {**reservation("r1", guest(), company_id="c2", status="checked_out"), "changed_at": at(5)},
    reservation("r2", guest("g2", "Bo"), agency_id="c1", status="checked_out", **THERE),
    {**reservation("r2", guest("g2", "Bo"), agency_id="c1", arrival="2026-02-02", **THERE), "changed_at": at(-5)},
    company("c1", "Lee", 1),
    company("c1", "Lee and Sons", 3),
    company("c2", "Sons", 2),
    company("c2", "Sons", 4, merged_into="c1"),
]


def tell(*snapshots: dict[str, Any]) -> None:
    assert not ingest_notices([notice(each, message_id=f"m{number}") for number, each in enumerate(snapshots)])


def known() -> object:
    """All that is told of accounts, at each hotel and at all."""
    return [
        (
            [(each.id, each.name, each.kind, each.known.hotels) for each in actions.listed(hotels, None, 10)],
            [_opened(each, hotels) for each in (LEE, SONS)],
        )
        for hotels in (HOTELS, HOTELS[:1], HOTELS[1:])
    ]


def _opened(account_id: Any, hotels: Any) -> object:
    found = actions.opened(account_id, hotels)
    lines = [(line.stay.source_id, line.leaf) for line in actions.stays(found, hotels, None, 1)]
    return found.id, found.name, found.kind, found.merged, lines, actions.summed(found, hotels)


@pytest.fixture
def hub(aws: Settings) -> None:
    for each in (VIENNA, PORTO):
        properties.put(each)


def test_a_renamed_and_a_merged_account_have_their_newest_name_and_all_stays(hub: None) -> None:
    tell(*TOLD)
    found = actions.opened(SONS, HOTELS)
    assert (found.id, found.name, found.kind, found.merged) == (LEE, "Lee and Sons", "agency", (SONS,))
    assert [line.stay.source_id for line in actions.stays(found, HOTELS, None, 10)] == ["r1", "r2"]
    assert actions.summed(found, HOTELS).sums.room_revenue == {"EUR": 40_000}
    assert [each.id for each in actions.listed(HOTELS, None, 10)] == [LEE]


@pytest.mark.exhaustive(quick=())
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(TOLD * 2), st.integers(1, 4))
def test_any_order_with_duplicates_comes_to_the_same(hub: None, told: Sequence[dict[str, Any]], at_once: int) -> None:
    tables.empty()
    tell(*TOLD)
    expected = known()
    tables.empty()
    for start in range(0, len(told), at_once):
        tell(*told[start : start + at_once])
    assert known() == expected


@pytest.mark.exhaustive(quick=())
def test_a_crash_at_any_call_leaves_what_a_redelivery_finishes(hub: None) -> None:
    tell(*TOLD)  # what is read once a process is known from now on
    tables.empty()
    points = points_of(lambda: tell(*TOLD))
    expected = known()
    for point in some_of(points):
        tables.empty()
        assert crash_at(point, lambda: tell(*TOLD))
        tell(*TOLD)
        assert known() == expected, str(point)


def test_two_that_are_merged_into_each_other_are_each_themselves(hub: None) -> None:
    tell(*TOLD, company("c1", "Lee", 9, merged_into="c2"), company("c3", "Leigh", 9, merged_into="c2"))
    tell(reservation("r3", guest("g3", "Cy"), company_id="c3", status="checked_out"))
    three = [LEE, SONS, account_of(API, "c3")]
    found = [actions.opened(each, HOTELS) for each in three]
    assert [(each.id, each.merged) for each in found] == [(each, ()) for each in three]
    assert [actions.summed(each, HOTELS).sums.reservations for each in found] == [1, 1, 1]
    assert [each.id for each in actions.listed(HOTELS, None, 10)] == sorted(three)


def test_more_than_can_be_merged_into_one_are_said_to_be_more_and_each_leads_there(hub: None) -> None:
    many = [f"m{number:02}" for number in range(actions.MOST_MERGED + 5)]
    tell(*(company(each, each, 1, merged_into="c1") for each in many))
    tell(*(reservation(f"r{each}", guest(), agency_id=each) for each in many))
    last = max(many, key=lambda each: account_of(API, each))
    tell(reservation("p1", guest("g2", "Bo"), company_id=last, **THERE))
    found = [actions.opened(account_of(API, each), HOTELS) for each in (many[0], last)]
    assert {each.id for each in found} == {LEE}
    assert not any(actions.summed(each, HOTELS).is_whole for each in found)
    there = actions.opened(account_of(API, last), HOTELS[1:])
    assert actions.summed(there, HOTELS[1:]).sums.reservations == 1


def test_an_account_that_its_source_anonymised_has_no_name(hub: None) -> None:
    gone = {"kind": "guest", "source_id": "c1", "anonymised": True, "changed_at": at(7)}
    for told in ([*TOLD, gone], [gone, *TOLD]):
        tables.empty()
        tell(*told)
        assert actions.opened(LEE, HOTELS).name is None


def test_what_comes_again_writes_nothing(hub: None) -> None:
    tell(*TOLD)
    meter().take()
    tell(*TOLD)
    assert meter().take()[1] == 0


def test_what_an_index_tells_of_no_more_is_not_shown(hub: None) -> None:
    """An index follows its table within moments: until then it lists what was."""
    tell(TOLD[0])
    before = actions.opened(LEE, HOTELS)
    (line,) = actions.stays(before, HOTELS, None, 10)
    row = table.get(keys.reservation(line.stay.reservation))
    assert row
    tell(TOLD[1])
    table.write(table.Put(row))
    assert list(actions.stays(before, HOTELS, None, 10)) == []
    assert actions.summed(before, HOTELS).sums.reservations == 0
