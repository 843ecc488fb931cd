"""Whose name a mail carries: the property's, the brand's or the group's, each value by itself."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from chalicelib.canonical.ids import ControllerId, PropertyId
from chalicelib.properties.model import Branding, Property
from chalicelib.settings.model import LARGEST_CAP, Brand, HubSettings
from chalicelib.settings.rules import Names, brands_taken_away, mail_identity, names_of

GROUP = Branding(
    sender="Group <news@group.example>",
    reply_to="office@group.example",
    postal_address="Group, Main Street 1, Vienna",
    booking_url="https://group.example/book",
)
ALPINE = Brand(name="Alpine", sender="Alpine <hello@alpine.example>", legal_entity="alpine-hotels")
SETTINGS = HubSettings(group=GROUP, brands={"alpine": ALPINE})


def hotel(brand: str | None = None, **own: str) -> Property:
    return Property(
        id=PropertyId("lech"),
        name="Lech",
        time_zone="Europe/Vienna",
        country="AT",
        currency="EUR",
        brand=brand,
        branding=Branding(**own),
    )


def test_without_a_property_it_is_the_groups() -> None:
    told = mail_identity(SETTINGS)
    assert told.branding == GROUP
    assert told.controller == "group"


def test_a_property_that_says_nothing_has_the_groups() -> None:
    assert mail_identity(SETTINGS, hotel()) == replace(mail_identity(SETTINGS), time_zone=hotel().time_zone)


def test_a_brand_stands_over_the_group_and_a_property_over_its_brand() -> None:
    told = mail_identity(SETTINGS, hotel("alpine", reply_to="lech@alpine.example")).branding
    assert told.sender == "Alpine <hello@alpine.example>"
    assert told.reply_to == "lech@alpine.example"
    assert told.postal_address == GROUP.postal_address
    assert told.logo_url is None


def test_the_controller_is_the_nearest_legal_entity() -> None:
    assert mail_identity(SETTINGS, hotel("alpine")).controller == "alpine-hotels"
    assert mail_identity(SETTINGS, hotel("alpine", legal_entity="lech-gmbh")).controller == "lech-gmbh"
    of_a_company = SETTINGS.model_copy(update={"group": Branding(legal_entity="group-ag")})
    assert mail_identity(of_a_company, hotel()).controller == "group-ag"
    assert mail_identity(of_a_company).controller == "group-ag"


def test_a_page_speaks_for_the_hotels_of_a_legal_entity_where_they_are_of_one_mind() -> None:
    lech = hotel("alpine", postal_address="Lech 1")
    zug = lech.model_copy(update={"id": PropertyId("zug"), "name": "Zug"})
    alpine = ControllerId("alpine-hotels")
    assert names_of(alpine, SETTINGS, [lech, hotel()]) == Names("Lech", "Lech 1")
    assert names_of(alpine, SETTINGS, [lech, zug]) == Names("Alpine", "Lech 1")
    far = zug.model_copy(update={"branding": Branding(postal_address="Zug 2")})
    assert names_of(alpine, SETTINGS, [lech, far]) == Names("Alpine", GROUP.postal_address or "")


def test_a_page_of_nobodys_legal_entity_speaks_for_the_group() -> None:
    group = Names("Group", GROUP.postal_address or "")
    assert names_of(ControllerId("gone"), SETTINGS, [hotel()]) == group
    assert names_of(ControllerId("gone"), HubSettings(), [hotel()]) == Names()
    quoted = SETTINGS.model_copy(update={"group": Branding(sender='"Group, Wien" <a@b.example>')})
    assert names_of(ControllerId("gone"), quoted, []).name == "Group, Wien"


def test_a_brand_that_is_not_there_says_nothing() -> None:
    assert mail_identity(SETTINGS, hotel("sea")) == mail_identity(SETTINGS, hotel())


def test_brands_that_a_change_removes_are_missed_by_the_properties_that_name_them() -> None:
    named = [hotel("alpine"), hotel()]
    assert brands_taken_away(SETTINGS, SETTINGS, named) == {}
    assert brands_taken_away(SETTINGS, HubSettings(), named) == {"alpine": "lech"}


def test_a_brand_that_was_missing_before_is_no_changes_fault() -> None:
    assert brands_taken_away(HubSettings(), HubSettings(cap_mails=1), [hotel("alpine")]) == {}


@pytest.mark.parametrize(
    "text",
    ["news@hotel.example", "Hotel Example <news@hotel.example>", "Gasthof Jägerhof <office@jaeger.example>"],
)
def test_a_sender_is_one_mailbox(text: str) -> None:
    assert Branding(sender=text).sender == text


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("sender", "Hotel"),
        ("sender", ""),
        ("sender", "@hotel.example"),
        ("sender", "news@hotel"),
        ("sender", "a@hotel.example, b@hotel.example"),
        ("sender", "a@hotel.example\r\nBcc: b@hotel.example"),
        ("sender", "info@hôtel.example"),
        ("sender", "Hotels: a@hotel.example;"),
        ("reply_to", "Häuser: a@hotel.example;"),
        ("reply_to", "<>"),
        ("postal_address", "  "),
        ("logo_url", "http://hotel.example/logo.png"),
        ("logo_url", "https://hotel.example/a logo.png"),
        ("booking_url", "javascript:alert(1)"),
        ("tracking_domain", "https://click.hotel.example"),
        ("tracking_domain", "hotel"),
        ("legal_entity", "Alpine Hotels GmbH"),
    ],
)
def test_what_is_no_such_value_is_refused(field: str, wrong: str) -> None:
    with pytest.raises(ValidationError):
        Branding.model_validate({field: wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"cap_mails": LARGEST_CAP + 1},
        {"cap_mails": -1},
        {"cap_days": 0},
        {"pace_seconds": 30},
        {"mails_singly": "often"},
        {"retention_months": 0},
        {"brands": {"Alpine!": {"name": "Alpine"}}},
        {"brands": {"alpine": {}}},
        {"public_url": "https://elsewhere.example"},
        {"raw_bucket": "elsewhere"},
    ],
)
def test_settings_out_of_reach_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HubSettings.model_validate(wrong)
