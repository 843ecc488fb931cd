"""Who claims another hotel's guest is not told who of that hotel saw the guest, nor by which id it is known there."""

from chalicelib.access import audit
from chalicelib.access.audit import Entry
from chalicelib.canonical.time import instant, now
from tests.access.staffed import somebody
from tests.attack.hotels import Hotels
from tests.builders import PORTO, VIENNA, guest, reservation

MAIL = "anna@lee.example"
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)


def test_a_claim_opens_no_other_hotels_audit(hotels: Hotels) -> None:
    hotels.post(VIENNA, reservation("r1", guest(email=MAIL), status="checked_out"))
    hotels.post(PORTO, guest(email=MAIL))
    assert hotels.joined(ANNA, CLAIM)
    ben, pia, mia = (somebody("ben", "admin", "vienna"), somebody("pia", "admin", "porto"), somebody("mia", "admin"))
    for each in (ben, pia, mia):
        audit.note(Entry(each.id, instant(now()), "GET /console/guests", guests=(ANNA, CLAIM)), "r")
    key = hotels.key(PORTO, "admin")
    for query in (f"guest={CLAIM}", f"actor={pia.id}"):
        (told,) = hotels.hub.get(f"/v1/audit?{query}", key=key)["items"]
        assert (told["actor"], told["guests"]) == (pia.id, [CLAIM])
    assert len(hotels.hub.get(f"/v1/audit?guest={CLAIM}")["items"]) == 3
