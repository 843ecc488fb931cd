"""The calls by which a front desk lives its day: boards, what is to be done, addresses that are asked for, and who
lives together; a part of `routes.CALLS`."""

from chalicelib.entrypoints.api.calls import Call
from chalicelib.entrypoints.api.roles import EVERYONE, FRONT_DESK

DESK_CALLS = (
    Call("GET", "/v1/properties/{property_id}/arrivals", "boards:arrivals", EVERYONE),
    Call("GET", "/v1/properties/{property_id}/departures", "boards:departures", EVERYONE),
    Call("GET", "/v1/properties/{property_id}/in-house", "boards:in_house", EVERYONE),
    Call("GET", "/v1/properties/{property_id}/tasks", "tasks:listed", FRONT_DESK),
    Call(
        "POST",
        "/v1/properties/{property_id}/tasks",
        "tasks:create",
        FRONT_DESK,
        status=201,
        creates=True,
        answers_secret=True,
        conflicts=True,
    ),
    Call("GET", "/v1/properties/{property_id}/tasks/{reservation_id}", "tasks:of_reservation", FRONT_DESK),
    Call(
        "PUT", "/v1/properties/{property_id}/tasks/{reservation_id}/{task_id}", "tasks:put", FRONT_DESK, conflicts=True
    ),
    Call(
        "DELETE",
        "/v1/properties/{property_id}/tasks/{reservation_id}/{task_id}",
        "tasks:delete",
        FRONT_DESK,
        conflicts=True,
    ),
    Call("GET", "/v1/guests/{guest_id}/captures/form", "captures:form", FRONT_DESK),
    Call("POST", "/v1/guests/{guest_id}/captures", "captures:create", FRONT_DESK, creates=True, conflicts=True),
    Call(
        "POST",
        "/v1/guests/{guest_id}/capture-codes",
        "capture_codes:create",
        FRONT_DESK,
        status=201,
        creates=True,
        answers_secret=True,
        conflicts=True,
    ),
    Call("GET", "/v1/guests/{guest_id}/capture-codes/{code_id}", "capture_codes:get", FRONT_DESK, conflicts=True),
    Call("GET", "/v1/guests/{guest_id}/household", "household:get", EVERYONE),
    Call("PUT", "/v1/guests/{guest_id}/household/{other_id}", "household:put", FRONT_DESK, conflicts=True),
    Call("DELETE", "/v1/guests/{guest_id}/household/{other_id}", "household:delete", FRONT_DESK),
)
