"""Keep the address that a guest gives and what they agree to, in one step that may be taken again and again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import ControllerId, Digest, Leaf, PropertyId, SignupId
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.captures import rules
from chalicelib.captures.model import Kept, Said, Sentence
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.acts import GRANTED
from chalicelib.consent.model import CHANNELS, DEFAULT_CHANNEL, PURPOSES, TRACKING, Consent, Purpose, key_of
from chalicelib.consent.rules import ADDRESS
from chalicelib.consent.said import Act
from chalicelib.guests.model import Guest
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Identifier
from chalicelib.ingest import correcting
from chalicelib.ingest.correcting import Desk
from chalicelib.languages.catalogues import Language
from chalicelib.languages.sentences import agreeing_to_be_followed, agreeing_to_newsletters
from chalicelib.messages.channels.register import carries_to
from chalicelib.messages.holds import PURPOSES as PURPOSE_OF
from chalicelib.messages.holds import UNASKED
from chalicelib.properties import store as properties
from chalicelib.properties.model import own_domains
from chalicelib.settings import legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.legal import CountryRule, MailTopic
from chalicelib.signups import actions as signups
from chalicelib.signups.model import LASTS, Signup, Via

NEWSLETTERS: Purpose = PURPOSE_OF[UNASKED]
"""What newsletters need a yes to."""
UNREACHABLE = "has letters that no mail can be sent to yet: ask for another one"
VIA: Mapping[str, Via] = {"desk": "desk", "phone": "phone"}


@dataclass(frozen=True)
class Speaker:
    """Through whom a guest says it. `desk` is how their people keep what staff say; `own` are the records through which
    these may speak, `address` is the one that their profile has. `hotel` is in whose name it is asked (None: the
    group's), `controller` who answers for it, `claimed` as consents have it, `laws` are the rules of the countries
    concerned, `named` is who acts, as proofs keep it."""

    desk: Desk
    guest: Guest
    own: Sequence[Leaf]
    address: str | None
    hotel: PropertyId | None
    controller: ControllerId
    claimed: bool | None
    laws: tuple[CountryRule, ...]
    named: Mapping[str, str]


def sentences(name: str, language: Language, today: date) -> dict[Purpose, Sentence]:
    """By which words a guest agrees to what, in the name of a hotel: the company's text in force in that language, else
    the hub's own words."""
    legal = legal_store.get()
    own = {NEWSLETTERS: agreeing_to_newsletters(language, name), TRACKING: agreeing_to_be_followed(language)}
    found = {purpose: Sentence(own[purpose], language) for purpose in PURPOSES}
    texts = ((purpose, legal.text_in_force(purpose, language, today)) for purpose in PURPOSES)
    return found | {purpose: Sentence(text.text, text.language, text.id) for purpose, text in texts if text}


def topics() -> tuple[MailTopic, ...]:
    """Among which a guest who agrees to newsletters may choose."""
    return legal_store.get().topics_of(NEWSLETTERS)


def capture(by: Speaker, said: Said, signup: SignupId, at: Instant, now: datetime) -> Kept:
    """Keep the address first, and then what was agreed to: who dies in between has a guest with an address and no yes,
    and asks again. `at` and `signup` are those of the first time that it was asked.

    A yes, also to a topic that was refused, is not given here where a country wants it confirmed, or somebody else who
    reads that mailbox took it back: the guest is mailed, and gives it by the link. Raises Invalid with the field,
    Conflict, TooMany before anything is kept, and TryAgain.
    """
    address = check(said)
    wanted, before = _wanted(said), _before(by, address)
    again = {topic for topic, is_wanted in wanted.items() if is_wanted and before.refuses(_key_of(by, topic))}
    must_confirm = bool(said.agreed) and _must_be_confirmed(by, said, before, again)
    form = signups.form(by.hotel) if must_confirm else None
    if form:
        signups.count(address, now)
    leaf = _kept_at(by, address)
    for topic in sorted(topic for topic, is_wanted in wanted.items() if not is_wanted):
        _say(by, said, leaf, NEWSLETTERS, at, topic, is_wanted=False, said_at=[])
    if form is None:
        for topic in sorted(again):
            _say(by, said, leaf, NEWSLETTERS, at, topic, said_at=[])
        said_at = _read_by_them_alone(by, leaf, address) if said.agreed else []
        for purpose in said.agreed:
            _say(by, said, leaf, purpose, at, said_at=said_at)
        return Kept("granted" if said.agreed else "address_only", leaf)
    asked = signups.hand_on(_signup(by, said, leaf, signup, at, address, again), address, form)
    return Kept("to_confirm", leaf, asked.until)


def check(said: Said) -> str:
    """The address, as it is kept. Raises Invalid for one that is nobody's own, and for a topic that there is not."""
    domains = own_domains(properties.by_id().values())
    address = rules.address_of(said.email, domains, settings.get().guests)
    if not carries_to(address):
        raise Invalid(FieldError("email", UNREACHABLE))
    if said.topics - {each.id for each in topics()}:
        raise Invalid(FieldError("topics", "names one that there is not"))
    return address


def _wanted(said: Said) -> dict[str, bool]:
    """By topic, where the guest chose among them; who chose none wants all, and says nothing of any."""
    chose = said.topics and NEWSLETTERS in said.agreed
    return {each.id: each.id in said.topics for each in topics()} if chose else {}


class Before(NamedTuple):
    """What stands before anything is kept: the guest's answers, and what was said at the mailbox, by whomever."""

    answers: Mapping[str, Consent]
    mailbox: Identifier | None

    def refuses(self, key: str) -> bool:
        """A yes to a topic is said only where a no to it stands, or comes with the address."""
        known = self.answers.get(key)
        return self.comes(key) or (known is not None and known.state not in GRANTED)

    def comes(self, key: str) -> bool:
        return self.mailbox is not None and key in self.mailbox.objections


def _before(by: Speaker, address: str) -> Before:
    gate = gates.gate(by.guest.id, DEFAULT_CHANNEL)
    return Before(gate.answers if gate else {}, identity.identifier(_digest(address)))


def _key_of(by: Speaker, topic: str) -> str:
    return key_of(NEWSLETTERS, by.controller, topic)


def _must_be_confirmed(by: Speaker, said: Said, before: Before, again: Collection[str]) -> bool:
    """A no at the address that others said, too, holds for whoever has it: only its reader takes it back; so does one
    that somebody took over with the address."""
    if rules.must_be_confirmed(by.laws, said.basis) and NEWSLETTERS in said.agreed:
        return True
    keys = [*(key_of(each, by.controller) for each in said.agreed), *(_key_of(by, topic) for topic in again)]
    carriers = before.mailbox.leaves if before.mailbox else ()
    if any(map(before.comes, keys)) and not rules.is_of_these_alone(carriers, by.own):
        return True
    return any(before.answers[key].basis == ADDRESS for key in keys if key in before.answers)


def _kept_at(by: Speaker, address: str) -> Leaf:
    """The record that has the address: one through which it may be said, else what staff say of the guest."""
    kind, known = CHANNELS[DEFAULT_CHANNEL], {head.leaf: head for head in by.desk.records}
    carriers = [leaf for leaf in by.own if leaf in known and _digest(address) in known[leaf].digests_of(kind)]
    if carriers and by.address == address:
        return carriers[0]
    return correcting.correct(by.desk, {"email": address})


def _read_by_them_alone(by: Speaker, leaf: Leaf, address: str) -> list[Digest]:
    """The address, where nobody else has it: a yes is said there, too. But who reads a mailbox has not been seen to: a
    complaint stays."""
    row = identity.identifier(_digest(address))
    is_theirs = row is not None and rules.is_of_these_alone(row.leaves, [*by.own, leaf])
    held = row.suppressed if row else None
    stays = held is not None and held["reason"] == "complaint"
    return [_digest(address)] if is_theirs and not stays else []


def _say(
    by: Speaker,
    said: Said,
    leaf: Leaf,
    purpose: Purpose,
    at: Instant,
    topic: str = "",
    *,
    is_wanted: bool = True,
    said_at: Sequence[Digest],
) -> None:
    answer = Consent(state="explicit" if is_wanted else "withdrawn", basis=said.basis, at=at, claimed=by.claimed)
    key = key_of(purpose, by.controller, topic)
    act = Act(leaf, DEFAULT_CHANNEL, key, answer, said.proof(purpose, by.named))
    consents.record(act, purpose, by.controller, said_at)


def _signup(
    by: Speaker, said: Said, leaf: Leaf, signup: SignupId, at: Instant, address: str, again: Collection[str]
) -> Signup:
    return Signup(
        id=signup,
        email="",
        controller=by.controller,
        words=" ".join(each.words for each in said.agreed.values()),
        language=said.language,
        via=VIA[said.place],
        asked_at=at,
        until=instant(moment_of(at) + LASTS),
        property_id=by.hotel,
        leaf=leaf,
        address=_digest(address),
        about={purpose: said.proof(purpose, by.named) for purpose in said.agreed},
        wanted=dict.fromkeys(sorted(again), ""),
    )


def _digest(address: str) -> Digest:
    return digest(CHANNELS[DEFAULT_CHANNEL], address)
