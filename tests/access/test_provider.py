"""Signing in by a provider of identities: who it says is there is believed where all that it must say is right."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import time_machine

from chalicelib.access import audit, sessions
from chalicelib.access.links import actions as links
from chalicelib.access.links.model import Refusal
from chalicelib.access.provider import actions, store
from chalicelib.access.provider.model import ProviderAsked
from chalicelib.access.staff import actions as staff
from chalicelib.access.staff.model import Staff, StaffChange
from chalicelib.aws import http
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Forbidden, Invalid, NotFound, TooMany
from chalicelib.canonical.time import Instant
from tests import tables
from tests.access.staffed import AT, OPERATOR, somebody
from tests.access.staffed import asked as invitation
from tests.builders import DAY_ONE
from tests.crashes import beside, crash_at, points_of

NOW = DAY_ONE
HERE = "192.0.2.1"
BACK = "https://hub.example.com/console/sign-in/provider/back"
EVER = Instant("2000-01-01T00:00:00.000000Z"), Instant("2999-01-01T00:00:00.000000Z")
SECRET = "s3cret/with+signs"


@dataclass
class Peer:
    """Small, and it checks what a provider checks. `claims` and `document` change what it says."""

    server: ThreadingHTTPServer
    back: str = BACK
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def discovery(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
        } | self.document

    def authorize(self, address: str) -> tuple[str, str]:
        """What a person does there, who is known; the code and the state that the browser brings back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "openid email", "hub")
        assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", self.back)
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"] or not self._is_client(form, authorization):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        at = int(NOW.timestamp())
        told = {
            "iss": self.issuer, "sub": "anna-1", "aud": "hub", "exp": at + 300, "iat": at, "nonce": asked["nonce"],
            "email": "anna@hotel.example", "email_verified": True,
        }  # fmt: skip
        kept = {name: value for name, value in (told | self.claims).items() if value is not None}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": _token(kept)}

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        basic = base64.b64encode(b"hub:s3cret%2Fwith%2Bsigns").decode()
        return form.get("client_secret") == SECRET or authorization == f"Basic {basic}"


def _token(claims: dict[str, Any]) -> str:
    parts = [json.dumps({"alg": "RS256"}).encode(), json.dumps(claims).encode(), b"signed"]
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in parts)


@contextmanager
def _serving() -> Iterator[Peer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/.well-known/openid-configuration"
            self._say(200 if known else 404, peer.discovery())

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            self._say(*peer.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer = Peer(server)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def provider(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """One that is set; loopback may be called, as in the local cloud."""
    monkeypatch.setattr(http, "settings", lambda: Settings("test", is_local=True))
    with _serving() as serving:
        set_to(serving)
        yield serving


def set_to(provider: Peer, **more: Any) -> None:
    told = {"issuer": provider.issuer, "client_id": "hub", "client_secret": SECRET, **more}
    actions.save(OPERATOR, ProviderAsked.model_validate(told), AT)


@pytest.fixture
def anna(provider: Peer) -> Staff:
    somebody("root")
    return somebody("anna")


def signed_in(provider: Peer, now: Any = NOW) -> str:
    address, cookie = actions.start(BACK, "/guests")
    code, state = provider.authorize(address)
    found, next_ = actions.finish(code, state, cookie, BACK, HERE, "Firefox", now)
    assert next_ == "/guests"
    return found


def who(found: str) -> Staff | None:
    session = sessions.of_cookie(found, NOW)
    return session.staff if session else None


def refused(provider: Peer) -> str:
    """What is said, where nobody is signed in and nothing is bound."""
    before = {key for key in tables.rows() if key.pk.startswith(("IDENTITY", "SESSIONS"))}
    with pytest.raises(Forbidden) as wrong:
        signed_in(provider)
    assert {key for key in tables.rows() if key.pk.startswith(("IDENTITY", "SESSIONS"))} == before
    return str(wrong.value)


@pytest.mark.parametrize("ways", [None, ["client_secret_basic"], ["client_secret_post", "private_key_jwt"]])
def test_who_was_invited_signs_in_and_is_known_from_then_on_whatever_the_address(
    anna: Staff, provider: Peer, ways: list[str] | None
) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ways} if ways else {}
    assert who(signed_in(provider)) == anna
    provider.claims = {"email": "other@hotel.example", "email_verified": False}
    assert who(signed_in(provider)) == anna
    assert [each.what for each in audit.of_actor(anna.id, *EVER)] == ["signed_in", "signed_in"]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"nonce": "another"}, "another question"),
        ({"nonce": None}, "no token"),
        ({"aud": "other"}, "somebody else"),
        ({"aud": ["other"]}, "somebody else"),
        ({"aud": ["hub", "other"]}, "somebody else"),
        ({"aud": ["hub", "other"], "azp": "other"}, "somebody else"),
        ({"azp": "other"}, "somebody else"),
        ({"aud": None}, "no token"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"exp": int(NOW.timestamp()) - 61}, "expired"),
        ({"exp": float("nan")}, "no token"),
        ({"exp": "9999999999"}, "no token"),
        ({"exp": None}, "no token"),
        ({"iat": int(NOW.timestamp()) - 601}, "just now"),
        ({"iat": int(NOW.timestamp()) + 61}, "just now"),
        ({"sub": ""}, "no token"),
        ({"sub": 7}, "no token"),
        ({"sub": "x" * 256}, "no token"),
    ],
)
def test_a_token_that_says_one_thing_wrongly_signs_nobody_in(
    anna: Staff, provider: Peer, claims: dict[str, Any], said: str
) -> None:
    provider.claims = claims
    assert said in refused(provider)


