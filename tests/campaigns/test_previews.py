"""A preview counts whom a campaign would reach, whatever dies on the way, and writes to nobody."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count, islice
from random import Random

import pytest
import time_machine

from chalicelib.aws import keys, queues, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.aws.settings import Settings
from chalicelib.campaigns import actions, decisions, previews
from chalicelib.campaigns.previews import PreviewAsked
from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.canonical.time import instant, now
from chalicelib.consent import store as consents
from chalicelib.consent.model import EMAIL, Consent, Gate
from chalicelib.entrypoints.long_work import steps_of
from chalicelib.jobs import store, work
from chalicelib.jobs.model import MOST_SAMPLED, Part, Progress, Step
from chalicelib.jobs.queued import WorkPart, read_work_part
from chalicelib.properties import store as hotels
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings
from tests import tables
from tests.builders import PORTO
from tests.campaigns.worlds import NOW, campaign, guest, run_to_end
from tests.crashes import Crash, crash_at, points_of
from tests.exhaustive import some_of
from tests.fakes import received
from tests.ids import guest_id
from tests.mail_fakes import FakeSes

STAYED = {"trait": "stats.stays", "op": "gte", "value": 1}
EVERYBODY = PreviewAsked.model_validate({"rule": STAYED})


@pytest.fixture(autouse=True)
def few_partitions(aws: Settings, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walking 256 partitions takes a test's time, and is the same sixteen times."""
    queues.url_of("jobs")
    monkeypatch.setattr(keys, "SHARDS", 16)
    monkeypatch.setattr(previews, "PARTS", 4)


def names() -> Iterator[str]:
    """Of guests who lie in the few."""
    few = {keys.shard(number) for number in range(keys.SHARDS)}
    return (name for number in count() if keys.shard_of(guest_id(name := f"guest-{number}")) in few)


def begun(seed: str = "s", asked: PreviewAsked = EVERYBODY) -> Progress:
    return previews.start(asked, "unsaved", seed, NOW)


def asked_for() -> Iterator[WorkPart]:
    """What waits on the queue, taken from it."""
    while records := received("jobs")["Records"]:
        for record in records:
            yield read_work_part(json.loads(record["body"]))
            queues.delete("jobs", record["receiptHandle"])


def turn(part: WorkPart, seconds: Callable[[], float] = lambda: 600.0) -> None:
    work.work_part(part, steps_of, seconds)


def done(seed: str = "s", asked: PreviewAsked = EVERYBODY) -> Progress:
    job = begun(seed, asked).job
    for part in asked_for():
        turn(part)
    return work.progress(job.id)


def ten() -> dict[str, int]:
    """Guests of whom each is held by something else, but for two; one has not stayed, and a minor is not asked about,
    nor who objects to profiling or is restricted. What a preview counts of them."""
    anna, bo, cy, di, eve, fay, gus, kim, lou, max_ = islice(names(), 10)
    guest(anna)
    guest(bo)
    guest(cy, state=None)
    guest(di, state="withdrawn")
    guest(eve, stays=0)
    guest(kim, born=date(2020, 1, 1))
    guest(lou, unprofiled="objected")
    guest(max_, unprofiled="restricted")
    held: dict[str, dict[str, object]] = {fay: {"suppressed": {"*": "bounce"}}, gus: {"open_case": True}}
    for name, holding in held.items():
        before = consents.gate(guest(name), EMAIL)
        assert before
        table.write(consents.replace(before, Gate.model_validate({**before.model_dump(), **holding})))
    reasons = {"no_consent": 1, "withdrawn": 1, "suppressed_bounce": 1, "open_case": 1}
    return {"guests": 6, "mailable": 2, **reasons}


def test_a_preview_counts_who_is_in_who_is_mailable_and_what_holds_the_others() -> None:
    expected = ten()
    found = done()
    assert (found.counted, found.units_done, found.job.is_over) == (expected, 10, True)


def test_a_preview_says_what_the_campaign_then_does(ses: FakeSes, clock: time_machine.Traveller) -> None:
    """Sender and preview ask one table of holds."""
    ten()
    found = done()
    run = run_to_end(clock, actions.launch(campaign()))
    sent = Counter(each.reason or each.decision for each in decisions.page_of(run.id).decisions)
    assert {"guests": sent.total(), "mailable": sent.pop("sent"), **sent} == found.counted


def test_a_preview_goes_by_the_rules_of_the_countries_too(ses: FakeSes, clock: time_machine.Traveller) -> None:
    """Those who agreed are held where the hotel does not attest that their consents are registered."""
    hotels.put(PORTO.model_copy(update={"country": "TR"}))
    agreed = {"mailable", "open_case"}
    others = {code: number for code, number in ten().items() if code not in agreed}
    assert done().counted == {**others, "not_registered": 3}
    run = run_to_end(clock, actions.launch(campaign()))
    assert Counter(each.reason for each in decisions.page_of(run.id).decisions)["not_registered"] == 3


def test_a_preview_writes_rows_of_its_own_and_of_nobody_else() -> None:
    ten()
    before = of_others()
    done()
    assert of_others() == before


def test_the_sample_are_twenty_of_those_who_are_in_and_of_all_parts() -> None:
    some = list(islice(names(), 60))
    for name in some[:20]:
        guest(name, stays=0)
    are_in = {guest(name) for name in some[20:]}
    found = done()
    assert (len(found.sample), len(set(found.sample))) == (MOST_SAMPLED, MOST_SAMPLED)
    assert set(found.sample) <= are_in
    assert all(set(part.sampled) & set(found.sample) for part in found.parts)


