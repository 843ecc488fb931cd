"""/v1/identity-provider: set once it answers as one, and its secret is never shown."""

import json
from functools import partial

from chalicelib.access import audit
from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import table
from chalicelib.canonical.ids import KeyId
from tests import tables
from tests.access.test_provider import EVER, SECRET, Peer, provider
from tests.crashes import beside, points_of
from tests.entrypoints.conftest import Hub

__all__ = ["provider"]
AT = "/v1/identity-provider"


def test_a_provider_is_set_shown_without_its_secret_and_taken_away(hub: Hub, provider: Peer) -> None:
    assert hub.status("DELETE", AT) == 204
    assert hub.status("GET", AT) == 404
    asked = {"issuer": provider.issuer, "client_id": "hub", "client_secret": SECRET, "demanded_of_admins": True}
    made = hub.put(AT, asked)
    shown = {"issuer": provider.issuer, "client_id": "hub", "has_secret": True, "demanded_of_admins": True}
    assert made == {**shown, "version": 1}
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


def test_who_saw_an_older_provider_is_told_who_changed_it_and_the_same_again_is_no_conflict(
    hub: Hub, provider: Peer
) -> None:
    """The fixture has set one: it is at its first version."""
    first = {"issuer": provider.issuer, "client_id": "hub", "client_secret": SECRET}
    seen = hub.get(AT)["version"]
    assert hub.call("PUT", AT, {**first, "client_id": "two"}, If_Match=f'"{seen}"').json_body["version"] == seen + 1
    for _ in range(2):
        refused = hub.call("PUT", AT, first, If_Match=str(seen))
        assert refused.status_code == 409
        told = f"You saw version {seen} of the identity provider; version {seen + 1} is kept now, changed at "
        assert told in refused.json_body["detail"]
        assert refused.json_body["detail"].endswith("by key admin.")
    again = hub.call("PUT", AT, {**first, "client_id": "two"}, If_Match=str(seen))
    assert again.json_body["version"] == seen + 1
    assert hub.call("PUT", AT, {"issuer": provider.issuer, "client_id": "two"}).json_body["version"] == seen + 1
    assert hub.call("PUT", AT, {**first, "client_secret": "another"}).json_body["version"] == seen + 2
    assert [each.what for each in audit.of_actor(KeyId("admin"), *EVER)] == ["provider_set"] * 4


def test_a_provider_of_before_versions_is_at_its_first_and_one_taken_away_begins_anew(hub: Hub, provider: Peer) -> None:
    row = {name: value for name, value in tables.rows()[keys.PROVIDER].items() if name != "rev"}
    table.write(table.Put(row))
    asked = {"issuer": provider.issuer, "client_id": "two"}
    assert hub.get(AT)["version"] == 1
    assert hub.status("PUT", AT, asked) == 200
    assert hub.get(AT)["version"] == 2
    hub.status("DELETE", AT)
    assert hub.call("PUT", AT, asked, If_Match="2").status_code == 409
    assert hub.call("PUT", AT, asked, If_Match="0").json_body["version"] == 1


def test_of_two_who_set_it_at_once_one_is_told(hub: Hub, provider: Peer) -> None:
    first, second = ({"issuer": provider.issuer, "client_id": each} for each in ("one", "two"))
    hub.put(AT, second)  # what a process opens once is open then
    writing = max(each.at for each in points_of(partial(hub.put, AT, first)) if each.moment == "after")
    statuses: list[int] = []
    assert beside(
        writing,
        lambda: statuses.append(hub.status("PUT", AT, second)),
        partial(hub.put, AT, {**first, "client_id": "x"}),
    )
    assert statuses == [409]
    assert hub.get(AT)["client_id"] == "x"
