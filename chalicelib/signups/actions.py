"""Ask to get newsletters, and confirm it. Both may be done again and again: each is one."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.access import attempts
from chalicelib.access.links.rules import network_of
from chalicelib.aws.retries import until_written
from chalicelib.canonical.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.canonical.ids import ControllerId, Leaf, PropertyId, SignupId
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.connections.model import SIGNUP
from chalicelib.consent import actions as consents
from chalicelib.consent import addresses
from chalicelib.consent.model import CHANNELS, DEFAULT_CHANNEL, Purpose, State
from chalicelib.guests import store as guests
from chalicelib.identity.digests import digest
from chalicelib.ingest.changes import change_of
from chalicelib.jobs import store as jobs
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.messages.channels.register import carries_to
from chalicelib.messages.holds import PURPOSES, UNASKED
from chalicelib.messages.newcomers import mail_newcomer
from chalicelib.messages.preferences import OFTEN, PARTS, Frequency
from chalicelib.profiles.actions import store_own_word
from chalicelib.properties import store as properties
from chalicelib.properties.model import Property, own_domains
from chalicelib.settings import installation, legal_store
from chalicelib.settings import store as settings
from chalicelib.settings.legal import MailTopic
from chalicelib.settings.model import HubSettings
from chalicelib.settings.rules import Names, mail_identity, names_of
from chalicelib.signups import rules, store
from chalicelib.signups.letters import letter
from chalicelib.signups.model import LASTS, Signup, Via
from chalicelib.signups.tokens import make_token, read_token

UNREACHABLE = "has letters that no mail can be sent to yet: give another one"
BUSY = "this sign-up is being confirmed by others"
TO_ADDRESS = attempts.Limit("signup", 3, "Somebody signed up with this address too often. Try again in a while.")
FROM_NETWORK = attempts.Limit("signups", 60, "Too many people signed up from here at once. Try again in a while.")


@dataclass(frozen=True)
class Typed:
    """What somebody typed, and where. `network` is the address of their machine, "" where nobody says."""

    email: str
    given_name: str | None = None
    family_name: str | None = None
    language: str = "en"
    words: str = ""
    page: str = ""
    network: str = ""
    topics: frozenset[str] = frozenset()
    """Those that were chosen; none of them is all of them."""
    frequency: Frequency = OFTEN
    often: str = ""
    """What stood beside the frequency that was chosen."""


@dataclass(frozen=True)
class Form:
    """In whose names a form asks, and which sites may show it within a page of theirs."""

    property_id: PropertyId | None
    names: Names
    controller: ControllerId
    websites: tuple[str, ...]
    hotel_domains: frozenset[str]
    public_url: str
    topics: tuple[MailTopic, ...] = ()


def form(property_id: PropertyId | None) -> Form:
    """A hotel's, or the group's. Raises NotFound for no such hotel, and Conflict while nobody could be mailed."""
    known = properties.by_id()
    hotel = known.get(property_id) if property_id else None
    if property_id and hotel is None:
        raise NotFound("There is no such form.")
    kept, public_url = settings.get(), installation.get().public_url
    identity = mail_identity(kept, hotel)
    if not (identity.branding.sender and identity.branding.postal_address and public_url):
        raise Conflict("Nobody can sign up yet: sender and postal address are not set, or the hub knows no address.")
    names = names_at(hotel, kept, known.values())
    sites = {site for each in ([hotel] if hotel else known.values()) for site in each.websites}
    domains = own_domains(known.values())
    topics = legal_store.get().topics_of(PURPOSES[UNASKED])
    return Form(property_id, names, identity.controller, tuple(sorted(sites)), domains, public_url, topics)


def names_at(hotel: Property | None, kept: HubSettings, known: Collection[Property]) -> Names:
    """In whose names guests are asked at a hotel; for the group (None) in its own."""
    identity = mail_identity(kept, hotel)
    if hotel is None:
        return names_of(identity.controller, kept, known)
    return Names(hotel.name, identity.branding.postal_address or "", identity.branding.logo_url or "")


def ask(signup: SignupId, typed: Typed, asked_in: Form, via: Via, now: datetime, key_id: str = "") -> Signup:
    """Have somebody mailed who typed an address. It is the same work whoever has the address: what is known of it is
    looked at when the mail is sent.

    Raises Invalid for what is no address of one's own, or no topic, and TooMany.
    """
    address = rules.address_of(typed.email, asked_in.hotel_domains)
    if not carries_to(address):
        raise Invalid(FieldError("email", UNREACHABLE))
    wanted, refused = rules.parts_of(asked_in.topics, typed.topics, typed.language)
    if network := network_of(typed.network):
        attempts.take(FROM_NETWORK, network, now)
    count(address, now)
    asked = Signup(
        id=signup,
        email=address,
        controller=asked_in.controller,
        words=typed.words,
        language=typed.language,
        via=via,
        asked_at=instant(now),
        until=instant(now + LASTS),
        property_id=asked_in.property_id,
        given_name=typed.given_name or None,
        family_name=typed.family_name or None,
        page=typed.page,
        asked_from=network,
        key_id=key_id,
        wanted=wanted,
        refused={**refused, **({PARTS[typed.frequency]: typed.often} if typed.frequency in PARTS else {})},
    )
    return hand_on(asked, address, asked_in)


def count(address: str, now: datetime) -> None:
    """One mail more to an address. Raises TooMany."""
    attempts.take(TO_ADDRESS, address, now)


def hand_on(asked: Signup, address: str, asked_in: Form) -> Signup:
    """Keep what is to be confirmed, and have it mailed to an address; again and again is once. Raises TryAgain."""
    kept = store.add(asked)
    link = f"{asked_in.public_url}/confirm/{make_token(asked.id)}"
    mail_newcomer(letter(kept, address, link, asked_in.names))
    return kept


def names_in(signup: Signup) -> Names:
    """In whose names a sign-up was asked. Raises NotFound, Conflict."""
    return form(signup.property_id).names


def shown(token: str, now: datetime) -> Signup:
    """What a link is about; changes nothing. Raises NotFound for one that the hub did not make, or that is over."""
    kept = store.get(read_token(token))
    if kept is None or instant(now) >= kept.until or not _is_theirs_still(kept):
        raise NotFound("There is no such page.")
    return kept


def _is_theirs_still(signup: Signup) -> bool:
    """Of a guest's: whether they are one yet, and have the address that the mail went to. Nobody else's is theirs."""
    if signup.leaf is None:
        return True
    return signup.address in addresses.of(guests.guest(signup.leaf), DEFAULT_CHANNEL)


def confirm(token: str, network: str, now: datetime) -> Signup:
    """Know the person as a guest, by a record of their own, with their consent and its receipt.

    Who confirms again confirms nothing new; where a crash ended, the tick goes on: what was left since stays left.
    Raises NotFound as `shown` does, and TryAgain.
    """
    confirmed = until_written(partial(_confirmed, token, network, now), BUSY)
    _go_on(confirmed)
    return confirmed


def work_on(job: Job, _: Part) -> Iterator[Step]:
    """What a job of the kind CONFIRMING does: all that is left of one sign-up, in one step. Who was erased since is
    nobody's to confirm. Raises TryAgain."""
    confirmed = store.get(SignupId(job.subject))
    if confirmed and confirmed.confirmed_at:
        with suppress(NotFound):
            _go_on(confirmed)
    yield Step("done")


