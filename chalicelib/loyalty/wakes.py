"""What comes on the loyalty queue, read in one place: facts from the bus, and sweeps that earlier versions queued."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Literal

from pydantic import Strict, StrictInt, TypeAdapter, ValidationError

from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.facts import Fact
from chalicelib.canonical.faults import told_as
from chalicelib.canonical.ids import GuestId, ProgramId
from chalicelib.canonical.time import Instant


@dataclass(frozen=True)
class Sweep:
    """Settle the guests of the partitions from `shard` to before `end` in one programme, as of the instant `at`.

    Nobody queues these any more: long work does it (jobs/). They are read for one more release. `after` is the guest
    of the first partition that the last message came to. A message without `v` is of the time before versions.
    """

    program: Annotated[ProgramId, Strict()]
    shard: StrictInt
    end: StrictInt
    at: Annotated[Instant, Strict()]
    after: Annotated[GuestId, Strict()] | None = None
    v: Literal[1] = 1

    def body(self) -> dict[str, object]:
        """What is queued."""
        return {name: value for name, value in asdict(self).items() if value is not None}


_SWEEP = TypeAdapter(Sweep)
NAMES = frozenset({*Fact.model_fields, *(each.name for each in fields(Sweep))})


def read(message: Mapping[str, object]) -> Fact | Sweep:
    """A fact comes in EventBridge's envelope. Raises Rejected for what is neither, naming the fields."""
    try:
        return _SWEEP.validate_python(message) if "program" in message else Fact.model_validate(message.get("detail"))
    except ValidationError as wrong:
        named = {told_as(each["loc"], NAMES) for each in wrong.errors(include_input=False)}
        raise Rejected("malformed_message", ", ".join(sorted(named))) from None
