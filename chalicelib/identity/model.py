"""What an identifier row is."""

from pydantic import BaseModel, ConfigDict

MOST_LEAVES = 40
"""Beyond this many leaves an identifier belongs to nobody: a regrouping must fit one transaction."""


class Identifier(BaseModel):
    """Who carries an identifier. `shared`: its names contradict too much. `suppressed`: why no mail may reach it."""

    model_config = ConfigDict(frozen=True)

    digest: str
    rev: int = 0
    leaves: tuple[str, ...] = ()
    shared: bool = False
    suppressed: dict[str, str] | None = None

    @property
    def is_closed(self) -> bool:
        """So many leaves carried it that they are no longer listed: it stays shared for good."""
        return self.shared and not self.leaves
