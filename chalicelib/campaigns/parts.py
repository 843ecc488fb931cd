"""How the parts of a run are kept: plans, chunks, and how far they were queued and sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.aws.keys import Key
from chalicelib.aws.retries import until_written
from chalicelib.campaigns.model import CANDIDATES, CHUNKS, PARTS, Chunk, Run, RunPart, Sent
from chalicelib.campaigns.rules import UNSETTLED, Spot
from chalicelib.canonical.ids import GuestId, Leaf, RunId
from chalicelib.jobs import parts
from chalicelib.jobs.model import Part, Step
from chalicelib.messages import store as messages

COUNTED = "n_"
"""What the attributes begin with that count candidates by code."""
SMALL = 200


class Back(NamedTuple):
    """A chunk that came back undecided; `times` tells one coming back from the next."""

    spot: Spot
    times: int


def of(run_id: RunId, numbers: Sequence[int] = range(PARTS)) -> list[RunPart]:
    """One batch read."""
    rows = table.get_many(key for number in numbers for key in _rows(run_id, number))
    return [_part(number, *(rows.get(key) for key in _rows(run_id, number))) for number in numbers]


def _rows(run_id: RunId, number: int) -> tuple[Key, Key, Key]:
    return keys.plan(run_id, number), keys.queued(run_id, number), keys.sent(run_id, number)


def _part(number: int, plan: Item | None, queued: Item | None, sent: Item | None) -> RunPart:
    counts = {name.removeprefix(COUNTED): value for name, value in (sent or {}).items() if name.startswith(COUNTED)}
    return RunPart(
        number=number,
        plan=parts.read(number, plan),
        queued=queued["chunks"] if queued else 0,
        sent=Sent(sent["chunks"] if sent else 0, counts),
    )


def plan_to(part: Part, position: str, looked_at: int, candidates: int) -> Part:
    """The plan with one more chunk, where there are candidates for one."""
    return part.past(Step(position, looked_at, {CHUNKS: int(candidates > 0), CANDIDATES: candidates}))


def save_plan(run: Run, before: Part, after: Part, guests: Sequence[GuestId], now: datetime) -> Part:
    """Write how far a part is planned together with the chunk that it made. Raises ConditionFailed."""
    written = parts.written(keys.plan(run.id, after.number), after, now)
    if guests:
        key = keys.chunk(run.id, run.at, after.number, before.counted.get(CHUNKS, 0))
        table.transact([table.Put(table.row(key, guests=",".join(guests)), table.ABSENT), written])
    else:
        table.write(written)
    return after.at_rev(after.rev + 1)


def close(run: Run, part: RunPart, now: datetime) -> RunPart:
    """A part that is planned no further; a planner that was ahead has made one more chunk, and this is tried again."""
    with suppress(table.ConditionFailed, table.Contended):
        save_plan(run, part.plan, part.plan.ended(), [], now)
    (closed,) = of(run.id, [part.number])
    return closed


# Chunks


def name_of(due: str, part: int, number: int) -> str:
    return f"{due}#{part:03d}#{number:06d}"


def key_of_chunk(run_id: RunId, name: str) -> Key:
    """A name that is none leads to a row that is not there."""
    due, part, number = (*name.rsplit("#", 2), "", "")[:3]
    is_one = part.isdecimal() and number.isdecimal()
    return keys.chunk(run_id, due, int(part), int(number)) if is_one else keys.chunk(run_id, name, 0, 0)


def read_chunk(run_id: RunId, item: Mapping[str, Any]) -> Chunk:
    decisions = item.get("decisions", "")
    part, (due, number) = int(item["pk"].rpartition("#")[2]), item["sk"].removeprefix(keys.CHUNK).rsplit("#", 1)
    return Chunk(
        run=run_id,
        part=part,
        number=int(number),
        name=name_of(due, part, int(number)),
        guests=tuple(item["guests"].split(",")),
        done="decisions" in item,
        decisions=tuple(decisions.split(",")) if decisions else (),
        laws=read_laws(item.get("laws", "")),
    )


def chunks_at(run: Run, spots: Iterable[Spot]) -> list[Chunk]:
    """Those that are there, in the order of the spots."""
    wanted = [keys.chunk(run.id, run.at, *spot) for spot in dict.fromkeys(spots)]
    found = table.get_many(wanted)
    return [read_chunk(run.id, found[key]) for key in wanted if key in found]


def chunk_with(run: Run, candidate: Leaf) -> Chunk | None:
    """The chunk in which somebody is planned, found by halves: a part's chunks lie in the order in which its guests
    were walked through."""
    shard, _ = _walked(candidate)
    number = shard // (keys.SHARDS // PARTS)
    (part,) = of(run.id, [number])
    first, end = 0, part.planned
    while first < end:
        middle = (first + end) // 2
        (chunk,) = chunks_at(run, [(number, middle)])
        if _walked(candidate) < _walked(chunk.guests[0]):
            end = middle
        elif _walked(candidate) > _walked(chunk.guests[-1]):
            first = middle + 1
        else:
            return chunk if candidate in chunk.guests else None
    return None


def _walked(candidate: Leaf) -> tuple[int, str]:
    return int(keys.shard_of(candidate).removeprefix(keys.SHARD), 16), candidate


def chunks(run_id: RunId, *, after: str, limit: int) -> Iterator[Chunk]:
    """Chunks of a run in the order of their parts, after a name; at most so many."""
    first, left = (int(after.rsplit("#", 2)[1]) if after else 0), limit
    for part in range(first, PARTS):
        start = key_of_chunk(run_id, after).sk if after and part == first else None
        for item in table.query(keys.part_of_run(run_id, part), keys.CHUNK, after=start, limit=left):
            yield read_chunk(run_id, item)
            left -= 1
        if left == 0:
            return


def finish(chunk: Chunk, codes: Sequence[str], laws: Sequence[str] = ()) -> None:
    """Put a chunk's decisions, and count them, once; a second worker that comes to its own end changes nothing. `laws`
    are the rules behind them, by position; "" where there is none to be kept here."""
    later = [messages.told_later(chunk.run, chunk.name)] if UNSETTLED.intersection(codes) else []
    write = partial(table.transact, [_decided(chunk, codes, laws), _counted(chunk, codes), *later])

    def attempt() -> None:
        try:
            write()
        except table.ConditionFailed:
            return

    until_written(attempt, "the part's counts were written by others all the time")


def _decided(chunk: Chunk, codes: Sequence[str], laws: Sequence[str]) -> table.Update:
    key, packed = key_of_chunk(chunk.run, chunk.name), ",".join(codes)
    known = packed_laws(laws)
    size = item_size(table.row(key, guests=",".join(chunk.guests), decisions=packed, laws=known or None))
    is_open = table.When("attribute_exists(pk) AND attribute_not_exists(decisions)")
    more = (", laws = :laws", {":laws": known}) if known else ("", {})
    values = {":decisions": packed, **more[1]}
    return table.Update(key, f"SET decisions = :decisions{more[0]}", values, when=is_open, size=size)


def packed_laws(laws: Sequence[str]) -> str:
    """`de 0 4,fr 2`: each rule with the places of those whom it held."""
    places = {law: [str(at) for at, each in enumerate(laws) if each == law] for law in dict.fromkeys(laws) if law}
    return ",".join(" ".join([law, *its]) for law, its in places.items())


def read_laws(packed: str) -> dict[int, str]:
    told = [each.split(" ") for each in packed.split(",") if each]
    return {int(at): law for law, *places in told for at in places}


def _counted(chunk: Chunk, codes: Sequence[str]) -> table.Update:
    counts = {code: codes.count(code) for code in sorted(set(codes))}
    numbered = list(zip(count(), counts, strict=False))
    expression = "ADD " + ", ".join(["chunks :one", *(f"#n{at} :n{at}" for at, _ in numbered)])
    values = {":one": 1, **{f":n{at}": counts[code] for at, code in numbered}}
    names = {f"#n{at}": f"{COUNTED}{code}" for at, code in numbered}
    return table.Update(keys.sent(chunk.run, chunk.part), expression, values, names, size=SMALL)


def told_later(run_id: RunId, most: int) -> list[Spot]:
    """Chunks of some of whose messages more may be known by now than they say."""
    rows = table.query(keys.run(run_id).pk, keys.LATER, limit=most)
    return [_spot("#".join(row["sk"].rsplit("#", 2)[1:])) for row in rows]


# What is to be queued


def keep_queued(run_id: RunId, part: int, chunks: int) -> None:
    """The first so many chunks need no more queuing; another who queued more has said so."""
    more = table.When("attribute_not_exists(pk) OR chunks < :chunks", {":chunks": chunks})
    try:
        table.write(table.Put(table.row(keys.queued(run_id, part), chunks=chunks), more))
    except table.ConditionFailed:
        return


def came_back(chunk: Chunk) -> None:
    """Some of a chunk's candidates have no decision yet: it is to be queued again."""
    key = keys.chunk_back(chunk.run, chunk.part, chunk.number)
    table.write(table.Update(key, "ADD times :one", {":one": 1}, size=SMALL))


def all_back(run_id: RunId, most: int) -> list[Back]:
    rows = table.query(keys.run(run_id).pk, keys.BACK, limit=most)
    return [Back(_spot(row["sk"].removeprefix(keys.BACK)), row["times"]) for row in rows]


def _spot(text: str) -> Spot:
    part, number = text.split("#")
    return int(part), int(number)


def forget_back(run_id: RunId, back: Back) -> None:
    """It was queued again; one that came back once more meanwhile stays."""
    same = table.When("times = :times", {":times": back.times})
    try:
        table.write(table.Delete(keys.chunk_back(run_id, *back.spot), same, size=SMALL))
    except table.ConditionFailed:
        return
