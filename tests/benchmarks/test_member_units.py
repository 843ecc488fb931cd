"""A member who changed is settled once a guest, not once a record; and so is each guest that a sweep walks over."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks import growth, season
from benchmarks.cloud import Cloud
from benchmarks.table import Units
from benchmarks.webhooks import push
from chalicelib.aws.keys import SHARDS
from chalicelib.canonical.ids import ProgramId
from chalicelib.guests import store as guests
from chalicelib.jobs import work
from chalicelib.jobs.model import Part
from chalicelib.loyalty import programs
from chalicelib.loyalty.model import Program

RECORDS = (1, 10, 40)
FIRST_STAY = date(2024, 1, 1)
BY_NUMBER = Program(id=ProgramId("by-number"), name="By number", points_per_unit={"EUR": "10"})
LATER = BY_NUMBER.model_copy(update={"id": "later", "auto_enrol": True})


def person(number: int, minute: int, **fields: Any) -> dict[str, Any]:
    """One of the records of one guest: they share name, address and telephone number."""
    told = {**season.guest(0), "source_id": f"p{number}", "changed_at": season.at(minute)}
    return {**told, **fields}


def stay(number: int) -> dict[str, Any]:
    arrival = FIRST_STAY + timedelta(weeks=number)
    return season.booking(
        number, 0, "checked_out", arrival=arrival.isoformat(), departure=(arrival + timedelta(days=2)).isoformat(),
        occupants=[{"role": "primary", "guest": person(number, 0)}],
    )  # fmt: skip


def keep_guest(cloud: Cloud, records: int) -> None:
    """Of so many records, each with a stay that has its points."""
    season.open_hotel()
    push(cloud, [season.webhook(stay(number)) for number in range(records)])
    growth.award(cloud)
    ((_, guest),) = guests.walk(0, 1)
    assert len(guest.members) == records


def used(cloud: Cloud, work: Callable[[], object]) -> Units:
    cloud.table.units.take()
    work()
    return cloud.table.units.take()


@pytest.mark.exhaustive(quick=("1", "10"))
@pytest.mark.parametrize("records", RECORDS)
def test_a_member_who_changed_is_read_once_a_record_and_settled_once(cloud: Cloud, records: int) -> None:
    """Head, record, account, stays and what these were given. 40 records took 3,322 units before it was so."""
    keep_guest(cloud, records)
    push(cloud, [season.webhook(person(0, 9, member_number="M-1"))])
    assert [fact["detail-type"] for fact in cloud.facts].count("MemberNumberChanged") == 1
    spent = used(cloud, lambda: growth.award(cloud))
    assert spent.write == 0, "all stays have their points"
    assert spent.read <= 5 * records + 3


@pytest.mark.exhaustive(quick=("1", "10"))
@pytest.mark.parametrize("records", RECORDS)
def test_a_number_that_makes_a_member_gives_each_stay_its_points_once(cloud: Cloud, records: int) -> None:
    keep_guest(cloud, records)
    programs.keep(BY_NUMBER, FIRST_STAY)
    push(cloud, [season.webhook(person(0, 9, member_number="M-1"))])
    spent = used(cloud, lambda: growth.award(cloud))
    entry_given_account_head = 4 * 2
    assert spent.write <= entry_given_account_head * records + 2
    assert spent.read <= 2 * (5 * records + 3), "two programmes"


@pytest.mark.exhaustive(quick=("1", "10"))
@pytest.mark.parametrize("records", RECORDS)
def test_a_sweep_reads_a_guest_of_many_records_once_a_record(cloud: Cloud, records: int) -> None:
    keep_guest(cloud, records)
    programs.keep(LATER, FIRST_STAY)
    first, again = used(cloud, sweep), used(cloud, sweep)
    assert again.read == first.read <= SHARDS + 16 + 5 * records + 5
    entry_given_account_head_and_listed, guests_head = 5 * 2, 2 if records <= 10 else 2 * 2  # forty members take 2 KB
    assert first.write <= (entry_given_account_head_and_listed + guests_head) * records + 2
    assert again.write == 0


@pytest.mark.exhaustive(quick=("1", "50"))
@pytest.mark.parametrize("count", [1, 50, 100])
def test_a_sweep_reads_each_of_many_guests_once(cloud: Cloud, count: int) -> None:
    season.open_hotel()
    push(cloud, [season.webhook(season.booking(number, 0, "checked_out")) for number in range(count)])
    programs.keep(LATER, FIRST_STAY)
    assert used(cloud, sweep).read <= SHARDS + 16 + 5 * count + 5


def sweep() -> None:
    """What long work does for a new programme, part by part."""
    job = work.job_of(programs.FOLLOWING, LATER.id, season.BEGINNING, programs.PARTS)
    for number in range(job.parts):
        for _ in programs.follow(job, Part(number=number)):
            pass
