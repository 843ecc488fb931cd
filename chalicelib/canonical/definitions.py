"""What people define and change: a document with an id, and a version that grows with every change."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.canonical.snapshots import HubId


class Definition(BaseModel):
    """A document of a closed shape. What works with one pins the version that it began with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    version: Annotated[int, Field(ge=0)] = 0

    def at_version(self, version: int) -> Self:
        return self.model_copy(update={"version": version})
