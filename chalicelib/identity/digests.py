"""Identifiers are kept as keyed digests: the table cannot be searched for a person without the deployment's key."""

import hashlib
import hmac

from chalicelib.aws import secrets
from chalicelib.canonical.ids import Digest


def digest(kind: str, value: str) -> Digest:
    """32 hex digits of HMAC-SHA256 over `kind:value`; kinds are email, phone, member, profile, and alike for blocks."""
    return Digest(hmac.digest(secrets.key_for("identifiers"), f"{kind}:{value}".encode(), hashlib.sha256).hex()[:32])
