"""How heads and stays are kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pydantic import TypeAdapter

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, Value, inflated, joined, within_a_unit
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import GuestId, Leaf, ReservationId
from chalicelib.guests import board
from chalicelib.guests.carried import carrying, told_by_record
from chalicelib.guests.drift import Drift, month_of, months_after
from chalicelib.guests.enrolments import Enrolment
from chalicelib.guests.model import Guest, Head, Stay, Traits
from chalicelib.guests.records import Record
from chalicelib.guests.spans import Span
from chalicelib.guests.statements import Statement
from chalicelib.guests.stats import Stats
from chalicelib.guests.tally import Tally


def head_row(head: Head) -> Item:
    row = table.row(
        keys.head(head.leaf),
        rev=head.rev,
        record_rev=(head.record_rev or 0) if head.has_record else None,
        record_version=head.record_version or None,
        stats=head.stats.packed(),
        **_tally_attributes(head),
        members=list(head.members) or None,
        merged_into=head.merged_into,
        traits=head.traits.packed() if head.traits else None,
        seen_at=list(head.seen_at) or None,
        since=head.since,
        properties=list(head.properties) or None,
        drift=list(head.drift) if any(head.drift) else None,
        nobody=head.nobody or None,
        decided=head.decided or None,
        enrolled_in=list(head.enrolled_in) or None,
        erased=head.erased,
    )
    return within_a_unit(
        row, "traits", "stats", "counted", "bounds", "seen_at", "properties", "members", "record_version"
    )


def next_revision(head: Head) -> table.Put:
    """That something under the leaf is news, where nothing of the head is."""
    return table.Put(head_row(replace(head, rev=head.rev + 1)), table.unchanged_since(head.rev))


def _tally_attributes(head: Head) -> dict[str, str]:
    """How far to look is apart from what is counted: it depends on the way by which the leaf came to its stays.

    Who changes what a stay counts for gives the tally another name: then the sums of before are not advanced.
    """
    if head.tally is None or not head.stats.reservations:
        return {}
    return {"counted": head.tally.packed(without=BOUNDS), "bounds": head.tally.packed(only=BOUNDS)}


_ENROLMENTS: TypeAdapter[tuple[Enrolment, ...]] = TypeAdapter(tuple[Enrolment, ...])
_STATEMENTS: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])
BOUNDS = frozenset({"longest", "ended"})
NOT_LISTED: Mapping[str, Value] = {}


def record_row(head: Head, listed: Mapping[str, Value] = NOT_LISTED) -> Item:
    """The record as it is at the head's `record_rev`, with the attributes by which indexes list it."""
    row = table.row(
        keys.record(head.leaf),
        rev=head.record_rev or 0,
        record=head.record.packed() if head.record else None,
        identifiers=list(told_by_record(head)) or None,
        blocks=list(head.blocks) or None,
        own_profile=head.own_profile,
        enrolments=_ENROLMENTS.dump_json(head.enrolments, exclude_defaults=True).decode() if head.enrolments else None,
        statements=_STATEMENTS.dump_json(head.statements, exclude_defaults=True).decode() if head.statements else None,
        **listed,
    )
    return within_a_unit(row, "record", "enrolments", "statements")


def with_record(head: Head, item: Item | None) -> Head:
    """The head with its record; as it is where it has none, or brought it along as earlier versions kept it."""
    if item is None or head.record:
        return head
    item = inflated(item)
    known = replace(head, record=Record.model_validate_json(item["record"]), own_profile=item.get("own_profile"))
    enrolments = _ENROLMENTS.validate_json(item["enrolments"]) if "enrolments" in item else ()
    said = _STATEMENTS.validate_json(item["statements"]) if "statements" in item else ()
    known = replace(known, statements=said, blocks=tuple(item.get("blocks", ())))
    return carrying(known, item.get("identifiers", ()), enrolments)


def with_records(heads: Mapping[Leaf, Head]) -> dict[Leaf, Head]:
    """By leaf; records are read after their heads, so that they are at least as new."""
    wanted = {leaf: keys.record(leaf) for leaf, head in heads.items() if head.has_record and not head.record}
    found = table.get_many(wanted.values()) if wanted else {}
    return {
        leaf: with_record(head, found.get(wanted[leaf]) if leaf in wanted else None) for leaf, head in heads.items()
    }


