"""Canonical notices: Standard Webhooks signatures within five minutes, and snapshots as they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook

from chalicelib.canonical.errors import Invalid
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.snapshots import ReservationSnapshot
from chalicelib.connectors.canonical import edge
from chalicelib.connectors.canonical.translate import read, translate
from chalicelib.connectors.contract import Link, Request
from tests.builders import VIENNA, charge, guest, reservation

SENT = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)
SECRET, OTHER = "whsec_c2VjcmV0LXNlY3JldC0x", "whsec_b3RoZXItb3RoZXItMTIz"
BODY = b'{"snapshots": []}'
LINK = Link(ConnectionId("own"), {"v": VIENNA.id}, {VIENNA.id: VIENNA.time_zone}, {}, {}, {})


def request(signature: str, body: bytes = BODY, message_id: str = "msg-1", sent: datetime = SENT) -> Request:
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": signature,
    }
    return Request(body, headers, {}, sent)


def signature(secret: str = SECRET, body: bytes = BODY) -> str:
    return str(Webhook(secret).sign("msg-1", SENT, body.decode()))


@pytest.mark.parametrize(("seconds", "is_let_in"), [(299, True), (-299, True), (301, False), (-301, False), (0, True)])
def test_a_signature_is_good_for_five_minutes_on_either_side(seconds: int, *, is_let_in: bool) -> None:
    with time_machine.travel(SENT + timedelta(seconds=seconds), tick=False):
        assert edge.verify(request(signature()), [SECRET]) is is_let_in


@time_machine.travel(SENT, tick=False)
def test_one_valid_signature_among_several_is_enough() -> None:
    assert edge.verify(request(f"v1,{'A' * 43}= {signature()}"), [SECRET])
    assert edge.verify(request(f"v1a,asymmetric {signature()}"), [SECRET])
    assert not edge.verify(request(f"v1,{'A' * 43}="), [SECRET])


@time_machine.travel(SENT, tick=False)
def test_during_a_rotation_either_secret_signs() -> None:
    for secret in (SECRET, OTHER):
        assert edge.verify(request(signature(secret)), [SECRET, OTHER])
    assert edge.verify(request(f"{signature(OTHER)} {signature()}"), [SECRET])


@time_machine.travel(SENT, tick=False)
@pytest.mark.parametrize(
    "altered",
    [
        request(signature(), body=BODY + b" "),
        request(signature(), message_id="msg-2"),
        request(signature(), sent=SENT + timedelta(seconds=1)),
        request(signature().swapcase()),
        request(signature()[:-4]),
        request(""),
    ],
)
def test_an_altered_request_is_refused(altered: Request) -> None:
    assert not edge.verify(altered, [SECRET])


@time_machine.travel(SENT, tick=False)
@pytest.mark.parametrize("secret", ["", "whsec_", "not base64 at all!", "whsec_ü"])
def test_a_secret_that_cannot_sign_lets_nobody_in(secret: str) -> None:
    assert not edge.verify(request(signature()), [secret])


def test_a_property_of_another_connection_is_refused() -> None:
    foreign = {"snapshots": [reservation(property_id="porto")]}
    translated = translate(foreign, LINK, SENT)
    assert translated.snapshots == []
    assert translated.broken == {"snapshots.0": "foreign_property: snapshots.0.property_id"}


@pytest.mark.parametrize("told", [{}, {"property_id": None}])
def test_a_connection_of_one_hotel_tells_of_that_hotels_guests(told: dict[str, None]) -> None:
    without = {name: value for name, value in guest().items() if name != "property_id"} | told
    item = {**without, "kind": "guest"}
    of_one = translate({"snapshots": [item]}, LINK, SENT)
    assert [each.property_id for each in of_one.snapshots] == ["vienna"]
    both = replace(LINK, properties={**LINK.properties, "e-porto": PropertyId("porto")})
    assert [each.property_id for each in translate({"snapshots": [item]}, both, SENT).snapshots] == [None]


def test_a_snapshot_that_cannot_be_read_takes_no_neighbour_along() -> None:
    translated = translate({"snapshots": [guest("g1"), guest(country="x"), {"kind": "x"}, guest("g2")]}, LINK, SENT)
    assert [each.source_id for each in translated.snapshots] == ["g1", "g2"]
    assert list(translated.broken) == ["snapshots.1"]
    assert translated.ignored == {"unknown_kind": 1}


@pytest.mark.parametrize("kind", ["anna@mail.example", 7, None, ["anna@mail.example"]])
def test_a_wrong_kind_names_the_kinds_and_not_itself(kind: object) -> None:
    with pytest.raises(Invalid) as invalid:
        read({**guest(), "kind": kind})
    assert "anna" not in str(invalid.value)


def test_each_wrong_field_is_named_by_its_path() -> None:
    wrong = reservation(primary={**guest(), "birth_date": "x"}, room="y")
    with pytest.raises(Invalid) as invalid:
        read(wrong)
    assert {each.field for each in invalid.value.fields} == {"room", "occupants.0.guest.birth_date"}


@pytest.mark.parametrize("text", ["\ud800", "anna\udfff"])
def test_text_that_cannot_be_kept_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Invalid, match="given_name"):
        read(guest(given=text))


@pytest.mark.parametrize("amount", [10**13, -(10**13), 1.5, "1.5", 10**400])
def test_amounts_are_whole_minor_units_within_bounds(amount: object) -> None:
    with pytest.raises(Invalid, match="amount_minor"):
        read(charge(amount_minor=amount))


@pytest.mark.parametrize("odd", [[], {}, ["vienna"], None, 7])
def test_an_odd_property_is_no_hotel_and_no_error(odd: object) -> None:
    assert edge.hotel_of({"snapshots": [{"property_id": odd}]}) is None
    assert edge.hotel_of({"snapshots": [{"property_id": odd}, {"property_id": "vienna"}]}) is None


PARTS_BEYOND_THE_WHOLE = [
    {"room_revenue_minor": 10000, "eligible_room_revenue_minor": 10001},
    {"room_revenue_minor": 0, "eligible_room_revenue_minor": 1},
    {"room_revenue_minor": -500, "eligible_room_revenue_minor": 1},
]


@pytest.mark.parametrize("amounts", PARTS_BEYOND_THE_WHOLE)
def test_a_part_that_is_more_than_its_whole_is_refused_with_its_field(amounts: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as invalid:
        read(reservation(**amounts))
    assert [each.field for each in invalid.value.fields] == ["eligible_room_revenue_minor"]


@pytest.mark.parametrize(
    ("room", "eligible"), [(10000, 10000), (10000, 0), (0, 0), (-500, 0), (-500, -500), (None, 9000)]
)
def test_a_part_that_is_within_its_whole_is_taken(room: int | None, eligible: int) -> None:
    taken = read(reservation(room_revenue_minor=room, eligible_room_revenue_minor=eligible))
    assert isinstance(taken, ReservationSnapshot)
    assert taken.eligible_room_revenue_minor == eligible


ELIGIBLE = "eligible_room_revenue_minor"
ELSEWHERE = {"currency": "HUF", "room_revenue_minor": 500000}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (
            {"in_other_currencies": [{**ELSEWHERE, "eligible_room_revenue_minor": 500001}]},
            "eligible_room_revenue_minor",
        ),
        ({"in_other_currencies": [ELSEWHERE, ELSEWHERE]}, "in_other_currencies"),
        ({"in_other_currencies": [{**ELSEWHERE, "currency": "huf"}]}, "currency"),
        ({"in_other_currencies": [{"room_revenue_minor": 1}]}, "currency"),
    ],
)
def test_amounts_in_other_currencies_are_held_to_the_same_and_named_once(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        read(reservation(**wrong))
    assert [each.field.rpartition(".")[2] for each in invalid.value.fields] == [field]


@pytest.mark.parametrize("own", ["HUF", None])
def test_the_other_currencies_are_others(own: str | None) -> None:
    amounts: dict[str, Any] = {"currency": own, "room_revenue_minor": 1 if own else None}
    with pytest.raises(Invalid, match="currency"):
        read(reservation(in_other_currencies=[ELSEWHERE], **amounts))
