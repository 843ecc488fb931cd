"""A record that claims to be another hotel's guest gets none of that guest's mail (decision 0057)."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from pydantic import TypeAdapter

from chalicelib.canonical.ids import Leaf, OccasionId, PropertyId, TemplateId
from chalicelib.canonical.time import now
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.guests.stats import Days
from chalicelib.identity.digests import digest
from chalicelib.messages import actions, names, sending
from chalicelib.messages.holds import MessageClass
from chalicelib.messages.known import Cap
from chalicelib.messages.model import Occasion, Template
from chalicelib.profiles.ties import MOST_IDENTIFIERS
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding, Property
from chalicelib.segments.model import Rule
from chalicelib.segments.rules import matches
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.mail_fakes import FakeSes, mail_event, wrapped

PHONE, OWN, NEXT, EVIL = "+43 660 1234567", "anna@lee.example", "next@lee.example", "eve@evil.example"
TEMPLATE = Template(
    id=TemplateId("t"),
    name="T",
    subject="For {{ guest.given_name | default: 'you' }}",
    html="<p>Hello {{ guest.country | default: '' }}{{ guest.next_arrival | default: '' }}</p>",
    text="Hello",
)
ZURICH = PORTO.model_copy(update={"id": PropertyId("zurich"), "name": "Hotel Zurich", "country": "CH"})
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)


@pytest.fixture
def ses(hotels: Hotels) -> FakeSes:
    """Both hotels write, and the group."""
    sender = Branding(sender="news@hotel.example", postal_address="Main Street 1")
    hotels.hub.put("/v1/settings", {"group": sender.model_dump(exclude_none=True)})
    digest("email", OWN)
    return FakeSes().install()


def mail(hotel: Property | None, *leaves: str, run: str = "n1", rule: Rule | None = None) -> list[str]:
    """What became of the guests of some records; where a rule is named, of those whom it is for."""
    identity = names.of(hotel.id if hotel else None)
    assert identity
    days = Days(now().date())
    occasion = Occasion(
        id=OccasionId(run), origin="o", message_class=MessageClass.MARKETING if rule else MessageClass.SERVICE,
        channel=EMAIL, template=TEMPLATE,
        identity=identity, public_url="https://hub.example.com", cap=Cap(9, 1), days=days,
        belongs=(lambda traits: matches(rule, traits, days)) if rule else None,
    )  # fmt: skip
    everybody = [found.id for leaf in leaves if (found := guests.guest(Leaf(leaf)))]
    batch = sending.send(occasion, everybody, now())
    return [batch.outcomes[each].reason or batch.outcomes[each].code for each in everybody]


def anna(**said: Any) -> dict[str, Any]:
    return guest(**{"phone": PHONE, "email": OWN, **said})


def claim(**said: Any) -> dict[str, Any]:
    """Her name and number, and an address of its own; newer than what Vienna says."""
    return guest(**{"phone": PHONE, "email": EVIL, "changed_at": at(50), **said})


@pytest.mark.parametrize("hotel", [VIENNA, GROUP], ids=["vienna's mail", "the group's mail"])
def test_a_newer_record_of_another_hotel_takes_no_mail(hotels: Hotels, ses: FakeSes, hotel: Property | None) -> None:
    hotels.post(VIENNA, anna())
    hotels.post(PORTO, claim())
    assert hotels.joined(ANNA, CLAIM)
    assert mail(hotel, CLAIM) == ["sent"]
    assert [each["to"] for each in ses.accepted] == [OWN]


def test_vienna_s_mail_is_written_by_what_vienna_says(hotels: Hotels, ses: FakeSes) -> None:
    hotels.post(VIENNA, anna())
    hotels.post(PORTO, claim(given="Anna-Evil", given_name="A."))
    assert hotels.joined(ANNA, CLAIM)
    assert mail(VIENNA, ANNA) == ["sent"]
    assert ses.accepted[0]["subject"] == "For Anna"


def test_a_guest_without_an_address_of_vienna_s_gets_vienna_s_mail_at_nobody_else_s(
    hotels: Hotels, ses: FakeSes
) -> None:
    hotels.post(VIENNA, anna(email=None))
    hotels.post(PORTO, claim())
    assert hotels.joined(ANNA, CLAIM)
    assert mail(VIENNA, ANNA) == ["no_address"]
    hotels.hub.put("/v1/settings", {**hotels.hub.get("/v1/settings"), "sharing": True})
    assert mail(VIENNA, ANNA, run="n2") == ["sent"]


def test_a_hotel_s_own_mail_goes_to_the_address_that_it_knows(hotels: Hotels, ses: FakeSes) -> None:
    hotels.post(VIENNA, anna())
    hotels.post(PORTO, claim())
    assert mail(PORTO, ANNA) == ["sent"]
    assert [each["to"] for each in ses.accepted] == [EVIL]


def test_the_group_s_own_word_goes_before_that_of_hotels(hotels: Hotels, ses: FakeSes) -> None:
    hotels.post(VIENNA, anna())
    hotels.post(GROUP, {**guest(email="anna@news.example", phone=PHONE)})
    assert mail(GROUP, ANNA) == ["sent"]
    assert [each["to"] for each in ses.accepted] == ["anna@news.example"]


def test_what_comes_back_is_sent_to_the_next_address_at_the_next_occasion_and_never_to_a_claimed_one(
    hotels: Hotels, ses: FakeSes
) -> None:
    hotels.post(VIENNA, anna(), guest("g2", phone=PHONE, email=NEXT, changed_at=at(-9)))
    hotels.post(PORTO, claim())
    mail(GROUP, ANNA)
    moment = (now() + timedelta(minutes=1)).isoformat()
    for to, run in ((OWN, "n2"), (NEXT, "n3")):
        told = mail_event(
            "Bounce", ses.accepted[-1], moment, bounceType="Permanent", bouncedRecipients=[{"emailAddress": to}]
        )
        actions.record_event(wrapped(told), EMAIL)
        assert mail(GROUP, ANNA, run=run) == (["sent"] if to == OWN else ["suppressed_bounce"])
    assert mail(VIENNA, ANNA, run="n4") == ["suppressed_bounce"]
    assert [each["to"] for each in ses.accepted] == [OWN, NEXT]
    hotels.hub.put("/v1/settings", {**hotels.hub.get("/v1/settings"), "sharing": True})
    assert mail(GROUP, ANNA, run="n5") == ["sent"]
    assert ses.accepted[-1]["to"] == EVIL, "where hotels share what they know, it is an address as any"


@pytest.mark.parametrize("said", [{"email": None}, {}], ids=["without an address", "with an address"])
@pytest.mark.parametrize("hotel", [VIENNA, GROUP], ids=["vienna's mail", "the group's mail"])
def test_who_claims_a_guest_before_the_group_knows_them_gets_none_of_their_mail(
    hotels: Hotels, ses: FakeSes, said: dict[str, Any], hotel: Property | None
) -> None:
    """By telephone numbers and names of people who never were at Porto."""
    hotels.post(PORTO, claim())
    hotels.connected(VIENNA, anna(**said))
    known = Hotels.leaf_of("pms-vienna")
    assert hotels.joined(known, CLAIM)
    assert mail(hotel, known) == (["no_address"] if said else ["sent"])
    assert [each["to"] for each in ses.accepted] == ([] if said else [OWN])


def test_the_group_s_mail_says_nothing_that_a_claim_says(hotels: Hotels, ses: FakeSes) -> None:
    hotels.post(PORTO, claim(given="A.", given_name="A."))
    hotels.connected(VIENNA, anna(given_name=None))
    known = Hotels.leaf_of("pms-vienna")
    hotels.post(PORTO, reservation("p1", claim(), status="confirmed", arrival="2026-12-24", departure="2026-12-26"))
    assert hotels.joined(known, CLAIM)
    assert mail(GROUP, known) == ["sent"]
    assert ses.accepted[0]["subject"] == "For you"
    assert ses.accepted[0]["html"].startswith("<p>Hello </p>")


def agreed(hotels: Hotels) -> None:
    """To whoever writes."""
    for hotel in (VIENNA, PORTO):
        hotels.consent(GROUP, CLAIM, "explicit", property_id=hotel.id)
    hotels.consent(GROUP, CLAIM, "explicit")


SEGMENTS = {
    "country": {"trait": "country", "op": "eq", "value": "PT"},
    "birthday": {"trait": "birth_date.days_since", "op": "gte", "value": 1},
    "language": {"trait": "language", "op": "eq", "value": "pt"},
}


@pytest.mark.parametrize("asked", SEGMENTS)
@pytest.mark.parametrize("group_knows", [True, False])
def test_a_claim_gets_another_hotel_s_guest_into_no_segment_but_of_its_own_hotel(
    hotels: Hotels, ses: FakeSes, asked: str, group_knows: bool
) -> None:
    rule: Rule = TypeAdapter(Rule).validate_python(SEGMENTS[asked])
    if group_knows:
        hotels.connected(VIENNA, anna())
    else:
        hotels.post(VIENNA, anna())
    hotels.post(PORTO, claim(country="PT", birth_date="1980-05-17", language="pt"))
    agreed(hotels)
    outcomes = [mail(hotel, CLAIM, run=f"n{number}", rule=rule) for number, hotel in enumerate((VIENNA, GROUP, PORTO))]
    assert outcomes == [["left_segment"], ["left_segment"], ["sent"]]


@pytest.mark.parametrize("group_knows", [True, False])
def test_a_newer_claim_takes_another_hotel_s_guest_out_of_no_segment(
    hotels: Hotels, ses: FakeSes, group_knows: bool
) -> None:
    rule: Rule = TypeAdapter(Rule).validate_python({"trait": "country", "op": "eq", "value": "AT"})
    told = anna(country="AT")
    if group_knows:
        hotels.connected(VIENNA, told)
    else:
        hotels.post(VIENNA, told)
    hotels.post(PORTO, claim(country="PT"))
    agreed(hotels)
    assert hotels.shown(GROUP, CLAIM)[""]["traits"]["country"] == "AT", "so the plan counts them in"
    assert [mail(hotel, CLAIM, run=f"n{hotel}", rule=rule) for hotel in (VIENNA, GROUP)] == [["sent"], ["sent"]]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_address_that_stood_first_counts_in_whatever_order_it_is_taken_in(
    hotels: Hotels, ses: FakeSes, order: tuple[int, ...]
) -> None:
    told = [(VIENNA, anna()), (PORTO, claim()), (VIENNA, anna(language="de", changed_at=at(60)))]
    waiting = [hotels.say(hotel, snapshot) for hotel, snapshot in told]
    for each in order:
        hotels.take_in(waiting[each])
    assert mail(GROUP, ANNA) == ["sent"]
    assert [each["to"] for each in ses.accepted] == [OWN]


def test_who_reads_vienna_s_mailbox_under_another_name_at_porto_gets_none_of_its_mail(
    hotels: Hotels, ses: FakeSes
) -> None:
    other = next(f"x{number}" for number in range(99) if Hotels.leaf(PORTO, f"x{number}") < ANNA)
    hotels.post(VIENNA, anna())
    hotels.post(PORTO, guest(other, "Max", "Moll", email=OWN))
    assert mail(VIENNA, Hotels.leaf(PORTO, other), ANNA) == ["shared_mailbox", "sent"]
    assert ses.accepted[0]["subject"] == "For Anna"


def test_a_third_hotel_that_keeps_two_hotels_records_apart_shows_and_changes_nothing_of_theirs(
    hotels: Hotels, ses: FakeSes
) -> None:
    """Of three hotels' claims of which the first and the last are not tied, the order of the hotels' ids decides
    (decision 0056): Porto's comes first. What it comes to is one guest in two parts, who read one mailbox."""
    properties.put(ZURICH)
    hotels.post(VIENNA, anna(member_number="V-1", birth_date="1980-05-17"))
    hotels.post(ZURICH, guest("z1", email=OWN, birth_date="1980-05-17"))
    zurich = Hotels.leaf(ZURICH, "z1")
    assert hotels.joined(ANNA, zurich)
    known = {hotel: hotels.shown(hotel, leaf) for hotel, leaf in ((VIENNA, ANNA), (ZURICH, zurich))}
    for source_id in ("p1", next(f"x{number}" for number in range(999) if Hotels.leaf(PORTO, f"x{number}") < ANNA)):
        hotels.post(PORTO, guest(source_id, phone=PHONE, email=EVIL, changed_at=at(50)))
        assert {hotel: hotels.shown(hotel, leaf) for hotel, leaf in ((VIENNA, ANNA), (ZURICH, zurich))} == known
        assert hotels.found(PORTO, f"email={OWN}") == []
    assert not hotels.joined(ANNA, zurich)
    mail(GROUP, ANNA, zurich)
    assert [each["to"] for each in ses.accepted] == [OWN], "once, and to none of Porto's"
    hotels.post(GROUP, guest("own", phone=PHONE, email=OWN))
    assert hotels.joined(ANNA, zurich), "the group's word makes them one, whatever Porto says"


def test_who_reads_a_mailbox_is_known_of_a_claimed_guest_with_ever_so_many_addresses(
    hotels: Hotels, ses: FakeSes
) -> None:
    """More than are followed from one record to the next."""
    many = [guest(f"m{number:02}", "Max", "Moll", phone="+351 912345678", email=f"max{number}@moll.example")
            for number in range(MOST_IDENTIFIERS)]  # fmt: skip
    for start in range(0, len(many), 10):
        hotels.post(PORTO, *many[start : start + 10])
    hotels.post(PORTO, guest("m00", "Max", "Moll", phone="+351 912345678", email=OWN, changed_at=at(1)))
    hotels.post(VIENNA, anna())
    max_moll = Hotels.leaf(PORTO, "m00")
    assert len(hotels.shown(GROUP, max_moll)[""]["leaves"]) == len(many)
    outcomes = mail(GROUP, ANNA) + mail(GROUP, max_moll)
    assert [each["to"] for each in ses.accepted].count(OWN) == 1, outcomes