def statements_of(leaf: Leaf) -> tuple[Statement, ...]:
    """What was said of the guest through a record; one read."""
    item = inflated(table.get(keys.record(leaf)) or {})
    return _STATEMENTS.validate_json(item["statements"]) if "statements" in item else ()


def read_head(leaf: Leaf, item: Item) -> Head:
    item = inflated(item)
    return Head(
        leaf=leaf,
        rev=item["rev"],
        record=Record.model_validate_json(item["record"]) if "record" in item else None,
        record_rev=item.get("record_rev"),
        record_version=item.get("record_version", ""),
        stats=Stats.model_validate_json(item["stats"]),
        tally=_read_tally(item),
        identifiers=tuple(item.get("identifiers", ())),
        members=tuple(item.get("members", ())),
        merged_into=item.get("merged_into"),
        traits=Traits.model_validate_json(item["traits"]) if "traits" in item else None,
        seen_at=tuple(item.get("seen_at", ())),
        since=item.get("since"),
        properties=tuple(item.get("properties", ())),
        drift=Drift(*item.get("drift", ())),
        nobody=item.get("nobody", False),
        decided=item.get("decided", False),
        enrolled_in=tuple(item.get("enrolled_in", ())),
        erased=item.get("erased"),
    )


def _read_tally(item: Item) -> Tally | None:
    """None where an earlier version kept the sums; where nothing is summed there is nothing to tally."""
    if "counted" in item:
        return Tally.model_validate_json(joined(item["counted"], item["bounds"]))
    return Tally() if item["stats"] == "{}" else None


def head(leaf: Leaf) -> Head | None:
    item = table.get(keys.head(leaf))
    return read_head(leaf, item) if item else None


def heads(leaves: Iterable[Leaf]) -> dict[Leaf, Head]:
    wanted = {keys.head(leaf): leaf for leaf in leaves}
    return {wanted[key]: read_head(wanted[key], item) for key, item in table.get_many(wanted).items()}


def one_leaf_each(leaves: Iterable[Leaf]) -> list[Leaf]:
    """One leaf of each guest, in the order given; of several the first."""
    wanted = list(leaves)
    found = heads(wanted)
    by_guest: dict[GuestId, Leaf] = {}
    for leaf in wanted:
        if leaf in found and found[leaf].has_record:
            by_guest.setdefault(found[leaf].guest, leaf)
    return list(by_guest.values())


def guest(leaf: Leaf) -> Guest | None:
    """The guest that a leaf belongs to now; old ids resolve, also of one that is merged on between two reads."""
    found = head(leaf)
    while found and found.merged_into:
        found = head(found.merged_into)
    return found.as_guest() if found else None


def required(leaf: Leaf) -> Guest:
    """The same. Raises NotFound."""
    found = guest(leaf)
    if found is None:
        raise NotFound("There is no such guest.")
    return found


def guests_of(known: Mapping[Leaf, Head]) -> list[Guest]:
    """Those that some heads belong to now, each once: one batch read more, or another where one was merged on since."""
    found, wanted = dict(known), {head.guest for head in known.values()}
    while missing := wanted - found.keys():
        found |= (more := heads(missing))
        wanted = {head.guest for head in more.values()}
    return list({guest.id: guest for head in found.values() if (guest := head.as_guest())}.values())


def guests_of_shard(number: int, after: str | None = None, at_once: int | None = None) -> Iterator[Guest]:
    """The guests of one of the 256 partitions in the order of their ids, without leaves that were merged away."""
    for item in table.query(keys.shard(number), after=after, at_once=at_once):
        if found := _read_guest(item["sk"], item):
            yield found


def _read_guest(leaf: Leaf, item: Item) -> Guest | None:
    """The same as of its head, but nothing is read of the leaf itself: a million are walked through."""
    if "merged_into" in item:
        return None
    item = inflated(item)
    head = Head(
        leaf=leaf,
        rev=item["rev"],
        record_rev=item.get("record_rev", 0 if "record" in item else None),
        stats=NOT_READ,
        members=tuple(item.get("members", ())),
        traits=Traits.model_validate_json(item["traits"]) if "traits" in item else None,
        properties=tuple(item.get("properties", ())),
        erased=item.get("erased"),
    )
    return head.as_guest()


