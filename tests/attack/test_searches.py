"""Whether another hotel's guest has an address is told neither by the answer of a search nor by what it reads."""

import json

import pytest

from chalicelib.settings import actions as settings
from chalicelib.settings.model import HubSettings
from tests.builders import VIENNA, guest
from tests.entrypoints.conftest import Hub, Ingest

ASKED = [
    ("email=anna@mail.example", "email=nobody@mail.example"),
    ("phone=%2B4315880000", "phone=%2B4315880001"),
    ("member=AB12", "member=AB13"),
    ("source=api&source_id=g1", "source=api&source_id=g2"),
    ("name=huber", "name=nobody"),
]


@pytest.mark.parametrize("sharing", [False, True])
@pytest.mark.parametrize(("known", "unknown"), ASKED)
def test_what_another_hotel_knows_costs_the_reads_of_what_nobody_knows(
    known: str, unknown: str, sharing: bool, hub: Hub, ingest: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.save(HubSettings(sharing=sharing))
    told = {"email": "anna@mail.example", "phone": "+43 1 5880000", "member_number": "AB12"}
    ingest(guest(family="Huber", property_id=VIENNA.id, **told))
    assert len(hub.get(f"/v1/guests?{known}")["items"]) == 1

    def reads(query: str) -> object:
        capsys.readouterr()
        assert hub.get(f"/v1/guests?{query}", key="front_desk@porto")["items"] == []
        return json.loads(capsys.readouterr().out)["calls"]

    reads(unknown)  # what a process reads once
    assert reads(known) == reads(unknown)
