"""What people write: settings, hotels, connections, keys, people, programmes, segments, templates, campaigns."""

from collections import Counter
from datetime import timedelta
from typing import get_args

from chalicelib.access import attempts, remembered, sessions
from chalicelib.access import audit as audits
from chalicelib.access import store as access
from chalicelib.access.links import actions as links
from chalicelib.access.model import ApiKey, KeyAsked
from chalicelib.access.provider import store as providers
from chalicelib.access.provider.model import Identity, Provider
from chalicelib.access.remembered import Answer, Remembered
from chalicelib.access.requests import LARGEST_KEPT, LONGEST_KEY
from chalicelib.access.staff import store as people
from chalicelib.access.staff.model import Staff, StaffAsked
from chalicelib.aws import keys, keys_of_people, table
from chalicelib.aws.codec import Item
from chalicelib.aws.keys import Key
from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns import store as campaign_store
from chalicelib.campaigns.model import MOST_EARLIER, Campaign
from chalicelib.canonical.details import Payer
from chalicelib.canonical.ids import (
    CampaignId,
    ConnectionId,
    ControllerId,
    KeyId,
    LinkId,
    OccasionId,
    ProgramId,
    PropertyId,
    RunId,
    SegmentId,
    StaffId,
    TemplateId,
)
from chalicelib.canonical.snapshots import Channel
from chalicelib.canonical.time import Instant, instant, moment_of
from chalicelib.connections import actions as connections
from chalicelib.connections import store as connection_store
from chalicelib.connections.asked import LARGEST_MAP, Connection
from chalicelib.connections.health import DAYS_KEPT, MOST_WORDS, Outcome, Told
from chalicelib.connections.model import KeptConnection
from chalicelib.connections.store import Reached
from chalicelib.loyalty import store as loyalty
from chalicelib.messages import actions as messages
from chalicelib.messages.model import Template
from chalicelib.properties import store as properties
from chalicelib.segments import actions as segments
from chalicelib.segments.model import Segment
from chalicelib.settings import installation, legal_store, spend_store
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import FieldRule, GuestRules, ProfileField
from chalicelib.settings.legal import MOST_TOPICS, ConsentSettings, ConsentText, CountryRule, MailTopic, Source
from chalicelib.settings.matching import SHIPPED_WEIGHTS, Matching
from chalicelib.settings.model import Brand, HubSettings, Succession
from chalicelib.settings.spend import MOST_COMMISSIONS, MOST_RATES, Commission, ExchangeRate, SpendSettings
from tests import tables
from tests.aws.test_largest_rows import changed_as_often_as_may_be
from tests.builders import DAY_ONE
from tests.sizes.inputs import (
    FOUR,
    HOTELS,
    ID,
    LATEST,
    SIX,
    Largest,
    Rows,
    branding,
    filled,
    hotel,
    kept,
    longest_map,
    many_ids,
    most,
    readable,
)

A_KEY = KeyId("k" + "0" * 24)
A_DAY = instant(DAY_ONE)
A_PERSON = StaffId("st" + "0" * 24)


def deployment(signs: str) -> Item:
    """All changes of legal entities that are remembered, and beside them the largest settings."""
    installation.note(raw_bucket="x" * 63, public_url="https://" + "x" * 253)
    pairs = settings.LARGEST_SUCCESSIONS // (2 * 64 + 2)
    settings.note({Succession(ControllerId(f"{at:064}"), ControllerId(ID)) for at in range(pairs)})
    brands = {f"{at:064}": Brand(name=filled(signs, 200), **branding(signs).model_dump()) for at in range(40)}
    settings.save(HubSettings(group=branding(signs), brands=brands, guests=longest_rules(), version=2), replaces=1)
    return kept(keys.DEPLOYMENT)


def longest_rules() -> GuestRules:
    return GuestRules(
        role_words=("𝛼" * 40,) * 50,
        agency_domains=(".".join(["x" * 49] * 2),) * 100,
        house_telephones=(f"+{'1' * 15}",) * 100,
        survivorship=dict.fromkeys(get_args(ProfileField), FieldRule(by="longest", sources=(ConnectionId(ID),) * 6)),
        matching=Matching(weights={name: dict.fromkeys(levels, -19.9) for name, levels in SHIPPED_WEIGHTS.items()}),
    )


def consent_settings(_: str) -> Item:
    texts = tuple(
        ConsentText(id=f"{at:064}", language="en-abcdefgh", text="x" * 2_000, since=DAY_ONE.date()) for at in range(100)
    )
    source = Source(law="x" * 300, section="x" * 300, url="https://" + "x" * 492)
    rules = tuple(
        CountryRule(
            id=f"{at:016}", name="x" * 300, express=("confirmed",), notes=("x" * 300,) * 2,
            sources=(source,) * 2, look_again_on=DAY_ONE.date(),
        )
        for at in range(40)
    )  # fmt: skip
    names = {f"a{first}{second}": "x" * 60 for first in "abcd" for second in "abcde"}
    topics = tuple(MailTopic(id=f"{at:016}", purpose="x" * 64, names=names) for at in range(MOST_TOPICS))
    legal_store.save(ConsentSettings(rules=rules, texts=texts, topics=topics))
    return kept(Key(keys.LEGAL, "consent"))


