"""What the rows of guests have in common: how they are packed, and how they tell amounts."""

from collections.abc import Set as AbstractSet

from pydantic import BaseModel, ConfigDict

Amounts = dict[str, int]
"""Minor units by currency."""


class Kept(BaseModel):
    """What is kept in a packed attribute: compact, closed, immutable."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def packed(self, *, only: AbstractSet[str] | None = None, without: AbstractSet[str] | None = None) -> str:
        return self.model_dump_json(
            by_alias=True,
            exclude_defaults=True,
            include=set(only) if only else None,
            exclude=set(without) if without else None,
        )
