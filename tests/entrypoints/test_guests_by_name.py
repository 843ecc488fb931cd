"""Guests are found by how their names begin: whoever has records at a hotel of the key, and at what price."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.canonical.ids import ConnectionId, PropertyId, leaf_of_profile
from chalicelib.connections.model import api_of
from chalicelib.entrypoints.api import by_name
from chalicelib.ingest import actions
from chalicelib.profiles import named
from chalicelib.settings import actions as settings
from chalicelib.settings.model import HubSettings
from tests.builders import PORTO, VIENNA, at, guest, notice, reservation
from tests.entrypoints.conftest import Hub, Ingest
from tests.entrypoints.test_access import fields

API = ConnectionId("api")


def found(hub: Hub, name: str, key: str = "admin") -> list[str]:
    """Given and family names, in the order of the answer."""
    items = hub.get(f"/v1/guests?name={quote(name)}", key=key)["items"]
    return [f"{each['traits']['given_name']} {each['traits']['family_name']}" for each in items]


def at_hotel(hotel: PropertyId, *told: dict[str, Any]) -> None:
    """Told by a key of one hotel."""
    envelope = notice(*told)
    envelope.body["connection"] = api_of(hotel)
    assert not actions.ingest_notices([envelope])


def guests(*names: tuple[str | None, str], hotel: PropertyId | None = VIENNA.id) -> list[dict[str, Any]]:
    return [guest(f"n{n}", given, family, property_id=hotel) for n, (given, family) in enumerate(names)]


def test_a_guest_is_found_by_the_beginning_of_either_name(hub: Hub, ingest: Ingest) -> None:
    ingest(*guests(("Anna", "Huber"), ("Hubert", "Lee"), ("Ben", "Shuber"), ("Maria", "García Hubner")))
    assert found(hub, "hub") == ["Anna Huber", "Hubert Lee", "Maria García Hubner"]
    assert found(hub, "Huber, An", "front_desk@vienna") == ["Anna Huber"]
    assert found(hub, "uber") == []


def test_a_found_guest_is_told_as_far_as_it_takes_to_choose_one(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(email="a@mail.example", birth_date="1980-05-01", country="AT")))
    answer = hub.get("/v1/guests?name=lee")
    (shown,) = answer["items"]
    assert {"id", "merged_ids", "properties", "traits"} == shown.keys()
    assert (answer["more"], answer["next_cursor"], shown["properties"]) == (False, None, ["vienna"])
    assert shown["traits"] == hub.get(f"/v1/guests/{shown['id']}")["traits"]


SCRIPTS = [
    (("İsmail", "Işık"), "isik"),
    (("Jörg", "Groß"), "GROSS j"),
    (("Pat", "O\u2019Brien"), "o'bri"),
    (("Jean-Luc", "Roux"), "jean luc"),
    (("Jan", "van der Berg"), "berg"),
    (("Γιώργος", "Παπάς"), "παπας"),
    (("Γιώργος", "Παπάς"), "giorgos"),
    (("Արամ", "Հակոբյան"), "հակոբ"),
    (("伟", "王"), "王伟"),
    (("伟", "王"), "wang"),
    (("دوד", "כהן"), "\u200fכהן"),
    (("مُحَمَّد", "علی"), "محمد علي"),
    (("<b>Eve</b>", "Ray"), "eve"),
]


@pytest.mark.parametrize(("name", "typed"), SCRIPTS)
def test_names_of_any_script_are_found_as_they_are_typed(
    name: tuple[str, str], typed: str, hub: Hub, ingest: Ingest
) -> None:
    ingest(*guests(name, ("Zoe", "Zz")))
    assert len(found(hub, typed)) == 1


@pytest.mark.parametrize("name", ["", "l", "  ", "鄂", "12", "%25", "\u200f"])
def test_fewer_than_two_letters_are_refused_with_what_is_asked_for(name: str, hub: Hub) -> None:
    response = hub.call("GET", f"/v1/guests?name={quote(name)}")
    assert fields(response) == ["name"]
    assert "2 letters or more" in response.json_body["errors"][0]["message"]


def test_one_thing_is_asked_for_at_a_time(hub: Hub) -> None:
    assert fields(hub.call("GET", "/v1/guests?name=lee&email=a@mail.example")) == ["email"]


def test_a_hotel_finds_whom_it_knows_by_what_its_own_records_say(hub: Hub, ingest: Ingest) -> None:
    """Anna Lee is Anna Huber at Porto: one guest, whom each hotel knows by the name that it was told."""
    at_hotel(VIENNA.id, guest(email="a@mail.example", property_id=VIENNA.id, member_number="AB12"))
    at_hotel(PORTO.id, guest("g2", "Anna", "Huber", email="a@mail.example", property_id=PORTO.id))
    assert found(hub, "lee", "front_desk@vienna") == ["Anna Lee"]
    assert found(hub, "hub", "front_desk@vienna") == []
    assert found(hub, "hub", "front_desk@porto") == ["Anna Huber"]
    assert len(found(hub, "anna")) == len({each["id"] for each in hub.get("/v1/guests?name=anna")["items"]})


@pytest.mark.parametrize("sharing", [False, True])
def test_sharing_opens_what_is_shown_and_not_by_whose_words_a_guest_is_found(
    sharing: bool, hub: Hub, ingest: Ingest
) -> None:
    settings.save(HubSettings(sharing=sharing))
    ingest(guest("g1", "Anna", "Lee", email="a@mail.example", phone="+43 1 5880 0000", property_id=VIENNA.id))
    ingest(guest("g2", "Anna", "Lee Huber", email="a@mail.example", language="pt", property_id=PORTO.id))
    ingest(guest("g3", "Eve", "Huber", property_id=PORTO.id))
    assert found(hub, "huber", "front_desk@vienna") == []
    (shown,) = hub.get("/v1/guests?name=lee", key="front_desk@vienna")["items"]
    assert shown["properties"] == (["porto", "vienna"] if sharing else ["vienna"])
    assert shown["traits"]["language"] == ("pt" if sharing else None)


def test_the_group_finds_everybody_also_whom_no_hotel_knows(hub: Hub, ingest: Ingest) -> None:
    ingest(*guests(("Ada", "Lee"), hotel=None))
    ingest(guest("p1", "Bea", "Lee", property_id=PORTO.id), guest("v1", "Cis", "Lee", property_id=VIENNA.id))
    assert found(hub, "lee") == ["Ada Lee", "Bea Lee", "Cis Lee"]
    assert found(hub, "lee", "front_desk@porto") == ["Bea Lee"]


def test_a_guest_of_several_records_is_found_once(hub: Hub, ingest: Ingest) -> None:
    ingest(guest("g1", email="a@mail.example", property_id=VIENNA.id))
    ingest(guest("g2", email="a@mail.example", property_id=PORTO.id))
    (shown,) = hub.get("/v1/guests?name=anna+lee")["items"]
    assert len(shown["merged_ids"]) == 1
    (of_hotel,) = hub.get("/v1/guests?name=anna+lee", key="front_desk@porto")["items"]
    assert (of_hotel["id"], of_hotel["merged_ids"]) == (leaf_of_profile(API, "g2"), [])


def test_who_has_no_name_any_more_is_not_found(hub: Hub, ingest: Ingest) -> None:
    ingest(reservation("r1", guest(family="Huber")))
    assert found(hub, "huber") == ["Anna Huber"]
    ingest({"kind": "guest", "source_id": "g1", "changed_at": at(1), "anonymised": True})
    assert (found(hub, "huber"), found(hub, "anna")) == ([], [])


def test_what_an_index_still_says_of_before_finds_nobody(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(guest(property_id=VIENNA.id))
    late = named.Found([leaf_of_profile(API, "g1")], is_cut=False)
    ingest(guest(family="Huber", property_id=VIENNA.id, changed_at=at(1)))
    monkeypatch.setattr(named, "by_name", lambda asked, hotels: late)
    assert (found(hub, "lee"), found(hub, "huber")) == ([], ["Anna Huber"])


def test_of_many_the_first_are_told_and_that_there_are_more(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_name, "MOST", 3)
    ingest(*guests(*[(f"{letter}nna", "Lee") for letter in "ECADB"]))
    answer = hub.get("/v1/guests?name=lee")
    assert [each["traits"]["given_name"] for each in answer["items"]] == ["Anna", "Bnna", "Cnna"]
    assert answer["more"]
    assert not hub.get("/v1/guests?name=lee+a")["more"]


def test_of_more_records_than_are_read_it_is_told_that_there_are_more(
    hub: Hub, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named, "MOST", 2)
    ingest(*guests(*[(f"{letter}nna", "Lee") for letter in "ECADB"]))
    answer = hub.get("/v1/guests?name=lee", key="front_desk@vienna")
    assert [each["traits"]["given_name"] for each in answer["items"]] == ["Anna", "Bnna"]
    assert answer["more"]


Calls = Callable[[str, str], dict[str, int]]


@pytest.fixture
def calls(hub: Hub, capsys: pytest.CaptureFixture[str]) -> Calls:
    """What a search asks of the table, as the hub's own log says."""

    def counted(name: str, key: str) -> dict[str, int]:
        capsys.readouterr()
        hub.get(f"/v1/guests?name={quote(name)}", key=key)
        told: dict[str, int] = json.loads(capsys.readouterr().out)["calls"]
        return told

    return counted


@pytest.mark.parametrize("records", [1, 2])
def test_fifty_guests_are_read_in_a_few_batches(records: int, hub: Hub, ingest: Ingest, calls: Calls) -> None:
    """The reads of a hotel's key and its settings are the sign-in's and the setting `sharing`'s."""
    people = [(n, k) for n in range(50) for k in range(records)]
    for portion in (people[:50], people[50:]):
        ingest(*(guest(f"g{n}-{k}", f"Anna{'abcde'[n % 5]}{'qrstuvwxyz'[n // 5]}", "Lee",
                       email=f"a{n}@mail.example", property_id=VIENNA.id) for n, k in portion))  # fmt: skip
    assert len(found(hub, "lee", "front_desk@vienna")) == 50
    spent = calls("lee", "front_desk@vienna")
    assert spent["Query"] == 2
    assert spent["BatchGetItem"] <= 2 + (records > 1)
    assert spent["GetItem"] <= 2
    assert calls("lee ann", "front_desk@vienna")["Query"] == 4
    assert calls("lee", "admin")["Query"] == 1 + 2 * 3  # the hotels; two of them, and those of none
