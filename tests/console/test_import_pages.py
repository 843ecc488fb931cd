"""History comes in over pages: a file is uploaded, what was understood is shown, then stored, and refused rows told."""

import csv
import io
from typing import Any

import pytest

from chalicelib.aws import files
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.imports import store
from tests.console.conftest import Page, SignIn
from tests.lists import STAYS, work_all

FORM = {"kind": "stays", "source": "former-pms", "exported_at": "2024-06-30", "property_id": "vienna"}


def begun(admin: Any, **more: str) -> str:
    """The path of a new import's page."""
    led = admin.send("/imports/new", {**FORM, **more})
    assert led.status_code == 303, led.body
    return str(led.headers["Location"]).removeprefix("/console")


def read(admin: Any, text: str = STAYS, **more: str) -> str:
    path = begun(admin, **more)
    files.put_body(raw_bucket(), f"uploads/{path.rpartition('/')[2]}", text.encode())
    assert admin.send(f"{path}/read", page=admin.open(f"{path}?etag=x")).status_code == 303
    work_all()
    return path


def test_a_file_goes_to_the_bucket_and_the_page_lets_it(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    path = begun(admin)
    response = admin.ask("GET", f"/console{path}")
    page = Page(response.body.decode())
    (upload,) = [each for each in page.forms if each["action"].startswith("https://xenia-test-raw-")]
    assert upload["key"] == f"uploads/{path.rpartition('/')[2]}"
    host = upload["action"].removesuffix("/")
    assert f"form-action 'self' {host};" in response.headers["Content-Security-Policy"]
    assert host not in admin.ask("GET", "/console/imports").headers["Content-Security-Policy"]
    assert "The file has come." in admin.open(f"{path}?etag=x").text


def test_what_was_understood_is_shown_before_it_is_stored(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    path = read(admin)
    page = admin.open(path)
    assert "Read, and not stored yet" in page.text
    assert "Good 2 Refused 1" in page.text
    assert "Buchungsnummer stay_id" in page.text
    assert "1200.50" in page.text
    assert "Abreise: is before the arrival" in page.text
    assert "2 rows become guests and stays" in admin.open(f"{path}/start").text
    assert admin.send(f"{path}/start").headers["Location"] == f"/console{path}?done=storing"
    work_all()
    assert "Good 2 Refused 1 Changed something 2" in admin.open(path).text


def test_what_the_file_does_not_show_is_asked_for(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    path = read(admin, "id,arrival,departure\nr1,01/02/2024,03/02/2024\n")
    assert "Please say first" in admin.open(path).text
    assert f"/console{path}/start" not in admin.open(path).links
    assert admin.send(f"{path}/read", {"date_order": "day_first"}, admin.open(path)).status_code == 303
    work_all()
    assert "Good 1" in admin.open(path).text


def test_refused_rows_are_a_page_and_a_file(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    path = read(admin, STAYS.replace("Berg", "=cmd()"))
    assert "4 Abreise is before the arrival" in admin.open(f"{path}/rejected").text
    response = admin.ask("GET", f"/console{path}/rejected.csv")
    assert response.headers["Content-Type"].startswith("text/csv")
    header, row = csv.reader(io.StringIO(response.body.decode("utf-8-sig")))
    assert header[:4] == ["line", "column", "reason", "Buchungsnummer"]
    assert row[:4] == ["4", "Abreise", "is before the arrival", "r3"]
    assert "'=cmd()" in row


@pytest.mark.parametrize("field", ["source", "exported_at", "currency", "columns"])
def test_a_form_that_is_wrong_comes_back_with_its_fault(sign_in: SignIn, field: str) -> None:
    admin = sign_in("admin")
    wrong = {"source": "Old PMS", "exported_at": "", "currency": "euro", "columns": "Total = price"}
    led = admin.send("/imports/new", {**FORM, field: wrong[field]})
    assert led.status_code == 400
    assert f'id="{field}-fault"' in led.body.decode()
    assert store.listed() == []


@pytest.mark.parametrize("role", ["marketer", "front_desk", "analyst"])
def test_others_neither_find_nor_open_it(sign_in: SignIn, role: str) -> None:
    path = read(sign_in("admin"))
    other = sign_in(role)
    for each in ("/imports", "/imports/new", path, f"{path}/start", f"{path}/rejected", f"{path}/rejected.csv"):
        assert other.ask("GET", f"/console{each}").status_code == 403
