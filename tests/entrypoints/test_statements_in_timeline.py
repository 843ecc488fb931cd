"""What is said of a guest stands in the timeline: about what, by whom, and also that it was taken back."""

import time_machine

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from tests.builders import PORTO, VIENNA, guest, reservation
from tests.entrypoints.conftest import Hub, Ingest

ANNA = leaf_of_profile(API, "g1")
AT = f"/v1/guests/{ANNA}"


def said(hub: Hub, key: str = "admin") -> list[tuple[str, list[str], str]]:
    lines = hub.get(f"{AT}/timeline?kind=statement", key=key)["items"]
    return [(each["statement"]["about"], each["statement"]["values"], each["statement"]["said_by"]) for each in lines]


@time_machine.travel("2026-03-01T12:00:00+00:00", tick=False)
def test_the_newest_word_of_each_speaker_stands_where_it_was_said(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest("g1"), arrival="2026-03-02", departure="2026-03-03"))
    with time_machine.travel("2026-03-01T13:00:00+00:00", tick=False):
        hub.put(f"{AT}/preferences/view", {"values": ["sea"]}, key="front_desk@vienna")
    with time_machine.travel("2026-03-01T14:00:00+00:00", tick=False):
        hub.put(f"{AT}/preferences/bed", {"values": ["twin"], "said_by": "guest"})
    assert said(hub) == [("bed", ["twin"], "guest"), ("view", ["sea"], "staff")]
    with time_machine.travel("2026-03-01T15:00:00+00:00", tick=False):
        hub.call("DELETE", f"{AT}/preferences/view", key="front_desk@vienna")
    assert said(hub) == [("view", [], "staff"), ("bed", ["twin"], "guest")]
    kinds = [each["kind"] for each in hub.get(f"{AT}/timeline")["items"]]
    assert kinds == ["stay", "statement", "statement"]
    first = hub.get(f"{AT}/timeline?limit=2")
    (last,) = hub.get(f"{AT}/timeline?limit=2&cursor={first['next_cursor']}")["items"]
    assert (last["statement"]["about"], last["statement"]["actor"] is not None) == ("bed", True)


def test_a_hotel_s_key_sees_what_was_said_through_records_of_its_own(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email="anna@lee.example", property_id=VIENNA.id))
    hub.put(f"{AT}/preferences/view", {"values": ["sea"]})
    ingest({**guest("g2", email="anna@lee.example", property_id=PORTO.id)})
    assert said(hub, "analyst@vienna") == [("view", ["sea"], "staff")]
    other = leaf_of_profile(API, "g2")
    assert hub.get(f"/v1/guests/{other}/timeline?kind=statement", key="analyst@porto")["items"] == []