@pytest.mark.parametrize("aud", ["hub", ["hub"]])
def test_an_audience_may_be_a_list_and_a_party_may_be_named(anna: Staff, provider: Peer, aud: object) -> None:
    provider.claims = {"aud": aud}
    assert who(signed_in(provider)) == anna
    provider.claims = {"aud": ["hub", "other"], "azp": "hub"}
    assert who(signed_in(provider)) == anna


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False}, {"email_verified": None}, {"email_verified": "false"}, {"email_verified": "1"},
        {"email": None}, {"email": "eve@hotel.example"}, {"email": "anna@hotel.example, eve@hotel.example"},
        {"email": "ann\u0131@hotel.example"},
    ],
)  # fmt: skip
def test_without_a_verified_address_that_was_invited_nobody_is_bound(
    anna: Staff, provider: Peer, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert refused(provider) == actions.UNKNOWN
    assert [each.what for each in audit.of_actor(audit.NOBODY, *EVER)] == ["refused_provider"]


def test_a_second_identity_with_the_same_address_is_refused(anna: Staff, provider: Peer) -> None:
    signed_in(provider)
    provider.claims = {"sub": "anna-2"}
    assert refused(provider) == actions.UNKNOWN


def test_two_identities_that_come_at_once_bind_one(anna: Staff, provider: Peer) -> None:
    somebody("ben")
    provider.claims = {"sub": "ben", "email": "ben@hotel.example"}
    last = max(point.at for point in points_of(lambda: signed_in(provider)))
    provider.claims = {}

    def other() -> None:
        provider.claims = {"sub": "anna-2"}
        assert who(signed_in(provider)) == anna

    def act() -> None:
        with pytest.raises(Forbidden, match="Nobody was invited"):
            signed_in(provider)

    assert beside(last, act, other)
    assert len([key for key in tables.rows() if key.pk.startswith("IDENTITY")]) == 2
    assert len(sessions.listed(anna.id, NOW)) == 1


def test_who_was_ended_is_refused_and_a_new_invitation_binds_anew(anna: Staff, provider: Peer) -> None:
    signed_in(provider)
    staff.end(OPERATOR, anna.id, AT)
    assert refused(provider) == actions.UNKNOWN
    again = staff.invite(OPERATOR, invitation("anna"), staff.id_of("again"), AT)
    assert who(signed_in(provider)) == again


def test_a_code_is_of_no_use_with_another_state_cookie_or_verifier(anna: Staff, provider: Peer) -> None:
    address, cookie = actions.start(BACK, "")
    code, state = provider.authorize(address)
    _, other = actions.start(BACK, "")
    wrong = [(code, "x", cookie), (code, state, other), (code, state, None), (code, state, "x"), ("", state, cookie)]
    for a_code, a_state, a_cookie in wrong:
        with pytest.raises(Forbidden, match="Begin again"):
            actions.finish(a_code, a_state, a_cookie, BACK, HERE, "", NOW)
    assert provider.asked == []
    assert actions.finish(code, state, cookie, BACK, HERE, "", NOW)
    with pytest.raises(Forbidden, match="Begin again"):
        actions.finish(code, state, cookie, BACK, HERE, "", NOW)  # the provider takes a code once


def test_attempts_are_counted_by_network(anna: Staff, provider: Peer) -> None:
    for _ in range(200):
        with pytest.raises(Forbidden):
            actions.finish("x", "y", None, BACK, HERE, "", NOW)
    with pytest.raises(TooMany):
        actions.finish("x", "y", None, BACK, HERE, "", NOW)


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"}, {"token_endpoint": "http://10.0.0.1/token"}, {"token_endpoint": ""},
        {"authorization_endpoint": "http://evil.example/authorize"},
    ],
)  # fmt: skip
def test_a_provider_that_tells_of_another_or_of_an_inner_address_is_not_asked(
    anna: Staff, provider: Peer, document: dict[str, Any]
) -> None:
    provider.document = document
    with pytest.raises(Forbidden):
        actions.start(BACK, "")
    with pytest.raises(Invalid) as wrong:
        set_to(provider)
    assert [each.field for each in wrong.value.fields] == ["issuer"]


