"""The soak's SES answers as SES does, loses what it is told to lose, and knows what it accepted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from infra.soak import carrier
from infra.soak.carrier import DECK, Books, Carrier, Fate

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5)


@pytest.fixture
def ses() -> Iterator[Carrier]:
    with Carrier(carrier.books(1, 0, per_second=7, pauses_after=1000)) as running:
        yield running


def client(ses: Carrier) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-central-1"}
    return boto3.client("sesv2", endpoint_url=ses.url, config=ONCE, **keys)  # type: ignore[call-overload]


def send(ses: Carrier, *guests: str) -> Any:
    return client(ses).send_bulk_email(
        FromEmailAddress="hotel@stay.example",
        DefaultContent={"Template": {"TemplateContent": {"Subject": "s", "Text": "t"}, "TemplateData": "{}"}},
        BulkEmailEntries=[
            {
                "Destination": {"ToAddresses": [f"{guest}@post.example"]},
                "ReplacementTags": [
                    {"Name": name, "Value": value}
                    for name, value in {"run": "r", "guest": guest, "claim": f"c-{guest}"}.items()
                ],
            }
            for guest in guests
        ],
    )


def falls(ses: Carrier, fate: Fate) -> Books:
    ses.books = carrier.books(1, 0, per_second=7, pauses_after=1000)
    ses.books.fates = {0: fate}
    return ses.books


def test_each_kind_of_trouble_comes_and_a_seed_repeats_it() -> None:
    dealt = carrier.deck(3, 30)
    assert Counter(dealt.values()) == Counter(DECK)
    assert dealt == carrier.deck(3, 30)
    assert max(dealt) < 30


def test_it_says_how_fast_it_takes_mails(ses: Carrier) -> None:
    found = client(ses).get_account()
    assert (found["SendQuota"]["MaxSendRate"], found["SendingEnabled"]) == (7, True)


def test_what_it_takes_it_knows_by_recipient_and_occasion(ses: Carrier) -> None:
    kept = falls(ses, Fate.TAKEN)
    answer = send(ses, "g1", "g2")
    assert [each["Status"] for each in answer["BulkEmailEntryResults"]] == ["SUCCESS", "SUCCESS"]
    assert [(each.guest, each.to, each.run) for each in kept.accepted] == [
        ("g1", "g1@post.example", "r"),
        ("g2", "g2@post.example", "r"),
    ]


def test_a_throttled_call_takes_nothing(ses: Carrier) -> None:
    kept = falls(ses, Fate.THROTTLED)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        send(ses, "g1")
    assert not kept.accepted


def test_an_answer_that_is_lost_leaves_accepted_mails(ses: Carrier) -> None:
    kept = falls(ses, Fate.ANSWER_LOST)
    with pytest.raises(ConnectionClosedError):
        send(ses, *(f"g{number}" for number in range(40)))
    assert len(kept.accepted) == 40
    assert not any(each.is_answered for each in kept.accepted)
    assert 5 < sum(each.is_lost for each in kept.accepted) < 35


def test_what_is_swallowed_was_neither_accepted_nor_refused(ses: Carrier) -> None:
    kept = falls(ses, Fate.SWALLOWED)
    with pytest.raises(ConnectionClosedError):
        send(ses, "g1")
    assert (kept.accepted, kept.swallowed) == ([], ["g1"])


def test_it_pauses_once_after_so_many_mails_and_takes_nothing_until_it_is_resumed(ses: Carrier) -> None:
    kept = falls(ses, Fate.TAKEN)
    kept.pauses_after = 1
    send(ses, "g1")
    answer = send(ses, "g2")
    assert [each["Status"] for each in answer["BulkEmailEntryResults"]] == ["ACCOUNT_SENDING_PAUSED"]
    assert client(ses).get_account()["SendingEnabled"] is False
    kept.resume()
    send(ses, "g3")
    assert [each.guest for each in kept.accepted] == ["g1", "g3"]
