"""Who answers for a guest's data at which hotel, and whom they succeeded there."""

import pytest

from chalicelib.aws import table
from chalicelib.aws.settings import Settings
from chalicelib.canonical.ids import ControllerId, PropertyId
from chalicelib.properties import actions as properties
from chalicelib.properties import store as hotels
from chalicelib.properties.model import Branding, Property
from chalicelib.settings import actions, store
from chalicelib.settings.model import Brand, HubSettings, Succession
from chalicelib.settings.rules import (
    Controllers,
    controllers,
    gone_property,
    mail_identity,
    predecessors,
    successions_of_restore,
)
from tests.builders import PORTO, VIENNA

VIENNAS, PORTOS, GONE = (PropertyId(each) for each in ("vienna", "porto", "gone"))
ALPINE, ATLANTIC, GROUP = (ControllerId(each) for each in ("alpine", "atlantic", "group"))


def hotel(entity: str | None, of: Property = VIENNA, brand: str | None = None) -> Property:
    return of.model_copy(update={"branding": Branding(legal_entity=entity), "brand": brand})


def before(controller: str) -> set[str]:
    _, known = store.with_successions()
    return set(predecessors(ControllerId(controller), known))


def test_each_hotel_answers_for_itself_and_one_that_is_not_known_for_nobody() -> None:
    known = controllers(HubSettings(), [hotel("alpine"), hotel("atlantic", PORTO)])
    assert known == Controllers(GROUP, {VIENNAS: ALPINE, PORTOS: ATLANTIC})
    assert known.of([VIENNAS]) == {ALPINE}
    assert known.of([VIENNAS, PORTOS, GONE]) == {ALPINE, ATLANTIC}
    assert known.of([GONE]) == frozenset()
    assert known.of([]) == {GROUP}


def test_who_is_succeeded_is_found_through_any_number_of_changes_and_back() -> None:
    told = [Succession(ControllerId(one), ControllerId(other)) for one, other in ("ba", "cb", "ac", "yx")]
    assert predecessors(ControllerId("c"), told) == {"a", "b"}
    assert predecessors(ControllerId("y"), told) == {"x"}
    assert predecessors(ControllerId("x"), told) == frozenset()


def test_a_hotel_s_legal_entity_that_changes_is_written_down(aws: Settings) -> None:
    properties.put(VIENNA)
    properties.put(hotel("alpine"))
    properties.put(hotel("alpine", PORTO))
    assert before("alpine") == {"group"}
    properties.put(hotel("alpine-new"))
    assert (before("alpine-new"), before("alpine"), before("group")) == ({"alpine", "group"}, {"group"}, set())


def test_a_hotel_that_moves_to_a_brand_of_another_entity_has_changed_its_own(aws: Settings) -> None:
    actions.save(HubSettings(brands={"sea": Brand(name="Sea", legal_entity="sea-ag")}))
    properties.put(hotel("alpine"))
    properties.put(hotel(None, brand="sea"))
    assert before("sea-ag") == {"alpine"}


def test_the_entity_of_the_group_or_of_a_brand_that_changes_is_written_down(aws: Settings) -> None:
    actions.save(HubSettings(brands={"sea": Brand(name="Sea")}))
    actions.save(HubSettings(group=Branding(legal_entity="group-ag"), brands={"sea": Brand(name="Sea")}))
    assert before("group-ag") == {"group"}
    sea = Brand(name="Sea", legal_entity="sea-ag")
    actions.save(HubSettings(group=Branding(legal_entity="group-ag"), brands={"sea": sea}))
    assert before("sea-ag") == {"group-ag", "group"}


def test_the_entity_of_the_group_that_changes_is_written_down_where_no_brand_and_no_hotel_follow_it(
    aws: Settings,
) -> None:
    """Campaigns without a property are the group's."""
    actions.save(HubSettings(group=Branding(legal_entity="group-ag")))
    assert before("group-ag") == {"group"}


def test_what_stands_again_after_a_restore_succeeds_what_stood_since() -> None:
    """At one hotel another answers, one is gone since, and one is not there yet."""
    then = Controllers(GROUP, {VIENNAS: ALPINE, GONE: ATLANTIC})
    known = Succession(ControllerId("newer"), ALPINE)
    today = Controllers(ControllerId("group-ag"), {VIENNAS: ControllerId("newer"), PORTOS: ALPINE}, [known])
    assert successions_of_restore(today, then) == {
        known,
        Succession(GROUP, ControllerId("group-ag")),
        Succession(ALPINE, ControllerId("newer")),
        Succession(ATLANTIC, gone_property(GONE)),
        Succession(gone_property(PORTOS), ALPINE),
    }
    assert successions_of_restore(then, then) == set()


def test_a_brand_that_is_taken_away_or_added_under_a_hotel_changes_who_answers_there(aws: Settings) -> None:
    """Both happened at the same moment: the hotel names a brand that is not there, until it is added again."""
    hotels.put(hotel(None, brand="sea"))
    actions.save(HubSettings(brands={"sea": Brand(name="Sea", legal_entity="sea-ag")}))
    assert before("sea-ag") == {"group"}


def test_a_hotel_that_leaves_the_list_and_comes_again_succeeds_what_it_was(aws: Settings) -> None:
    properties.put(hotel("alpine"))
    properties.delete(hotel("alpine"))
    properties.put(hotel("atlantic"))
    assert "alpine" in before("atlantic")


def test_a_hotel_that_is_new_and_one_that_stays_as_it_is_write_nothing_down(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: table.Write) -> None:
        raise AssertionError

    properties.put(hotel("alpine"))
    monkeypatch.setattr(store, "_note", never)
    properties.put(hotel("alpine"))
    properties.put(hotel("atlantic", PORTO))
    actions.save(HubSettings(cap_mails=1))


def test_what_two_write_down_at_the_same_moment_is_both_kept(aws: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write, news = table.write, Succession(ATLANTIC, GROUP)

    def after_another(one: table.Put) -> None:
        monkeypatch.setattr(table, "write", write)
        store.note([news])
        write(one)

    monkeypatch.setattr(table, "write", after_another)
    store.note([Succession(ALPINE, GROUP)])
    assert store.with_successions()[1] == {news, Succession(ALPINE, GROUP)}


def test_the_settings_that_are_saved_leave_what_was_written_down(aws: Settings) -> None:
    store.note([Succession(ALPINE, GROUP)])
    actions.save(HubSettings(cap_mails=1))
    assert before("alpine") == {"group"}
    assert mail_identity(store.get(), hotel("alpine"), store.with_successions()[1]).succeeds == {GROUP}
