"""A campaign that was sent and recorded, to be measured."""

from datetime import timedelta

import time_machine

from benchmarks import campaign
from chalicelib.campaigns.model import PARTS
from chalicelib.canonical.time import now


def test_what_was_recorded_is_sent_again_the_same_hours_later() -> None:
    """Rounds of a slow machine take minutes; another call than the recorded one is an error."""
    again = campaign.sides(guests=PARTS).hub
    with time_machine.travel(now() + timedelta(hours=20), tick=True):
        again()
