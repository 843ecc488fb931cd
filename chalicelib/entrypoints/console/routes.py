"""Every page of the console on one page, those of guests on another (`guest_routes.py`): its address, what shows it,
what takes its form, and who may open it.

API Gateway knows the depths of addresses only; which page one is, this table says. So a page more is a line here, and
no resource in the gateway.
"""

from chalice.app import Blueprint, Request, Response

from chalicelib.entrypoints.console.account_routes import ACCOUNT_PAGES
from chalicelib.entrypoints.console.guest_routes import GUEST_PAGES
from chalicelib.entrypoints.console.table import CONSOLE_AT, Page, find
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.problems import answered

PAGES = (
    Page("/static/{name}", shows="static:served", is_open=True),
    Page("/sign-in", shows="sign_in:shown", takes="sign_in:asked", is_open=True),
    Page("/sign-in/code", shows="sign_in:code", takes="sign_in:typed", is_open=True),
    Page("/sign-in/provider", shows="sign_in:leave", is_open=True),
    Page("/sign-in/provider/back", shows="sign_in:returned", is_open=True),
    Page("/sign-in/{token}", shows="sign_in:link", takes="sign_in:followed", is_open=True),
    Page("/me", shows="me:shown", takes="me:signed_out"),
    Page("/me/sessions/{session_id}", shows="me:ending", takes="me:ended"),
    Page("/", shows="today:shown", title=N_("Today")),
    Page("/board", shows="board:chosen", opens="boards:arrivals"),
    Page("/board/{property_id}", shows="board:shown", opens="boards:arrivals"),
    Page("/board/{property_id}/tasks", shows="tasks:listed", takes="tasks:ticked", opens="tasks:listed"),
    Page(
        "/board/{property_id}/tasks/{reservation_id}",
        shows="tasks:of_reservation",
        takes="tasks:created",
        opens="tasks:create",
    ),
    Page(
        "/board/{property_id}/tasks/{reservation_id}/{task_id}",
        shows="tasks:one",
        takes="tasks:settled",
        opens="tasks:put",
    ),
    Page(
        "/board/{property_id}/tasks/{reservation_id}/{task_id}/delete",
        shows="tasks:deleting",
        takes="tasks:deleted",
        opens="tasks:delete",
    ),
    *GUEST_PAGES,
    *ACCOUNT_PAGES,
    Page("/loyalty", shows="loyalty:listed", opens="programs:listed", title=N_("Loyalty")),
    Page("/loyalty/new", shows="loyalty:new", takes="loyalty:created", opens="programs:put"),
    Page("/loyalty/{program_id}", shows="loyalty:one", opens="programs:get"),
    Page("/loyalty/{program_id}/members", shows="loyalty:members_of", opens="members:listed"),
    Page(
        "/loyalty/{program_id}/points",
        shows="loyalty:points_of",
        takes="loyalty:count_points",
        opens="programs:count_points",
    ),
    Page("/loyalty/{program_id}/edit", shows="loyalty:edit", takes="loyalty:saved", opens="programs:put"),
    Page("/segments", shows="segments:listed", opens="segments:listed", title=N_("Segments")),
    Page("/segments/new", shows="segments:new", takes="segments:created", opens="segments:put"),
    Page("/segments/preview/{job_id}", shows="segments:counted", opens="segments:preview"),
    Page("/segments/{segment_id}", shows="segments:one", opens="segments:get"),
    Page("/segments/{segment_id}/edit", shows="segments:edit", takes="segments:saved", opens="segments:put"),
    Page("/segments/{segment_id}/count", shows="segments:one", takes="segments:count", opens="segments:preview_saved"),
    Page("/templates", shows="templates:listed", opens="templates:listed", title=N_("Templates")),
    Page("/templates/new", shows="templates:new", takes="templates:created", opens="templates:put"),
    Page("/templates/{template_id}", shows="templates:one", takes="templates:saved", opens="templates:get"),
    Page("/templates/{template_id}/look", shows="templates:look", opens="templates:preview_saved"),
    Page("/campaigns", shows="campaigns:listed", opens="campaigns:listed", title=N_("Campaigns")),
    Page("/campaigns/new", shows="campaigns:new", takes="campaigns:created", opens="campaigns:create"),
    Page("/campaigns/{campaign_id}", shows="campaigns:one", opens="campaigns:get"),
    Page("/campaigns/{campaign_id}/edit", shows="campaigns:edit", takes="campaigns:changed", opens="campaigns:change"),
    Page(
        "/campaigns/{campaign_id}/launch",
        shows="campaigns:launching",
        takes="campaigns:launched",
        opens="campaigns:launch",
    ),
    Page("/campaigns/{campaign_id}/pause", shows="campaigns:acting", takes="campaigns:paused", opens="campaigns:pause"),
    Page(
        "/campaigns/{campaign_id}/resume", shows="campaigns:acting", takes="campaigns:resumed", opens="campaigns:resume"
    ),
    Page(
        "/campaigns/{campaign_id}/cancel",
        shows="campaigns:acting",
        takes="campaigns:cancelled",
        opens="campaigns:cancel",
    ),
    Page(
        "/campaigns/{campaign_id}/mail-missed",
        shows="campaigns:acting",
        takes="campaigns:missed_mailed",
        opens="campaigns:mail_missed",
    ),
    Page("/campaigns/{campaign_id}/decisions", shows="campaigns:decided", opens="campaigns:decisions"),
    Page("/jobs", shows="jobs:listed", opens="jobs:listed"),
    Page("/jobs/{job_id}", shows="jobs:one", opens="jobs:get"),
    Page("/connections", shows="connections:listed", opens="connections:listed", title=N_("Connections")),
    Page("/connections/new", shows="connections:new", takes="connections:created", opens="connections:put"),
    Page("/connections/dead-letters", shows="dead_letters:listed", opens="dead_letters:listed"),
    Page(
        "/connections/dead-letters/{letter_id}",
        shows="dead_letters:one",
        takes="dead_letters:redriven",
        opens="dead_letters:get",
    ),
    Page(
        "/connections/dead-letters/{letter_id}/purge",
        shows="dead_letters:purging",
        takes="dead_letters:purged",
        opens="dead_letters:purge",
    ),
    Page("/connections/{connection_id}", shows="connections:one", opens="connections:get"),
    Page(
        "/connections/{connection_id}/test",
        shows="connections:testing",
        takes="connections:tested",
        opens="connection_trials:test",
    ),
    Page(
        "/connections/{connection_id}/backfill",
        shows="connections:asking_back",
        takes="connections:asked_back",
        opens="connection_backfill:start",
    ),
    Page(
        "/connections/{connection_id}/secrets",
        shows="connections:secrets",
        takes="connections:secret_made",
        opens="connection_secrets:create",
    ),
    Page(
        "/connections/{connection_id}/secrets/{secret_id}/end",
        shows="connections:ending_secret",
        takes="connections:secret_ended",
        opens="connection_secrets:delete",
    ),
    Page(
        "/connections/{connection_id}/edit",
        shows="connections:edit",
        takes="connections:saved",
        opens="connections:put",
    ),
    Page(
        "/connections/{connection_id}/delete",
        shows="connections:deleting",
        takes="connections:deleted",
        opens="connections:delete",
    ),
    Page("/imports", shows="imports:listed", opens="imports:listed"),
    Page("/imports/new", shows="imports:new", takes="imports:created", opens="imports:create"),
    Page("/imports/{import_id}", shows="imports:one", opens="imports:get"),
    Page("/imports/{import_id}/read", shows="imports:one", takes="imports:read_again", opens="imports:read"),
    Page("/imports/{import_id}/start", shows="imports:starting", takes="imports:started", opens="imports:start"),
    Page("/imports/{import_id}/rejected", shows="imports:refused", opens="imports:rejected"),
    Page("/imports/{import_id}/rejected.csv", shows="imports:as_file", opens="imports:rejected"),
    Page("/settings", shows="settings:shown", takes="settings:saved", opens="settings:get", title=N_("Settings")),
    Page("/settings/consent", shows="consent_rules:shown", takes="consent_rules:saved", opens="consent_rules:get"),
    Page("/settings/topics", shows="topics:listed", opens="consent_rules:get"),
    Page("/settings/topics/new", shows="topics:new", takes="topics:created", opens="consent_rules:put"),
    Page("/settings/topics/{topic_id}", shows="topics:one", takes="topics:saved", opens="consent_rules:put"),
    Page(
        "/settings/topics/{topic_id}/delete", shows="topics:deleting", takes="topics:deleted", opens="consent_rules:put"
    ),
    Page("/settings/processing-record", shows="processing:shown", opens="processing_record:get"),
    Page("/settings/retention", shows="retention:shown", opens="retention:get"),
    Page("/settings/retention/count", shows="retention:shown", takes="retention:counting", opens="retention:preview"),
    Page("/settings/retention/{job_id}", shows="retention:counted", opens="retention:preview"),
    Page("/settings/fields", shows="own_fields:listed", takes="own_fields:saved", opens="settings:put"),
    Page(
        "/settings/fields/{field_name}/delete",
        shows="own_fields:deleting",
        takes="own_fields:deleted",
        opens="settings:put",
    ),
    Page("/settings/survivorship", shows="survivorship:shown", takes="survivorship:saved", opens="settings:put"),
    Page(
        "/settings/survivorship/{property_id}",
        shows="survivorship:shown",
        takes="survivorship:saved",
        opens="settings:put",
    ),
    Page("/settings/spend", shows="spend_settings:shown", takes="spend_settings:saved", opens="spend:put"),
    Page(
        "/settings/spend/{commission_number}/delete",
        shows="spend_settings:deleting",
        takes="spend_settings:deleted",
        opens="spend:put",
    ),
    Page("/settings/brands", shows="brands:listed", opens="settings:get"),
    Page("/settings/brands/new", shows="brands:new", takes="brands:created", opens="settings:put"),
    Page("/settings/brands/{brand_id}", shows="brands:one", takes="brands:saved", opens="settings:put"),
    Page("/settings/brands/{brand_id}/delete", shows="brands:deleting", takes="brands:deleted", opens="settings:put"),
    Page("/settings/identity-provider", shows="provider:shown", takes="provider:saved", opens="provider:put"),
    Page(
        "/settings/identity-provider/delete",
        shows="provider:deleting",
        takes="provider:deleted",
        opens="provider:delete",
    ),
    Page("/settings/properties", shows="properties:listed", opens="properties:listed"),
    Page("/settings/properties/new", shows="properties:new", takes="properties:created", opens="properties:put"),
    Page(
        "/settings/properties/{property_id}", shows="properties:one", takes="properties:saved", opens="properties:get"
    ),
    Page(
        "/settings/properties/{property_id}/delete",
        shows="properties:deleting",
        takes="properties:deleted",
        opens="properties:delete",
    ),
    Page("/settings/staff", shows="staff:listed", opens="staff:listed"),
    Page("/settings/staff/new", shows="staff:inviting", takes="staff:invited", opens="staff:invite"),
    Page("/settings/staff/{staff_id}", shows="staff:one", takes="staff:changed", opens="staff:change"),
    Page("/settings/staff/{staff_id}/end", shows="staff:ending", takes="staff:ended", opens="staff:delete"),
    Page(
        "/settings/staff/{staff_id}/sessions/{their_session}/end",
        shows="staff:ending_session",
        takes="staff:session_ended",
        opens="staff:end_session",
    ),
    Page("/settings/audit", shows="audit:shown", opens="audit:listed"),
    Page("/settings/keys", shows="keys:listed", opens="access:listed"),
    Page("/settings/keys/new", shows="keys:new", takes="keys:created", opens="access:create"),
    Page("/settings/keys/{key_id}/end", shows="keys:ending", takes="keys:ended", opens="access:delete"),
)

DEEPEST = 7
"""Parts of an address behind CONSOLE_AT."""

console = Blueprint(__name__)


def _parts(request: Request) -> list[str]:
    """Of an address, behind /console."""
    given = request.uri_params or {}
    return [given[f"part{at}"] for at in range(len(given))]


def _route(request: Request) -> str:
    return f"{request.method} {CONSOLE_AT}{find(PAGES, _parts(request)).page.path}"


def _refused(error: Exception, correlation: str) -> Response:
    from chalicelib.entrypoints.console.running import refused

    return refused(error, correlation)


def _serve(depth: int) -> None:
    @answered(console, refuse=_refused, route=_route)
    def view(**_: str) -> Response:
        from chalicelib.entrypoints.console.running import answer  # the edge, which takes webhooks, starts without it

        return answer(PAGES, console.current_request, _parts(console.current_request))

    path = "".join(f"/{{part{at}}}" for at in range(depth))
    console.route(f"{CONSOLE_AT}{path}", methods=["GET", "HEAD", "POST"], content_types=["*/*"])(view)


for depth in range(DEEPEST + 1):
    _serve(depth)
