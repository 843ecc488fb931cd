"""Ids that travel in links: signed, so that only the hub can make them, and the same id is always the same token."""

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.aws import secrets
from chalicelib.canonical.errors import NotFound

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

LONGEST = 200


class SignedIds(NamedTuple):
    """Those of one kind: a key and a salt of their own keep the tokens of one kind from being read as another's."""

    key: str
    salt: str

    def token(self, id_: str) -> str:
        return str(self._signer().dumps(id_))

    def read(self, token: str) -> str:
        """Raises NotFound for what the hub did not make."""
        from itsdangerous import BadData

        try:
            told = self._signer().loads(token) if len(token) <= LONGEST else None
        except BadData:
            told = None
        if not isinstance(told, str):
            raise NotFound("There is no such page.")
        return told

    def _signer(self) -> "URLSafeSerializer":
        from itsdangerous import URLSafeSerializer

        return URLSafeSerializer(secrets.key_for(self.key), salt=self.salt)
