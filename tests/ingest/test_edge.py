"""The edge: one message for what is vouched for, one refusal for the rest, and nothing that must not be kept."""

import base64
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from botocore.exceptions import EndpointConnectionError

from chalicelib.aws import clients, files, keys, secrets, table
from chalicelib.aws.meter import meter
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import FieldError, Invalid, TooLarge, TryAgain, Unauthorized
from chalicelib.canonical.ids import ConnectionId, ReservationId, reservation_id
from chalicelib.connections import actions as connections
from chalicelib.connections.asked import Connection
from chalicelib.connectors import vendors
from chalicelib.connectors.cards import REMOVED
from chalicelib.connectors.contract import Request
from chalicelib.ingest import actions, edge, opened
from tests.builders import VIENNA, guest, reservation
from tests.conftest import RAW_BUCKET
from tests.fake_mews import ENTERPRISE, SECRET, FakeMews, connection, customer, notice, reservations_changed
from tests.fake_mews import reservation as mews_reservation
from tests.fakes import received, waiting
from tests.ingest.conftest import dead

OWN = ConnectionId("own")

NOW = datetime(2026, 2, 4, 12, tzinfo=UTC)
SIGNING = "whsec_YS1zaWduaW5nLWtleS1vZi0yNC1ieXRlcw=="
CARD = "4111 1111 1111 1111"


MEWS_VIENNA = ConnectionId("mews-vienna")


def push(body: Any, connection_id: ConnectionId = MEWS_VIENNA, secret: str = SECRET) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return edge.accept(connection_id, Request(raw, {}, {"secret": secret}, NOW))


def signed(body: bytes, at: datetime = NOW, secret: str = SIGNING) -> Request:
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"m-1.{stamp}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return Request(body, {"webhook-id": "m-1", "webhook-timestamp": stamp, "webhook-signature": signature}, {}, at)


@pytest.fixture
def own(mews: FakeMews) -> None:
    """A canonical connection beside the one of Mews."""
    connections.put(Connection(id=OWN, vendor="canonical", secrets=(SIGNING,), properties={"v": VIENNA.id}))
    meter().take()


def rows() -> int:
    return int(clients.dynamodb().scan(TableName="xenia-test", Select="COUNT")["Count"])


def test_one_webhook_is_one_message_and_one_call_when_warm(mews: FakeMews) -> None:
    push(reservations_changed("r0"))
    before, units = rows(), meter().take()[1]
    assert push(reservations_changed("r1")) == 200
    assert meter().take() == ({"SendMessage": 1}, 0)
    assert (rows(), units) == (before, 0)
    _, record = received("fetch")["Records"]
    message = json.loads(record["body"])
    assert set(message) == {"v", "connection", "vendor", "request", "received_at", "body"}
    assert (message["connection"], message["vendor"]) == ("mews-vienna", "mews")
    assert message["received_at"] == "2026-02-04T12:00:00.000000Z"
    assert message["body"] == reservations_changed("r1")


def test_a_signed_canonical_notice_goes_to_the_inbox_under_its_hotel(own: None) -> None:
    body = json.dumps({"snapshots": [reservation()]}).encode()
    with time_machine.travel(NOW, tick=False):
        assert edge.accept(OWN, signed(body)) == 202
        (record,) = received("inbox")["Records"]
    assert record["attributes"]["MessageGroupId"] == f"own:{VIENNA.id}"


def test_a_notice_that_shows_at_once_that_nothing_must_go_is_queued_as_it_came(own: None) -> None:
    plain = json.dumps({"snapshots": [reservation("r1", guest(given_name="Zoë"))]}, ensure_ascii=False)
    with time_machine.travel(NOW, tick=False):
        edge.accept(OWN, signed(plain.encode()))
        edge.accept(OWN, signed(plain.replace("Zoë", CARD).encode()))
        whole, stripped = (each["body"] for each in received("inbox")["Records"])
    assert whole.endswith(f',"body":{plain}}}')
    assert json.loads(stripped)["body"] == json.loads(plain.replace("Zoë", REMOVED))


def test_the_message_group_holds_only_what_a_queue_takes(mews: FakeMews) -> None:
    for odd in ("e vienna", "é", "x" * 300, "\n", ""):
        push({**reservations_changed("r1"), "EnterpriseId": odd})
    groups = [each["attributes"]["MessageGroupId"] for each in received("fetch")["Records"]]
    assert groups == ["mews-vienna", "mews-vienna", "mews-vienna", "mews-vienna", "mews-vienna"]


