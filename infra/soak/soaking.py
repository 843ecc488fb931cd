"""One soak from its first webhook to its last check."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from chalicelib.canonical.ids import ConnectionId, ProgramId
from infra.demo import compare, drain, mails, season
from infra.demo import end_state as states
from infra.demo.api import Api
from infra.demo.compare import Comparison
from infra.deploy import LocalHub
from infra.soak import campaign, carrier, checks, hub, people, pushing, webhooks
from infra.soak.carrier import Carrier
from infra.soak.checks import Carried
from infra.soak.deaths import EFFECT, SPEECH, Death, Fatal, Reaper, drawn
from infra.soak.people import Told
from infra.soak.told import Events
from infra.soak.webhooks import Call, Kind
from infra.workers import API, WORKERS

Json = dict[str, Any]
Truths = Mapping[ConnectionId, Json]
Tell = Callable[[str, int, int], None]
"""What is done, how much of it, and out of how much (0: it is not counted)."""
LONGEST_SECONDS = 1800.0
"""Of any one step."""
SENDS_OF_A_RUN = 40
"""Chunks into which the guests fit about, whatever their number: SES's rate is set by it."""
LAUNCH_DEATHS = (SPEECH, EFFECT)
"""The API dies once more over the launch: before it queues the planning, or after it wrote the run."""


@dataclass
class Soak:
    """What was asked for, and where: everything else follows from the seed."""

    seed: int
    webhooks: int
    kills: int
    local: LocalHub
    pms: Api
    reaper: Reaper
    carrier: Carrier
    tell: Tell
    began: float = field(default_factory=time.monotonic)

    @property
    def api(self) -> Api:
        return Api(self.local.api_url, self.local.admin_key)


@dataclass(frozen=True)
class Happened:
    """Everything that the checks look at."""

    calls: list[Call]
    pushed: pushing.Pushed
    season: Json
    truths: Truths
    watched: campaign.Watched
    decided: list[tuple[str, str]]
    counts: dict[str, int]
    """What the run says of its decisions, when these were read."""
    compared: dict[str, Comparison]
    dead_letters: dict[str, list[str]]
    waiting: dict[str, int]
    died: list[Death]
    carried: Carried
    met: Counter[str]
    told: drain.Told
    seconds: dict[str, float]


def play(soak: Soak) -> Happened:
    """Raises NotDrained, CampaignFailed, SeasonFailed when something never comes to its end."""
    seconds: dict[str, float] = {}
    hub.shorten_visibility(soak.local.stage)
    season_url, secrets = hub.configure(soak.api, soak.pms, soak.seed)
    campaign.prepare(soak.api)
    story = people.told(webhooks.snapshots_needed(soak.webhooks), soak.seed)
    calls = webhooks.calls_of(story, soak.webhooks, soak.seed)
    with hub.Ticking(soak.local.stage):
        soak.reaper.arm(drawn(soak.seed, soak.kills, len(calls)))
        began = time.monotonic()
        pushed, played = _push(soak, calls, season_url, secrets)
        seconds["pushed"] = time.monotonic() - began
        _drain(soak, "waiting for the queues")
        seconds["drained"] = time.monotonic() - began
        began = time.monotonic()
        watched = _mail(soak, _truths(soak, story))
        seconds["mailed"] = time.monotonic() - began
        _drain(soak, "waiting for the last events")
    return _look(soak, calls, pushed, played, story, watched, seconds)


def _push(soak: Soak, calls: list[Call], season_url: str, secrets: Mapping[str, str]) -> tuple[pushing.Pushed, Json]:
    """The season of the third source comes beside the others; its hotel forgets people when those are through."""
    all_pushed = Event()

    def caught_up() -> None:
        all_pushed.wait()
        _drain(soak, "waiting before the hotel forgets")

    with ThreadPoolExecutor(1) as pool:
        playing = pool.submit(season.play, soak.pms, season_url, lambda _: None, caught_up)
        try:
            pushed = _push_others(soak, calls, secrets)
        finally:
            all_pushed.set()
        return pushed, playing.result()


def _push_others(soak: Soak, calls: list[Call], secrets: Mapping[str, str]) -> pushing.Pushed:
    """A programme begins when half of it is through."""
    half = len(calls) // 2

    def told(done: int) -> None:
        soak.tell("webhooks", done, len(calls))

    first = pushing.push(calls[:half], soak.local.api_url, secrets, soak.seed, told)
    campaign.patient(lambda: hub.begin_late_program(soak.api))
    rest = pushing.push(calls[half:], soak.local.api_url, secrets, soak.seed, lambda done: told(half + done))
    soak.tell("webhooks: the season's last", len(calls), len(calls))
    return first.and_then(rest)


