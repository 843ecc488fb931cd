"""Why a dead letter lies there, in words: its reason begins with a code of the hub's, or is the kind of an error."""

from collections.abc import Mapping

from chalicelib.canonical.errors import ROW_TOO_LARGE
from chalicelib.dead_letters.rules import CRASHED
from chalicelib.entrypoints.console.told import N_

REASONS: Mapping[str, str] = {
    "card_number": N_("It holds a card's number where an identifier belongs"),
    "foreign_property": N_("It tells of a hotel that its connection does not speak for"),
    "invalid_snapshot": N_("Some of it has not the shape that the hub takes"),
    "malformed_mail_event": N_("An event of the mail service has another shape than is known"),
    "malformed_message": N_("A message of the hub itself has another shape than is known"),
    "no_sender": N_("No sender is set for the hub's own mails"),
    "no_such_property": N_("It is about a hotel that is not there any more"),
    "no_such_template": N_("It names a template that is not there any more"),
    "not_a_mail_event": N_("It came as an event of the mail service, and is none"),
    "not_a_mews_notice": N_("It came as a notice of Mews, and is none"),
    "not_an_envelope": N_("It is no notice as the hub queues them"),
    "not_an_object": N_("It is JSON, but no object"),
    "not_canonical": N_("It has no list of snapshots"),
    "not_json": N_("It is no JSON"),
    "not_mailable": N_("Its reader's address cannot be mailed"),
    "not_set": N_("Settings are missing that its mail needs"),
    ROW_TOO_LARGE: N_("It is larger than a row of the table has room for"),
    "too_many_decisions": N_("Too much was decided by hand about one guest's records"),
    "too_many_records": N_("One guest has more records than the hub can keep together"),
    "unknown_connection": N_("Its connection is not there any more"),
    "unknown_job": N_("It is long work of a kind that is not known"),
    "unreadable_answer": N_("The vendor's answer could not be read"),
    "vendor_address_inside": N_("The vendor's address leads into a private network"),
    "vendor_refused": N_("The vendor refused the question"),
}
"""The code of what is rejected for good → its words. A test holds this to the codes that there are."""
ENDED = N_("The function crashed or ran out of time, each time")
FAILED = N_("It failed, each time that it was tried")


def words_of(reason: str) -> str:
    """In the language of the texts."""
    code = reason.partition(":")[0]
    return ENDED if reason == CRASHED else REASONS.get(code, FAILED)
