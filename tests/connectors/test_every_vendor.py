"""The suite that each connector passes: a new vendor adds its case below, and nothing else."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.ids import ConnectionId
from chalicelib.connectors import stripping, vendors
from chalicelib.connectors.cards import REMOVED
from chalicelib.connectors.contract import Link, Request, Translated
from tests import fake_mews
from tests.builders import VIENNA, at, guest, reservation

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
OLD, NEW = "whsec_b2xkLW9sZC1vbGQtb2xk", "whsec_bmV3LW5ldy1uZXctbmV3"
EPOCH_THAT_PASSES_LUHN = "1700000000009"
CARD = "4111 1111 1111 1111"


@dataclass(frozen=True)
class Case:
    """What the suite must know of a vendor. `translated` takes notices as a worker would."""

    vendor: str
    notice: dict[str, Any]
    hotel: str
    two_hotels: Any
    unknown_event: dict[str, Any]
    malformed: tuple[Any, ...]
    id_field: str
    dropped_field: str
    link: Link
    signed: Callable[[bytes, str], Request]
    kept_secret: Callable[[str], str]
    translated: Callable[[Any, Link], Translated]


def _signed_canonical(body: bytes, secret: str) -> Request:
    signature = Webhook(secret).sign("msg-1", NOW, body.decode())
    stamp = str(int(NOW.timestamp()))
    headers = {"webhook-id": "msg-1", "webhook-timestamp": stamp, "webhook-signature": signature}
    return Request(body, headers, {}, NOW)


def _sent_by_mews(body: bytes, secret: str) -> Request:
    return Request(body, {}, {"secret": secret}, NOW)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _translate_canonical(notice: Any, link: Link) -> Translated:
    return vendors.fat("canonical").translate(notice, link, NOW)


def _fetch_mews(notice: Any, link: Link) -> Translated:
    translation = vendors.thin("mews")
    translation.named_by(notice)
    mews = fake_mews.FakeMews()
    mews.keep(fake_mews.reservation(), fake_mews.customer(), fake_mews.item())
    translated = fake_mews.converse(translation.fetch([notice], link), mews)
    assert isinstance(translated, Translated)
    return translated


CANONICAL = Case(
    vendor="canonical",
    notice={"snapshots": [reservation(primary=guest(member_number="LL-7"))]},
    hotel=VIENNA.id,
    two_hotels={"snapshots": [reservation(), reservation(property_id="porto")]},
    unknown_event={"snapshots": [{"kind": "loyalty_card", "anything": 1}]},
    malformed=(
        None,
        7,
        "anna@mail.example",
        ["anna@mail.example"],
        {},
        {"snapshots": {"anna@mail.example": 1}},
        {"snapshots": ["anna@mail.example"]},
        {"snapshots": [{"kind": ["anna@mail.example"]}]},
        {"snapshots": [{"kind": "guest", "changed_at": "anna@mail.example"}]},
        {"snapshots": [{**reservation(), "arrival": "anna@mail.example"}]},
        {"snapshots": [{**reservation(), "status": ["anna@mail.example"]}]},
        {"snapshots": [{**reservation(), "changed_at": "2026-01-01T00:00:00"}]},
        {"snapshots": [{**reservation(), "departure": "2025-01-01"}]},
        {"snapshots": [{**reservation(), "occupants": [{"role": "anna@mail.example", "guest": guest()}]}]},
        {"snapshots": [{**guest(), "country": "anna@mail.example"}]},
        {"snapshots": [{**guest(), "given_name": "anna@mail.example" * 40}]},
        {"snapshots": [{**guest(), "anna@mail.example": 1}]},
    ),
    id_field="source_id",
    dropped_field="access_token",
    link=Link(ConnectionId("own"), {VIENNA.id: VIENNA.id}, {VIENNA.id: VIENNA.time_zone}, {}, {}, {}),
    signed=_signed_canonical,
    kept_secret=str,
    translated=_translate_canonical,
)
MEWS = Case(
    vendor="mews",
    notice=fake_mews.reservations_changed("r1"),
    hotel=fake_mews.ENTERPRISE,
    two_hotels={"EnterpriseId": ["a", "b"]},
    unknown_event=fake_mews.notice(("SpaceshipLanded", "r1")),
    malformed=(
        None,
        7,
        "anna@mail.example",
        {},
        {"EnterpriseId": "e", "Events": "anna@mail.example"},
        {"EnterpriseId": "e", "Events": [{"Discriminator": "CustomerAdded", "Value": "anna@mail.example"}]},
    ),
    id_field="Id",
    dropped_field="AccessToken",
    link=fake_mews.LINK,
    signed=_sent_by_mews,
    kept_secret=_hashed,
    translated=_fetch_mews,
)
CASES = (CANONICAL, MEWS)
each_vendor = pytest.mark.parametrize("case", CASES, ids=lambda case: case.vendor)


def accepts(case: Case, request: Request, *secrets: str) -> bool:
    with time_machine.travel(NOW, tick=False):
        return vendors.edge_of(case.vendor).verify(request, [case.kept_secret(each) for each in secrets])


def body_of(notice: Any) -> bytes:
    return json.dumps(notice).encode()


def stripped(case: Case, document: Mapping[str, Any]) -> Any:
    edge = vendors.edge_of(case.vendor)
    return stripping.strip(document, edge.dropped_fields, edge.id_fields)


def test_every_vendor_has_a_case() -> None:
    assert tuple(case.vendor for case in CASES) == vendors.VENDORS


@each_vendor
def test_the_right_secret_opens_and_a_wrong_one_does_not(case: Case) -> None:
    request = case.signed(body_of(case.notice), OLD)
    assert accepts(case, request, OLD)
    assert not accepts(case, request, NEW)
    assert not accepts(case, request)


@each_vendor
def test_a_request_without_any_credentials_is_refused(case: Case) -> None:
    assert not accepts(case, Request(body_of(case.notice), {}, {}, NOW), OLD)


@each_vendor
def test_both_secrets_open_during_a_rotation_and_the_old_one_not_after_it(case: Case) -> None:
    for secret in (OLD, NEW):
        assert accepts(case, case.signed(body_of(case.notice), secret), OLD, NEW)
    assert not accepts(case, case.signed(body_of(case.notice), OLD), NEW)


@each_vendor
def test_a_secret_that_may_be_kept_opens_from_wherever_it_travels(case: Case) -> None:
    """Every sign that PUT lets pass arrives as it was written, in a URL as it stands in the vendor's settings."""
    edge = vendors.edge_of(case.vendor)
    fit = [sign for sign in map(chr, (*range(32, 127), 0xE4, 0x2028)) if edge.secret_fault(OLD + sign) is None]
    for secret in (OLD, *(OLD + sign for sign in fit)):
        request = case.signed(body_of(case.notice), secret)
        travelled = dict(parse_qsl(urlsplit(f"https://hub.example/?secret={secret}").query))
        assert accepts(case, replace(request, query=travelled), secret), secret


