"""By which rules of consent a guest is asked about, and what the hotels concerned attest."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from chalicelib.canonical.ids import PropertyId
from chalicelib.consent.bases import Evidence
from chalicelib.consent.documents import rules_of
from chalicelib.guests.model import Traits
from chalicelib.settings.legal import CountryRule
from chalicelib.settings.senders import Senders, offers_refusal, proves_at_source, registers


class Asked(NamedTuple):
    """`attested`: a hotel of the sender's at which the guest may have booked attests that it offered the refusal."""

    rules: tuple[CountryRule, ...]
    evidence: Evidence
    attested: bool

    @property
    def may_be_looked_up(self) -> bool:
        """Whether bookings or clicks could make any difference, whatever the answer is."""
        return self.attested or any(each.lapse for each in self.rules)


NOTHING_ASKED = Asked((), Evidence(), attested=False)
"""About what the guest asked for."""


def asked_of(traits: Traits, seen_at: Collection[PropertyId], senders: Senders, now: datetime) -> Asked:
    """Where the guest lives, else the nationality, and whose law binds who writes: all of these must allow it.

    `evidence` is what the hotels attest, and nothing that is looked up.
    """
    home = (traits.address.country if traits.address else None) or traits.country
    return _asked(home, tuple(seen_at), senders, now.date())


@lru_cache(maxsize=256)
def _asked(home: str | None, seen_at: tuple[PropertyId, ...], senders: Senders, today: date) -> Asked:
    """Kept, for a chunk's guests are of few countries."""
    concerned = senders.concerned(seen_at)
    countries = [*([home] if home else []), *senders.countries(seen_at)]
    evidence = Evidence(
        may_opt_out=offers_refusal(concerned, today),
        proven_at_source=proves_at_source(concerned, today),
        registers=registers(concerned, today),
    )
    attested = any(offers_refusal([each], today) for each in concerned)
    return Asked(rules_of(countries, senders.rules), evidence, attested)
