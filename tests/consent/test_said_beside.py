"""What a guest says through two records, in any order, twice, beside each other and with crashes: one answer, and a
proof of each statement."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count, permutations
from typing import Any

import pytest

from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.aws.settings import Settings
from chalicelib.canonical.time import Instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, Basis, Consent, State, key_of
from chalicelib.consent.said import Act
from chalicelib.identity.digests import digest
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import at
from tests.crashes import beside, crash_at, points_of
from tests.exhaustive import some_of
from tests.messages.mailboxes import guest_of, leaf, reader, tell
from tests.tables import rows

HOME = "lee@mail.example"
ONE_GUEST = reader("a", "Anna", "Lee", HOME), reader("b", "Anna", "Lee", HOME, changed_at=at(1))
TWO_GUESTS = reader("a", "Anna", "Lee", HOME), reader("b", "Ben", "Lee", HOME, changed_at=at(1))
Deed = Callable[[], object]


def says(source_id: str, state: State, minute: int, how: str, basis: Basis = "staff") -> Deed:
    told = Consent(state=state, basis=basis, at=Instant(f"2026-11-23T12:{minute:02d}:00.000000Z"))
    key = key_of("marketing", GROUP_CONTROLLER)
    act = Act(leaf(source_id), EMAIL, key, told, {"how": how}, dated=True)
    return lambda: consents.record(act, "marketing", GROUP_CONTROLLER)


TALES: dict[str, tuple[Sequence[dict[str, Any]], list[Deed]]] = {
    "yes, and no through another record": (
        ONE_GUEST,
        [says("a", "explicit", 1, "card"), says("b", "withdrawn", 2, "letter")],
    ),
    "no, and yes through another record": (
        ONE_GUEST,
        [says("a", "withdrawn", 1, "card"), says("b", "explicit", 2, "letter")],
    ),
    "yes in two words at once": (ONE_GUEST, [says("a", "explicit", 1, "card"), says("a", "explicit", 1, "letter")]),
    "yes and no at once": (ONE_GUEST, [says("a", "explicit", 1, "card"), says("a", "withdrawn", 1, "card")]),
    "yes, no, yes": (
        ONE_GUEST,
        [says("a", "explicit", 1, "card"), says("a", "withdrawn", 2, "letter"), says("a", "explicit", 3, "call")],
    ),
    "confirmed between": (
        ONE_GUEST,
        [
            says("a", "explicit", 1, "card"),
            says("a", "confirmed", 2, "mail", "guest"),
            says("a", "withdrawn", 3, "mail", "guest"),
        ],
    ),
    "two who read one mailbox": (
        TWO_GUESTS,
        [says("a", "withdrawn", 1, "card"), says("b", "explicit", 2, "letter"), says("a", "explicit", 3, "call")],
    ),
}


def told() -> Mapping[str, object]:
    """Each one's answers, and what is proven of their own statements."""
    found = {}
    for source_id in ("a", "b"):
        gate = gates.gate(guest_of(source_id), EMAIL)
        answers = {key: (said.state, said.basis, said.at) for key, said in (gate.answers if gate else {}).items()}
        own = [each for each in consents.history(guest_of(source_id)) if each.basis != "address"]
        found[source_id] = answers, sorted((each.at, each.state, each.proof["how"]) for each in own)
    return found


def anew(before: Sequence[Item]) -> None:
    for key in rows():
        table.write(table.Delete(key))
    for each in before:
        table.write(table.Put(each))


Tale = tuple[list[Item], list[Deed], Mapping[str, object]]


@pytest.fixture(params=TALES)
def tale(request: pytest.FixtureRequest, aws: Settings) -> Tale:
    """What stands before, what is said, and what stands after all of it in its order."""
    digest("email", "somebody@mail.example")
    people, deeds = TALES[request.param]
    tell(*people)
    before = [*rows().values()]
    for each in deeds:
        each()
    return before, deeds, told()


def test_in_any_order_and_twice_it_comes_to_the_same(tale: Tale) -> None:
    before, deeds, expected = tale
    for order in permutations(deeds):
        anew(before)
        for each in (*order, *order):
            each()
        assert told() == expected


@pytest.mark.exhaustive
def test_beside_each_other_it_comes_to_the_same(tale: Tale) -> None:
    before, deeds, expected = tale
    for one, other in permutations(deeds, 2):
        for number in count():
            anew(before)
            if not beside(number, one, other):
                break
            for each in deeds:
                if each not in (one, other):
                    each()
            assert told() == expected, number


def test_after_a_crash_at_any_call_and_the_same_again_it_comes_to_the_same(tale: Tale) -> None:
    before, deeds, expected = tale
    for deed in deeds:
        anew(before)
        for point in some_of(points_of(deed)):
            anew(before)
            crash_at(point, deed)
            for each in deeds:
                if each is not deed:
                    each()
            deed()
            assert told() == expected, point