@pytest.mark.parametrize(
    ("connection_id", "secret"),
    [
        ("mews-vienna", "wrong"),
        ("mews-vienna", ""),
        ("nobody", SECRET),
        ("", SECRET),
        ("x" * 3000, SECRET),
        ("ü", SECRET),
        ("own", SECRET),
    ],
)
def test_whatever_is_wrong_the_refusal_is_the_same(own: None, connection_id: ConnectionId, secret: str) -> None:
    with pytest.raises(Unauthorized) as refused:
        push(reservations_changed("r1"), connection_id, secret)
    assert str(refused.value) == str(Unauthorized())
    assert waiting("fetch") == waiting("inbox") == 0


def test_an_altered_body_and_a_late_replay_are_refused(own: None) -> None:
    body = b'{"snapshots": []}'
    request = signed(body)
    with time_machine.travel(NOW, tick=False), pytest.raises(Unauthorized):
        edge.accept(OWN, Request(body + b" ", request.headers, {}, NOW))
    with time_machine.travel(NOW.replace(minute=6), tick=False), pytest.raises(Unauthorized):
        edge.accept(OWN, request)
    assert waiting("inbox") == 0


@pytest.mark.parametrize("connection_id", ["own", "own-rotating", "mews-vienna", "nobody", "ü", "x" * 3000])
def test_a_refusal_takes_the_same_work_whoever_is_asked_for(
    own: None, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two comparisons of each kind, and one use of KMS, or as long a wait, where it was not asked for lately."""
    rotating = Connection(
        id=ConnectionId("own-rotating"), vendor="canonical", secrets=(SIGNING, SIGNING), properties={}
    )
    connections.put(rotating)
    tried: list[str] = []
    for vendor in vendors.VENDORS:
        of_vendor = vendors.edge_of(vendor)
        verify = of_vendor.verify

        def counting(request: Request, secrets: Sequence[str], vendor: str = vendor, verify: Any = verify) -> bool:
            tried.extend([vendor] * len(secrets))
            return bool(verify(request, secrets))

        monkeypatch.setattr(of_vendor, "verify", counting)
    keys_used: list[str] = []
    for name in ("encrypt", "decrypt"):
        act = getattr(secrets, name)

        def noting(text: str, connection: str, act: Any = act) -> str:
            keys_used.append(connection)
            return str(act(text, connection))

        monkeypatch.setattr(secrets, name, noting)
    waits: list[float] = []
    monkeypatch.setattr(opened, "sleep", waits.append)
    for expected_keys in ({1, 2} if connection_id == "own-rotating" else {1}, {0}):
        tried.clear()
        keys_used.clear()
        waits.clear()
        with pytest.raises(Unauthorized):
            push(b"{}", connection_id, "wrong")
        assert sorted(tried) == ["canonical", "canonical", "mews", "mews"]
        assert len(keys_used) + len(waits) in expected_keys
        assert not keys_used or connection_id.startswith("own")


def calls_of_kms() -> Callable[[], int]:
    """How often KMS is called from now on, as botocore sees it."""
    called: list[str] = []
    clients.kms().meta.events.register("before-call.kms.*", lambda model, **_: called.append(model.name))
    return lambda: len(called)


def test_names_that_are_tried_out_cost_no_call_of_kms(own: None) -> None:
    clients.kms.cache_clear()
    used = calls_of_kms()
    for number in range(20):
        with pytest.raises(Unauthorized):
            push(b"{}", ConnectionId(f"nobody-{number}"))
    assert used() == 0


def test_a_refusal_waits_as_long_as_opening_a_secret_took(own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call of a process connects to KMS, too: what it took says nothing of the later ones."""
    waits: list[float] = []
    clock = iter(range(100))
    monkeypatch.setattr(opened, "sleep", waits.append)
    known = opened.opened_connections()
    known.pretend_to_open()
    known.pretend_to_open()
    assert waits == [opened.FIRST_OPENING, opened.USUAL_OPENING]
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    known.find(OWN)
    known.pretend_to_open()
    assert waits[-1] == 1.0


def test_names_that_are_tried_out_push_out_no_connection_that_is_there(
    own: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "MOST_ABSENT", 3)
    body = b'{"snapshots": []}'
    with time_machine.travel(NOW, tick=False):
        edge.accept(OWN, signed(body))
        for number in range(10):
            with pytest.raises(Unauthorized):
                push(b"{}", ConnectionId(f"nobody-{number}"))
        clients.kms.cache_clear()
        used = calls_of_kms()
        meter().take()
        edge.accept(OWN, signed(body))
    assert meter().take()[0] == {"SendMessage": 1}
    assert used() == 0


def test_a_secret_of_one_connection_opens_no_other(own: None) -> None:
    connections.put(connection(id="mews-porto", secrets=("of-porto-and-nobody-else",)))
    with pytest.raises(Unauthorized):
        push(reservations_changed("r1"), ConnectionId("mews-porto"), SECRET)


def test_an_unknown_connection_is_asked_for_once_a_minute(mews: FakeMews) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            push(b"{}", ConnectionId("nobody"))
    assert meter().take()[0] == {"GetItem": 1}


def test_four_megabytes_are_taken_and_one_byte_more_is_not(mews: FakeMews) -> None:
    with pytest.raises(TooLarge):
        push(b"x" * (4 * 1024 * 1024 + 1))
    assert waiting("fetch") == 0
    assert push(b"x" * (4 * 1024 * 1024)) == 200


def test_a_large_notice_takes_a_claim_check_and_arrives(mews: FakeMews, work: Callable[..., None]) -> None:
    mews.keep(mews_reservation(), customer())
    body = notice(("ServiceOrderUpdated", "r1"), *(("ResourceUpdated", f"x{n:03000d}") for n in range(99)))
    push(body)
    (record,) = received("fetch")["Records"]
    message = json.loads(record["body"])
    assert len(record["body"]) < 1000
    assert json.loads(files.read_body(RAW_BUCKET, message["large"]))["body"] == body
    work("fetch", {"Records": [record]})
    assert dead("fetch") == []
    assert mews.asked


@pytest.mark.parametrize("sign", ['"', "\\", "é", "王", "\x01", "😀"])
def test_a_notice_is_measured_as_the_queue_takes_it(mews: FakeMews, sign: str) -> None:
    """JSON makes two bytes of a quote and twelve of an emoji: what is just small enough is queued, one more is not."""

    def of(signs: int) -> dict[str, Any]:
        return {**notice(("ResourceUpdated", "x1")), "Note": sign * signs}

    def queued(signs: int) -> dict[str, Any]:
        push(of(signs))
        (record,) = received("fetch")["Records"]
        assert len(record["body"].encode()) <= edge.LARGEST_MESSAGE
        told: dict[str, Any] = json.loads(record["body"])
        return told

    each = len(json.dumps(sign)) - 2
    empty = len(json.dumps(queued(0), separators=(",", ":")))
    largest = (edge.LARGEST_MESSAGE - empty) // each
    assert queued(largest)["body"] == of(largest)
    assert "large" in queued(largest + 1)


def test_a_queue_that_is_down_is_never_a_success(mews: FakeMews, monkeypatch: pytest.MonkeyPatch) -> None:
    push(b"{}")

    def down(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="the queue")

    monkeypatch.setattr(clients.sqs(), "send_message", down)
    with pytest.raises(TryAgain):
        push(reservations_changed("r1"))


def test_a_token_or_a_card_number_never_reaches_the_queue(mews: FakeMews) -> None:
    push({"Action": "IntegrationCreated", "Data": {"AccessToken": "the-token", "Enterprise": {"Id": ENTERPRISE}}})
    push({**reservations_changed("r1"), "note": CARD, CARD: "key"})
    push(b'{"cut off": "' + CARD.encode())
    text = "".join(each["body"] for each in received("fetch")["Records"])
    assert "the-token" not in text
    assert CARD not in text
    assert text.count("card number removed") == 3


@pytest.mark.parametrize("depth", [1, 2])
def test_a_token_in_a_document_that_is_sent_as_a_text_never_reaches_the_queue(mews: FakeMews, depth: int) -> None:
    data: Any = {"AccessToken": "the-token", "Enterprise": {"Id": ENTERPRISE, "ApiKey": "the-token"}}
    for _ in range(depth):
        data = json.dumps(data)
    for action in ("IntegrationCreated", "IntegrationApiKeyCreated"):
        push({"Action": action, "Data": data})
    push(json.dumps({"Action": "IntegrationCreated", "Data": data}).encode()[:-1])
    texts = [each["body"] for each in received("fetch")["Records"]]
    assert len(texts) == 3
    assert "the-token" not in "".join(texts)
    assert ENTERPRISE in texts[0]


def test_a_signed_notice_that_begins_with_a_byte_order_mark_is_read(own: None, work: Callable[..., None]) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"snapshots": [reservation(property_id=VIENNA.id)]}).encode()
    with time_machine.travel(NOW, tick=False):
        assert edge.accept(OWN, signed(body)) == 202
        work("inbox")
    assert dead("inbox") == []
    assert table.get(keys.reservation(reservation_id(OWN, VIENNA.id, "r1", 0))) is not None


