"""How segments are kept."""

from chalicelib.aws import keys, table
from chalicelib.segments.model import Segment


def segment(segment_id: str) -> Segment | None:
    item = table.get(keys.segment(segment_id))
    return Segment.model_validate_json(item["segment"]) if item else None


def segments() -> list[Segment]:
    return [Segment.model_validate_json(item["segment"]) for item in table.query(keys.segment("").pk)]


def save(segment: Segment, *, replaces: int) -> None:
    """Raises ConditionFailed when the version to replace is not the one that is kept (0: none is)."""
    unchanged = table.When("rev = :rev", {":rev": replaces}) if replaces else table.ABSENT
    packed = segment.model_dump_json(by_alias=True)
    table.write(table.Put(table.row(keys.segment(segment.id), rev=segment.version, segment=packed), unchanged))
