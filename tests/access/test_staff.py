"""Who works with the hub: nobody gives more than they have, an address is one person's, and somebody always may."""

from collections.abc import Callable
from functools import partial

import pytest
from pydantic import ValidationError

from chalicelib.access.rules import may_everything
from chalicelib.access.staff import actions, store
from chalicelib.access.staff.addresses import normalised
from chalicelib.access.staff.model import StaffAsked, StaffChange
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.canonical.ids import StaffId
from chalicelib.properties import store as properties
from tests.access.staffed import AT, OPERATOR, asked, somebody
from tests.builders import PORTO, VIENNA
from tests.crashes import beside, crash_at, points_of


@pytest.fixture(autouse=True)
def hotels(aws: Settings) -> None:
    properties.put(VIENNA)
    properties.put(PORTO)


def last_call_of(act: Callable[[], object]) -> int:
    """Its number when the keys are known."""
    store.digest("")
    return max(each.at for each in points_of(act))


def ids() -> list[StaffId]:
    return [each.id for each in actions.seen(OPERATOR, None)]


def test_somebody_invited_is_found_by_id_and_by_address_and_listed() -> None:
    anna = somebody("anna", "marketer", "vienna")
    assert anna.id.startswith("st")
    assert actions.required(OPERATOR, anna.id) == anna
    assert store.id_at("anna@hotel.example") == anna.id
    assert ids() == [anna.id]
    assert (anna.caller.role, list(anna.caller.properties)) == ("marketer", ["vienna"])


def test_the_same_invitation_again_is_done_and_another_of_its_id_is_refused() -> None:
    assert somebody("anna") == somebody("anna")
    with pytest.raises(Conflict):
        actions.invite(OPERATOR, asked("ben"), actions.id_of("anna"), AT)
    assert store.id_at("ben@hotel.example") is None


def test_an_address_is_one_persons_until_they_end() -> None:
    somebody("ben")
    first = somebody("anna")
    again = asked("anna", "analyst")
    with pytest.raises(Conflict, match="e-mail"):
        actions.invite(OPERATOR, again, actions.id_of("second"), AT)
    actions.end(OPERATOR, first.id, AT)
    second = actions.invite(OPERATOR, again, actions.id_of("second"), AT)
    assert store.id_at("anna@hotel.example") == second.id


