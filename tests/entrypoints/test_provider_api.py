"""/v1/identity-provider: set once it answers as one, and its secret is never shown."""

import json

from chalicelib.access import audit
from chalicelib.canonical.ids import KeyId
from tests.access.test_provider import EVER, SECRET, Peer, provider
from tests.entrypoints.conftest import Hub

__all__ = ["provider"]
AT = "/v1/identity-provider"


def test_a_provider_is_set_shown_without_its_secret_and_taken_away(hub: Hub, provider: Peer) -> None:
    assert hub.status("DELETE", AT) == 204
    assert hub.status("GET", AT) == 404
    asked = {"issuer": provider.issuer, "client_id": "hub", "client_secret": SECRET, "demanded_of_admins": True}
    made = hub.put(AT, asked)
    assert made == {"issuer": provider.issuer, "client_id": "hub", "has_secret": True, "demanded_of_admins": True}
    assert hub.get(AT) == made
    del asked["client_secret"]
    assert hub.put(AT, asked)["has_secret"] is True
    assert hub.status("DELETE", AT) == 204
    assert SECRET not in json.dumps([made])
    told = [each.what for each in audit.of_actor(KeyId("admin"), *EVER)]
    assert told == ["provider_deleted", "provider_set", "provider_set", "provider_deleted"]


def test_what_is_no_provider_is_refused_at_its_field_and_nothing_is_kept(hub: Hub, provider: Peer) -> None:
    hub.status("DELETE", AT)
    for issuer in ("https://10.0.0.1", "ftp://id.example", "x", f"{provider.issuer}/nowhere"):
        response = hub.call("PUT", AT, {"issuer": issuer, "client_id": "hub"})
        assert response.status_code == 400
        assert [each["field"] for each in response.json_body["errors"]] == ["issuer"]
    assert hub.status("GET", AT) == 404
