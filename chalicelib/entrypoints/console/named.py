"""What things that are known by ids are called."""

from collections.abc import Mapping

from chalicelib.entrypoints.api import campaigns, programs
from chalicelib.entrypoints.api.paging import MOST, Page
from chalicelib.entrypoints.console.visits import Visit


def campaigns_by_id(visit: Visit) -> Mapping[str, str]:
    """The first 200; nothing for who may not look at campaigns."""
    if not visit.may(campaigns.listed):
        return {}
    return {each.id: each.name for each in visit.call(campaigns.listed, page=Page("campaigns", MOST)).items}


def programs_by_id(visit: Visit) -> Mapping[str, str]:
    return {each.id: each.name for each in visit.call(programs.listed, page=Page("programs", MOST)).items}