@each_vendor
@pytest.mark.parametrize("odd", ["", "ü", "\x00", "\ud800", "x" * 100_000, "v1,", "v1,=", ",,,"])
def test_odd_credentials_are_wrong_ones(case: Case, odd: str) -> None:
    headers = {"webhook-id": odd, "webhook-timestamp": odd, "webhook-signature": odd}
    assert not accepts(case, Request(b"{}", headers, {"secret": odd}, NOW), OLD, NEW)
    right = case.signed(b"{}", OLD)
    if right.headers:
        assert not accepts(case, replace(right, headers={**right.headers, "webhook-signature": odd}), OLD)


@each_vendor
def test_bytes_that_are_no_text_are_refused_or_accepted_but_never_an_error(case: Case) -> None:
    right = case.signed(b"{}", OLD)
    assert accepts(case, replace(right, body=b"\xff\xfe"), OLD) is (case.vendor == "mews")


@each_vendor
def test_the_hotel_is_named_only_where_there_is_exactly_one(case: Case) -> None:
    edge = vendors.edge_of(case.vendor)
    assert edge.hotel_of(case.notice) == case.hotel
    odd: tuple[Any, ...] = ({}, [], None, "text", 7, {"snapshots": [None]}, {"EnterpriseId": None})
    for body in (case.two_hotels, *odd):
        assert edge.hotel_of(body) is None


@each_vendor
def test_dropped_fields_never_come_out_however_deep_or_spelt(case: Case) -> None:
    for name in (case.dropped_field, case.dropped_field.upper(), case.dropped_field.lower()):
        document = {"a": [{"b": {name: "a-token", "kept": 1}}], name: {"c": "a-token"}}
        assert stripped(case, document) == {"a": [{"b": {"kept": 1}}]}


@each_vendor
def test_ids_that_pass_luhn_are_kept_and_card_numbers_are_not(case: Case) -> None:
    document = {case.id_field: "4111111111111111", "at": 1700000000009, "text": EPOCH_THAT_PASSES_LUHN, "note": CARD}
    assert stripped(case, document) == {**document, "note": REMOVED}


@each_vendor
def test_stripping_a_notice_leaves_it_as_it_was(case: Case) -> None:
    assert stripped(case, case.notice) == case.notice


@each_vendor
def test_a_notice_becomes_snapshots_with_versions(case: Case) -> None:
    translated = case.translated(case.notice, case.link)
    assert [each.kind for each in translated.snapshots] == ["reservation"]
    version = translated.snapshots[0].version()
    assert version.changed_at.startswith("2026-01-01T00:0")
    assert len(version.digest) == 16


@each_vendor
def test_the_same_notice_twice_is_the_same_version(case: Case) -> None:
    first, second = (case.translated(case.notice, case.link).snapshots for _ in range(2))
    assert [each.version() for each in first] == [each.version() for each in second]


@each_vendor
def test_an_unknown_event_is_passed_over_and_counted(case: Case) -> None:
    translated = case.translated(case.unknown_event, case.link)
    assert translated.snapshots == []
    assert sum(translated.ignored.values()) == 1


def _malformed(cases: Sequence[Case]) -> list[Any]:
    return [
        pytest.param(case, body, id=f"{case.vendor}-{at_}") for case in cases for at_, body in enumerate(case.malformed)
    ]


@pytest.mark.parametrize(("case", "body"), _malformed(CASES))
def test_a_malformed_notice_is_rejected_with_a_reason_that_holds_no_value(case: Case, body: Any) -> None:
    """As a whole where nothing of it can be told apart; otherwise each part of it by itself."""
    try:
        translated = case.translated(body, case.link)
    except Rejected as refused:
        reasons = [str(refused)]
    else:
        assert translated.snapshots == []
        reasons = list(translated.broken.values())
    assert all(reasons)
    assert len(reasons) == 1
    assert "anna" not in reasons[0]


@each_vendor
def test_changes_say_when_they_came_to_be_at_the_source(case: Case) -> None:
    (snapshot,) = case.translated(case.notice, case.link).snapshots
    assert at(0) <= snapshot.changed_at.isoformat() <= at(1)