NOT_READ = Stats()


WALKED_AT_ONCE = 100
"""Guests that a walk reads in one call: who stops between two of them reads few again."""


def walk(part: int, parts: int, position: str = "") -> Iterator[tuple[str, Guest]]:
    """The guests of one of so many parts, each with the position from which the walk goes on behind them."""
    for number, after in shards(part, parts, position):
        for guest in guests_of_shard(number, after, at_once=WALKED_AT_ONCE):
            yield f"{number}:{guest.id}", guest


def heads_of_part(part: int, parts: int, position: str = "") -> Iterator[tuple[str, Head]]:
    """Every head of a part, also of who was merged away, each with the position from which the walk goes on behind."""
    for number, after in shards(part, parts, position):
        for item in table.query(keys.shard(number), after=after, at_once=WALKED_AT_ONCE):
            yield f"{number}:{item['sk']}", read_head(Leaf(item["sk"]), item)


def shards(part: int, parts: int, position: str) -> Iterator[tuple[int, str | None]]:
    """The partitions of a part that were not walked to their end, and the guest that the walk came to in the first."""
    shard, _, last = position.partition(":")
    width = keys.SHARDS // parts
    for number in range(int(shard or part * width), (part + 1) * width):
        yield number, (last if str(number) == shard else None) or None


def stay_row(leaf: Leaf, stay: Stay, version: str, lies_in: str | None = None) -> Item:
    """`lies_in` is the month of the row, where it is not that in which the stay begins."""
    row = table.row(
        keys.stay(leaf, lies_in or stay.month, stay.reservation),
        stay=stay.packed(without=board.SHOWN | {"reservation"}),
        version=version,
        **board.attributes(stay),
    )
    return within_a_unit(row, "stay")


def companion_row(leaf: Leaf, stay: Stay, primary: Leaf, lies_in: str) -> Item:
    """It lies in the month in which the stay begins, wherever the stay's own row does: nothing is said of the
    companion in a stay's transaction, so its head cannot keep how far to look."""
    key = keys.companion(leaf, stay.month, stay.reservation)
    return table.row(key, leaf=primary, month=lies_in if lies_in != stay.month else None)


def read_stay(item: Item) -> Stay:
    """Its parts are read as one document; of what stands in two, the last word counts."""
    reservation = ReservationId(keys.last_part(table.key_of(item)))
    item = inflated(item)
    return Stay.model_validate_json(joined(f'{{"reservation":"{reservation}"}}', board.shown(item), item["stay"]))


def stays_of_reservations(reservations: Iterable[ReservationId]) -> dict[ReservationId, tuple[Leaf, Stay]]:
    """By reservation, the leaf that it is kept under and the stay: two batch reads."""
    places = table.get_many(keys.reservation(each) for each in reservations)
    kept = {
        keys.stay(row["leaf"], row["month"], ReservationId(key.pk.partition("#")[2])): row["leaf"]
        for key, row in places.items()
    }
    stays = [(kept[key], read_stay(row)) for key, row in table.get_many(kept).items()]
    return {stay.reservation: (leaf, stay) for leaf, stay in stays}


def stay_rows(leaf: Leaf, span: Span, drift: Drift) -> Iterator[Item]:
    """The rows of the months in which all stays lie that arrive within a span of days, whole months of them; one query.
    The drift is the leaf's."""
    after = keys.stays_of_month(months_after(month_of(span.first), -drift.later)) if span.first else None
    up_to = f"{keys.stays_of_month(months_after(month_of(span.last), drift.earlier))}~" if span.last else None
    return table.query(keys.leaf(leaf), keys.STAY, after=after, up_to=up_to)


def stays_of(head: Head, span: Span) -> list[Stay]:
    """Those of a leaf that arrive within a span of days."""
    return [stay for stay in map(read_stay, stay_rows(head.leaf, span, head.drift)) if span.has(stay.arrival)]


def stays(leaf: Leaf) -> list[Stay]:
    """Every reservation of a leaf, in time order; one query."""
    found = [read_stay(item) for item in table.query(keys.leaf(leaf), keys.STAY)]
    return sorted(found, key=lambda stay: (stay.arrival, stay.departure, stay.reservation))
