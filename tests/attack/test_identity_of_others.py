"""What a hotel's key posts about other hotels' guests makes, parts, hides and closes none of them (decision 0056)."""

from typing import Any

import pytest

from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.connections.model import API
from chalicelib.identity import store as identity
from chalicelib.identity.digests import digest
from chalicelib.identity.model import MOST_CLAIMS, MOST_LEAVES
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, at, guest, reservation
from tests.crashes import watching

MAIL, PHONE = "anna@lee.example", "+43 660 1234567"
ANNA, CLAIM = Hotels.leaf(VIENNA), Hotels.leaf(PORTO)
NAMES = [("Ben", "Poe"), ("Cleo", "Ray"), ("Dora", "Kim"), ("Eve", "Fox")]
MANY = MOST_CLAIMS + 15


@pytest.fixture(autouse=True)
def anna(hotels: Hotels) -> None:
    """Vienna's guest."""
    hotels.post(VIENNA, guest(email=MAIL, phone=PHONE, member_number="V-4711", birth_date="1980-05-17"))


def group_sees(hotels: Hotels, leaf: str = ANNA) -> dict[str, Any]:
    return dict(hotels.shown(GROUP, leaf)[""])


def strangers(several: int, **said: Any) -> list[dict[str, Any]]:
    """Of as many names."""
    named = ["N" + "".join("abcdefghij"[int(digit)] for digit in f"{number:02}") for number in range(several)]
    return [guest(name, name, "Poe", **said) for name in named]


@pytest.mark.parametrize(
    "said", [{"member_number": "v 4711"}, {"email": MAIL}, {"phone": PHONE}, {"email": MAIL, "phone": PHONE}], ids=str
)
@pytest.mark.parametrize("called", [(None, None), ("101", None), ("Zoe", "Lee")])
def test_an_identifier_without_a_name_that_fits_is_a_candidate_and_no_join(
    called: tuple[str | None, str | None], said: dict[str, str], hotels: Hotels
) -> None:
    hotels.post(PORTO, guest("g1", *called, **said))
    assert not hotels.joined(ANNA, CLAIM)
    assert hotels.hub.call("GET", f"/v1/guests/{ANNA}", key=hotels.key(PORTO)).status_code == 404
    assert group_sees(hotels, CLAIM)["candidates"] == [ANNA]


def test_a_name_that_fits_joins_over_hotels(hotels: Hotels) -> None:
    hotels.post(PORTO, guest("g1", "A", "Lee", email=MAIL))
    hotels.post(GROUP, guest("g1", "Anna", "Lee", email=MAIL))
    assert hotels.joined(ANNA, CLAIM)
    assert hotels.joined(ANNA, str(leaf_of_profile(API, "g1")))


@pytest.mark.parametrize("several", [3, MANY])
def test_names_at_her_address_leave_it_hers(several: int, hotels: Hotels) -> None:
    for start in range(0, several, 15):
        hotels.post(PORTO, *strangers(several, email=MAIL)[start : start + 15])
    assert group_sees(hotels)["traits"]["email"] == MAIL
    assert hotels.found(VIENNA, f"email={MAIL}") != []
    hotels.post(VIENNA, guest("g2", "A", "Lee", email=MAIL))
    assert hotels.joined(ANNA, Hotels.leaf(VIENNA, "g2"))


def test_who_comes_to_an_address_after_forty_five_claims_has_it(hotels: Hotels) -> None:
    hotels.post(PORTO, *strangers(MANY, email="late@lee.example"))
    hotels.post(VIENNA, guest("g2", "Berta", "Moll", email="late@lee.example"))
    assert group_sees(hotels, Hotels.leaf(VIENNA, "g2"))["traits"]["email"] == "late@lee.example"
    gone = strangers(MANY, changed_at=at(1))
    hotels.post(PORTO, *gone)
    hotels.post(PORTO, guest("g3", "B", "Moll", email="late@lee.example"))
    assert hotels.joined(Hotels.leaf(VIENNA, "g2"), Hotels.leaf(PORTO, "g3"))


@pytest.mark.exhaustive(quick=())
def test_claims_of_many_names_close_no_address_that_forty_own_records_carry(hotels: Hotels) -> None:
    """Beyond so many records the group's word closes an address that is nobody's: claims are no part of that word."""
    own = [guest(f"own{number:02}", email="many@lee.example") for number in range(MOST_LEAVES)]
    told = strangers(MOST_CLAIMS, email="many@lee.example")
    for start in range(0, len(own), 10):
        hotels.connected(VIENNA, *own[start : start + 10])
        hotels.post(PORTO, *told[start : start + 10]) if told[start : start + 10] else None
    hotels.connected(VIENNA, guest("own40", email="many@lee.example"))
    row = identity.identifier(digest("email", "many@lee.example"))
    assert row
    assert not row.is_closed
    assert not row.shared
    assert group_sees(hotels, hotels.leaf_of("pms-vienna", "own00"))["traits"]["email"] == "many@lee.example"


def test_a_merge_between_two_own_records_fuses_no_strangers(hotels: Hotels) -> None:
    hotels.post(VIENNA, guest("g2", "Ben", "Ray", email="ben@ray.example"))
    hotels.post(PORTO, guest("g1", email=MAIL), guest("g2", "Ben", "Ray", email="ben@ray.example", merged_into="g1"))
    ben = Hotels.leaf(VIENNA, "g2")
    assert hotels.joined(CLAIM, Hotels.leaf(PORTO, "g2"))
    assert not hotels.joined(ANNA, ben)
    assert group_sees(hotels, ben)["merged_ids"] == []


def test_a_record_that_fits_two_guests_makes_them_not_one(hotels: Hotels) -> None:
    hotels.post(VIENNA, guest("g2", "Anna", "Lee", email="other@lee.example"))
    hotels.post(PORTO, guest("g1", "Anna", "Lee", email="other@lee.example", phone=PHONE))
    assert not hotels.joined(ANNA, Hotels.leaf(VIENNA, "g2"))


@pytest.mark.parametrize("source", [VIENNA, GROUP])
def test_look_alikes_leave_the_next_stay_hers(source: Any, hotels: Hotels) -> None:
    alike = [guest(f"b{day:02}", email=MAIL, birth_date=f"1970-05-{day:02}") for day in range(2, 20)]
    alike += [guest("alice", "Alice", "Lee", email=MAIL), guest("jr", "Anna", "Lee Jr.", email=MAIL, phone=PHONE)]
    hotels.post(PORTO, *alike)
    hotels.post(
        source,
        {**reservation("r9", guest("g9", "A", "Lee", email=MAIL), status="checked_out"), "property_id": VIENNA.id},
    )
    assert hotels.joined(ANNA, Hotels.leaf(source, "g9"))
    assert group_sees(hotels)["traits"]["email"] == MAIL


def test_who_has_many_look_alikes_is_shown_with_as_few_reads_as_who_has_three(hotels: Hotels) -> None:
    """Whose records they are is read once, and together."""
    group_sees(hotels)  # what is asked once for all is known
    calls = []
    for days in (range(2, 5), range(5, 13)):
        hotels.post(PORTO, *(guest(f"b{day:02}", phone=PHONE, birth_date=f"1970-05-{day:02}") for day in days))
        with watching() as made:
            shown = group_sees(hotels)
        assert len(shown["candidates"]) == days.stop - 2
        calls.append(made.made)
    assert calls[0] == calls[1]
