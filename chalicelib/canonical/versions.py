"""Versions: which of two things that a source said about one thing is the newer."""

from datetime import datetime
from typing import NamedTuple, Self

from chalicelib.canonical.time import Instant, instant


class Version(NamedTuple):
    """Which of two snapshots of one thing is newer.

    `changed_at` is the highest source instant of all parts read. `observed_at` orders two reads of a thin vendor whose
    clock did not move between them (empty for fat vendors). `digest` stands for the content: it breaks ties the same
    way in any order of arrival.
    """

    changed_at: Instant
    observed_at: str
    digest: str

    @property
    def mark(self) -> str:
        """The name under which this version's facts are remembered; the same content read twice is one version."""
        return f"{self.changed_at}#{self.digest}"

    def supersedes(self, kept: "Version | None", stage: int = 0, kept_stage: int = 0) -> bool:
        """Whether this is newer than what is kept; the same content of the same instant is nothing new.

        Of two states of one instant the later in the thing's life is the newer: `stage` says how far each has come.
        """
        if kept is None or self.mark == kept.mark:
            return kept is None
        return (self.changed_at, self.observed_at, stage, self.digest) > (*kept[:2], kept_stage, kept.digest)

    def rivals(self, kept: "Version | None") -> bool:
        """Whether both are of one instant, so that only what they say tells which is the newer."""
        return kept is not None and self[:2] == kept[:2] and self.digest != kept.digest

    def text(self) -> str:
        return "#".join(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        changed_at, observed_at, digest = text.split("#")
        return cls(Instant(changed_at), observed_at, digest)


def observed(at: datetime | None) -> str:
    """When a thin vendor was asked, as a version holds it; empty for what was pushed."""
    return instant(at) if at else ""
