"""What a failed call to SES leaves open, shown with a peer on loopback instead of SES."""

import socket
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from botocore.config import Config

from chalicelib.aws import clients, mail
from chalicelib.aws.mail import Mail, Sender
from chalicelib.aws.settings import Settings
from chalicelib.canonical.delivery import Verdict
from tests.mail_fakes import FakeSes
from tests.peers import Peer, ses_lies_at

ANNA = Mail(to="anna@example.com", subject="Hello", html="<p>Hello</p>", text="Hello", headers={}, tags={})
AT_ONCE = Config(connect_timeout=0.2, read_timeout=0.2)
US = Sender("news@hotel.example", "", "marketing")


def verdicts(mails: int = 2) -> set[Verdict]:
    results = mail.send_bulk([ANNA] * mails, US)
    assert len(results) == mails
    return {each.verdict for each in results}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer().listening() as listening:
        yield listening


def test_a_connection_that_died_between_two_invocations_costs_nobody_their_mail(
    aws: Settings, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses_lies_at(f"http://{peer.address}", monkeypatch)
    for _ in range(3):
        mail.begin()
        assert verdicts() == {Verdict.ACCEPTED}
    assert (peer.connections, peer.requests) == (3, 3)


def test_a_connection_is_kept_within_an_invocation(aws: Settings, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    peer.answers = 3
    ses_lies_at(f"http://{peer.address}", monkeypatch)
    mail.begin()
    for _ in range(3):
        assert verdicts() == {Verdict.ACCEPTED}
    assert (peer.connections, peer.requests) == (1, 3)


def test_a_reset_after_the_request_left_is_unknown_and_asked_once(
    aws: Settings, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses_lies_at(f"http://{peer.address}", monkeypatch)
    assert verdicts() == {Verdict.ACCEPTED}
    assert verdicts() == {Verdict.UNKNOWN}
    assert peer.requests == 2


def test_an_answer_that_does_not_come_is_unknown(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ONCE", clients.ONCE.merge(AT_ONCE))
    with Peer(greeting=b"").listening() as peer:
        ses_lies_at(f"http://{peer.address}", monkeypatch)
        assert verdicts() == {Verdict.UNKNOWN}
        assert peer.connections == 1


def test_a_handshake_that_is_not_answered_comes_again_later(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time-out is the same kind of error as that of an answer."""
    monkeypatch.setattr(clients, "ONCE", clients.ONCE.merge(AT_ONCE))
    with Peer(greeting=b"").listening() as peer:
        ses_lies_at(f"https://{peer.address}", monkeypatch)
        assert verdicts() == {Verdict.LATER}


def test_a_handshake_that_fails_comes_again_later(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(greeting=b"220 this is no TLS\r\n").listening() as peer:
        ses_lies_at(f"https://{peer.address}", monkeypatch)
        assert verdicts() == {Verdict.LATER}


def test_nobody_who_listens_comes_again_later(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer().listening() as gone:
        address = gone.address
    ses_lies_at(f"http://{address}", monkeypatch)
    assert verdicts() == {Verdict.LATER}


def test_a_name_that_is_not_found_comes_again_later(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    ses_lies_at("http://ses.test", monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert verdicts() == {Verdict.LATER}


def test_a_request_that_cannot_be_made_stops(aws: Settings, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    ses_lies_at(f"http://{peer.address}", monkeypatch)
    nothing = {"headers": {"": "a header without a name"}}
    results = mail.send_bulk([Mail(**{**vars(ANNA), **nothing})], US)
    assert [(each.verdict, each.reason) for each in results] == [(Verdict.STOPPED, "ParamValidationError")]
    assert peer.connections == 0


def test_without_credentials_nothing_is_sent_and_all_stops(
    aws: Settings, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses_lies_at(f"http://{peer.address}", monkeypatch)
    signer: Any = clients.ses()._request_signer  # type: ignore[attr-defined]  # botocore has no door to it
    signer._credentials = None
    assert verdicts() == {Verdict.STOPPED}
    assert peer.connections == 0


def test_an_account_that_does_not_answer_is_asked_again(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between two tries botocore waits
    ses = FakeSes(account_errors=[(500, "InternalFailure"), (429, "TooManyRequestsException")]).install()
    assert mail.quota().per_second == ses.per_second
    assert ses.account_requests == 3
