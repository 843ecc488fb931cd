"""An objection holds through merges and splits, also when they happen at the same moment."""

from collections.abc import Callable

import pytest

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import Digest, leaf_of_profile
from chalicelib.canonical.time import Instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import actions as consents
from chalicelib.consent import store as gates
from chalicelib.consent.model import EMAIL
from chalicelib.guests import store as guests
from chalicelib.ingest.changes import change_of
from chalicelib.profiles import actions as profiles
from chalicelib.settings.model import GROUP_CONTROLLER
from tests.builders import VIENNA, at, guest
from tests.ids import PMS

T1 = Instant("2026-05-01T00:00:00.000000Z")
ADDRESS = "anna@mail.example"


def tell(*snapshots: dict[str, object]) -> None:
    changes = [
        change_of(read(each), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(f"{kind}-{value}"))
        for each in snapshots
    ]
    assert profiles.store_changes([change for change in changes if change]) == {}


def anna(source_id: str, minute: int = 0, given: str = "Anna") -> dict[str, object]:
    return guest(source_id, given, email=ADDRESS, marketing_email=True, changed_at=at(minute))


def answer(source_id: str) -> str | None:
    known = guests.guest(leaf_of_profile(PMS, source_id))
    gate = gates.gate(known.id, EMAIL) if known else None
    consent = gate.answer_to("marketing", GROUP_CONTROLLER) if gate else None
    return consent.state if consent else None


def object_by(source_id: str) -> None:
    consents.set_consent(
        leaf_of_profile(PMS, source_id), EMAIL, "marketing", GROUP_CONTROLLER, "withdrawn", "guest", T1
    )


@pytest.mark.parametrize("through", ["1", "2"])
def test_who_objected_as_one_guest_has_objected_as_both_when_the_records_are_split(aws: Settings, through: str) -> None:
    tell(anna("1"), anna("2"))
    object_by(through)
    tell(anna("2", 1, given="Berta"))
    assert (answer("1"), answer("2")) == ("withdrawn", "withdrawn")


def test_who_objected_has_objected_when_another_record_joins(aws: Settings) -> None:
    tell(anna("1"))
    object_by("1")
    tell(anna("2"))
    assert (answer("1"), answer("2")) == ("withdrawn", "withdrawn")


def test_who_moves_from_one_guest_to_another_takes_both_gates_along(aws: Settings) -> None:
    """The mover has the smallest id: it is the guest before and after, and the part left behind is laid out last."""
    mover, left, joined = sorted("123", key=lambda source_id: leaf_of_profile(PMS, source_id))
    other = "other@mail.example"
    tell(
        {**anna(mover), "marketing_email": None},
        {**anna(left), "marketing_email": None},
        {**anna(joined), "email": other},
    )
    object_by(joined)
    tell({**anna(mover, 1), "email": other, "marketing_email": None})
    assert guests.guest(leaf_of_profile(PMS, joined)) == guests.guest(leaf_of_profile(PMS, mover))
    assert answer(joined) == "withdrawn"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something else between what the next transaction was decided on and that transaction."""
    transact = table.transact

    def after_the_other(writes: list[table.Write]) -> None:
        monkeypatch.setattr(table, "transact", transact)
        act()
        transact(writes)

    monkeypatch.setattr(table, "transact", after_the_other)


@pytest.mark.parametrize("through", ["1", "2"])
def test_an_objection_while_the_records_are_split_holds(
    aws: Settings, through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(anna("1"), anna("2"))
    meanwhile(monkeypatch, lambda: tell(anna("2", 1, given="Berta")))
    object_by(through)
    assert answer(through) == "withdrawn"


@pytest.mark.parametrize("through", ["1", "2"])
def test_a_split_while_the_guest_objects_holds_for_both(
    aws: Settings, through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(anna("1"), anna("2"))
    meanwhile(monkeypatch, lambda: object_by(through))
    tell(anna("2", 1, given="Berta"))
    assert (answer("1"), answer("2")) == ("withdrawn", "withdrawn")


@pytest.mark.parametrize("through", ["1", "2"])
def test_an_objection_while_records_are_joined_holds(
    aws: Settings, through: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(guest("1", email="other@mail.example"), anna("2"))
    meanwhile(monkeypatch, lambda: object_by(through))
    tell(anna("1", 1))
    assert (answer("1"), answer("2")) == ("withdrawn", "withdrawn")
