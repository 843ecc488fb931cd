"""The archive of raw notices, for replay: each is kept once, under its own id, when it is done with."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from chalicelib.aws import files
from chalicelib.canonical.batch import ARCHIVED, Failures, Message
from chalicelib.canonical.errors import Rejected
from chalicelib.canonical.time import instant, now
from chalicelib.ingest.edge import raw_bucket
from chalicelib.ingest.envelopes import Notice


def keep(queue: str, messages: Sequence[Message], notices: Mapping[str, Notice], failures: Failures) -> None:
    """Keep what is done with of a batch as it was queued: one object, whose lines `hub replay` sends again.

    What comes back is kept when it is done with, and what replay or redrive sent lies there already.
    """
    done = {
        each.id: each
        for each in messages
        if each.id in notices and ARCHIVED not in each.attributes and _is_done(failures.get(each.id))
    }
    if done:
        at = instant(now())
        name = _name([notices[each].request for each in done])
        files.put_lines(
            raw_bucket(), f"raw/{at[:10]}/{at[11:13]}/{name}.jsonl.gz", [_line(queue, done[each]) for each in done]
        )


def _is_done(failure: Exception | None) -> bool:
    """What is rejected is set aside, and need not come again for the archive's sake."""
    return failure is None or isinstance(failure, Rejected)


def _name(requests: Sequence[str]) -> str:
    """The id of one; of several what follows from theirs: who died after writing writes the same object again."""
    return requests[0] if len(requests) == 1 else hashlib.sha256("\n".join(sorted(requests)).encode()).hexdigest()[:32]


def _line(queue: str, message: Message) -> str:
    text = message.text if message.text and "\n" not in message.text else json.dumps(message.body)
    return f'{{"queue":"{queue}","body":{text}}}'