@pytest.mark.parametrize("issuer", ["http://evil.example", "https://10.0.0.1", "https://user:x@a.example"])
def test_an_issuer_that_may_not_be_called_is_refused_at_its_field(provider: Peer, issuer: str) -> None:
    with pytest.raises(Invalid) as wrong:
        set_to(provider, issuer=issuer)
    assert [each.field for each in wrong.value.fields] == ["issuer"]


def test_the_secret_is_sealed_kept_where_none_is_given_and_gone_with_another_issuer(provider: Peer) -> None:
    assert SECRET not in str(tables.rows())
    set_to(provider, client_secret=None, demanded_of_admins=True)
    kept = actions.required()
    assert (store.opened(kept), kept.demanded_of_admins) == (SECRET, True)
    with _serving() as other:
        set_to(other, client_secret=None)
        assert store.opened(actions.required()) == ""
    actions.delete(OPERATOR, AT)
    with pytest.raises(NotFound):
        actions.start(BACK, "")


def test_where_it_is_demanded_an_admin_signs_in_no_other_way_and_all_others_do(anna: Staff, provider: Peer) -> None:
    somebody("mark", "marketer")
    set_to(provider, demanded_of_admins=True)
    for name, is_in in (("anna", False), ("mark", True)):
        one = links.ask(f"{name}@hotel.example", None, HERE, NOW)
        for found in (
            links.by_code(one.letter.code, one.cookie, HERE, "", NOW),
            links.by_link(one.letter.token, one.cookie, HERE, "", NOW),
        )[: 1 if is_in else 2]:
            assert isinstance(found, str) == is_in
            assert is_in or found is Refusal.PROVIDER
    assert who(signed_in(provider)) == anna
    token = links.for_operator(anna.id, NOW)
    assert isinstance(links.by_link(token, None, HERE, "", NOW), str)  # else a broken provider would lock all out


def test_who_becomes_an_admin_signs_in_anew(anna: Staff, provider: Peer) -> None:
    mark = somebody("mark", "marketer")
    value = sessions.begin(mark, NOW)
    staff.change(OPERATOR, mark.id, StaffChange(role="admin"), AT)
    assert sessions.of_cookie(value, NOW) is None


def test_after_a_crash_anywhere_somebody_may_begin_again(anna: Staff, provider: Peer) -> None:
    for point in points_of(lambda: signed_in(provider)):
        name = f"b{point.at}{point.moment}"
        one = somebody(name)
        provider.claims = {"sub": name, "email": f"{name}@hotel.example"}
        assert crash_at(point, lambda: signed_in(provider))
        assert who(signed_in(provider)) == one


def test_who_stays_at_the_provider_for_too_long_begins_again(anna: Staff, provider: Peer) -> None:
    with time_machine.travel(NOW, tick=False):
        address, cookie = actions.start(BACK, "")
        code, state = provider.authorize(address)
    with time_machine.travel(NOW + timedelta(seconds=601), tick=False), pytest.raises(Forbidden, match="too long"):
        actions.finish(code, state, cookie, BACK, HERE, "", NOW)
