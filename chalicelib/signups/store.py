"""How sign-ups are kept: a row each, for the days in which it can be confirmed."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import get_args

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import ControllerId, Digest, Leaf, PropertyId, SignupId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.consent.model import PURPOSES
from chalicelib.jobs import store as jobs
from chalicelib.jobs import work
from chalicelib.jobs.model import Job
from chalicelib.signups.model import NEWSLETTERS, Signup, Via

UNCONFIRMED = "attribute_exists(pk) AND attribute_not_exists(confirmed_at)"
PARTS = ("refused", "wanted")
"""Kept as JSON: words by part."""
APART = {"id", *PARTS}
CONFIRMING = "confirm_signup"
"""The kind of long work that confirming is, from the press of the button to its last write."""
GOES_ON = timedelta(days=4)
"""For which what was confirmed is kept at least, however late that was: as long as the work that follows is queued."""
VIA: dict[str, Via] = {each: each for each in get_args(Via)}


def add(signup: Signup) -> Signup:
    """The same again is the same row: what it says is returned."""
    try:
        table.write(table.Put(row(signup), table.ABSENT))
    except table.ConditionFailed:
        return get(signup.id) or signup
    return signup


def row(signup: Signup) -> Item:
    """Gone when it can be confirmed no more: what was typed is nobody's business then."""
    told = {name: value for name, value in asdict(signup).items() if name not in APART and value not in (None, "")}
    told |= {name: json.dumps(parts, ensure_ascii=False) for name in PARTS if (parts := dict(getattr(signup, name)))}
    return table.row(keys.signup(signup.id), **told, expires_at=int(moment_of(signup.until).timestamp()))


def get(signup: SignupId) -> Signup | None:
    kept = table.get(keys.signup(signup))
    return _read(signup, kept) if kept else None


def confirm(signup: Signup) -> None:
    """Keep when and from where it was confirmed first, with the job by which the tick goes on with it, whatever dies.
    Raises ConditionFailed where that is known, or gone."""
    until = max(moment_of(signup.until), moment_of(signup.confirmed_at or signup.asked_at) + GOES_ON)
    values = {":at": signup.confirmed_at, ":from": signup.confirmed_from, ":until": int(until.timestamp())}
    expression = "SET confirmed_at = :at, confirmed_from = :from, expires_at = :until"
    confirmed = table.Update(keys.signup(signup.id), expression, values, when=table.When(UNCONFIRMED))
    table.transact([confirmed, *jobs.kept(job_of(signup))])


def job_of(signup: Signup) -> Job:
    """Of one that was confirmed."""
    return work.job_of(CONFIRMING, signup.id, moment_of(signup.confirmed_at or signup.asked_at), 1)


def _read(signup: SignupId, kept: Item) -> Signup:
    property_id, confirmed_at, leaf = kept.get("property_id"), kept.get("confirmed_at"), kept.get("leaf")
    address, about = kept.get("address"), kept.get("about", NEWSLETTERS)
    return Signup(
        id=signup,
        email=kept.get("email", ""),
        controller=ControllerId(kept["controller"]),
        words=kept["words"],
        language=kept["language"],
        via=VIA[kept["via"]],
        asked_at=Instant(kept["asked_at"]),
        until=Instant(kept["until"]),
        property_id=PropertyId(property_id) if property_id else None,
        given_name=kept.get("given_name"),
        family_name=kept.get("family_name"),
        page=kept.get("page", ""),
        asked_from=kept.get("asked_from", ""),
        key_id=kept.get("key_id", ""),
        refused=json.loads(kept.get("refused", "{}")),
        wanted=json.loads(kept.get("wanted", "{}")),
        confirmed_at=Instant(confirmed_at) if confirmed_at else None,
        confirmed_from=kept.get("confirmed_from", ""),
        leaf=Leaf(leaf) if leaf else None,
        address=Digest(address) if address else None,
        about={each: about[each] for each in PURPOSES if each in about},
    )