BAD = {
    "no JSON": b"{",
    "nothing": b"",
    "100,000 brackets": b"[" * 100_000,
    "brackets that close": b"[" * 400 + b"]" * 400,
    "a number that is none": b'{"a": NaN}',
    "invalid UTF-8": b"\xff\xfe{}",
    "a number of 5000 digits": b'{"a": ' + b"1" * 5000 + b"}",
    "another shape": b'{"EnterpriseId": "e-vienna"}',
    "another shape, as a text": b'"4111111111111111"',
}


def test_what_cannot_be_read_ends_with_its_reason_while_its_neighbours_succeed(
    mews: FakeMews, work: Callable[..., None]
) -> None:
    mews.keep(mews_reservation(), customer())
    for body in BAD.values():
        assert push(body) == 200
    push(reservations_changed("r1"))
    work()
    letters = dead("fetch")
    assert len(letters) == len(BAD)
    assert {reason.partition(":")[0] for reason, _ in letters} == {"not_json", "not_a_mews_notice"}
    assert table.get(keys.reservation(ReservationId(_reservation_id()))) is not None
    assert waiting("fetch") == 1  # the good one: Lambda deletes what its worker finished without an error


@pytest.mark.parametrize("body", [b"\xff\xfe{}", '{"a": "Küche"}'.encode("latin-1"), "{}".encode("utf-16")])
def test_a_signed_notice_that_is_no_utf_8_is_told_so(own: None, body: bytes) -> None:
    """The signature is over the bytes: that nobody can read them is another matter."""
    assert [each.field for each in refused(body)] == ["body"]


