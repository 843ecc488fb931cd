"""Two hotels with keys of their own, and the group: what each posts and does, and what each is shown."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.aws import clients, queues
from chalicelib.canonical.batch import Message
from chalicelib.canonical.ids import ConnectionId, leaf_of_profile
from chalicelib.connections.model import API, api_of
from chalicelib.ingest import actions
from chalicelib.properties import store as properties
from chalicelib.properties.model import Branding, Property
from tests.builders import PORTO, VIENNA, at
from tests.entrypoints.conftest import Hub
from tests.fakes import received

GROUP = None
"""In the place of a hotel: a key for all of them."""
CLUB = {"name": "Club", "points_per_unit": {"EUR": "10"}, "starts_on": "2020-01-01"}
PATHS = ("", "/records", "/timeline", "/stays", "/consents", "/membership", "/ledger")


@dataclass(frozen=True)
class Hotels:
    """Vienna, whose guests are at stake, and Porto, whose key is hostile; each of a legal entity of its own."""

    hub: Hub

    def opened(self, *, vienna: str | None = "alpine", porto: str | None = "atlantic") -> "Hotels":
        for hotel, entity in ((VIENNA, vienna), (PORTO, porto)):
            properties.put(hotel.model_copy(update={"branding": Branding(legal_entity=entity)}))
        if self.hub.call("GET", "/v1/programs/club").status_code == 404:
            self.hub.put("/v1/programs/club", CLUB)
        return self

    def post(self, hotel: Property | None, *snapshots: dict[str, Any]) -> None:
        self.take_in(self.say(hotel, *snapshots))

    def say(self, hotel: Property | None, *snapshots: dict[str, Any]) -> list[Message]:
        """What lies in the queue then. Each is at the hotel; of the group's, where it says."""
        at = {"property_id": hotel.id} if hotel else {}
        body = {"snapshots": [{**each, **at} for each in snapshots]}
        answer = self.hub.call("POST", "/v1/events", body, key=self.key(hotel, "integration"))
        assert [each["status"] for each in answer.json_body["results"]] == ["accepted"] * len(snapshots)
        records = received("inbox")["Records"]
        for each in records:  # or they come again in half a minute, before what is sent then
            clients.sqs().delete_message(QueueUrl=queues.url_of("inbox"), ReceiptHandle=each["receiptHandle"])
        return [Message(str(number), json.loads(each["body"])) for number, each in enumerate(records)]

    @staticmethod
    def take_in(messages: list[Message]) -> None:
        assert actions.ingest_notices(messages) == {}

    def connected(self, hotel: Property, *snapshots: dict[str, Any]) -> None:
        """Through a connection of the group's to the hotel: its word."""
        name = f"pms-{hotel.id}"
        if self.hub.call("GET", f"/v1/connections/{name}").status_code == 404:
            asked = {"vendor": "canonical", "secrets": ["whsec_" + "A" * 32], "properties": {hotel.id: hotel.id}}
            self.hub.put(f"/v1/connections/{name}", asked)
        told = {"snapshots": [{**each, "property_id": hotel.id} for each in snapshots]}
        envelope = {"v": 1, "connection": name, "vendor": "canonical", "request": "q", "received_at": at(0)}
        self.take_in([Message("m1", {**envelope, "body": told})])

    @staticmethod
    def key(hotel: Property | None, role: str = "front_desk") -> str:
        return f"{role}@{hotel.id}" if hotel else role

    @staticmethod
    def leaf(hotel: Property | None, source_id: str = "g1") -> str:
        """The record that a key of the hotel posts under this id."""
        return str(leaf_of_profile(api_of(hotel.id) if hotel else API, source_id))

    @staticmethod
    def leaf_of(connection: str, source_id: str = "g1") -> str:
        """The record that a connection tells of under this id."""
        return str(leaf_of_profile(ConnectionId(connection), source_id))

    def found(self, hotel: Property | None, query: str) -> list[dict[str, Any]]:
        return list(self.hub.get(f"/v1/guests?{query}", key=self.key(hotel))["items"])

    def shown(self, hotel: Property | None, guest: str) -> dict[str, Any]:
        """Everything that the hotel's desk can read of a guest."""
        return {path: self.hub.get(f"/v1/guests/{guest}{path}", key=self.key(hotel)) for path in PATHS}

    def consent(self, hotel: Property | None, guest: str, state: str, **said: Any) -> Any:
        body = {"state": state, **said}
        return self.hub.put(f"/v1/guests/{guest}/consents/email/marketing", body, key=self.key(hotel))

    def enrol(self, hotel: Property | None, guest: str, number: str) -> Any:
        return self.hub.put(f"/v1/guests/{guest}/membership/club", {"number": number}, key=self.key(hotel))

    def joined(self, one: str, other: str) -> bool:
        """Whether two records are one guest's, as the group sees it."""
        ids = {self.hub.get(f"/v1/guests/{leaf}")["id"] for leaf in (one, other)}
        return len(ids) == 1
