"""All guests with nothing but their traits as they lie there, for segments: a million are walked through."""

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.codec import DEFLATED, Item, inflated
from chalicelib.canonical.ids import GuestId
from chalicelib.guests.model import Traits
from chalicelib.guests.store import shards


class Packed(NamedTuple):
    """A guest's traits as they lie on the head, unread."""

    shard: int
    id: GuestId
    traits: str | None

    @property
    def position(self) -> str:
        """From where a walk goes on behind this guest."""
        return f"{self.shard}:{self.id}"


PACKED_TRAITS = ("sk", "traits", DEFLATED, "merged_into", "nobody")


def traits_of_part(part: int, parts: int, position: str = "") -> Iterator[Packed]:
    """Every guest of a part with nothing but the traits, eventually consistent: whoever acts on it reads again."""
    for number, after in shards(part, parts, position):
        rows = table.query(keys.shard(number), after=after, only=PACKED_TRAITS, consistent=False)
        for row in rows:
            told = inflated(row) if DEFLATED in row else row
            traits = told.get("traits")
            if traits is not None and "merged_into" not in row and not _is_gone(told, traits):
                yield Packed(number, GuestId(row["sk"]), traits)


def _is_gone(told: Item, traits: str) -> bool:
    """Whether nobody is left: all records are nobody's, and there is no stay to show."""
    return bool(told.get("nobody")) and not Traits.model_validate_json(traits).has_reservations