def refused(body: bytes) -> tuple[FieldError, ...]:
    """What the sender of a canonical notice is told; nothing is queued, and nothing costs a call but the connection."""
    with time_machine.travel(NOW, tick=False), pytest.raises(Invalid) as told:
        edge.accept(OWN, signed(body))
    assert (waiting("inbox"), meter().take()[0].get("SendMessage")) == (0, None)
    return told.value.fields


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"snapshots": [}', "is not JSON: Expecting value at line 1, column 16"),
        (b"", "is not JSON: Expecting value at line 1, column 1"),
        (b"\xff{}", "is not UTF-8 at byte 0"),
        (b"[" * 100_000, "is not JSON that can be read"),
        (b'{"a": NaN}', "is not JSON that can be read"),
        (b"[1]", "must be a JSON object"),
    ],
)
def test_a_signed_notice_that_is_no_json_is_told_where(own: None, body: bytes, words: str) -> None:
    (fault,) = refused(body)
    assert fault.field == "body"
    assert fault.message.startswith(words)


def test_a_notice_of_which_one_snapshot_can_be_read_is_taken(own: None, work: Callable[..., None]) -> None:
    """What is wrong beside it is set aside, and its neighbours are stored."""
    told = [guest("g1", property_id=VIENNA.id, country="Austria"), guest("g2", property_id=VIENNA.id)]
    with time_machine.travel(NOW, tick=False):
        assert edge.accept(OWN, signed(json.dumps({"snapshots": told}).encode())) == 202
        work("inbox")
        ((reason, _),) = dead("inbox")
    assert reason.startswith("invalid_snapshot: snapshots.0.country: ")


def test_what_a_sender_adds_and_the_edge_drops_is_no_fault(own: None) -> None:
    body = {"snapshots": [{**guest(property_id=VIENNA.id), "passport": "P1"}]}
    with time_machine.travel(NOW, tick=False):
        assert edge.accept(OWN, signed(json.dumps(body).encode())) == 202
        assert "P1" not in received("inbox")["Records"][0]["body"]


