"""Topics that a guest chooses at the desk, where their yes is to be confirmed from the mailbox."""

from datetime import timedelta

import time_machine

from chalicelib.signups import actions as signups
from tests.entrypoints.conftest import Hub
from tests.entrypoints.test_captures_api import (
    NOW,
    ONE,
    OWN,
    Meet,
    anna,
    capture,
    clock,
    link_in,
    mailed,
    meet,
    ses,
)
from tests.mail_fakes import FakeSes

__all__ = ["anna", "clock", "meet", "ses"]
TOPICS = [{"id": each, "purpose": "marketing", "names": {"en": each}} for each in ("spa", "golf")]


def choices(hub: Hub) -> dict[str, str]:
    return {each["part"]: each["state"] for each in hub.get(f"/v1/guests/{ONE}/consents")["choices"]}


def test_a_topic_that_was_refused_is_wanted_again_once_the_link_is_followed(
    hub: Hub,
    meet: Meet,
    ses: FakeSes,
    clock: time_machine.Traveller,
) -> None:
    hub.put("/v1/consent-settings", {"topics": TOPICS})
    meet(country="DE")
    capture(hub, topics=["golf"])
    assert choices(hub) == {"spa": "withdrawn"}
    clock.shift(60)
    capture(hub, topics=["spa"])
    assert choices(hub) == {"spa": "withdrawn", "golf": "withdrawn"}
    assert mailed(ses) == [OWN, OWN]
    signups.confirm(link_in(ses), "192.0.2.1", NOW + timedelta(hours=1))
    assert choices(hub) == {"spa": "explicit", "golf": "withdrawn"}


def test_a_topic_that_another_reader_of_the_mailbox_refused_is_given_by_the_link_alone(
    hub: Hub,
    meet: Meet,
    ses: FakeSes,
    clock: time_machine.Traveller,
) -> None:
    hub.put("/v1/consent-settings", {"topics": TOPICS})
    meet("g2", given="Otto", family="Other", email=OWN)
    answer = {"state": "withdrawn", "controller": "group", "basis": "guest", "part": "spa"}
    other = hub.get(f"/v1/guests?email={OWN}")["items"][0]["id"]
    assert hub.status("PUT", f"/v1/guests/{other}/consents/email/marketing", answer) == 200
    meet()
    clock.shift(60)
    capture(hub, topics=["spa"])
    assert choices(hub)["spa"] == "withdrawn"
    assert mailed(ses) == [OWN]
    signups.confirm(link_in(ses), "192.0.2.1", NOW + timedelta(hours=1))
    assert choices(hub)["spa"] == "explicit"