def test_two_who_invite_one_address_beside_each_other_make_one_person() -> None:
    def other() -> None:
        actions.invite(OPERATOR, asked("anna"), actions.id_of("other"), AT)

    def act() -> None:
        with pytest.raises(Conflict):
            somebody("anna")

    assert beside(last_call_of(lambda: somebody("ben")), act, other)
    assert [each.name for each in actions.seen(OPERATOR, None)].count("anna") == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.Lee@Hotel.Example ", "anna.lee@hotel.example"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("ann\u0131@hotel.example", None),  # a dotless i, which some make an i of
        ("\u212aim@hotel.example", None),  # the sign of kelvin, whose small letter is k
        ("anna@hotel", None),
        ("Anna <anna@hotel.example>", None),
        ("anna@hotel.example, eve@evil.example", None),
        ("anna@hotel.example\r\nBcc: eve@evil.example", None),
        ("@hotel.example", None),
        ("anna@" + "x" * 260 + ".example", None),
        ("a" * 65 + "@hotel.example", None),
        ("", None),
    ],
)
def test_an_address_is_kept_in_one_spelling_and_what_only_looks_like_it_is_none(typed: str, kept: str | None) -> None:
    assert normalised(typed) == kept


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"email": "anna"}, "email"),
        ({"role": "integration"}, "role"),
        ({"properties": []}, "properties"),
        ({"name": "  "}, "name"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_what_is_no_invitation_is_refused_with_its_field(more: dict[str, object], where: str) -> None:
    told = {"name": "Anna", "email": "anna@hotel.example", "role": "admin", "properties": ["*"], **more}
    with pytest.raises(ValidationError) as wrong:
        StaffAsked.model_validate(told)
    assert {each["loc"][0] for each in wrong.value.errors()} == {where}


def test_nobody_gives_more_than_they_have_or_sees_who_sees_more() -> None:
    of_vienna = somebody("vera", "admin", "vienna").caller
    whole, porto = somebody("anna"), somebody("pia", "admin", "porto")
    for properties_ in (["*"], ["porto"], ["vienna", "porto"]):
        with pytest.raises(Forbidden):
            actions.invite(of_vienna, asked("eve", "admin", *properties_), actions.id_of("eve"), AT)
    with pytest.raises(Forbidden):
        actions.change(of_vienna, StaffId(of_vienna.actor), StaffChange(properties=("*",)), AT)
    for other in (whole, porto):
        with pytest.raises(NotFound):
            actions.change(of_vienna, other.id, StaffChange(role="analyst"), AT)
        with pytest.raises(NotFound):
            actions.end(of_vienna, other.id, AT)
    assert [each.name for each in actions.seen(of_vienna, None)] == ["vera"]


def test_a_hotel_that_is_not_there_is_told_by_its_place() -> None:
    with pytest.raises(Invalid) as wrong:
        actions.invite(OPERATOR, asked("anna", "analyst", "vienna", "atlantis"), actions.id_of("anna"), AT)
    assert [each.field for each in wrong.value.fields] == ["properties.1"]


def less(act: str, one: StaffId) -> Callable[[], object]:
    changes = {"demote": StaffChange(role="analyst"), "narrow": StaffChange.model_validate({"properties": ["vienna"]})}
    if act == "end":
        return lambda: actions.end(OPERATOR, one, AT)
    return lambda: actions.change(OPERATOR, one, changes[act], AT)


@pytest.mark.parametrize("act", ["end", "demote", "narrow"])
def test_the_last_admin_of_the_group_stays(act: str) -> None:
    anna = somebody("anna")
    somebody("vera", "admin", "vienna")
    with pytest.raises(Conflict, match="last admin"):
        less(act, anna.id)()
    somebody("ben")
    less(act, anna.id)()
    everything = [each.name for each in actions.seen(OPERATOR, None) if may_everything(each)]
    assert everything == ["ben"]


@pytest.mark.parametrize("first", ["end", "demote", "narrow"])
@pytest.mark.parametrize("second", ["end", "demote", "narrow"])
def test_two_admins_who_take_from_each_other_at_once_leave_one(first: str, second: str) -> None:
    anna, ben = somebody("anna"), somebody("ben")
    number = last_call_of(less("demote", somebody("carl").id))
    actions.end(OPERATOR, actions.id_of("carl"), AT)
    refused = []

    def act() -> None:
        try:
            less(first, anna.id)()
        except Conflict as last:
            refused.append(str(last))

    assert beside(number, act, less(second, ben.id))
    assert len(refused) == 1


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused() -> None:
    somebody("ben")
    anna = somebody("anna")
    changed = actions.change(OPERATOR, anna.id, StaffChange(name="Anna", version=anna.version), AT)
    assert (changed.name, changed.version) == ("Anna", 2)
    assert actions.change(OPERATOR, anna.id, StaffChange(name="Anna"), AT) == changed
    with pytest.raises(Conflict, match="Somebody else"):
        actions.change(OPERATOR, anna.id, StaffChange(role="analyst", version=anna.version), AT)
    assert actions.required(OPERATOR, anna.id) == changed


def test_who_has_ended_is_not_there_and_cannot_be_ended_again() -> None:
    somebody("ben")
    anna = somebody("anna")
    actions.end(OPERATOR, anna.id, AT)
    for act in (lambda: actions.end(OPERATOR, anna.id, AT), lambda: actions.required(OPERATOR, anna.id)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict):
        somebody("anna")  # a request that comes late brings nobody back
    assert ids() == [actions.id_of("ben")]


def test_after_a_crash_anywhere_the_same_invitation_is_done() -> None:
    store.digest("")
    for point in points_of(lambda: somebody("anna")):
        name = f"b{point.at}{point.moment}"
        assert crash_at(point, partial(somebody, name))
        assert somebody(name).name == name
