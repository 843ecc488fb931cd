"""What people of one hotel may decide about guests, and what they are shown of them: nothing that is another's."""

from typing import Any

import pytest

from tests import tables
from tests.attack.hotels import GROUP, Hotels
from tests.builders import PORTO, VIENNA, guest

MAIL, MARK = "lee@mail.example", "1980-05-17"
ANNA = Hotels.leaf_of("pms-vienna")
ANNA_AT_PORTO, ALIKE = (Hotels.leaf_of("pms-porto", each) for each in ("g1", "g2"))


@pytest.fixture(autouse=True)
def known(hotels: Hotels) -> None:
    """Anna stays at both hotels, and Vienna knows when she was born; at Porto somebody is nearly called so."""
    hotels.connected(VIENNA, guest(email=MAIL, birth_date=MARK))
    hotels.connected(PORTO, guest(email=MAIL), guest("g2", "Annah", email=MAIL, birth_date=MARK))


def asked(hotels: Hotels, path: str, hotel: Any, body: Any = None) -> Any:
    return hotels.hub.call("POST" if body else "GET", f"/v1/{path}", body, key=hotels.key(hotel))


def test_a_hotel_is_shown_what_its_own_records_have_in_common(hotels: Hotels) -> None:
    assert hotels.joined(ANNA, ANNA_AT_PORTO)
    assert hotels.shown(VIENNA, ANNA)[""]["traits"]["birth_date"] == MARK
    (found,) = asked(hotels, "merge-candidates", PORTO).json_body["items"]
    assert set(found["records"]) == {ANNA_AT_PORTO, ALIKE}
    assert "born" not in {each["field"] for each in found["evidence"]}
    assert found["may_decide"] is False
    opened = asked(hotels, f"merge-candidates/{ANNA_AT_PORTO}/{ALIKE}", PORTO)
    assert {each["id"] for each in opened.json_body["said"]} == {ANNA_AT_PORTO, ALIKE}
    assert ANNA not in opened.body.decode()
    assert asked(hotels, "merge-candidates", VIENNA).json_body["items"] == []
    (whole,) = asked(hotels, "merge-candidates", GROUP).json_body["items"]
    assert "born" in {each["field"] for each in whole["evidence"]}


@pytest.mark.parametrize("verdict", ["join", "apart", "withdrawn"])
def test_a_hotel_decides_nothing_about_a_guest_of_others(verdict: str, hotels: Hotels) -> None:
    asked(hotels, "properties", PORTO)
    asked(hotels, "properties", VIENNA)
    before = tables.state()
    both = {"records": [ANNA_AT_PORTO, ALIKE], "verdict": verdict}
    assert asked(hotels, "merge-decisions", PORTO, both).status_code == 403
    assert asked(hotels, "merge-decisions", VIENNA, both).status_code == 404
    split = {"records": [ANNA_AT_PORTO]}
    assert asked(hotels, f"guests/{ANNA}/unmerge", PORTO, split).status_code == 403
    assert tables.state() == before


def test_decisions_about_records_of_other_hotels_are_not_told(hotels: Hotels) -> None:
    asked(hotels, "merge-decisions", GROUP, {"records": [ANNA, ALIKE], "verdict": "apart"})
    whole, porto = (asked(hotels, f"guests/{ALIKE}/decisions", at).json_body["items"] for at in (GROUP, PORTO))
    assert {frozenset(each["records"]) for each in whole} == {
        frozenset({ANNA, ALIKE}), frozenset({ANNA_AT_PORTO, ALIKE}),
    }  # fmt: skip
    assert [set(each["records"]) for each in porto] == [{ANNA_AT_PORTO, ALIKE}]
