"""Codes in words: what the API calls by a code of its own. Purposes and channels are named by the vocabulary alone."""

from collections.abc import Mapping
from typing import get_args

from chalicelib.consent.model import CHANNELS, MONTHLY, PURPOSES, WEEKLY
from chalicelib.entrypoints.console.told import N_
from chalicelib.guests.kinds import Unusable

CODES: Mapping[str, Mapping[str, str]] = {
    "stay": {
        "inquiry": N_("Inquiry"),
        "pending": N_("Not confirmed yet"),
        "confirmed": N_("Confirmed"),
        "in_house": N_("In house"),
        "checked_out": N_("Checked out"),
        "cancelled": N_("Cancelled"),
        "no_show": N_("Did not come"),
        "unknown": N_("Unknown"),
    },
    "channel": {
        "direct": N_("Direct"),
        "ota": N_("Travel site"),
        "gds": N_("Travel agency's system"),
        "corporate": N_("Company"),
        "wholesale": N_("Tour operator"),
        "group": N_("Group"),
        "unknown": N_("Unknown"),
    },
    "consent": {
        "none": N_("Nothing said"),
        "implicit": N_("As a customer, not asked"),
        "explicit": N_("Agreed"),
        "confirmed": N_("Agreed and confirmed"),
        "withdrawn": N_("Does not want it"),
        "lifted": N_("A block was lifted"),
    },
    "basis": {
        "source": N_("A source said so"),
        "guest": N_("The guest's own act"),
        "staff": N_("Told to the staff"),
        "complaint": N_("Reported as spam"),
        "address": N_("Said by somebody at the same address"),
    },
    "sure": {
        "certain": N_("certain"),
        "likely": N_("likely"),
        "guessed": N_("guessed"),
    },
    "purpose": dict(zip(PURPOSES, [N_("Marketing"), N_("Opens and clicks")], strict=True)),
    "part": {WEEKLY: N_("oftener than once a week"), MONTHLY: N_("oftener than once a month")},
    "controller": {"group": N_("The group")},
    "job": {
        "follow_programme": N_("Ledgers follow a programme"),
        "points_by_month": N_("Points are counted by month"),
        "backfill": N_("A vendor is asked for history"),
        "read_import": N_("A list is read"),
        "store_import": N_("A list is stored"),
        "erase_guest": N_("A guest is erased"),
    },
    "denied": {
        "withdrawn": N_("Does not want it"),
        "no_consent": N_("Nobody agreed"),
        "no_legal_basis": N_("Not agreed as the law asks"),
        "not_registered": N_("Not compared with a list"),
        "on_list": N_("On a list of those who want no advertising"),
        "double_opt_in_missing": N_("Not confirmed from the mailbox"),
        "consent_expired": N_("The yes is too old"),
    },
    "medium": dict(zip(CHANNELS, [N_("E-mail")], strict=True)),
    "suppressed": {
        "erased": N_("Erased before, and came again"),
        "complaint": N_("A mail was reported as spam. Only the guest can take that back."),
        "bounce": N_("A mail came back for good: the address does not exist, or takes nothing."),
        "soft_bounces": N_("Mails came back several times. Marketing waits until a mail arrives."),
    },
    "message": {
        "sent": N_("Sent"),
        "failed": N_("Could not be sent"),
        "held": N_("Held back"),
        "unknown": N_("Sent, not confirmed yet"),
        "lost": N_("Nothing was heard of it"),
    },
    "field": dict(
        zip(
            get_args(Unusable),
            [N_("E-mail address"), N_("Telephone"), N_("Member number"), N_("Date of birth")],
            strict=True,
        )
    ),
    "compared": {
        "given": N_("Given name"),
        "family": N_("Family name"),
        "names": N_("Both names"),
        "born": N_("Date of birth"),
        "postcode": N_("Postcode"),
        "city": N_("Town"),
        "street": N_("Street"),
        "country": N_("Country"),
        "phone": N_("Telephone"),
        "email": N_("E-mail address"),
        "member": N_("Member number"),
    },
    "level": {
        "same": N_("the same"),
        "nickname": N_("a short form"),
        "alike": N_("nearly the same"),
        "initial": N_("an initial of it"),
        "part": N_("a part of it"),
        "some": N_("a little alike"),
        "other": N_("another one"),
        "swapped": N_("given and family name the other way round"),
        "turned": N_("day and month the other way round"),
    },
    "verdict": {
        "join": N_("Same person"),
        "apart": N_("Two people"),
        "withdrawn": N_("Taken back"),
    },
    "nobody": {"anonymised": N_("Anonymised by its source"), "no_person": N_("No person"), "erased": N_("Erased")},
    "address": {
        "own": N_("own"),
        "relay": N_("forwarded by an agency"),
        "shared": N_("used by many"),
        "unusable": N_("not usable"),
    },
    "won_by": {
        "only": N_("No other record says it"),
        "newest": N_("The newest word"),
        "longest": N_("The fullest"),
        "first": N_("It stood first"),
        "source": N_("This source comes first"),
        "verified": N_("The guest proved it"),
        "claim": N_("A hotel says so, and nobody else says anything"),
        "corrected": N_("Corrected by the staff"),
        "preferred": N_("The language that the guest prefers"),
    },
    "preferred": {
        "declared": N_("The guest's own word"),
        "noted": N_("Noted by the staff"),
        "observed": N_("Observed by a system"),
    },
    "office": {
        "role": N_("read by whoever is on duty"),
        "agency": N_("an agency's or a company's"),
    },
    "age": {
        "infant": N_("Infant"),
        "child": N_("Child"),
        "teenager": N_("Teenager"),
        "adult": N_("Adult"),
        "senior": N_("Senior"),
    },
    "special_date": {"anniversary": N_("Anniversary"), "name_day": N_("Name day"), "other": N_("Special day")},
    "origin": {
        "stay_earned": N_("Earned"),
        "reversal": N_("Taken back"),
        "redemption": N_("Redeemed"),
        "expiry": N_("Expired"),
        "transfer": N_("Transferred"),
        "release": N_("Given back"),
        "adjustment": N_("Corrected by hand"),
        "opening": N_("Brought along"),
        "forfeiture": N_("Forfeited"),
    },
    "reason": {
        "earned": N_("By the programme's rate"),
        "not_completed": N_("The stay was not completed"),
        "unnamed_occupant": N_("It was not this guest's own reservation"),
        "channel_excluded": N_("Booked where the programme gives nothing"),
        "no_rate": N_("The programme has no rate for this currency"),
        "no_room_revenue": N_("There was no revenue for the room"),
        "not_own_folio": N_("Somebody else paid for the room"),
        "rounds_to_zero": N_("It was too little for a point"),
        "before_start": N_("It ended before the programme began"),
        "not_enrolled": N_("The guest was no member then"),
        "membership_ended": N_("The membership had ended"),
    },
    "state": {
        "prospect": N_("No stay yet"),
        "expected": N_("First stay ahead"),
        "in_house": N_("In house"),
        "stayed": N_("Stayed before"),
        "lapsed": N_("Not here for two years"),
    },
    "party": {
        "alone": N_("alone"),
        "couple": N_("as a couple"),
        "family": N_("as a family"),
        "group": N_("as a group"),
    },
    "weekday": {
        "monday": N_("Monday"),
        "tuesday": N_("Tuesday"),
        "wednesday": N_("Wednesday"),
        "thursday": N_("Thursday"),
        "friday": N_("Friday"),
        "saturday": N_("Saturday"),
        "sunday": N_("Sunday"),
    },
    "flag": {"first_stay": N_("First stay"), "returning": N_("Was here before"), "member": N_("Member")},
    "proof": {
        "how": N_("How"),
        "reason": N_("Reason"),
        "staff_id": N_("By"),
        "key_id": N_("Through the key"),
        "source": N_("Source"),
        "text": N_("Text"),
        "language": N_("Language"),
        "ip": N_("Device's address"),
    },
    "health": {"silent": N_("Fell silent"), "failing": N_("Most of its notices fail")},
}
"""What a code is of → the code → its words. A code that is not here is shown as it is: a test holds the hub's to it."""


def told(of: str, code: object) -> str:
    """The words for a code, in the language of the texts."""
    return CODES.get(of, {}).get(str(code), str(code))
