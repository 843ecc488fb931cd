"""Every call of the API on one page: method and path, which function answers, and who may."""

from chalice.app import Blueprint, Response

from chalicelib.entrypoints.api.calls import Call, perform
from chalicelib.entrypoints.problems import answered

ADMIN = frozenset({"admin"})
EVERYONE = frozenset({"admin", "marketer", "front_desk", "analyst", "integration"})
MARKETING = frozenset({"admin", "marketer"})
MARKETING_READ = frozenset({"admin", "marketer", "analyst"})
FRONT_DESK = frozenset({"admin", "front_desk"})
SENDERS = frozenset({"admin", "integration"})

CALLS = (
    Call("GET", "/v1/properties", "properties:listed", EVERYONE),
    Call(
        "PUT", "/v1/properties/{property_id}", "properties:put", ADMIN, group_only=True, conflicts=True, versioned=True
    ),
    Call("GET", "/v1/properties/{property_id}", "properties:get", EVERYONE),
    Call("DELETE", "/v1/properties/{property_id}", "properties:delete", ADMIN, group_only=True, conflicts=True),
    Call("GET", "/v1/properties/{property_id}/arrivals", "boards:arrivals", EVERYONE),
    Call("GET", "/v1/properties/{property_id}/departures", "boards:departures", EVERYONE),
    Call("GET", "/v1/properties/{property_id}/in-house", "boards:in_house", EVERYONE),
    Call("GET", "/v1/connections", "connections:listed", ADMIN),
    Call("PUT", "/v1/connections/{connection_id}", "connections:put", ADMIN, conflicts=True, versioned=True),
    Call("GET", "/v1/connections/{connection_id}", "connections:get", ADMIN),
    Call("DELETE", "/v1/connections/{connection_id}", "connections:delete", ADMIN),
    Call("GET", "/v1/connections/{connection_id}/secrets", "connection_secrets:listed", ADMIN),
    Call(
        "POST",
        "/v1/connections/{connection_id}/secrets",
        "connection_secrets:create",
        ADMIN,
        status=201,
        creates=True,
        answers_secret=True,
        conflicts=True,
    ),
    Call(
        "DELETE",
        "/v1/connections/{connection_id}/secrets/{secret_id}",
        "connection_secrets:delete",
        ADMIN,
        conflicts=True,
    ),
    Call("POST", "/v1/connections/{connection_id}/test", "connection_trials:test", ADMIN),
    Call(
        "POST",
        "/v1/connections/{connection_id}/backfill",
        "connection_backfill:start",
        ADMIN,
        status=202,
        creates=True,
        group_only=True,
        conflicts=True,
    ),
    Call("GET", "/v1/today", "today:get", EVERYONE),
    Call("GET", "/v1/keys", "access:listed", ADMIN),
    Call("POST", "/v1/keys", "access:create", ADMIN, status=201, creates=True, answers_secret=True),
    Call("DELETE", "/v1/keys/{key_id}", "access:delete", ADMIN, conflicts=True),
    Call("GET", "/v1/staff", "staff:listed", ADMIN),
    Call("POST", "/v1/staff", "staff:invite", ADMIN, status=201, creates=True),
    Call("GET", "/v1/staff/{staff_id}", "staff:get", ADMIN),
    Call("PATCH", "/v1/staff/{staff_id}", "staff:change", ADMIN, conflicts=True),
    Call("DELETE", "/v1/staff/{staff_id}", "staff:delete", ADMIN, conflicts=True),
    Call("GET", "/v1/staff/{staff_id}/sessions", "staff:sessions_of", ADMIN),
    Call("DELETE", "/v1/staff/{staff_id}/sessions", "staff:end_sessions", ADMIN),
    Call("DELETE", "/v1/staff/{staff_id}/sessions/{session_id}", "staff:end_session", ADMIN),
    Call("GET", "/v1/audit", "audit:listed", ADMIN),
    Call("GET", "/v1/identity-provider", "provider:get", ADMIN, group_only=True),
    Call("PUT", "/v1/identity-provider", "provider:put", ADMIN, group_only=True, conflicts=True, versioned=True),
    Call("DELETE", "/v1/identity-provider", "provider:delete", ADMIN, group_only=True),
    Call("GET", "/v1/settings", "settings:get", ADMIN, group_only=True),
    Call("PUT", "/v1/settings", "settings:put", ADMIN, group_only=True, conflicts=True, versioned=True),
    Call("GET", "/v1/consent-rules", "consent_rules:listed", EVERYONE),
    Call("GET", "/v1/consent-settings", "consent_rules:get", ADMIN, group_only=True),
    Call("PUT", "/v1/consent-settings", "consent_rules:put", ADMIN, group_only=True, conflicts=True, versioned=True),
    Call("POST", "/v1/events", "events:accept", SENDERS, creates=True),
    Call("POST", "/v1/signups", "signups:ask", SENDERS, status=202, creates=True, conflicts=True),
    Call("GET", "/v1/imports", "imports:listed", ADMIN, group_only=True),
    Call(
        "POST",
        "/v1/imports",
        "imports:create",
        ADMIN,
        status=201,
        creates=True,
        answers_secret=True,
        group_only=True,
        conflicts=True,
    ),
    Call("GET", "/v1/imports/{import_id}", "imports:get", ADMIN, group_only=True),
    Call("POST", "/v1/imports/{import_id}/read", "imports:read", ADMIN, status=202, group_only=True, conflicts=True),
    Call("POST", "/v1/imports/{import_id}/start", "imports:start", ADMIN, status=202, group_only=True, conflicts=True),
    Call("GET", "/v1/imports/{import_id}/rejected", "imports:rejected", ADMIN, group_only=True),
    Call("GET", "/v1/guests", "guests:search", EVERYONE),
    Call("GET", "/v1/guests/{guest_id}", "guests:get", EVERYONE),
    Call("DELETE", "/v1/guests/{guest_id}", "erasures:erase", ADMIN),
    Call("GET", "/v1/guests/{guest_id}/erasure", "erasures:plan", ADMIN),
    Call("GET", "/v1/erasures", "erasures:listed", ADMIN),
    Call("GET", "/v1/erasures/{erasure_id}", "erasures:get", ADMIN),
    Call("PATCH", "/v1/erasures/{erasure_id}", "erasures:tell", ADMIN),
    Call("PATCH", "/v1/guests/{guest_id}", "corrections:patch", FRONT_DESK, conflicts=True),
    Call("GET", "/v1/guests/{guest_id}/records", "records:listed", EVERYONE),
    Call("GET", "/v1/guests/{guest_id}/origins", "origins:listed", EVERYONE),
    Call("GET", "/v1/guests/{guest_id}/decisions", "merge_decisions:listed", EVERYONE),
    Call("POST", "/v1/guests/{guest_id}/unmerge", "merge_decisions:unmerge", FRONT_DESK, creates=True, conflicts=True),
    Call("GET", "/v1/merge-candidates", "merge_candidates:listed", FRONT_DESK),
    Call("GET", "/v1/merge-candidates/{guest_id}/{other_id}", "merge_candidates:get", FRONT_DESK),
    Call("POST", "/v1/merge-decisions", "merge_decisions:decide", FRONT_DESK, creates=True, conflicts=True),
    Call("GET", "/v1/guests/{guest_id}/timeline", "timeline:listed", EVERYONE),
    Call("GET", "/v1/guests/{guest_id}/stays", "stays:listed", EVERYONE),
    Call("GET", "/v1/guests/{guest_id}/consents", "consents:listed", EVERYONE),
    Call("PUT", "/v1/guests/{guest_id}/consents/{channel}/{purpose}", "consents:put", FRONT_DESK),
    Call(
        "POST",
        "/v1/guests/{guest_id}/consents/{channel}/lift-bounce",
        "consents:lift_bounce",
        ADMIN,
        group_only=True,
    ),
    Call("GET", "/v1/guests/{guest_id}/membership", "membership:listed", EVERYONE),
    Call("PUT", "/v1/guests/{guest_id}/membership/{program_id}", "membership:enrol", FRONT_DESK, conflicts=True),
    Call("DELETE", "/v1/guests/{guest_id}/membership/{program_id}", "membership:end", FRONT_DESK, conflicts=True),
    Call("GET", "/v1/guests/{guest_id}/ledger", "membership:ledger", EVERYONE),
    Call("GET", "/v1/programs", "programs:listed", EVERYONE),
    Call("PUT", "/v1/programs/{program_id}", "programs:put", ADMIN, group_only=True, conflicts=True, versioned=True),
    Call("GET", "/v1/programs/{program_id}", "programs:get", EVERYONE),
    Call(
        "POST",
        "/v1/programs/{program_id}/points",
        "programs:count_points",
        MARKETING_READ,
        status=202,
        creates=True,
        group_only=True,
    ),
    Call("GET", "/v1/programs/{program_id}/members", "members:listed", EVERYONE),
    Call("GET", "/v1/jobs", "jobs:listed", EVERYONE, group_only=True),
    Call("GET", "/v1/jobs/{job_id}", "jobs:get", EVERYONE, group_only=True),
    Call("GET", "/v1/dead-letters", "dead_letters:listed", ADMIN),
    Call("GET", "/v1/dead-letters/{letter_id}", "dead_letters:get", ADMIN),
    Call("DELETE", "/v1/dead-letters/{letter_id}", "dead_letters:purge", ADMIN),
    Call("POST", "/v1/dead-letters/{letter_id}/redrive", "dead_letters:redrive", ADMIN, conflicts=True),
    Call("POST", "/v1/dead-letters/redrive", "dead_letters:redrive_slice", ADMIN),
    Call("POST", "/v1/dead-letters/purge", "dead_letters:purge_slice", ADMIN),
    Call("GET", "/v1/segments", "segments:listed", MARKETING_READ),
    Call(
        "PUT", "/v1/segments/{segment_id}", "segments:put", MARKETING, group_only=True, conflicts=True, versioned=True
    ),
    Call("GET", "/v1/segments/{segment_id}", "segments:get", MARKETING_READ),
    Call("POST", "/v1/segments/preview", "segments:preview", MARKETING_READ, status=202, creates=True, group_only=True),
    Call(
        "POST",
        "/v1/segments/{segment_id}/preview",
        "segments:preview_saved",
        MARKETING_READ,
        status=202,
        creates=True,
        group_only=True,
    ),
    Call("GET", "/v1/segments/{segment_id}/why/{guest_id}", "segments:why", MARKETING_READ),
    Call("GET", "/v1/traits", "traits:listed", MARKETING_READ),
    Call("GET", "/v1/templates", "templates:listed", MARKETING_READ),
    Call(
        "PUT",
        "/v1/templates/{template_id}",
        "templates:put",
        MARKETING,
        group_only=True,
        conflicts=True,
        versioned=True,
    ),
    Call("GET", "/v1/templates/{template_id}", "templates:get", MARKETING_READ),
    Call("POST", "/v1/templates/preview", "templates:preview", MARKETING),
    Call("POST", "/v1/templates/{template_id}/preview", "templates:preview_saved", MARKETING),
    Call("GET", "/v1/campaigns", "campaigns:listed", MARKETING_READ, group_only=True),
    Call("POST", "/v1/campaigns", "campaigns:create", MARKETING, status=201, creates=True, group_only=True),
    Call("GET", "/v1/campaigns/{campaign_id}", "campaigns:get", MARKETING_READ, group_only=True),
    Call(
        "PATCH",
        "/v1/campaigns/{campaign_id}",
        "campaigns:change",
        MARKETING,
        group_only=True,
        conflicts=True,
        versioned=True,
    ),
    Call(
        "POST",
        "/v1/campaigns/{campaign_id}/launch",
        "campaigns:launch",
        MARKETING,
        status=202,
        creates=True,
        group_only=True,
        conflicts=True,
        versioned=True,
    ),
    Call("POST", "/v1/campaigns/{campaign_id}/pause", "campaigns:pause", MARKETING, group_only=True, conflicts=True),
    Call("POST", "/v1/campaigns/{campaign_id}/resume", "campaigns:resume", MARKETING, group_only=True, conflicts=True),
    Call("POST", "/v1/campaigns/{campaign_id}/cancel", "campaigns:cancel", MARKETING, group_only=True, conflicts=True),
    Call(
        "POST",
        "/v1/campaigns/{campaign_id}/runs/{run_id}/mail-missed",
        "campaigns:mail_missed",
        MARKETING,
        status=202,
        group_only=True,
        conflicts=True,
    ),
    Call(
        "GET",
        "/v1/campaigns/{campaign_id}/decisions",
        "campaigns:decisions",
        MARKETING_READ,
        group_only=True,
        conflicts=True,
    ),
    Call(
        "GET",
        "/v1/campaigns/{campaign_id}/decisions/{guest_id}",
        "campaigns:decision",
        MARKETING_READ,
        group_only=True,
        conflicts=True,
    ),
)

api = Blueprint(__name__)


def _serve(call: Call) -> None:
    @answered(api)
    def view(**path: str) -> Response:
        return perform(call, api.current_request, path)

    methods = [call.method, "HEAD"] if call.method == "GET" else [call.method]
    api.route(call.path, methods=methods, content_types=["*/*"])(view)


for each in CALLS:
    _serve(each)
