"""How letters are kept: a row each, and while they lie there an entry by connection and one among all."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import timedelta
from zlib import compress, decompress

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.aws.indexes import INDEX_1, INDEX_2, PROJECTED
from chalicelib.canonical.ids import ConnectionId, LetterId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.dead_letters.model import Entry, Letter

KEPT = timedelta(days=14, hours=1)
"""A little longer than its message, which a settled letter's row says to be done with."""
OF_ENTRY = [each.name for each in fields(Entry)]
BESIDE = ("settled", "archived", "rev")


def get(letter_id: LetterId) -> Letter | None:
    item = table.get(keys.letter(letter_id))
    return _read(item) if item else None


def get_many(letter_ids: Iterable[LetterId]) -> dict[LetterId, Letter]:
    found = table.get_many(keys.letter(each) for each in letter_ids)
    return {letter.id: letter for letter in map(_read, found.values())}


def save(letter: Letter, before: Letter | None) -> None:
    """Raises ConditionFailed when somebody else wrote beside it."""
    replaces = _row(before) if before else None
    table.write(table.Put(_row(letter), table.unchanged_since(before.rev if before else None), replaces))


def listed(connection: ConnectionId | None, after: str | None = None, *, at_once: int | None = None) -> Iterator[Entry]:
    """Those that lie there, of a connection or all, in the order in which they were set aside last; `after` a position.
    `at_once` are read in one call.

    An index follows its table within moments.
    """
    if connection is None:
        found = table.query_index(INDEX_2, keys.ALL_LETTERS, after=after, at_once=at_once)
    else:
        found = table.query_index(INDEX_1, keys.letters_of(connection), after=after, at_once=at_once)
    return (Entry(**json.loads(item[PROJECTED])) for item in found)


def position(at: Instant, letter_id: LetterId) -> str:
    return f"{at}#{letter_id}"


def _row(letter: Letter) -> Item:
    told = {name: getattr(letter, name) for name in OF_ENTRY}
    return table.row(
        keys.letter(letter.id),
        **{PROJECTED: json.dumps(told, ensure_ascii=False)},
        **{name: getattr(letter, name) for name in BESIDE},
        deflated_text=compress(letter.text.encode()) if letter.text else None,
        expires_at=int((moment_of(letter.at) + KEPT).timestamp()),
        **(_in_indexes(letter) if letter.lies else {}),
    )


def _in_indexes(letter: Letter) -> dict[str, str]:
    at = position(letter.at, letter.id)
    among_all = {INDEX_2.pk: keys.ALL_LETTERS, INDEX_2.sk: at}
    if letter.connection is None:
        return among_all
    return {**among_all, INDEX_1.pk: keys.letters_of(letter.connection), INDEX_1.sk: at}


def _read(item: Item) -> Letter:
    text = decompress(item["deflated_text"]).decode() if "deflated_text" in item else ""
    return Letter(**json.loads(item[PROJECTED]), **{name: item[name] for name in BESIDE}, text=text)