def spend_settings(_: str) -> Item:
    commission = Commission(
        source=ConnectionId(ID), agency_id="x" * 128, property_id=PropertyId(ID), channel=Channel.WHOLESALE,
        payer=Payer.MASTER_ACCOUNT, basis_points=10_000, deducted=True, since=DAY_ONE.date(), until=DAY_ONE.date(),
    )  # fmt: skip
    rate = ExchangeRate(currency="USD", since=DAY_ONE.date(), rate=f"{'9' * 9}.{'9' * 12}")
    spend_store.save(
        SpendSettings(currency="EUR", commissions=(commission,) * MOST_COMMISSIONS, rates=(rate,) * MOST_RATES)
    )
    return kept(Key(keys.SPEND, "spend"))


def property_(signs: str) -> Item:
    properties.put(hotel(signs))
    return kept(keys.property_(PropertyId(ID)))


def connection(_: str) -> Item:
    """JSON makes six and twelve characters of what is beyond ASCII: the longest plain names are the largest."""
    properties.put(hotel("x"))
    asked = Connection(
        id=ConnectionId(ID),
        vendor="mews",
        secrets=("s" * 512, "t" * 512),
        credentials={"client_token": "c" * 500, "access_token": "a" * 1500},
        base_url="https://api.mews.com/" + "x" * 179,
        desk_url="https://pms.example/{reservation}/" + "x" * 466,
        properties=longest_map(LARGEST_MAP, ID),
        channels=longest_map(LARGEST_MAP, Channel.WHOLESALE),
        options={"stay_services": ("o" * 200,) * 290},
    )
    connections.put(asked)
    return kept(keys.connection(ConnectionId(ID)))


def connection_health(_: str) -> Item:
    """With as much of everything as is kept."""
    days = [DAY_ONE + timedelta(days=number) for number in range(DAYS_KEPT)]
    words = Counter({filled("abcdefghijklmnop", 48, salt): 10**6 for salt in range(MOST_WORDS + 5)})
    told = [
        Told(
            instant(day + timedelta(minutes=number)),
            outcome,
            ("charge", "reservation"),
            filled("abcdef", 64, number),
            words,
        )
        for day in days
        for number, outcome in enumerate([*Outcome] * 5)
    ]
    connection_store.add_to_health(ConnectionId(ID), told, days[-1])
    return kept(keys.connection_health(ConnectionId(ID)))


def connection_reach(_: str) -> Item:
    """Of a chain: it grows with every hotel that the connection ever had."""
    of_chain = KeptConnection(ConnectionId(ID), "mews")
    connection_store.save(of_chain, Reached(), frozenset(many_ids(HOTELS)))
    return kept(keys.connection_reach(ConnectionId(ID)))


def _api_key(signs: str) -> None:
    asked = KeyAsked(name=filled(signs, 200), role="integration", properties=tuple(many_ids(HOTELS)))
    key = ApiKey(A_KEY, "h" * 64, asked.name, asked.role, asked.properties)
    access.add(key, Instant(LATEST))


def api_key(signs: str) -> Item:
    _api_key(signs)
    return kept(keys.api_key("h" * 64))


def api_key_listing(signs: str) -> Item:
    _api_key(signs)
    return kept(keys.api_key_listing(A_KEY))


def _staff(signs: str) -> Staff:
    domain = ".".join(["x" * 60] * 3)
    asked = StaffAsked.model_validate({
        "name": filled(signs, 200),
        "email": f"{'x' * 64}@{domain}",
        "role": "front_desk",
        "properties": many_ids(HOTELS),
    })  # fmt: skip
    one = Staff(A_PERSON, asked.name, asked.email, asked.role, asked.properties)
    people.add(one, Instant(LATEST))
    return one


def staff(signs: str) -> Item:
    one = _staff(signs)
    people.end(one, Instant(LATEST), 10**10, None)
    return kept(keys_of_people.staff(A_PERSON))


def staff_address(_: str) -> Item:
    return kept(keys_of_people.staff_address(people.digest(_staff("x").email)))


def session(signs: str) -> Item:
    value = sessions.begin(_staff("x"), DAY_ONE, filled(readable(signs), 500))
    assert value
    (row,) = table.query(keys_of_people.sessions(A_PERSON))
    return kept(table.key_of(row))


def link(_: str) -> Item:
    _staff("x")
    token = links.for_operator(A_PERSON, DAY_ONE)
    cookie = f"{'A' * 43}.{token.partition('.')[0]}"
    links.by_link(token, cookie, "", "", DAY_ONE)
    return kept(keys_of_people.link(LinkId(token.partition(".")[0])))


def attempt(_: str) -> Item:
    limit = attempts.LINKS_FROM_NETWORK
    attempts.take(limit, "x", DAY_ONE)
    (row,) = (each for key, each in tables.rows().items() if key.pk.startswith("ATTEMPTS"))
    return row


