"""By which country's rule a guest may be written to, as the sender would decide it now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.canonical.ids import ControllerId
from chalicelib.canonical.time import Instant
from chalicelib.consent import bases, rules, tracking
from chalicelib.consent.bases import NOTHING_FOUND, Denied, Verdict
from chalicelib.consent.model import PURPOSES, WRITTEN_FOR, Gate, Purpose
from chalicelib.entrypoints.api.answers import KnownChannel, Shown
from chalicelib.entrypoints.api.visibility import InSight
from chalicelib.identity.digests import digest
from chalicelib.messages import lookups
from chalicelib.messages.channels.register import CHANNELS
from chalicelib.messages.questions import asked_of
from chalicelib.properties import store as properties
from chalicelib.settings import legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.legal import ConsentSettings
from chalicelib.settings.rules import predecessors, senders_of_controller
from chalicelib.settings.senders import Senders


class LawShown(Shown):
    """What follows from what was said by the rules of the countries concerned: the rule that decides (`law`, such as
    `de.confirmed`), whether the guest may be written to, else why not (`denied`), and until when that is so where it
    ends by itself; for `tracking` it is whether opens and clicks may be followed. A mail is decided anew when it is
    sent, and may be held for other reasons."""

    channel: KnownChannel
    purpose: Purpose
    controller: str
    law: str
    allowed: bool
    denied: Denied | None = None
    until: Instant | None = None


@dataclass(frozen=True)
class Court:
    """What is set, read once for all that is asked about a guest."""

    sight: InSight
    legal: ConsentSettings
    senders: dict[ControllerId, Senders]
    succeeds: dict[ControllerId, frozenset[ControllerId]]
    now: datetime

    def verdict(self, gate: Gate, purpose: Purpose, controller: ControllerId) -> Verdict:
        """In the name of the hotels that know the guest, by what is in sight. A stay or a click may not make the
        difference today, and tell until when it is so."""
        senders, leaves, traits = self.senders[controller], self.sight.members, self.sight.traits
        asked = asked_of(traits, self.sight.guest.properties, senders, self.now)
        answer = rules.answer_for(gate, purpose, controller, self.succeeds[controller])
        if purpose not in WRITTEN_FOR:
            return tracking.decide(asked.rules, answer)
        to = CHANNELS[gate.channel].address_of(traits)
        listed = lookups.listed(asked.rules, senders, CHANNELS[gate.channel], to, self.now)
        known = replace(asked.evidence, answer=answer).finding(NOTHING_FOUND._replace(listed=listed))
        found = bases.decide(asked.rules, known, self.now)
        if to is None or found.reason is Denied.WITHDRAWN or not asked.may_be_looked_up:
            return found
        address = digest(CHANNELS[gate.channel].identifier, to)
        past = lookups.past_of(leaves, address, senders, self.now)
        looked_up = past._replace(clicked_at=lookups.last_click(leaves, controller), listed=listed)
        return bases.decide(asked.rules, known.finding(looked_up), self.now)


def court(sight: InSight, controllers: frozenset[ControllerId], now: datetime) -> Court:
    """Hotels that are not in sight are as if they were not: a rule would tell that the guest was there."""
    hotels = [each for name, each in properties.by_id().items() if sight.eyes.sees(name)]
    legal = legal_store.get()
    kept, successions = settings.with_successions()
    senders = {each: senders_of_controller(kept, hotels, each, legal=legal) for each in controllers}
    return Court(sight, legal, senders, {each: predecessors(each, successions) for each in controllers}, now)


def laws_of(gate: Gate, judged: Court) -> Iterator[LawShown]:
    for controller in sorted(judged.senders):
        for purpose in PURPOSES:
            found = judged.verdict(gate, purpose, controller)
            yield LawShown(
                channel=gate.channel,
                purpose=purpose,
                controller=controller,
                law=found.name,
                allowed=found.reason is None,
                denied=found.reason,
                until=found.until,
            )
