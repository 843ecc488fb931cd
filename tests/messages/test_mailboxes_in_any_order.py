"""Laws 7 and 8 of a mailbox, whoever reads it: in any order, beside each other, and after any crash."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.aws import bus, mail, retries, secrets
from chalicelib.aws.mail import Mail
from chalicelib.canonical.delivery import Result, Verdict
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.messages import actions, sending
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import at
from tests.crashes import Crash
from tests.exhaustive import examples
from tests.memory_table import MemoryTable
from tests.messages.mailboxes import NOW, leaf, occasion, reader, tell

COMMON = settings(
    max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PEOPLE = {"p1": "Ines", "p2": "Marek", "p3": "Oda"}
MAILBOXES = ["one@mail.example", "two@mail.example"]


@dataclass(frozen=True)
class Tell:
    """A source says where somebody is mailed."""

    person: str
    mailbox: str
    minute: int


@dataclass(frozen=True)
class Send:
    """One chunk of a run."""

    run: str
    people: tuple[str, ...]
    verdict: Verdict = Verdict.ACCEPTED


@dataclass(frozen=True)
class Leave:
    """By the link of one of the mails so far."""

    number: int


@dataclass(frozen=True)
class Object:
    """At the desk."""

    person: str


Step = Tell | Send | Leave | Object


@dataclass
class World:
    """Mails as the carrier took them: (address, run, link); and which mailboxes objected before how many of them."""

    table: MemoryTable
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    objected: dict[str, int] = field(default_factory=dict)
    verdict: Verdict = Verdict.ACCEPTED
    hours: int = 0

    def do(self, step: Step) -> None:
        match step:
            case Tell(person, mailbox, minute):
                tell(reader(person, PEOPLE[person], "Wolf", mailbox, changed_at=at(minute)))
            case Send(run, people, verdict):
                self.send(run, people, verdict)
            case Leave(number) if self.mails:
                address, _, link = self.mails[number % len(self.mails)]
                actions.unsubscribe(link, NOW)
                self.objected.setdefault(address, len(self.mails))
            case Object(person):
                self.refuse_at_the_desk(person)

    def refuse_at_the_desk(self, person: str) -> None:
        known = guests.guest(leaf(person))
        if known is None:
            return
        heads = guests.with_records(guests.heads(known.members)).values()
        consents.set_consent(leaf(person), EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "staff", instant(NOW))
        for address in [head.record.email for head in heads if head.record and head.record.email]:
            self.objected.setdefault(address, len(self.mails))

    def send(self, run: str, people: Sequence[str], verdict: Verdict) -> None:
        self.verdict = verdict
        self.hours += 1
        chunk = occasion(run, origin="+".join(people), mails=10, belongs=lambda _: True)
        sending.send(chunk, [leaf(each) for each in people], NOW + timedelta(hours=self.hours))

    def take(self, mails: Sequence[Mail], _: object) -> list[Result]:
        if self.verdict in {Verdict.ACCEPTED, Verdict.UNKNOWN}:
            self.mails += [(each.to, each.tags["run"], _link(each)) for each in mails]
        return [Result(self.verdict, "said")] * len(mails)


def _link(each: Mail) -> str:
    return each.headers["List-Unsubscribe"].strip("<>").rpartition("/")[2]


steps = st.one_of(
    st.builds(Tell, st.sampled_from(list(PEOPLE)), st.sampled_from(MAILBOXES), st.integers(0, 5)),
    st.builds(
        Send,
        st.sampled_from(["n1", "n2"]),
        st.lists(st.sampled_from(list(PEOPLE)), min_size=1, max_size=3, unique=True).map(tuple),
        st.sampled_from([Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.LATER, Verdict.UNKNOWN]),
    ),
    st.builds(Leave, st.integers(0, 9)),
    st.builds(Object, st.sampled_from(list(PEOPLE))),
)
families = st.lists(st.sampled_from(list(PEOPLE)), min_size=2, unique=True)


@st.composite
def seasons(draw: st.DrawFn) -> list[Step]:
    """Most who are told of read one mailbox from the beginning."""
    family = [Tell(person, MAILBOXES[0], 0) for person in draw(families)]
    return [*family, *draw(st.lists(steps, min_size=2, max_size=10))]


@pytest.fixture
def world() -> Iterator[Callable[[], World]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(bus, "announce", lambda _: None)
        monkeypatch.setattr(secrets, "key_for", lambda purpose: purpose.encode())
        monkeypatch.setattr(retries, "rest", lambda _: None)
        monkeypatch.setattr(mail, "begin", lambda: None)

        def made() -> World:
            new = World(MemoryTable().install(monkeypatch))
            monkeypatch.setattr(mail, "send_bulk", new.take)
            return new

        yield made


def holds_of_mailboxes(world: World, before: int) -> None:
    """One mail of a run to a mailbox, and none since it objected; `before` mails were taken when the step began."""
    sent = Counter((address, run) for address, run, _ in world.mails)
    assert max(sent.values(), default=0) <= 1
    for address, since in world.objected.items():
        assert address not in [to for to, _, _ in world.mails[max(since, before) :]]


@COMMON
@given(season=seasons())
def test_a_mailbox_gets_one_mail_of_a_run_and_none_after_its_objection(
    season: list[Step], world: Callable[[], World]
) -> None:
    now = world()
    for step in season:
        with suppress(TryAgain):
            now.do(step)
        holds_of_mailboxes(now, 0)


@COMMON
@given(season=seasons(), beside=st.lists(st.tuples(st.integers(0, 25), steps), max_size=4))
def test_so_it_does_where_others_write_between_any_two_calls(
    season: list[Step], beside: list[tuple[int, Step]], world: Callable[[], World]
) -> None:
    """What was claimed before an objection that comes beside it is sent; nothing is that was not claimed yet."""
    now = world()
    for number, step in enumerate(season):
        objected = dict(now.objected)
        deeds = [(call, partial(now.do, other)) for call, other in sorted(beside, key=lambda each: each[0])]
        now.table.calls, now.table.beside = 0, [(call, _unless_busy(deed)) for call, deed in deeds[number % 5 :]]
        with suppress(TryAgain):
            now.do(step)
        now.table.beside = []
        late = {address: since for address, since in now.objected.items() if address not in objected}
        now.objected |= dict.fromkeys(late, len(now.mails))
        holds_of_mailboxes(now, 0)


def _unless_busy(deed: Callable[[], None]) -> Callable[[], None]:
    def done() -> None:
        with suppress(TryAgain):
            deed()

    return done


@COMMON
@given(season=seasons(), crashes=st.lists(st.integers(0, 30), min_size=1, max_size=10))
def test_so_it_does_after_a_crash_at_any_call_and_its_redelivery(
    season: list[Step], crashes: list[int], world: Callable[[], World]
) -> None:
    now = world()
    for number, step in enumerate(season):
        now.table.calls, now.table.beside = 0, [(crashes[number % len(crashes)], _crash)]
        with suppress(TryAgain, Crash):
            now.do(step)
        now.table.beside = []
        with suppress(TryAgain):
            now.do(step)
        holds_of_mailboxes(now, 0)


def _crash() -> None:
    raise Crash("here")
