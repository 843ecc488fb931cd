"""Who asks for a link, or comes with one, learns nothing of who works here: not by words, and not by what it costs.

The work is counted, as time cannot be held to: AWS calls in their order, write units, and the size of what is queued.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from chalicelib.access.attempts import LINKS_FROM_NETWORK, LINKS_TO_ADDRESS
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import LASTS, Asked, Refusal
from chalicelib.access.provider import store as providers
from chalicelib.access.provider.model import Provider
from chalicelib.access.staff import actions as staff
from chalicelib.aws import queues
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import TooMany
from chalicelib.languages.catalogues import Language
from chalicelib.messages import signing_in
from tests.access.staffed import AT, OPERATOR, asked, somebody
from tests.crashes import watching
from tests.fakes import received

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
ADDRESSES = {
    "an admin, who must use the provider": "anna@hotel.example",
    "a marketer": "mark@hotel.example",
    "nobody": "evee@hotel.example",
    "removed": "carl@hotel.example",
    "removed and invited anew": "dora@hotel.example",
}


@dataclass(frozen=True)
class Work:
    """`queued` is in bytes."""

    calls: tuple[str, ...]
    units: int
    queued: int


@pytest.fixture(autouse=True)
def hub(aws: Settings) -> None:
    for name, role in (("root", "admin"), ("anna", "admin"), ("mark", "marketer")):
        somebody(name, role)
    for name in ("carl", "dora"):
        staff.end(OPERATOR, somebody(name).id, AT)
    staff.invite(OPERATOR, asked("dora"), staff.id_of("dora again"), AT)
    providers.save(Provider("https://id.example", "hub", "", demanded_of_admins=True))
    ask("warm@hotel.example", ELSEWHERE)  # what a process reads once
    queues.url_of("send")


def ask(address: str, network: str = HERE) -> str:
    return signing_in.ask(address, None, network, NOW, Language("de"))


def bytes_queued() -> int:
    found = 0
    while records := received("send")["Records"]:
        found += sum(len(each["body"].encode()) for each in records)
    return found


def counted(act: Callable[[], object]) -> Work:
    bytes_queued()
    meter().take()
    with watching() as calls:
        act()
    _, units = meter().take()
    return Work(tuple(calls.made), units, bytes_queued())


def refused(address: str, network: str = HERE) -> Callable[[], object]:
    def act() -> None:
        with pytest.raises(TooMany):
            ask(address, network)

    return act


def test_whoever_has_an_address_asking_for_its_link_is_the_same_work() -> None:
    work = {who: counted(partial(ask, address)) for who, address in ADDRESSES.items()}
    assert set(work.values()) == {work["nobody"]}, work
    assert work["nobody"].calls == ("UpdateItem", "UpdateItem", "GetItem", "PutItem", "GetItem", "SendMessage")
    assert work["nobody"].units == 3


def test_an_address_that_was_asked_for_too_often_is_refused_by_the_same_work_and_in_the_same_words() -> None:
    for address in ADDRESSES.values():
        for number in range(LINKS_TO_ADDRESS.most):
            ask(address, f"198.51.100.{number}")
    work = {who: counted(refused(address)) for who, address in ADDRESSES.items()}
    assert set(work.values()) == {Work(("UpdateItem", "UpdateItem"), 2, 0)}, work


def test_a_network_that_asked_too_often_is_refused_before_anything_is_looked_up() -> None:
    for number in range(LINKS_FROM_NETWORK.most):
        ask(f"e{number}@hotel.example")
    work = {who: counted(refused(address)) for who, address in ADDRESSES.items()}
    assert set(work.values()) == {Work(("UpdateItem",), 1, 0)}, work


LINKS: dict[str, Callable[[Asked], tuple[str, str, datetime]]] = {
    "forged": lambda one: (f"{one.letter.token.partition('.')[0]}.{'A' * 43}", one.cookie, NOW),
    "made up": lambda one: (f"{'0' * 24}.{'A' * 43}", one.cookie, NOW),
    "expired": lambda one: (one.letter.token, one.cookie, NOW + LASTS),
    "foreign": lambda one: (one.letter.token, f"{'A' * 43}.{one.letter.link}", NOW),
    "without a cookie": lambda one: (one.letter.token, "", NOW),
}
"""Token, cookie and instant of who comes with a link that signs nobody in."""


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_that_signs_nobody_in_is_the_same_work_whosever_it_was(kind: str) -> None:
    work, told = {}, set()
    for who, address in ADDRESSES.items():
        token, cookie, now = LINKS[kind](links.ask(address, None, HERE, NOW))
        work[who] = counted(lambda: told.add(links.by_link(token, cookie, HERE, "", now)))  # noqa: B023 (called here)
    assert set(work.values()) == {Work(("UpdateItem", "GetItem", "PutItem"), 2, 0)}, work
    assert told == {Refusal.OTHER_BROWSER if kind in {"foreign", "without a cookie"} else Refusal.GONE}


def test_a_used_link_is_the_same_work_as_one_that_was_never_made() -> None:
    one = links.ask(ADDRESSES["a marketer"], None, HERE, NOW)
    follow = (one.letter.token, one.cookie, HERE, "")
    assert isinstance(links.by_link(*follow, NOW), str)
    used = counted(lambda: links.by_link(*follow, NOW))
    made_up = replace(one.letter, token=f"{'0' * 24}.{'A' * 43}").token
    assert used == counted(lambda: links.by_link(made_up, one.cookie, HERE, "", NOW))


def test_what_is_no_link_at_all_is_counted_and_looked_up_nowhere() -> None:
    for token in ("x", "é" * 68, f"{'0' * 24}.", f"{'G' * 24}.{'A' * 43}"):
        work = counted(lambda: links.by_link(token, None, HERE, "", NOW))  # noqa: B023 (called here)
        assert work == Work(("UpdateItem",), 1, 0)


@pytest.mark.parametrize("late", [timedelta(), LASTS])
def test_a_code_that_is_wrong_or_late_is_the_same_work_whosever_it_was(late: timedelta) -> None:
    work = {}
    for who, address in ADDRESSES.items():
        one = links.ask(address, None, HERE, NOW)
        wrong = f"{(int(one.letter.code) + 1) % 10**8:08}"
        work[who] = counted(lambda: links.by_code(wrong, one.cookie, HERE, "", NOW + late))  # noqa: B023 (called here)
    counts = ("UpdateItem",) if not late else ()
    assert {each.calls for each in work.values()} == {("UpdateItem", "GetItem", *counts, "PutItem")}, work
    assert len(set(work.values())) == 1
