"""Requests made at random from the description, the same each time, find no fault; run by `make fuzz`.

The hub is one of its own, in this process and at a fixed hour, and whoever asks goes through all that is described
with a seed and a number of examples, not for a time: what fails once fails again. SEED=n and EXAMPLES=n look elsewhere.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine

from chalicelib.access import requests
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ConnectionId, GuestId, OccasionId, leaf_of_profile
from chalicelib.consent.model import MARKETING
from chalicelib.ingest import actions
from chalicelib.messages.tokens import UnsubscribeLink, make_token
from infra import access_keys, openapi
from infra.demo.api import Api
from tests.builders import guest, notice, reservation
from tests.conftest import STAGE
from tests.mail_fakes import FakeSes
from tests.served import served

pytestmark = pytest.mark.end_to_end
HOUR = datetime(2026, 3, 9, 10, tzinfo=UTC)
SEED, EXAMPLES = os.environ.get("SEED", "7"), os.environ.get("EXAMPLES", "60")
ANNA = GuestId(leaf_of_profile(ConnectionId("api"), "g1"))
MADE = ("properties/{property_id}", "programs/{program_id}", "segments/{segment_id}", "templates/{template_id}")
"""What is there from the start, as the description's examples have it, and what names it: a connection, a campaign."""
LEFT_OUT = {
    # Whether a cursor, a property or a segment is there stands in no schema: what is not there is refused.
    "positive_data_acceptance",
    # API Gateway answers a method that no path has by itself, with the same 404 as an unknown path.
    "unsupported_method",
}


class Counted:
    """Chance that is the same each time: ids that the hub makes stand in the requests that follow."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def token_hex(self, size: int) -> str:
        return f"{next(self._numbers):0{2 * size}x}"


@pytest.fixture
def hub(aws: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """With the hotel of the examples, and a guest who stayed there."""
    monkeypatch.setattr(requests, "randomness", Counted())
    with time_machine.travel(HOUR, tick=False), served(tmp_path) as address:
        FakeSes().install()  # a launch asks for the pace of the account, which moto does not know
        api = Api(address, access_keys.create(STAGE, "admin", ["*"], "fuzzer").key)
        for path in (*MADE, "connections/{connection_id}"):
            api.put(*example(f"/v1/{path}", "put"))
        api.post(*example("/v1/campaigns", "post"))
        anna = guest(email="anna.lee@mail.example", marketing_email=True)
        assert not actions.ingest_notices([notice(reservation("r1", anna, status="checked_out"))])
        yield api


def example(path: str, method: str) -> tuple[str, Any]:
    """A call as the description shows it: its path with every id, and its body."""
    described = json.loads(openapi.text())["paths"][path][method]
    ids = {each["name"]: each["example"] for each in described.get("parameters", ()) if each["in"] == "path"}
    return path.format(**ids), described["requestBody"]["content"]["application/json"]["example"]


def description() -> str:
    """Its examples name no guest who is there, and a link that nobody was sent: here they do."""
    link = make_token(UnsubscribeLink(ANNA, MARKETING, OccasionId("n1")))
    return openapi.text().replace("g3f1c0ffee", ANNA).replace("eyJhbGciOi", link)


def test_a_fuzzer_finds_no_fault(hub: Api, tmp_path: Path) -> None:
    """Requests fit, unfit, at the edges: each answer is one that is described."""
    (tmp_path / "openapi.json").write_text(description())
    shutil.copy(Path(__file__).with_name("schemathesis.toml"), tmp_path)
    asked = ("--phases", "examples,coverage,fuzzing", "--exclude-checks", ",".join(sorted(LEFT_OUT)))
    same = ("--seed", SEED, "--max-examples", EXAMPLES, "--workers", "1", "--generation-database", "none")
    # How long an example takes to make, or an answer, is this machine's affair.
    patient = ("--suppress-health-check", "all", "--request-timeout", "600")
    told = ("--continue-on-failure", "--no-color", "--warnings", "off", "--report", "ndjson")
    program = str(Path(sys.executable).parent / "schemathesis")
    signed = ("-u", hub.base, "-H", f"Authorization: Bearer {hub.key}")
    ended = subprocess.run(
        [program, "run", "openapi.json", *signed, *asked, *same, *patient, *told],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-12000:] + ended.stderr[-2000:]
