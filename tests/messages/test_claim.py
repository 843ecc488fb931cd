"""Law 7: a claim stands once, also where the gate alone would let it pass."""

import pytest

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import CampaignId, Digest, GuestId, OccasionId
from chalicelib.canonical.time import Instant
from chalicelib.consent.model import EMAIL, Gate
from chalicelib.consent.store import gate_row
from chalicelib.messages import store
from chalicelib.messages.model import Message
from tests.ids import guest_id

GA = guest_id("ga")

GATE = Gate(guest=GA, channel=EMAIL, rev=1)


def claim_of(guest: GuestId) -> Message:
    at = "2026-11-23T08:00:00.000000Z"
    return Message(
        guest=guest,
        occasion=OccasionId("n1"),
        claim=f"m-{guest}",
        campaign=CampaignId("c1"),
        origin="chunk-1",
        candidate=guest,
        address=Digest("digest"),
        at=Instant(at),
    )


@pytest.mark.parametrize("earlier", ["ga", "gb"])
def test_an_occasion_that_one_of_the_guests_leaves_was_mailed_for_cannot_be_claimed(
    aws: Settings, earlier: GuestId
) -> None:
    table.write(table.Put(gate_row(GATE)))
    table.write(table.Put(store.message_row(claim_of(earlier))))
    with pytest.raises(table.ConditionFailed):
        table.transact(store.claim(claim_of(GA), GATE, [guest_id("gb")]))


def test_an_occasion_without_a_mail_can_be_claimed(aws: Settings) -> None:
    table.write(table.Put(gate_row(GATE)))
    table.transact(store.claim(claim_of(GA), GATE, [guest_id("gb")]))
    assert store.message(GA, OccasionId("n1")) == claim_of(GA)
