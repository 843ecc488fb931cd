"""What two hotels say of one person at the same moment, again, days later, and of who was taken out: each is shown its
own, as if the other had said nothing."""

from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
import time_machine

from chalicelib.aws import table
from chalicelib.canonical.batch import Message
from chalicelib.canonical.time import now
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import beside, crash_at, points_of
from tests.exhaustive import some_of
from tests.tables import rows

MAIL, PHONE = "anna@lee.example", "+43 660 1234567"
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)
SAID = guest(email=MAIL, phone=PHONE, country="AT", marketing_email=True)
OF_VIENNA = reservation("r1", SAID, status="checked_out")
OF_PORTO: dict[str, dict[str, Any]] = {
    "a claim": guest(email=MAIL, country="PT", language="pt", marketing_email=False, changed_at=at(9)),
    "a stay": reservation("p1", guest(phone=PHONE, email="eve@evil.example"), status="checked_out", changed_at=at(9)),
    "a contradiction": guest("g1", "Max", "Moll", email=MAIL, phone=PHONE, changed_at=at(9)),
    "nobody": guest("g1", "Deleted", "Guest", email=MAIL, changed_at=at(9)),
}


class Said:
    """What lies in the queue of either hotel, what stood before, and what each is shown of its own by itself."""

    def __init__(self, hotels: Hotels, of_porto: str) -> None:
        self.hotels = hotels
        self.vienna, self.porto = hotels.say(VIENNA, OF_VIENNA), hotels.say(PORTO, OF_PORTO[of_porto])
        self.found()  # the keys are there
        self.before = [*rows().values()]
        self.take(self.vienna)
        self.of_vienna = self.found()[0]
        self.anew()
        self.take(self.porto)
        self.of_porto = self.found()[1]
        self.anew()

    def take(self, messages: list[Message]) -> None:
        self.hotels.take_in(messages)

    def found(self) -> tuple[Any, Any]:
        """All that each desk reads, if anything."""
        both: list[Any] = []
        for hotel, leaf in ((VIENNA, ANNA), (PORTO, CLAIM)):
            there = self.hotels.hub.call("GET", f"/v1/guests/{leaf}", key=self.hotels.key(hotel)).status_code == 200
            both.append(_lasting(self.hotels.shown(hotel, leaf)) if there else None)
        return both[0], both[1]

    def anew(self) -> None:
        for key in rows():
            table.write(table.Delete(key))
        for each in self.before:
            table.write(table.Put(each))

    def is_each_its_own(self) -> None:
        of_vienna, of_porto = self.found()
        assert (of_vienna, of_porto) == (self.of_vienna, self.of_porto)


def _lasting(shown: dict[str, Any]) -> dict[str, Any]:
    """Whom they may be besides is of both; everything else is each one's own."""
    return {**shown, "": {name: value for name, value in shown[""].items() if name != "candidates"}}


@pytest.fixture(params=OF_PORTO)
def said(request: pytest.FixtureRequest, hotels: Hotels) -> Said:
    return Said(hotels, request.param)


def test_in_either_order_twice_and_three_days_later_each_is_shown_its_own(said: Said) -> None:
    for one, other in ((said.vienna, said.porto), (said.porto, said.vienna)):
        said.anew()
        for messages in (one, other, one, other):
            said.take(messages)
        said.is_each_its_own()
        with time_machine.travel(now() + timedelta(days=3), tick=True):
            said.take(one)
            said.take(other)
            said.is_each_its_own()


def test_beside_each_other_each_is_shown_its_own(said: Said) -> None:
    for one, other in ((said.vienna, said.porto), (said.porto, said.vienna)):
        for number in count():
            said.anew()
            if not beside(number, partial(said.take, one), partial(said.take, other)):
                break
            said.is_each_its_own()


def test_a_crash_of_one_at_any_call_leaves_the_other_its_own_and_a_redelivery_goes_on(said: Said) -> None:
    said.take(said.vienna)
    stood = [*rows().values()]
    take = partial(said.take, said.porto)
    for point in some_of(points_of(take)):
        said.anew()
        for each in stood:
            table.write(table.Put(each))
        crash_at(point, take)
        assert said.found()[0] == said.of_vienna, str(point)
        take()
        said.is_each_its_own()


def test_who_is_taken_out_by_a_claim_is_there_for_everybody_else(hotels: Hotels) -> None:
    hotels.post(VIENNA, OF_VIENNA)
    of_vienna, of_group = hotels.shown(VIENNA, ANNA), hotels.shown(GROUP, ANNA)[""]["traits"]
    hotels.post(PORTO, guest(email=MAIL))
    hotels.post(PORTO, guest("g1", "Deleted", "Guest", changed_at=at(9)))
    assert hotels.shown(VIENNA, ANNA) == of_vienna
    assert hotels.shown(GROUP, ANNA)[""]["traits"] == of_group


def test_who_is_taken_out_by_vienna_is_porto_s_as_porto_knows_them(hotels: Hotels) -> None:
    hotels.post(VIENNA, OF_VIENNA)
    hotels.post(PORTO, guest(email=MAIL, language="pt"))
    of_porto = hotels.shown(PORTO, CLAIM)
    hotels.post(VIENNA, guest("g1", "Deleted", "Guest", changed_at=at(9)))
    assert hotels.shown(PORTO, CLAIM) == of_porto
    assert hotels.found(VIENNA, f"email={MAIL}") == []
