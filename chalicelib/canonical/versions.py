"""Versions: which of two things that a source said about one thing is the newer."""

from datetime import datetime
from typing import NamedTuple, Self

from chalicelib.canonical.ids import digest_of
from chalicelib.canonical.time import Instant, instant


class Version(NamedTuple):
    """Which of two snapshots of one thing is newer.

    `changed_at` is the highest source instant of all parts read. `observed_at` orders two reads of a thin vendor whose
    clock did not move between them (empty for fat vendors); where the connection's map moved the vendor's hotel, `m`,
    how often, and `~` stand before it, so that it is later than all under an earlier map. `digest` stands for the
    content: it breaks ties the same way in any order of arrival.
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

        One order of all contents: the instant counts first, then when it was read, then how far in the thing's life
        each has come (`stage`: of two states of one instant the later is the newer), then what it says.
        """
        if kept is None or self.mark == kept.mark:
            return kept is None
        return (self.changed_at, self.observed_at, stage, self.digest) > (*kept[:2], kept_stage, kept.digest)

    def replaces(self, kept: "Version | None", stage: int = 0, kept_stage: int = 0) -> bool:
        """Whether this is to be written in the place of what is kept, be it only for its time."""
        return self.supersedes(kept, stage, kept_stage) or self.was_read_before(kept)

    def was_read_before(self, kept: "Version | None") -> bool:
        """Whether this is what is kept, read earlier and come later: a content is as old as its first reading,
        whichever reading of it comes first."""
        return kept is not None and self.mark == kept.mark and self.observed_at < kept.observed_at

    def rivals(self, kept: "Version | None") -> bool:
        """Whether both are of one instant, so that only what they say tells which is the newer."""
        return kept is not None and self[:2] == kept[:2] and self.digest != kept.digest

    def under_map(self, moves: int) -> "Version":
        """The version of what was read after a map had moved the vendor's hotel so often."""
        digest = digest_of(f"{self.digest}|{moves}")
        return self._replace(observed_at=f"m{moves:06}~{self.observed_at}", digest=digest)

    def text(self) -> str:
        return "#".join(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        changed_at, observed_at, digest = text.split("#")
        return cls(Instant(changed_at), observed_at, digest)


def observed(at: datetime | None) -> str:
    """When a thin vendor was asked, as a version holds it; empty for what was pushed."""
    return instant(at) if at else ""
