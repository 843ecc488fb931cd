"""What holds an address and what lifts that, beside each other: row and gates agree, whoever comes last."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.aws import table
from chalicelib.canonical.time import instant
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL, Gate
from chalicelib.identity import store as identity
from chalicelib.identity.model import Identifier
from chalicelib.messages import store
from tests.crashes import beside
from tests.messages.test_soft_bounces import (
    DAY_ONE,
    FIVE,
    GA,
    GB,
    address,
    bounce,
    delivery,
    event,
    held,
    mailed,
    message,
    tell,
)

__all__ = ["mailed"]
Deed = Callable[[], object]


def anew(*before: str) -> None:
    for number in range(12):
        table.write(table.Put(store.message_row(message(number))))
    for each in (GA, GB):
        table.write(table.Put(gates.gate_row(Gate(guest=each, channel=EMAIL, rev=1))))
    table.write(table.Put(identity.row_of(Identifier(digest=address(), leaves=(GA, GB)))))
    tell(*before)


def lift(day: float) -> None:
    consents.lift_bounce(GA, EMAIL, instant(DAY_ONE + timedelta(days=day)), {"reason": "misspelt"})


HARD, HARDER, FIFTH = bounce(5, 21, "Permanent"), bounce(6, 30, "Permanent"), bounce(8, 22)
COMPLAINT = event("Complaint", 6, 30)
HOLDS = {
    "the fourth bounce, the fifth": (FIVE[:3], lambda: tell(FIVE[3]), lambda: tell(FIVE[4])),
    "the fifth bounce, a delivery": (FIVE[:4], lambda: tell(FIVE[4]), lambda: tell(delivery(7, 21))),
    "an earlier delivery, the fifth bounce": (FIVE[:4], lambda: tell(delivery(7, 1)), lambda: tell(FIVE[4], FIFTH)),
    "a lift, one more bounce": (FIVE, lambda: lift(21), lambda: tell(bounce(5, 22))),
    "a lift, a hard bounce": ([HARD], lambda: lift(25), lambda: tell(HARDER)),
    "a lift, the same hard bounce": ([HARD], lambda: lift(25), lambda: tell(HARD)),
    "a later lift, a hard bounce": ([HARD], lambda: lift(40), lambda: tell(HARDER)),
    "a lift of soft ones, a hard bounce": (FIVE, lambda: lift(25), lambda: tell(HARDER)),
    "a delivery, a hard bounce": (FIVE, lambda: tell(delivery(7, 21)), lambda: tell(HARDER)),
    "a delivery, a lift": (FIVE, lambda: tell(delivery(7, 21)), lambda: lift(25)),
    "a complaint, a lift": ([HARD], lambda: tell(COMPLAINT), lambda: lift(25)),
    "a hard bounce, a complaint": ([], lambda: tell(HARD), lambda: tell(COMPLAINT)),
    "a lift, a lift": ([HARD], lambda: lift(25), lambda: lift(26)),
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", HOLDS)
def test_row_and_gates_say_the_same_whatever_comes_between_two_calls(mailed: None, name: str, *, turned: bool) -> None:
    before, *deeds = HOLDS[name]
    act, other = reversed(deeds) if turned else deeds
    for at in count():
        anew(*before)
        came = beside(at, act, other)
        held(GA, GB)
        if not came:
            break
