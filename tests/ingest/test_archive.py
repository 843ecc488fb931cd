"""The archive of raw notices holds each once, however often it comes, is replayed or dies half way."""

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from chalicelib.aws import clients, queues
from chalicelib.aws.settings import Settings
from chalicelib.canonical.batch import Message
from chalicelib.canonical.errors import TryAgain
from chalicelib.entrypoints.runtime import BatchIncomplete
from chalicelib.ingest import actions
from chalicelib.properties import store as properties
from infra import replay
from tests.builders import VIENNA, at, guest
from tests.conftest import RAW_BUCKET
from tests.crashes import crash_at, points_of
from tests.fake_mews import FakeMews, customer, reservation, reservations_changed
from tests.fakes import Event, delivery, received

NOW = datetime(2026, 3, 29, 7, 30, tzinfo=UTC)
Work = Callable[..., None]


@pytest.fixture(autouse=True)
def today(aws: Settings) -> Any:
    properties.put(VIENNA)
    with time_machine.travel(NOW, tick=False):
        yield


def envelope(request: str, body: Any, **more: Any) -> dict[str, Any]:
    told = {"v": 1, "connection": "api", "vendor": "canonical", "request": request, "received_at": at(0)}
    return {**told, "body": body, **more}


def of_guest(request: str) -> dict[str, Any]:
    return envelope(request, {"snapshots": [guest(request, "Ben")]})


def archived() -> dict[str, list[str]]:
    """The ids of the notices in each object."""
    found = clients.s3().list_objects_v2(Bucket=RAW_BUCKET, Prefix="raw/").get("Contents", [])
    return {each["Key"]: _ids(each["Key"]) for each in found}


def _ids(key: str) -> list[str]:
    packed = clients.s3().get_object(Bucket=RAW_BUCKET, Key=key)["Body"].read()
    return [json.loads(line)["body"]["request"] for line in gzip.decompress(packed).decode().split("\n")]


def ids() -> list[str]:
    return sorted(each for its in archived().values() for each in its)


def replayed(*, told: replay.Told | None = None) -> int:
    """Replay the day as the command does; returns how many notices were sent."""
    told = told or replay.Told()
    keys = replay.objects("test", NOW.date(), NOW.date())
    return sum(replay.replay("test", key, told=told).messages.total() for key in keys)


def test_a_day_that_is_replayed_twice_and_thrice_is_the_same_day(work: Work) -> None:
    take(work, delivery("inbox", [of_guest(each) for each in ("a", "b", "c")]))
    before = archived()
    for _ in range(3):
        assert replayed() == 3
        for portion in (1, 2):  # no batch as it was the first time
            take(work, received("inbox", portion))
    assert archived() == before
    assert ids() == ["a", "b", "c"]


def take(work: Work, event: Event) -> None:
    """Work a batch, and delete it as Lambda does."""
    work("inbox", event)
    for each in event["Records"]:
        queues.delete("inbox", each["receiptHandle"])


def test_one_notice_lies_under_its_own_id(work: Work) -> None:
    work("inbox", delivery("inbox", [of_guest("a")]))
    assert archived() == {"raw/2026-03-29/07/a.jsonl.gz": ["a"]}


def test_what_comes_back_is_kept_when_it_is_done_with(mews: FakeMews, work: Work) -> None:
    mews.keep(reservation(), customer())
    mews.refuse = TryAgain("down")
    notice = {**envelope("a", reservations_changed("r1")), "connection": "mews-vienna", "vendor": "mews"}
    for receives in (1, 2):
        with pytest.raises(BatchIncomplete):
            work("fetch", delivery("fetch", [notice], receives=receives))
    assert archived() == {}
    mews.refuse = None
    work("fetch", delivery("fetch", [notice], receives=3))
    assert ids() == ["a"]


@pytest.mark.parametrize(
    ("body", "connection"),
    [({"snapshots": "none"}, "api"), ({"snapshots": [{"kind": "guest"}]}, "api"), ({"snapshots": []}, "gone")],
    ids=["not the shape", "not all of it", "of nobody"],
)
def test_what_is_set_aside_is_kept_once_too(body: Any, connection: str, work: Work) -> None:
    work("inbox", delivery("inbox", [envelope("a", body, connection=connection), of_guest("b")]))
    assert ids() == ["a", "b"]


def test_what_fails_beside_others_is_not_kept_with_them(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours are done once more, one by one; each lies in the archive once."""
    take_in = actions._take_in

    def break_on_b(message_id: str, notice: Any, *more: Any) -> None:
        if notice.request == "b":
            raise ValueError("not today")
        take_in(message_id, notice, *more)

    monkeypatch.setattr(actions, "_take_in", break_on_b)
    with pytest.raises(BatchIncomplete):
        work("inbox", delivery("inbox", [of_guest(each) for each in ("a", "b", "c")]))
    assert ids() == ["a", "c"]


@pytest.mark.exhaustive(inside=True)
def test_a_crash_at_any_call_leaves_each_notice_in_the_archive_once() -> None:
    notices = [Message(each, of_guest(each)) for each in ("a", "b")]

    def act() -> None:
        assert actions.ingest_notices(notices) == {}

    for point in points_of(act):
        clear()
        crash_at(point, act)
        act()
        assert ids() == ["a", "b"], str(point)


def clear() -> None:
    for key in archived():
        clients.s3().delete_object(Bucket=RAW_BUCKET, Key=key)


def test_a_notice_that_lies_in_two_objects_is_replayed_once(work: Work) -> None:
    """Who died after writing was followed by another batch."""
    for batch in (["a", "b"], ["b", "c"]):
        archive(batch)
    assert ids() == ["a", "b", "b", "c"]
    assert replayed() == 3
    assert sorted(json.loads(each["body"])["request"] for each in received("inbox")["Records"]) == ["a", "b", "c"]


def archive(requests: Sequence[str]) -> None:
    assert actions.ingest_notices([Message(each, of_guest(each)) for each in requests]) == {}