def provider(_: str) -> Item:
    secret = providers.seal("s" * 500)
    providers.save(Provider("https://" + "x" * 492, "c" * 500, secret, demanded_of_admins=True))
    return kept(keys_of_people.PROVIDER)


def identity(_: str) -> Item:
    one = _staff("x")
    identity = Identity("https://" + "x" * 492, "s" * 255, "")
    table.transact([providers.claim(identity, one), providers.bind(identity, one)])
    bound = people.get(one.id)
    assert bound
    assert bound.bound
    return kept(keys_of_people.identity(bound.bound))


def audit(_: str) -> Item:
    shown = tuple(f"g{at:024}" for at in range(audits.MOST_GUESTS + 1))
    entry = audits.Entry(A_PERSON, A_DAY, "POST /console/" + "x" * 100, A_PERSON, shown)
    audits.note(entry, "r" * 36)
    return kept(keys_of_people.audit(A_PERSON, A_DAY, "r" * 36))


def programme(_: str) -> Item:
    loyalty.PROGRAMS.replace(changed_as_often_as_may_be(), replaces=0)
    return kept(Key(keys.PROGRAMS, "club"))


def programme_followed(_: str) -> Item:
    loyalty.mark_followed(changed_as_often_as_may_be().model_copy(update={"id": ID}))
    return kept(keys.program_followed(ProgramId(ID)))


def segment(signs: str) -> Item:
    most(lambda length: segments.save_segment(segment_of(signs, length)), 190)
    return kept(Key(keys.SEGMENTS, ID))


def segment_of(signs: str, length: int) -> Segment:
    values = [f"{number:03d}{filled(signs, length, number)}" for number in range(200)]
    rules = [{"trait": "family_name", "op": "in", "value": values}] * 5
    return Segment.model_validate({"id": SegmentId(ID), "name": filled(signs, 200), "rule": {"and": rules}})


def template(signs: str) -> Item:
    """Its signs stand where nobody reads them: a mail may have fewer."""
    most(lambda length: messages.save_template(template_of(signs, length)), 99_900)
    return kept(Key(keys.TEMPLATES, ID))


def template_of(signs: str, length: int) -> Template:
    hidden = f"{{% if guest.language == 'zh' %}}{filled(signs, length)}{{% endif %}}"
    return Template(id=TemplateId(ID), name=filled(signs, 200), subject="News", html=f"<p>{hidden}</p>", text="News")


def campaign(signs: str) -> Item:
    segments.save_segment(segment_of("x", 1))
    messages.save_template(template_of("x", 1))
    properties.put(hotel("x"))
    asked = Campaign(
        id=CampaignId(ID),
        name=filled(signs, 200),
        segment=SegmentId(ID),
        template=TemplateId(ID),
        property_id=PropertyId(ID),
    )
    made = campaigns.create_campaign(asked)
    for _ in range(MOST_EARLIER + 1):
        made = made.launched(RunId(OccasionId("n" + "0" * 24)))
    return dict(campaign_store.put_campaign(made, replaces=1).item)


def idempotency(signs: str) -> Item:
    request = Remembered("f" * 64, "n" * 32)
    remembered.begin(A_KEY, "x" * LONGEST_KEY, request, DAY_ONE)
    remembered.finish(A_KEY, "x" * LONGEST_KEY, request.nonce, Answer(201, filled(signs, LARGEST_KEPT)))
    assert remembered.get(A_KEY, "x" * LONGEST_KEY, moment_of(Instant(LATEST)) - timedelta(days=2)) is None
    return kept(keys.idempotency(A_KEY, "x" * LONGEST_KEY))


ROWS: Rows = {
    "DEPLOYMENT": Largest(deployment, 401_200, SIX),
    "LEGAL": Largest(consent_settings, 404_000),
    "SPEND": Largest(spend_settings, 350_000),
    "property_": Largest(property_, 128_800, SIX),
    "connection": Largest(connection, 254_100),
    "connection_health": Largest(connection_health, 2_000),
    "connection_reach": Largest(connection_reach, 32_700),
    "api_key": Largest(api_key, 33_500, FOUR),
    "api_key_listing": Largest(api_key_listing, 33_600, FOUR),
    "staff": Largest(staff, 33_900, FOUR),
    "staff_address": Largest(staff_address, 110),
    "session": Largest(session, 1_100, FOUR),
    "PROVIDER": Largest(provider, 2_100),
    "identity": Largest(identity, 100),
    "audit": Largest(audit, 156_300),
    "link": Largest(link, 460),
    "attempts": Largest(attempt, 120),
    "PROGRAMS": Largest(programme, 210_000),
    "program_followed": Largest(programme_followed, 130),
    "SEGMENTS": Largest(segment, 119_300, FOUR),
    "TEMPLATES": Largest(template, 240_200, SIX),
    "campaign": Largest(campaign, 3_000, SIX),
    "idempotency": Largest(idempotency, 300_400, FOUR),
}