def _go_on(confirmed: Signup) -> None:
    """What the person does not want is said before what they want: who dies in between has agreed to nothing."""
    leaf, at = confirmed.leaf or _made_known(confirmed), confirmed.confirmed_at
    read_at = [confirmed.address or digest(CHANNELS[DEFAULT_CHANNEL], confirmed.email)]

    def say(state: State, purpose: Purpose, proof: Mapping[str, str], part: str = "") -> None:
        consents.set_consent(
            leaf, DEFAULT_CHANNEL, purpose, confirmed.controller, state, "guest", at, proof, read_at, part
        )

    for part, words in confirmed.refused.items():
        say("withdrawn", PURPOSES[UNASKED], confirmed.proof(PURPOSES[UNASKED], words), part)
    for purpose in confirmed.about:
        say("confirmed", purpose, confirmed.proof(purpose))
    for part, words in confirmed.wanted.items():
        say("explicit", PURPOSES[UNASKED], confirmed.proof(PURPOSES[UNASKED], words), part)
    jobs.end(store.job_of(confirmed), present())


def _made_known(confirmed: Signup) -> Leaf:
    change = change_of(rules.record_of(confirmed), SIGNUP, properties.by_id(), digest, confirmed.id)
    if change is None:
        raise NotFound("There is no such page.")
    return store_own_word(replace(change, own_act=True))


def _confirmed(token: str, network: str, now: datetime) -> Signup:
    kept = shown(token, now)
    if kept.confirmed_at:
        return kept
    confirmed = replace(kept, confirmed_at=instant(now), confirmed_from=network_of(network))
    store.confirm(confirmed)
    return confirmed
