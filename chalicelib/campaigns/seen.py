"""A launch goes with what somebody read before it: the versions that a summary showed."""

from typing import NamedTuple

from chalicelib.campaigns.model import CampaignRow, Content, Run
from chalicelib.canonical.definitions import Hand, refuse_stale
from chalicelib.canonical.errors import Conflict
from chalicelib.messages.store import TEMPLATES
from chalicelib.segments.store import SEGMENTS


class Seen(NamedTuple):
    """The versions of a campaign, its segment and its template; None asks for none."""

    campaign: int | None = None
    segment: int | None = None
    template: int | None = None


NOTHING_SEEN = Seen()


def refuse_other_content(seen: Seen, kept: CampaignRow, content: Content) -> None:
    """Raises Stale where a launch would send another thing than what was seen. No read where it would not."""
    refuse_stale("this campaign", Hand(seen=seen.campaign), kept.changed)
    SEGMENTS.refuse_unseen(content.segment, seen.segment)
    TEMPLATES.refuse_unseen(content.template, seen.template)


def refuse_other_run(seen: Seen, kept: CampaignRow, run: Run) -> None:
    """The same of a run that is on: it goes with what was kept when it began. Raises Conflict."""
    refuse_stale("this campaign", Hand(seen=seen.campaign), kept.changed)
    began_with = ((seen.segment, run.segment_version), (seen.template, run.template_version))
    if any(saw not in {None, version} for saw, version in began_with):
        raise Conflict("A run of this campaign is on, with another segment or template than you saw.")
