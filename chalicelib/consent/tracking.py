"""Whether opens and personal clicks may be followed. Pure."""

from collections.abc import Sequence

from chalicelib.consent.acts import GRANTED
from chalicelib.consent.bases import OBJECTION, Denied, Verdict
from chalicelib.consent.model import Consent
from chalicelib.settings.legal import CountryRule

BY_LAW = "law"
"""The basis of who was not asked, and lives and is written from where nobody need be."""


def decide(rules: Sequence[CountryRule], answer: Consent | None) -> Verdict:
    """The guest's own word, yes or no, decides; without one every country concerned must allow it. Where no country is
    known, nobody is followed."""
    first = rules[0].id if rules else ""
    if answer:
        is_granted = answer.state in GRANTED
        return Verdict(first, "express") if is_granted else Verdict(OBJECTION, reason=Denied.WITHDRAWN)
    forbids = next((each.id for each in rules if not each.tracked), None)
    if forbids is not None or not rules:
        return Verdict(forbids or "", reason=Denied.NO_CONSENT)
    return Verdict(first, BY_LAW)
