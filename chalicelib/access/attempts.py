"""How often signing in or up may be tried in an hour, by address and by network: rows that count, under a condition."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.aws import keys_of_people as keys
from chalicelib.aws import secrets, table
from chalicelib.canonical.errors import TooMany

WINDOW = 3600
"""Seconds."""
KEPT = timedelta(hours=2)
WORDS = "Somebody tried too often to sign in here. Try again in a while."


class Limit(NamedTuple):
    """`most` in an hour."""

    name: str
    most: int
    words: str = WORDS


LINKS_TO_ADDRESS = Limit("address", 6)
LINKS_FROM_NETWORK = Limit("network", 100)
"""A hotel's whole staff may come from one address, in the same hour of the morning."""
TRIES_FROM_NETWORK = Limit("tries", 200)


def take(limit: Limit, whose: str, now: datetime) -> None:
    """Count one. Raises TooMany, with the seconds until the next hour begins."""
    begins = int(now.timestamp()) // WINDOW * WINDOW
    counted = table.Update(
        keys.attempts(limit.name, _digest(whose), begins),
        "ADD tries :one SET expires_at = :until",
        {":one": 1, ":until": int((now + KEPT).timestamp())},
        when=table.When("attribute_not_exists(pk) OR tries < :most", {":most": limit.most}),
    )
    try:
        table.write(counted)
    except table.ConditionFailed:
        raise TooMany(begins + WINDOW - int(now.timestamp()), limit.words) from None


def _digest(whose: str) -> str:
    """An address is not kept in the clear."""
    return hmac.digest(secrets.key_for("attempts"), whose.encode(), hashlib.sha256).hex()[:32]
