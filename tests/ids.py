"""Ids that many tests name."""

from chalicelib.canonical.ids import CampaignId, ConnectionId, GuestId, Leaf, OccasionId, ProgramId, RunId

PMS = ConnectionId("pms")
CLUB = ProgramId("club")
SPRING = CampaignId("spring")


def guest_id(text: str) -> GuestId:
    return GuestId(Leaf(text))


def run_id(text: str) -> RunId:
    return RunId(OccasionId(text))
