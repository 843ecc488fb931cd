"""The token of the link by which a sign-up is confirmed."""

from chalicelib.aws.signed import SignedIds
from chalicelib.canonical.ids import SignupId

SIGNUPS = SignedIds("signups", "signup")


def make_token(signup: SignupId) -> str:
    return SIGNUPS.token(signup)


def read_token(token: str) -> SignupId:
    """Raises NotFound for what the hub did not make."""
    return SignupId(SIGNUPS.read(token))
