"""Guests who arrive today, for who looks at the hub that a demo leaves running: the season itself lies in the past.

They come when everything was compared: what the simulator knows to be true says nothing of them.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.demo.api import Api

Snapshot = dict[str, Any]
GUESTS: tuple[Snapshot, ...] = (
    {"salutation": "Dr", "given_name": "Ida", "family_name": "Quill", "language": "en", "country": "GB", "vip": 1,
     "preferences": {"pillow": ["feather"], "table": ["quiet"], "activities": ["hiking"]}},
    {"given_name": "Béla", "family_name": "Varga", "language": "hu", "country": "HU",
     "preferences": {"floor": ["high", "away_from_the_lift"], "temperature": ["cool"]}},
    {"salutation": "Mme", "given_name": "Odile", "family_name": "Lenoir", "language": "fr", "country": "FR",
     "preferences": {"bed": ["twin"], "view": ["garden"]}},
    {"given_name": "Tom", "family_name": "Hale", "language": "en", "country": "IE"},
)  # fmt: skip
ROOMS: tuple[Snapshot, ...] = (
    {"room_number": "204", "room_type": "DBL", "arrival_time": "14:00", "adults": 2, "channel": "direct"},
    {"room_number": "311", "room_type": "SUI", "arrival_time": "17:30", "adults": 2, "children": 1, "channel": "ota"},
    {"room_number": "118", "room_type": "TWN", "arrival_time": "15:15", "adults": 2, "channel": "wholesale"},
    {"room_number": "220", "room_type": "SGL", "adults": 1, "channel": "corporate", "company_id": "NORTHWIND"},
)
NIGHTS = 3
WRITTEN = {"department": "concierge", "text": "Two tickets for tonight's concert, at the desk"}


def told(hub: Api, now: datetime) -> list[Snapshot]:
    """The reservations of each hotel, as they are posted."""
    hotels = hub.get("/v1/properties")["items"]
    found = [each for hotel in hotels for each in _of(hotel["id"], now.astimezone(ZoneInfo(hotel["time_zone"])))]
    hub.post("/v1/events", {"snapshots": found})
    return found


def _of(hotel: str, now: datetime) -> list[Snapshot]:
    today = now.date()
    numbered = enumerate(zip(GUESTS, ROOMS, strict=True))
    return [_reservation(f"{hotel}-{number}", hotel, today, now, *each) for number, each in numbered]


def _reservation(id_: str, hotel: str, today: date, now: datetime, guest: Snapshot, room: Snapshot) -> Snapshot:
    """The first has a birthday tomorrow."""
    born = {"birth_date": (today + timedelta(days=1)).replace(year=1976).isoformat()} if id_.endswith("-0") else {}
    at = {"changed_at": now.isoformat(timespec="seconds")}
    person = {"kind": "guest", "source_id": f"arriving-{id_}", "property_id": hotel, **guest, **born, **at}
    return {
        "kind": "reservation",
        "source_id": f"arriving-{id_}",
        "property_id": hotel,
        "status": "confirmed",
        "arrival": today.isoformat(),
        "departure": (today + timedelta(days=NIGHTS)).isoformat(),
        "occupants": [{"role": "primary", "guest": person}],
        **room,
        **at,
    }


def prepared(hub: Api) -> int:
    """One thing that somebody wrote down at each hotel, and one that is done; returns the tasks there are of today."""
    count = 0
    for hotel in hub.get("/v1/properties")["items"]:
        path = f"/v1/properties/{hotel['id']}/tasks"
        found = hub.get(path)["items"]
        count += sum(len(each["tasks"]) for each in found)
        if found:
            first = found[0]
            hub.post(path, {"reservation": first["reservation"], **WRITTEN}, once=f"arriving-{hotel['id']}")
            hub.put(f"{path}/{first['reservation']}/{first['tasks'][0]['id']}", {"state": "done"})
    return count
