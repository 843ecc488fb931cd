"""/v1/guests/{guest_id}/records: what each source says of a guest, side by side, and to whom it is shown."""

from typing import Any

from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from tests.builders import PORTO, at, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

API = ConnectionId("api")
ONE, OTHER = leaf_of_profile(API, "g1"), leaf_of_profile(API, "g2")
EMAIL = "anna.lee@example.com"


def records(hub: Hub, leaf: str = ONE, key: str = "admin") -> dict[str, dict[str, Any]]:
    """By the source's id."""
    return {each["source_id"]: each for each in hub.get(f"/v1/guests/{leaf}/records", key=key)["items"]}


def known_at_two_hotels(ingest: Ingest) -> None:
    home = {"street": "Ring 1", "postal_code": "1010", "city": "Vienna", "country": "AT"}
    ingest(
        reservation("r1", guest(email=EMAIL, address=home, marketing_email=True, birth_date="1980-05-17")),
        reservation("r2", guest("g2", language="de", email=EMAIL, phone="n/a", changed_at=at(5)), property_id=PORTO.id),
    )


def test_each_record_is_shown_with_what_its_source_says(hub: Hub, ingest: Ingest) -> None:
    known_at_two_hotels(ingest)
    one, other = (records(hub)[each] for each in ("g1", "g2"))
    assert (one["source"], one["given_name"], one["email"], one["email_kind"]) == ("api", "Anna", EMAIL, "own")
    assert (one["address"]["city"], one["birth_date"], one["marketing_email"]) == ("Vienna", "1980-05-17", True)
    assert (one["properties"], one["changed_at"]) == (["vienna"], "2026-01-01T00:00:00.000000Z")
    assert (other["language"], other["address"], other["marketing_email"]) == ("de", None, None)
    assert (other["unusable"], other["phone"]) == (["phone"], None)
    assert other["changed_at"].startswith("2026-01-01T00:05")


def test_a_record_says_that_an_office_reads_its_address(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email="info@firm.example"), guest("g2", email="anna@trips.example"), guest("g3", email=EMAIL))
    hub.put("/v1/settings", {"guests": {"agency_domains": ["trips.example"]}})
    shown = [records(hub, leaf_of_profile(API, each))[each]["office"] for each in ("g1", "g2", "g3")]
    assert shown == ["role", "agency", None]


def test_a_hotel_is_shown_the_records_of_its_own(hub: Hub, ingest: Ingest) -> None:
    known_at_two_hotels(ingest)
    assert records(hub, ONE).keys() == {"g1", "g2"}
    assert records(hub, ONE, "front_desk@vienna").keys() == {"g1"}
    assert records(hub, ONE, "front_desk@porto").keys() == {"g2"}
    assert records(hub, ONE, "front_desk@porto") == records(hub, OTHER, "front_desk@porto")


def test_hotels_that_share_are_shown_all_records(hub: Hub, ingest: Ingest) -> None:
    hub.put("/v1/settings", {"sharing": True})
    known_at_two_hotels(ingest)
    assert records(hub, ONE, "front_desk@vienna").keys() == {"g1", "g2"}


def test_records_come_page_by_page(hub: Hub, ingest: Ingest) -> None:
    known_at_two_hotels(ingest)
    first = hub.get(f"/v1/guests/{ONE}/records?limit=1")
    rest = hub.get(f"/v1/guests/{ONE}/records?limit=1&cursor={first['next_cursor']}")
    assert [each["id"] for each in (*first["items"], *rest["items"])] == sorted([ONE, OTHER])
    assert rest["next_cursor"] is None
