"""How long what is kept stands on a page of the settings, and who would be erased is counted there."""

import json
from collections.abc import Callable

import pytest

from chalicelib.aws import keys, queues
from chalicelib.aws.keys import Key
from chalicelib.entrypoints import schedules
from chalicelib.privacy import forgetting
from chalicelib.settings import store as settings
from tests.builders import PORTO, guest, reservation
from tests.console.conftest import SignIn
from tests.fakes import received

AT, COUNT = "/settings/retention", "/settings/retention/count"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SHARDS", 4)
    monkeypatch.setattr(keys, "head", lambda leaf: Key(keys.shard(ord(leaf[-1]) % 4), leaf))
    monkeypatch.setattr(forgetting, "PARTS", 2)


def test_an_admin_reads_the_rule_changes_it_and_counts_whom_it_would_erase(
    sign_in: SignIn, ingest: Callable[..., None]
) -> None:
    ingest(reservation("r1", guest(), status="checked_out", arrival="2020-02-01", departure="2020-02-03"))
    browser = sign_in()
    assert "Guests are kept for ever" in browser.open(AT).text
    assert "Notices as they came" in browser.open(AT).text
    browser.open("/settings")
    assert browser.send("/settings", {"retention_months": "36", "retention_erases": "yes"}).status_code == 303
    assert settings.get().retention_erases
    assert "erased each Monday" in browser.open(AT).text
    browser.open(AT)
    answer = browser.send(COUNT, {"months": "36"})
    assert answer.status_code == 303
    for record in received("jobs")["Records"]:
        schedules.run(json.loads(record["body"]))
        queues.delete("jobs", record["receiptHandle"])
    counted = browser.open(answer.headers["Location"].partition("console")[2]).text
    assert "Would be erased" in counted
    assert "Nobody was erased" in counted


def test_too_few_months_are_refused_at_their_field(sign_in: SignIn) -> None:
    browser = sign_in()
    browser.open(AT)
    assert "is 12 at least" in browser.send(COUNT).body.decode()


def test_other_roles_and_hotels_find_no_page(sign_in: SignIn) -> None:
    sign_in("front_desk").open(AT, status=403)
    sign_in("admin", PORTO.id).open(AT, status=403)
