"""The token of the link by which a sign-up is confirmed: only the hub can make one, and always the same."""

from typing import TYPE_CHECKING

from chalicelib.aws import secrets
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import SignupId

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

LONGEST = 200


def make_token(signup: SignupId) -> str:
    return str(_signer().dumps(signup))


def read_token(token: str) -> SignupId:
    """Raises NotFound for what the hub did not make."""
    from itsdangerous import BadData

    try:
        told = _signer().loads(token) if len(token) <= LONGEST else None
    except BadData:
        told = None
    if not isinstance(told, str):
        raise NotFound("There is no such page.")
    return SignupId(told)


def _signer() -> "URLSafeSerializer":
    from itsdangerous import URLSafeSerializer

    return URLSafeSerializer(secrets.key_for("signups"), salt="signup")
