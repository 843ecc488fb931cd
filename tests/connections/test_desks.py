"""The page of a reservation in the PMS: which addresses may be set, and that no source's word leads elsewhere."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.canonical.ids import ConnectionId
from chalicelib.connections.desks import reservation_address, template_fault
from chalicelib.connections.model import KeptConnection
from tests.builders import PORTO, VIENNA

HOTELS = {"HV": VIENNA.id}


def of(template: str, hotels: dict[str, str] | None = None) -> KeptConnection:
    return KeptConnection(ConnectionId("pms"), "canonical", desk_url=template, properties=hotels or HOTELS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "template",
    [
        "https://pms.example/r/{reservation}",
        "https://pms.example:8443/r/{reservation}#details",
        "https://opera.local/bookmarks/reservation?resvId={reservation}&TPRESORT={hotel}",
        "https://pms?r={reservation}",
    ],
)
def test_an_address_of_a_host_with_the_reservation_behind_it_can_be_set(template: str) -> None:
    assert template_fault(template) is None


@pytest.mark.parametrize(
    "template",
    [
        "http://pms.example/{reservation}",
        "javascript:alert(1)//{reservation}",
        "//pms.example/{reservation}",
        "https://{reservation}.pms.example/",
        "https://{hotel}/{reservation}",
        "https://pms.example{reservation}/",
        "https://pms.example:{reservation}/",
        "https://me@pms.example/{reservation}",
        "https://pms.example\\@evil.example/{reservation}",
        "https://pms.example/{reservation} onclick",
        'https://pms.example/"{reservation}',
        "https://pms.example/<{reservation}>",
        "https://pms.example/{guest}/{reservation}",
        "https://pms.example/{reservation",
        "https://pms.example/{{reservation}}",
        "https://pms.example/r",
        "https://pms.example/{reservation}\nhttps://evil.example",
        " https://pms.example/{reservation}",
        "",
    ],
)
def test_what_is_no_such_address_is_refused(template: str) -> None:
    assert template_fault(template)
    assert reservation_address(of(template), VIENNA.id, "r1") is None


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
@pytest.mark.parametrize("template", ["https://pms.example/r/{reservation}/x?h={hotel}#{reservation}"])
def test_whatever_ids_a_source_has_the_host_stays_and_no_part_of_the_address_becomes_two(
    template: str, reservation: str, hotel: str
) -> None:
    address = reservation_address(of(template, {hotel: VIENNA.id}), VIENNA.id, reservation)
    if address is None:
        assert {reservation, hotel} & {".", ".."}
        return
    found = urlsplit(address)
    assert (found.scheme, found.netloc, found.path.count("/")) == ("https", "pms.example", 3)
    assert found.query.count("=") == 1
    assert "&" not in found.query
    assert address.isascii()
    assert not set(address) & set("\\\"'<> \n")


def test_the_vendors_own_ids_are_put_in_and_written_so_that_they_stay_one_part() -> None:
    connection = of("https://pms.example/{hotel}/{reservation}")
    assert reservation_address(connection, VIENNA.id, "a/b?c#d") == "https://pms.example/HV/a%2Fb%3Fc%23d"


def test_a_hotel_that_the_vendor_does_not_know_or_knows_twice_has_no_page_where_one_must_be_named() -> None:
    named, unnamed = "https://pms.example/{hotel}/{reservation}", "https://pms.example/{reservation}"
    assert reservation_address(of(named), PORTO.id, "r1") is None
    assert reservation_address(of(named, {"A": VIENNA.id, "B": VIENNA.id}), VIENNA.id, "r1") is None
    assert reservation_address(of(unnamed, {"A": VIENNA.id, "B": VIENNA.id}), VIENNA.id, "r1") is not None


def test_a_part_that_leads_up_is_no_reservation() -> None:
    assert reservation_address(of("https://pms.example/r/{reservation}"), VIENNA.id, "..") is None
