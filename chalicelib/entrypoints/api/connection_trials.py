"""/v1/connections/{connection_id}/test: whether it works, without keeping anything."""

from chalicelib.canonical.ids import ConnectionId
from chalicelib.canonical.time import moment_of
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.connections import found_by
from chalicelib.ingest import trials


class StepShown(Shown):
    """One thing that was tried, and in words what failed."""

    name: str
    works: bool
    words: str | None


class BecameShown(Shown):
    """What a test notice would have come to: `subject` is the id that it would have had."""

    kind: str
    property_id: str | None
    subject: str
    said: dict[str, str]


class TrialShown(Shown):
    works: bool
    steps: list[StepShown]
    became: list[BecameShown]


def test(ask: Ask, connection_id: ConnectionId) -> TrialShown:
    """Try a connection; nothing is stored, and nothing queued.

    Where the hub asks the vendor, it asks what changed in the last minute at each of five hotels at most, within twenty
    seconds, and says which calls the vendor does not answer. Where the source pushes, a notice of nobody is signed with
    each of the connection's secrets, verified and translated, and what it would have become is shown. Whether the
    source knows secret and address only its first notice can show.
    """
    tried = trials.of(found_by(ask.caller, connection_id), moment_of(ask.now))
    steps = [StepShown(name=each.name, works=each.works, words=each.words or None) for each in tried.steps]
    became = [BecameShown(**vars(each)) for each in tried.became]
    return TrialShown(works=tried.works, steps=steps, became=became)
