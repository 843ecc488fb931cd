"""How settings are kept: beside what the tools wrote down, and readable from every row that was ever written."""

from typing import Any

import pytest

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.settings import Settings
from chalicelib.canonical.errors import Conflict, Invalid
from chalicelib.properties import actions as properties
from chalicelib.properties.model import Branding
from chalicelib.settings import actions, installation, store
from chalicelib.settings.model import LARGEST_CAP, Brand, HubSettings
from chalicelib.settings.rules import mail_identity
from tests.builders import PORTO, VIENNA

OF_NOVEMBER: Item = {
    "pk": "SETTINGS",
    "sk": "DEPLOYMENT",
    "raw_bucket": "xenia-prod-raw-123456789012-eu-central-1",
    "public_url": "https://hub.hotel.example",
    "sender": "Hotel Example <news@hotel.example>",
    "postal_address": "Hotel Example, Main Street 1, 1010 Vienna, Austria",
    "cap_mails": 2,
    "cap_days": 10,
    "pace_seconds": 30,
}
"""As `hub infra deploy`, `finish` and hands wrote it before there were settings."""
PACKED: Item = {
    "pk": "SETTINGS",
    "sk": "DEPLOYMENT",
    "raw_bucket": "xenia-prod-raw-123456789012-eu-central-1",
    "public_url": "https://hub.hotel.example",
    "settings": (
        '{"cap_mails":2,"cap_days":10,"pace_seconds":30,"sharing":true,"retention_months":36,'
        '"group":{"sender":"Hotel Example <news@hotel.example>","postal_address":"Main Street 1, 1010 Vienna"},'
        '"brands":{"alpine":{"reply_to":"hello@alpine.example","legal_entity":"alpine-hotels","name":"Alpine"}},'
        '"version":4}'
    ),
    "settings_version": 4,
}


def test_a_row_of_before_reads_as_settings() -> None:
    assert store.read(OF_NOVEMBER) == HubSettings(
        version=0,
        cap_mails=2,
        cap_days=10,
        group=Branding(
            sender="Hotel Example <news@hotel.example>",
            postal_address="Hotel Example, Main Street 1, 1010 Vienna, Austria",
        ),
    )
    assert installation.read(OF_NOVEMBER).public_url == "https://hub.hotel.example"


def test_packed_settings_read_as_they_were_written() -> None:
    kept = store.read(PACKED)
    assert kept == HubSettings(
        cap_mails=2,
        cap_days=10,
        sharing=True,
        retention_months=36,
        group=Branding(sender="Hotel Example <news@hotel.example>", postal_address="Main Street 1, 1010 Vienna"),
        brands={"alpine": Brand(name="Alpine", reply_to="hello@alpine.example", legal_entity="alpine-hotels")},
        version=4,
    )
    assert store.packed(kept)["settings"] == PACKED["settings"].replace('"pace_seconds":30,', "")


def test_a_row_that_was_never_set_has_the_defaults() -> None:
    assert store.read(None) == store.read({"pk": "SETTINGS", "sk": "DEPLOYMENT"}) == HubSettings(version=0)


def test_what_of_a_row_of_before_would_be_refused_today_is_as_good_as_not_set() -> None:
    kept = store.read({**OF_NOVEMBER, "sender": "Hotel", "cap_days": 0, "cap_mails": LARGEST_CAP + 2})
    assert kept.group.sender is None
    assert kept.group.postal_address == OF_NOVEMBER["postal_address"]
    assert (kept.cap_days, kept.cap_mails, kept.mails_singly) == (7, LARGEST_CAP, False)


def test_the_first_change_packs_a_row_of_before_and_leaves_what_the_tools_wrote_down(aws: Settings) -> None:
    table.write(table.Put(OF_NOVEMBER))
    asked = store.get().model_copy(update={"cap_mails": 1})
    kept = actions.save(asked)
    row = table.get(keys.DEPLOYMENT) or {}
    told = {"settings", "settings_version", "settings_changed_at", "settings_changed_by"}
    assert row.keys() == {"pk", "sk", "raw_bucket", "public_url"} | told
    assert store.get() == kept == asked.numbered(1)
    assert installation.read(row) == installation.read(OF_NOVEMBER)


