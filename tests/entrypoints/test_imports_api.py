"""History over the API: a list is asked for, shown as it was understood, started, and its refused rows told."""

import base64
import json
from typing import Any

import pytest

from chalicelib.aws import files
from chalicelib.ingest.edge import raw_bucket
from tests.entrypoints.conftest import Hub
from tests.lists import GUESTS, STAYS, work_all

ASKED = {"kind": "guests", "source": "old", "exported_at": "2024-06-30T00:00:00Z", "property_id": "vienna"}


def posted(hub: Hub, text: str, **more: Any) -> Any:
    body = {**ASKED, "content": base64.b64encode(text.encode()).decode(), **more}
    response = hub.call("POST", "/v1/imports", body)
    assert response.status_code == 201, response.body
    return response.json_body


def opened(hub: Hub, made: Any) -> Any:
    work_all()
    return hub.get(f"/v1/imports/{made['id']}")


def test_what_was_understood_is_shown_before_anything_is_stored(hub: Hub) -> None:
    found = opened(hub, posted(hub, STAYS, kind="stays"))
    assert (found["state"], found["source"], found["result"]) == ("read", "csv-old", {"good": 2, "bad": 1})
    told = found["file"]
    assert (told["encoding"], told["sure"], told["delimiter"], told["date_order"], told["decimal"], told["rows"]) == (
        "utf-8", "certain", ";", None, "comma", 3,
    )  # fmt: skip
    assert told["columns"][0] == {"header": "Buchungsnummer", "field": "stay_id"}
    first, _, bad = told["first_rows"]
    assert (
        first["understood"] | {"arrival": "2024-02-01", "room_revenue": "1200.50", "property": "vienna"}
        == first["understood"]
    )
    assert (bad["line"], bad["understood"], bad["refused"]) == (4, {}, "Abreise: is before the arrival")
    assert hub.get("/v1/guests?source=csv-old&source_id=1")["items"] == []


def test_a_list_is_started_and_its_refused_rows_are_told(hub: Hub) -> None:
    made = posted(hub, STAYS, kind="stays")
    assert hub.status("POST", f"/v1/imports/{made['id']}/start") == 409, "it is not read yet"
    work_all()
    started = hub.call("POST", f"/v1/imports/{made['id']}/start")
    assert (started.status_code, started.json_body["state"]) == (202, "storing")
    found = opened(hub, made)
    assert (found["state"], found["result"]) == ("stored", {"good": 2, "bad": 1, "changed": 2})
    assert hub.get(f"/v1/jobs/{found['job']}")["state"] == "done"
    (row,) = hub.get(f"/v1/imports/{made['id']}/rejected")["items"]
    assert (row["line"], row["column"], row["reason"]) == (4, "Abreise", "is before the arrival")
    assert row["cells"][0] == "r3"
    assert len(hub.get("/v1/guests?source=csv-old&source_id=1")["items"]) == 1


def test_a_large_file_goes_where_the_import_says(hub: Hub) -> None:
    made = hub.call("POST", "/v1/imports", ASKED).json_body
    assert (made["state"], made["file"]) == ("waiting", None)
    assert made["upload"]["url"].startswith("https://xenia-test-raw-")
    assert made["upload"]["fields"]["key"] == f"uploads/{made['id']}"
    assert made["upload"]["fields"]["success_action_redirect"].endswith(f"/console/imports/{made['id']}")
    assert hub.status("POST", f"/v1/imports/{made['id']}/read", {}) == 409
    files.put_body(raw_bucket(), f"uploads/{made['id']}", GUESTS.encode())
    assert hub.status("POST", f"/v1/imports/{made['id']}/read", {}) == 202
    assert opened(hub, made)["result"] == {"good": 2}


def test_an_upload_that_went_before_it_was_read_can_be_made_again(hub: Hub) -> None:
    made = hub.call("POST", "/v1/imports", ASKED).json_body
    for _ in range(2):
        files.put_body(raw_bucket(), f"uploads/{made['id']}", GUESTS.encode())
        assert hub.status("POST", f"/v1/imports/{made['id']}/read", {}) == 202
        files.delete(raw_bucket(), f"uploads/{made['id']}")
        assert opened(hub, made)["state"] == "waiting"
    files.put_body(raw_bucket(), f"uploads/{made['id']}", GUESTS.encode())
    hub.call("POST", f"/v1/imports/{made['id']}/read", {})
    assert opened(hub, made)["state"] == "read"


def test_what_the_file_does_not_show_is_asked_for_by_its_field(hub: Hub) -> None:
    made = posted(hub, "id,arrival,departure\nr1,01/02/2024,03/02/2024\n", kind="stays")
    assert [each["field"] for each in opened(hub, made)["to_be_said"]] == ["date_order"]
    refused = hub.call("POST", f"/v1/imports/{made['id']}/start")
    assert (refused.status_code, [each["field"] for each in refused.json_body["errors"]]) == (400, ["date_order"])
    hub.call("POST", f"/v1/imports/{made['id']}/read", {"date_order": "day_first"})
    found = opened(hub, made)
    assert (found["to_be_said"], found["file"]["date_order"], found["result"]) == ([], "day_first", {"good": 1})


def test_refused_rows_come_in_pages(hub: Hub) -> None:
    made = posted(hub, "id,arrival,departure\n" + "r,2024-02-30,2024-03-01\n" * 250, kind="stays")
    work_all()
    lines: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = hub.get(f"/v1/imports/{made['id']}/rejected?limit=90{cursor}")
        lines += [each["line"] for each in page["items"]]
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert lines == list(range(2, 252))


def test_imports_are_listed_the_newest_first(hub: Hub) -> None:
    made = [posted(hub, GUESTS, source=f"s{at}")["id"] for at in range(3)]
    first = hub.get("/v1/imports?limit=2")
    rest = hub.get(f"/v1/imports?limit=2&cursor={first['next_cursor']}")
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "stay"), ("source", "Old PMS"), ("property_id", "ritz"), ("exported_at", "2099-01-01T00:00:00Z"),
        ("exported_at", "2024-01-01"), ("columns", {"Total": "price"}), ("encoding", "ebcdic"), ("delimiter", "#"),
        ("content", "%%%"), ("content", ""), ("date_order", "ymd"), ("currency", "euro"),
    ],
)  # fmt: skip
def test_a_refused_list_names_its_field_and_keeps_nothing(hub: Hub, field: str, value: Any) -> None:
    response = hub.call("POST", "/v1/imports", {**ASKED, field: value})
    assert response.status_code == 400
    assert [each["field"].partition(".")[0] for each in response.json_body["errors"]] == [field]
    assert hub.get("/v1/imports")["items"] == []


def test_the_same_request_twice_is_one_import(hub: Hub) -> None:
    body = {**ASKED, "content": base64.b64encode(GUESTS.encode()).decode()}
    made = [hub.call("POST", "/v1/imports", body, Idempotency_Key="k1").json_body["id"] for _ in range(2)]
    assert len(set(made)) == 1
    assert len(hub.get("/v1/imports")["items"]) == 1


def test_no_connection_takes_the_name_of_a_list(hub: Hub) -> None:
    refused = hub.call("PUT", "/v1/connections/csv-old", {"vendor": "canonical"})
    assert refused.status_code == 400
    assert "id" in json.dumps(refused.json_body["errors"])
