"""That other addresses and telephones are an office's than before: long work follows it through the guests."""

from datetime import datetime

from chalicelib.jobs import work
from chalicelib.jobs.model import Job
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.model import HubSettings

FOLLOWING = "follow_offices"
"""The kind of long work."""
PARTS = 4
LISTS = frozenset({"role_words", "agency_domains", "house_telephones"})


def job_of(before: HubSettings, after: HubSettings, at: datetime) -> Job | None:
    """The work that follows a change; it keeps what the lists were. None where they are as before."""
    was, is_ = (each.guests.model_dump_json(include=set(LISTS)) for each in (before, after))
    return work.job_of(FOLLOWING, f"settings-{after.version}", at, PARTS, asked=was) if was != is_ else None


def before(job: Job) -> GuestRules:
    """How guests were recognised before, as far as these lists go."""
    return GuestRules.model_validate_json(job.asked or "{}")
