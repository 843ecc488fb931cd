"""The brands of the group in the browser: under whose name hotels speak that share one."""

import pytest

from chalicelib.properties import store as properties
from chalicelib.settings import actions as settings
from chalicelib.settings import store
from chalicelib.settings.model import Brand, HubSettings
from tests.builders import VIENNA
from tests.console.conftest import Page, SignIn
from tests.crashes import beside, watching

AT = "/settings/brands"
ALPINE = {
    "id": "alpine",
    "name": "Alpine",
    "sender": "Alpine <news@alpine.example>",
    "legal_entity": "alpine-hotels",
    "postal_address": "Ring 1\n1010 Vienna",
}


def test_a_brand_is_made_shown_changed_and_deleted_after_a_page_that_says_what_it_means(sign_in: SignIn) -> None:
    admin = sign_in()
    settings.save(HubSettings(cap_mails=7, sharing=True))
    assert "No brand yet" in admin.open(AT).text
    assert admin.send(f"{AT}/new", ALPINE).headers["Location"] == "/console/settings/brands?done=saved"
    page = admin.open(AT)
    assert "Alpine <news@alpine.example>" in page.text
    assert f"/console{AT}/alpine" in page.links
    admin.send(f"{AT}/alpine", {"name": "Alpine Hotels", "legal_entity": ""})
    kept = store.get()
    assert (kept.brands["alpine"].name, kept.brands["alpine"].legal_entity) == ("Alpine Hotels", None)
    assert kept.brands["alpine"].postal_address == "Ring 1\n1010 Vienna"
    assert (kept.cap_mails, kept.sharing) == (7, True)
    assert "No hotel names it" in admin.open(f"{AT}/alpine/delete").text
    assert store.get() == kept
    admin.send(f"{AT}/alpine/delete")
    assert store.get().brands == {}
    assert (store.get().cap_mails, store.get().sharing) == (7, True)
    admin.open(f"{AT}/alpine", 404)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"sender": "news"}, "sender"), ({"logo_url": "http://x.example"}, "logo_url"), ({"name": " "}, "name"),
        ({"id": "Alpine Hotels"}, "id"), ({"id": ""}, "id"), ({"tracking_domain": "x"}, "tracking_domain"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    sign_in: SignIn, more: dict[str, str], field: str
) -> None:
    response = sign_in().send(f"{AT}/new", {**ALPINE, **more})
    page = Page(response.body.decode())
    assert response.status_code == 400
    assert f'id="{field}-fault"' in page.html
    assert page.form(f"{AT}/new")["legal_entity"] == "alpine-hotels"
    assert store.get().brands == {}


def test_a_brand_that_a_hotel_names_cannot_go_and_the_page_says_whose_it_is(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send(f"{AT}/new", ALPINE)
    confirming = admin.open(f"{AT}/alpine/delete")
    properties.put(VIENNA.model_copy(update={"brand": "alpine", "name": "Hotel <Vienna>"}))
    page = admin.open(f"{AT}/alpine/delete")
    assert "Hotel <Vienna>" in page.text
    assert "Delete the brand" not in page.text
    assert "Hotel <Vienna>" in admin.open(AT).text
    refused = admin.send(f"{AT}/alpine/delete", {}, confirming)  # who had the page before
    assert refused.status_code == 400
    assert "alpine" in store.get().brands


def test_a_list_of_forty_brands_asks_for_the_hotels_once(sign_in: SignIn) -> None:
    admin, brand = sign_in(), Brand(name="B")
    settings.save(HubSettings(brands={f"b{number}": brand for number in range(40)}))
    with watching() as calls:
        admin.open(AT)
    assert calls.made == ["BatchGetItem", "GetItem", "Query", "GetItem", "PutItem"]


def test_what_else_is_set_while_a_brand_is_written_is_not_overwritten(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send(f"{AT}/new", ALPINE)
    form = admin.open(f"{AT}/alpine")
    with watching() as calls:
        admin.send(f"{AT}/alpine", {"name": "A"}, form)
    form, met = admin.open(f"{AT}/alpine"), 0
    for number in range(len(calls.made)):
        caps = store.get().cap_mails % 9 + 1

        def other(caps: int = caps) -> None:
            settings.save(store.get().model_copy(update={"cap_mails": caps, "version": None}))

        name = f"Name {number}"
        met += beside(number, lambda: admin.send(f"{AT}/alpine", {"name": name}, form), other)  # noqa: B023 (called here)
        assert store.get().cap_mails == caps
        form = admin.open(f"{AT}/alpine")
    assert met == len(calls.made)


def test_what_else_is_set_while_a_brand_is_deleted_is_not_overwritten(sign_in: SignIn) -> None:
    """Its page carries no version: the settings are those that were read for it."""
    admin, brand = sign_in(), Brand(name="B")
    settings.save(HubSettings(brands={f"b{number}": brand for number in range(20)}))
    form, met = admin.open(f"{AT}/b0/delete"), 0
    with watching() as calls:
        admin.send(f"{AT}/b0/delete", {}, form)
    for number in range(1, len(calls.made) + 1):
        caps = store.get().cap_mails % 9 + 1
        form = admin.open(f"{AT}/b{number}/delete")

        def other(caps: int = caps) -> None:
            settings.save(store.get().model_copy(update={"cap_mails": caps, "version": None}))

        met += beside(number - 1, lambda: admin.send(f"{AT}/b{number}/delete", {}, form), other)  # noqa: B023 (called here)
        assert store.get().cap_mails == caps
    assert met == len(calls.made)


@pytest.mark.parametrize(
    ("role", "hotels"), [("marketer", ()), ("front_desk", ()), ("analyst", ()), ("admin", ("vienna",))]
)
@pytest.mark.parametrize("path", [AT, f"{AT}/new", f"{AT}/alpine", f"{AT}/alpine/delete"])
def test_only_an_admin_of_the_group_finds_them(sign_in: SignIn, role: str, hotels: tuple[str, ...], path: str) -> None:
    sign_in().send(f"{AT}/new", ALPINE)
    them = sign_in(role, *hotels)
    them.open(path, 403)
    assert not any(AT in each for each in them.open("/").links)


def test_a_brand_in_another_script_stands_in_its_own_direction(sign_in: SignIn) -> None:
    admin = sign_in()
    admin.send(f"{AT}/new", {**ALPINE, "name": "<b>فندق</b>"})
    page = admin.open(AT)
    assert "<b>فندق</b>" in page.text
    assert 'dir="auto">&lt;b&gt;' in page.html