def test_of_a_notice_that_was_cut_each_fault_has_its_own_place(own: None) -> None:
    told = [guest(f"g{number}", country="x") for number in range(edge.MOST_ENTRIES + 1)]
    fields = [each.field for each in refused(json.dumps({"snapshots": told}).encode())]
    assert (len(fields), fields[0], fields[-1]) == (50, "snapshots.0.country", "snapshots.49.country")
    told[-1]["country"] = "AT"
    with time_machine.travel(NOW, tick=False):
        assert edge.accept(OWN, signed(json.dumps({"snapshots": told}).encode())) == 202
        assert waiting("inbox") == 2


def test_a_notice_that_is_right_is_taken_without_the_models() -> None:
    source = (
        "import sys, json; from datetime import datetime; from chalicelib.connectors.canonical import edge; "
        f"told = json.loads({json.dumps(json.dumps({'snapshots': [reservation(primary=guest())]}))}); "
        "print(edge.faults([told], datetime.now()), 'pydantic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "() False"


def _reservation_id() -> str:
    return reservation_id(ConnectionId("mews-vienna"), VIENNA.id, "r1", 0)


def test_a_canonical_notice_of_another_shape_ends_with_its_field(own: None, work: Callable[..., None]) -> None:
    (fault,) = refused(json.dumps({"snapshots": [reservation(arrival="x")]}).encode())
    assert (fault.field, fault.message) == ("snapshots.0.arrival", "must be a date, such as 2026-02-01")
    crowded = reservation(adults=100)
    with time_machine.travel(NOW, tick=False):
        for wrong in ({"snapshots": [crowded]}, {"snapshots": [reservation(property_id="porto")]}):
            edge.accept(OWN, signed(json.dumps(wrong).encode()))
        edge.accept(OWN, signed(json.dumps({"snapshots": [guest(property_id=VIENNA.id)]}).encode()))
        work("inbox")
        reasons = [reason for reason, _ in dead("inbox")]
    assert reasons == [
        "invalid_snapshot: snapshots.0.adults: must be at most 99",
        "foreign_property: snapshots.0.property_id",
    ]


def test_importing_the_edge_loads_nothing_heavy() -> None:
    heavy = ("pydantic", "phonenumbers", "anyascii", "jellyfish", "babel", "liquid", "standardwebhooks")
    source = (
        "import sys; import chalicelib.ingest.edge; from chalicelib.connectors.vendors import edge_of, VENDORS; "
        f"[edge_of(each) for each in VENDORS]; print([name for name in {heavy!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_names_that_are_tried_out_do_not_fill_the_memory(mews: FakeMews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST_ABSENT", 3)
    for number in range(10):
        with pytest.raises(Unauthorized):
            push(b"{}", ConnectionId(f"nobody-{number}"))
    assert len(opened.opened_connections().known) + len(opened.opened_connections().absent) <= 3


@pytest.mark.parametrize(
    "odd",
    [
        {"passport_number": "C01X00T47"},
        {"address": {"city": "Vienna", "identity": {"number": "C01X00T47"}}},
        {"special_dates": [{"kind": "birthday", "day": "05-17", "of": "C01X00T47"}]},
        {"C01X00T47 and more": "C01X00T47"},
    ],
)
def test_a_field_that_the_shape_does_not_know_loses_its_value_and_is_named(own: None, odd: dict[str, Any]) -> None:
    snapshots = [guest("g1"), {**guest("g2"), **odd}]
    body = json.dumps({"snapshots": snapshots}).encode()
    with time_machine.travel(NOW, tick=False):
        edge.accept(OWN, signed(body))
        text = "".join(each["body"] for each in received("inbox")["Records"])
    assert "C01X00T47" not in text
    message = json.loads(text)
    assert message["body"]["snapshots"][0] == snapshots[0]
    reasons = actions.ingest_notices([Message("m", message)])
    assert ("snapshots.1." in str(reasons["m"]), "C01X00T47" in str(reasons["m"])) == (True, False)


def test_a_body_of_more_values_than_memory_has_room_for_is_too_large(own: None) -> None:
    body = b'{"snapshots": [' + b"{}," * (edge.MOST_VALUES // 2) + b"{}]}"
    with time_machine.travel(NOW, tick=False), pytest.raises(TooLarge, match="values"):
        edge.accept(OWN, signed(body))
    assert waiting("inbox") == 0