def test_the_largest_settings_fit_their_row() -> None:
    name, mailbox, url = "\x01" * 200, '"' + "é" * 300 + '" <a@b.example>', "https://" + "x" * 492
    largest = Branding(
        sender=mailbox,
        reply_to=mailbox,
        postal_address="\x01" * 500,
        logo_url=url,
        booking_url=url,
        tracking_domain=".".join(["x" * 62] * 4),
        legal_entity="e" * 64,
    )
    brands = {f"{at:064}": Brand(name=name, **largest.model_dump()) for at in range(40)}
    kept = HubSettings(group=largest, brands=brands, version=10**9)
    assert item_size({**OF_NOVEMBER, **store.packed(kept)}) < 400 * 1024


def test_what_the_tools_write_down_leaves_the_settings(aws: Settings) -> None:
    before = store.get()
    installation.note(public_url="https://new.example")
    installation.note(raw_bucket="another")
    installation.note()
    assert store.get() == before
    assert installation.get() == installation.Installation("another", "https://new.example")


def test_the_same_settings_again_are_the_same_version_and_write_nothing(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = actions.save(HubSettings(cap_mails=1))

    def never(_: table.Write) -> None:
        raise AssertionError

    monkeypatch.setattr(table, "write", never)
    assert actions.save(HubSettings(cap_mails=1)) == actions.save(kept) == kept


def test_settings_that_were_read_before_another_change_are_a_conflict(aws: Settings) -> None:
    read = store.get()
    actions.save(HubSettings(cap_mails=1))
    with pytest.raises(Conflict):
        actions.save(read.model_copy(update={"cap_days": 3}))
    assert store.get().cap_mails == 1


@pytest.mark.parametrize("row", [OF_NOVEMBER, PACKED, None])
def test_of_two_changes_at_the_same_moment_one_is_a_conflict(
    aws: Settings, monkeypatch: pytest.MonkeyPatch, row: Item | None
) -> None:
    table.write(table.Put(row) if row else table.Delete(keys.DEPLOYMENT))
    read = store.get()
    other = actions.save(read.model_copy(update={"cap_mails": 0}))
    monkeypatch.setattr(store, "get", lambda: read)
    with pytest.raises(Conflict):
        actions.save(read.model_copy(update={"cap_days": 3}))
    assert store.read(table.get(keys.DEPLOYMENT)) == other


def test_a_brand_that_a_property_names_stays(aws: Settings) -> None:
    with pytest.raises(Invalid, match="brand: is no brand"):
        properties.put(VIENNA.model_copy(update={"brand": "alpine"}))
    actions.save(HubSettings(brands={"alpine": Brand(name="Alpine")}))
    properties.put(VIENNA.model_copy(update={"brand": "alpine"}))
    with pytest.raises(Invalid, match=r"brands\.alpine: is named by vienna"):
        actions.save(HubSettings())
    properties.put(VIENNA)
    assert actions.save(HubSettings()).brands == {}


def test_a_brand_that_went_while_a_property_took_its_name_holds_up_no_later_change(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The property has the group's names until one of the two is written again."""
    actions.save(HubSettings(brands={"alpine": Brand(name="Alpine"), "sea": Brand(name="Sea")}))
    without = store.get().model_copy(update={"brands": {"sea": Brand(name="Sea")}})
    save = store.save

    def beside(settings: HubSettings, **told: Any) -> None:
        properties.put(VIENNA.model_copy(update={"brand": "alpine"}))
        save(settings, **told)

    with monkeypatch.context() as patched:
        patched.setattr(store, "save", beside)
        actions.save(without)
    properties.put(PORTO.model_copy(update={"brand": "sea"}))
    assert actions.save(store.get().model_copy(update={"cap_mails": 1})).cap_mails == 1
    with pytest.raises(Invalid) as refused:
        actions.save(HubSettings())
    assert [each.field for each in refused.value.fields] == ["brands.sea"]


def test_mail_of_the_group_carries_the_groups_names_and_the_tools_address() -> None:
    kept = store.read(PACKED)
    told = mail_identity(kept).branding
    assert told.sender == "Hotel Example <news@hotel.example>"
    assert told.postal_address == "Main Street 1, 1010 Vienna"
    assert installation.read(PACKED).public_url == "https://hub.hotel.example"
    assert (kept.cap_mails, kept.cap_days, kept.mails_singly, told.reply_to) == (2, 10, False, None)


def test_a_change_holds_for_the_next_mail(aws: Settings) -> None:
    kept = store.get()
    changed = kept.model_copy(update={"cap_mails": 0, "group": Branding(sender="b@c.example", reply_to="d@c.example")})
    actions.save(changed)
    names = mail_identity(store.get()).branding
    assert (store.get().cap_mails, names.sender, names.reply_to) == (0, "b@c.example", "d@c.example")
