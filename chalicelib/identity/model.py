"""What an identifier row is."""

from dataclasses import dataclass

from chalicelib.canonical.ids import Digest

MOST_LEAVES = 40
"""Beyond this many leaves an identifier belongs to nobody: a regrouping must fit one transaction."""


@dataclass(frozen=True)
class Identifier:
    """Who carries an identifier. `shared`: its names contradict too much. `suppressed`: why no mail may reach it."""

    digest: Digest
    rev: int = 0
    leaves: tuple[str, ...] = ()
    shared: bool = False
    suppressed: dict[str, str] | None = None

    @property
    def is_closed(self) -> bool:
        """So many leaves carried it that they are no longer listed: it stays shared for good."""
        return self.shared and not self.leaves
