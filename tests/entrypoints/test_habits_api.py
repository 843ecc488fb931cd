"""/v1/guests/{guest_id}/habits: told of the stays that a key may see, and of when they were booked at the hotel."""

from chalicelib.canonical.ids import leaf_of_profile
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_corrections_api import API, EMAIL

PATH = f"/v1/guests/{leaf_of_profile(API, 'g1')}/habits"


def test_a_key_of_a_hotel_is_told_of_the_stays_there(hub: Hub, ingest: Ingest) -> None:
    anna = guest("g1", email=EMAIL)
    told = {"status": "checked_out", "channel": "direct", "adults": 2, "room_type": "DBL"}
    ingest(reservation("r1", anna, property_id=VIENNA.id, booked_at="2025-12-31T23:30:00Z", **told))
    ingest(reservation("r2", anna, property_id=PORTO.id, promotion_code="SPRING", **told))
    whole = hub.get(PATH, key="analyst")
    assert {each["value"]: each["stays"] for each in whole["properties"]} == {VIENNA.id: 1, PORTO.id: 1}
    assert (whole["stays"], whole["discounted_percent"]) == (2, 50)
    seen = hub.get(PATH, key="front_desk@vienna")
    assert seen["properties"] == [{"value": VIENNA.id, "stays": 1}]
    assert (seen["discounted_percent"], seen["parties"]) == (0, [{"value": "couple", "stays": 1}])
    assert seen["lead_days"] == 31  # half past midnight of the first of January, in Vienna
    (stay,) = hub.get(PATH.replace("habits", "stays"), key="front_desk@vienna")["items"]
    assert stay["booked_on"] == "2026-01-01"