def test_a_part_keeps_twenty_ids_however_many_it_finds() -> None:
    part = Part(number=0)
    for number in range(50):
        part = part.past(Step(str(number), found=[f"g{number:025}", f"h{number:025}"]))
    assert len(part.sampled) == MOST_SAMPLED
    assert len(part.sample or "") < 600


def test_the_same_seed_is_the_same_preview_and_another_one_another() -> None:
    assert begun("one").job == begun("one").job
    assert begun("two").job.id != begun("one").job.id


def test_more_than_four_at_once_are_refused_and_a_repeated_one_is_not() -> None:
    for number in range(previews.MOST_UNDER_WAY):
        begun(f"s{number}")
    with pytest.raises(Conflict, match="under way"):
        begun("one-more")
    assert begun("s0").job.id
    for part in asked_for():
        turn(part)
    assert begun("one-more").job.id


SPA = {"id": "spa", "purpose": "marketing", "names": {"en": "Spa"}}


def refuse(name: str, part: str) -> None:
    before = consents.gate(guest(name), EMAIL)
    assert before
    no = Consent(state="withdrawn", basis="guest", at=instant(NOW))
    table.write(consents.replace(before, before.with_answers({**before.answers, f"group:marketing/{part}": no})))


def test_who_does_not_want_the_topic_is_held_and_only_where_one_is_named() -> None:
    legal_store.save(ConsentSettings.model_validate({"topics": [SPA]}))
    anna, bo = islice(names(), 2)
    guest(anna)
    refuse(bo, "spa")
    about_spa = PreviewAsked.model_validate({"rule": STAYED, "topic": "spa"})
    assert done("spa", about_spa).counted == {"guests": 2, "mailable": 1, "topic": 1}
    assert done().counted == {"guests": 2, "mailable": 2}


def test_of_whom_a_list_of_others_is_asked_later_is_told_and_nobody_is_looked_up() -> None:
    source = {"law": "L", "section": "1", "url": "https://law.example"}
    rule = {"id": "others", "name": "Own", "express": ["guest"], "sources": [source], "look_again_on": "2030-01-01",
            "implied": [{"kind": "sale", "off_register": "robinson"}]}  # fmt: skip
    register = {"id": "robinson", "hash": "sha1", "valid_days": 60}
    anna, bo = islice(names(), 2)
    guest(anna)
    guest(bo, state="withdrawn")
    assert "to_compare" not in done("before").counted
    legal_store.save(ConsentSettings.model_validate({"rules": [rule], "registers": [register]}))
    assert done().counted == {"guests": 2, "mailable": 1, "to_compare": 1, "withdrawn": 1}


@pytest.mark.parametrize("told", [{"channel": "pigeon"}, {"property_id": "nowhere"}, {"topic": "golf"}])
def test_a_channel_or_a_hotel_that_is_not_there_is_refused_by_its_name(told: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        begun(asked=PreviewAsked.model_validate({"rule": STAYED, **told}))
    assert [each.field for each in refused.value.fields] == [*told]
    assert store.waking().jobs == []


@pytest.mark.exhaustive
def test_a_preview_comes_to_the_same_after_a_crash_at_any_call(clock: time_machine.Traveller) -> None:
    expected = ten()
    calm = done("calm")

    def everything(seed: str) -> Callable[[], None]:
        def act() -> None:
            job = begun(seed).job
            for number in range(job.parts):
                turn(WorkPart(job.id, number))

        return act

    points = points_of(everything("points"))
    list(asked_for())
    for number, point in enumerate(some_of(points)):
        seed = f"s{number}"
        assert crash_at(point, everything(seed)), point
        job = begun(seed).job  # who asked, asks again
        for _ in range(3):
            clock.shift(timedelta(seconds=700))
            for each in store.jobs(store.waking().jobs):
                work.wake(each, now())
            for part in asked_for():
                turn(part)
        found = work.progress(job.id)
        assert (found.job.is_over, found.counted, found.sample) == (True, expected, calm.sample), point


def test_workers_who_die_anywhere_and_messages_that_come_twice_count_each_guest_once(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(work, "SAVED_EVERY", 2.0)
    for number, name in enumerate(islice(names(), 100)):
        guest(name, state="explicit" if number % 3 else None)
    calm, chance, deaths = done("calm"), Random(11), 0
    job = begun("storm").job
    while not work.progress(job.id).job.is_over:
        for part in [each for each in asked_for() for _ in range(2)]:
            try:
                turn(part, dies_or_stops(chance))
            except Crash:
                deaths += 1
        clock.shift(timedelta(seconds=60))
        work.wake(job, now())
    found = work.progress(job.id)
    assert deaths > 5
    assert (found.counted, found.units_done, found.sample) == (calm.counted, 100, calm.sample)


def dies_or_stops(chance: Random) -> Callable[[], float]:
    """Of a worker: after some of its steps it is gone, or its time is over."""
    left, death = 40.0, chance.randrange(12)

    def seconds_left() -> float:
        nonlocal left, death
        left, death = left - 3, death - 1
        if death == 0:
            raise Crash
        return left

    return seconds_left


def of_others() -> Mapping[Key, Item]:
    """What lies in the table besides long work."""
    return {key: row for key, row in tables.state().items() if not key.pk.startswith(("WORK", "WAKE"))}
