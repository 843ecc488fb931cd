"""The pages of guests: of finding them, of one, and of what waits about any; a part of `routes.PAGES`."""

from chalicelib.entrypoints.console.table import Page
from chalicelib.entrypoints.console.told import N_

GUEST_PAGES = (
    Page("/guests", shows="guests:search", opens="guests:search", title=N_("Guests")),
    Page("/guests/quality", shows="quality:shown", opens="identity_audits:listed"),
    Page("/guests/review", shows="review:queued", opens="merge_candidates:listed"),
    Page(
        "/guests/review/{guest_id}/{other_id}",
        shows="review:pair",
        takes="review:decided",
        opens="merge_candidates:get",
    ),
    Page("/guests/requests", shows="asked_for:listed", opens="privacy_requests:listed"),
    Page(
        "/guests/requests/{request_id}", shows="asked_for:one", takes="asked_for:changed", opens="privacy_requests:get"
    ),
    Page(
        "/guests/requests/{request_id}/export",
        shows="asked_for:one",
        takes="asked_for:given",
        opens="privacy_requests:export",
    ),
    Page("/guests/erasures", shows="erasing:listed", opens="erasures:listed"),
    Page("/guests/erasures/{erasure_id}", shows="erasing:one", takes="erasing:told", opens="erasures:tell"),
    Page("/guests/{guest_id}", shows="guest:overview", opens="guests:get"),
    Page(
        "/guests/{guest_id}/request", shows="asked_for:asking", takes="asked_for:noted", opens="privacy_requests:create"
    ),
    Page(
        "/guests/{guest_id}/restrict",
        shows="restricting:asking",
        takes="restricting:restricted",
        opens="restrictions:put",
    ),
    Page(
        "/guests/{guest_id}/profiling",
        shows="restricting:asking_of_profiling",
        takes="restricting:profiling_said",
        opens="restrictions:put_profiling",
    ),
    Page("/guests/{guest_id}/export", shows="exported:shown", opens="exports:get"),
    Page("/guests/{guest_id}/export.json", shows="exported:as_file", opens="exports:get"),
    Page("/guests/{guest_id}/erase", shows="erasing:asking", takes="erasing:erased", opens="erasures:erase"),
    Page(
        "/guests/{guest_id}/correct",
        shows="guest_correction:shown",
        takes="guest_correction:saved",
        opens="corrections:patch",
    ),
    Page("/guests/{guest_id}/capture", shows="capturing:asked", takes="capturing:kept", opens="captures:create"),
    Page(
        "/guests/{guest_id}/capture/phone",
        shows="capturing:showing",
        takes="capturing:made",
        opens="capture_codes:create",
    ),
    Page("/guests/{guest_id}/capture/phone/{code_id}", shows="capturing:code", opens="capture_codes:get"),
    Page("/guests/{guest_id}/enrol", shows="enrolling:asked", takes="enrolling:enrolled", opens="membership:enrol"),
    Page("/guests/{guest_id}/fields", shows="guest_fields:shown", takes="guest_fields:saved", opens="fields:listed"),
    Page("/guests/{guest_id}/notes", shows="guest_notes:shown", takes="guest_notes:written", opens="notes:listed"),
    Page(
        "/guests/{guest_id}/notes/{note_id}/delete",
        shows="guest_notes:deleting",
        takes="guest_notes:deleted",
        opens="notes:delete",
    ),
    Page("/guests/{guest_id}/preferences", shows="guest_preferences:shown", opens="preferences:listed"),
    Page(
        "/guests/{guest_id}/preferences/{preference}",
        shows="guest_preferences:one",
        takes="guest_preferences:saved",
        opens="preferences:put",
    ),
    Page("/guests/{guest_id}/household", shows="guest_household:shown", opens="household:get"),
    Page(
        "/guests/{guest_id}/household/{other_id}",
        shows="guest_household:asking",
        takes="guest_household:said",
        opens="household:put",
    ),
    Page("/guests/{guest_id}/sheet", shows="guest:sheet", opens="guests:get"),
    Page("/guests/{guest_id}/records", shows="guest:beside", opens="records:listed"),
    Page("/guests/{guest_id}/records/whose", shows="whose:shown", opens="merge_decisions:decide"),
    Page(
        "/guests/{guest_id}/records/split",
        shows="whose:splitting",
        takes="whose:split",
        opens="merge_decisions:unmerge",
    ),
    Page("/guests/{guest_id}/stays", shows="guest:stayed", opens="stays:listed"),
    Page("/guests/{guest_id}/timeline", shows="guest:happened", opens="timeline:listed"),
    Page("/guests/{guest_id}/consents", shows="agreed:shown", takes="agreed:said", opens="consents:listed"),
    Page(
        "/guests/{guest_id}/consents/{channel}/lift-bounce",
        shows="agreed:lifting",
        takes="agreed:lifted",
        opens="consents:lift_bounce",
    ),
    Page("/guests/{guest_id}/membership", shows="member:shown", opens="membership:listed"),
    Page(
        "/guests/{guest_id}/membership/{program_id}",
        shows="member:one",
        takes="member:enrolled",
        opens="membership:ledger",
    ),
    Page(
        "/guests/{guest_id}/membership/{program_id}/end",
        shows="member:ending",
        takes="member:ended",
        opens="membership:end",
    ),
)