def _drain(soak: Soak, what: str) -> None:
    """Until no queue has a message and no long work is under way."""
    highest = 1

    def told(left: int) -> None:
        nonlocal highest
        highest = max(highest, left)
        soak.tell(what, highest - left, highest)

    drain.until_drained(soak.local.stage, told, LONGEST_SECONDS)
    deadline = time.monotonic() + LONGEST_SECONDS
    while under_way := campaign.patient(lambda: hub.long_work(soak.api)):
        soak.tell(f"{what}: long work", 0, 0)
        if time.monotonic() > deadline:
            raise drain.NotDrained(f"long work is under way: {under_way}")
        time.sleep(drain.LOOK_SECONDS)
    drain.until_drained(soak.local.stage, told, LONGEST_SECONDS)


def _mail(soak: Soak, truths: Truths) -> campaign.Watched:
    entitled = sum(mails.expected(guest) == "sent" for guest in _everybody(truths).values())
    guests = len(_everybody(truths))
    per_second = max(2, guests // SENDS_OF_A_RUN)
    soak.carrier.books = carrier.books(soak.seed, SENDS_OF_A_RUN * 2 // 3, min(50, per_second), entitled // 4)
    if soak.kills:
        soak.reaper.arm({API: [Fatal(1, *LAUNCH_DEATHS[soak.seed % len(LAUNCH_DEATHS)])]})

    def told(run: Json) -> None:
        soak.tell(f"campaign: {run['state']}", len(soak.carrier.books.accepted), entitled)

    with Events(soak.carrier.books, soak.local.stage, soak.seed):
        return campaign.run(soak.api, soak.carrier, entitled // 2, LONGEST_SECONDS, told)


def _truths(soak: Soak, story: Told) -> Truths:
    truths = {ConnectionId(season.CONNECTION): soak.pms.get("/simulator/truth")}
    for source, reservations in story.reservations.items():
        guests = {key: guest for key, guest in story.guests.items() if key.startswith(f"{source}-")}
        truths[ConnectionId(source)] = {"guests": guests, "reservations": reservations}
    return truths


def _everybody(truths: Truths) -> dict[str, Json]:
    return {key: guest for truth in truths.values() for key, guest in truth["guests"].items()}


def _look(
    soak: Soak,
    calls: list[Call],
    pushed: pushing.Pushed,
    played: Json,
    story: Told,
    watched: campaign.Watched,
    seconds: dict[str, float],
) -> Happened:
    soak.tell("comparing with the truth", 0, 0)
    truths, books, stage = _truths(soak, story), soak.carrier.books, soak.local.stage
    programs = (season.PROGRAM, hub.LATE_PROGRAM)
    return Happened(
        calls=calls,
        pushed=pushed,
        season=played,
        truths=truths,
        watched=watched,
        decided=hub.decided(soak.api, campaign.CAMPAIGN),
        counts=soak.api.get(f"/v1/campaigns/{campaign.CAMPAIGN}")["run"]["counts"],
        compared={each: compare.compare_all(truths, ProgramId(each)) for each in programs},
        waiting=drain.waiting(stage),
        dead_letters=hub.dead_letters(stage),
        died=soak.reaper.died(),
        carried=Carried(books.accepted, books.swallowed),
        met=books.met,
        told=drain.told_by_functions(stage),
        seconds=seconds,
    )


def end_state(soak: Soak, truths: Truths) -> Json:
    """What the hub has come to, to be compared with a soak of the same seed in which nobody was killed."""
    found: Json = {}
    for source, truth in truths.items():
        customers = [customer for guest in truth["guests"].values() for customer in guest["customers"]]
        own = [each for each in customers if source == season.CONNECTION or each.startswith(f"{source}-")]
        found |= states.guests(soak.api, own, source, season.PROGRAM)
    return {"guests": found}


def differences(soak: Soak, happened: Happened) -> list[str]:
    """Everything that is not as it must be; empty when the hub stood it."""
    by_program = happened.compared
    everybody, decided = _everybody(happened.truths), dict(happened.decided)
    customers = by_program[season.PROGRAM].customers
    unreadable = [each.id for each in happened.calls if each.kind is Kind.UNREADABLE]
    wanted = {each.function: soak.kills + (each.function == API and soak.kills > 0) for each in WORKERS}
    return [
        *compare.listed("webhook", happened.pushed.wrong),
        *(each for program, found in by_program.items() for each in compare.listed(program, found.differences)),
        *checks.dead_letters(happened.dead_letters, unreadable, happened.died),
        *checks.left(happened.waiting),
        *happened.watched.differences,
        *checks.decisions(everybody, happened.decided, customers),
        *checks.mails(everybody, decided, happened.carried.accepted, customers),
        *checks.unknowns(decided, happened.carried, happened.died),
        *checks.counters(happened.counts, decided),
        *checks.killed(Counter(each.function for each in happened.died), wanted),
        *checks.met(happened.met, happened.watched.pauses),
    ]
