"""Codes in words: every code that the hub may show has words, and one that it does not know is shown as it is."""

from enum import StrEnum
from typing import get_args

import pytest

from chalicelib.canonical.details import AgeCategory, SpecialDateKind
from chalicelib.canonical.snapshots import Channel, Status
from chalicelib.consent.bases import Denied
from chalicelib.consent.model import CHANNELS, PURPOSES, Basis, State, SuppressionReason
from chalicelib.entrypoints.api.boards import Flag
from chalicelib.entrypoints.api.membership import ActEntry, StayEntry
from chalicelib.entrypoints.api.merge_candidates import EvidenceShown
from chalicelib.entrypoints.api.today import TROUBLED
from chalicelib.entrypoints.console.coded import CODES, told
from chalicelib.guests.kinds import EmailKind, Nobody, Unusable
from chalicelib.guests.survivorship import WonBy
from chalicelib.guests.tasks import State as TaskState
from chalicelib.identity.model import Verdict
from chalicelib.identity.offices import Office
from chalicelib.loyalty.model import Reason
from chalicelib.messages.model import ShownState
from chalicelib.settings.departments import Department

ENUMS: dict[str, type[StrEnum]] = {
    "stay": Status, "channel": Channel, "age": AgeCategory, "special_date": SpecialDateKind, "reason": Reason,
}  # fmt: skip
ORIGINS = [each for entry in (StayEntry, ActEntry) for each in get_args(entry.model_fields["origin"].annotation)]
KNOWN: dict[str, set[str]] = {
    **{of: {str(each) for each in codes} for of, codes in ENUMS.items()},
    "consent": {*get_args(State), "none"},
    "basis": set(get_args(Basis)),
    "denied": set(Denied),
    "purpose": set(PURPOSES),
    "medium": set(CHANNELS),
    "suppressed": set(get_args(SuppressionReason)),
    "message": set(get_args(ShownState)),
    "field": set(get_args(Unusable)),
    "nobody": set(get_args(Nobody)),
    "address": set(get_args(EmailKind)),
    "department": set(get_args(Department)),
    "task": set(get_args(TaskState)),
    "office": set(get_args(Office)),
    "won_by": set(get_args(WonBy)),
    "origin": set(ORIGINS),
    "compared": set(get_args(EvidenceShown.model_fields["field"].annotation)),
    "level": set(get_args(EvidenceShown.model_fields["level"].annotation)),
    "verdict": {str(each) for each in Verdict},
    "flag": set(get_args(Flag)),
    "health": {str(each) for each in TROUBLED},
}


@pytest.mark.parametrize("of", sorted(KNOWN))
def test_every_code_of_the_hub_has_words_and_no_other(of: str) -> None:
    assert CODES[of].keys() == KNOWN[of]


def test_a_code_that_is_not_known_is_shown_as_it_is() -> None:
    assert (told("stay", "day_use"), told("nothing", 7)) == ("day_use", "7")
