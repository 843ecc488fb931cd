"""What it costs to find out who somebody new is, beside a thousand guests, and beside a million.

Whoever comes tells a name, a birthday, an address and a telephone: all that is weighed. What can grow is the number of
records that lie in the same blocks; so only these are kept of the guests beside, in rows as ingest leaves them. Their
names are of the families and given names that are common in a country, which is denser than a hotel's.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from benchmarks import hub, season
from benchmarks.cloud import Cloud
from benchmarks.figures import Figure
from benchmarks.webhooks import push
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.canonical.details import PostalAddress
from chalicelib.canonical.ids import Leaf
from chalicelib.identity.blocks import MOST_IN_ONE, keys_of
from chalicelib.identity.digests import digest
from chalicelib.identity.model import Block
from chalicelib.identity.sketches import Sketch, sketch_of
from chalicelib.identity.store import block_row

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
NEW = 20
FIRST_BIRTH, BIRTHS = date(1940, 1, 1), 24_000
SYLLABLES = (
    "ba", "den", "fel", "gro", "hus", "kar", "lin", "mor", "nas", "per", "rie", "sol", "tan", "vik", "wer", "zel",
)  # fmt: skip
TOWNS, STREETS = 2_000, 400


def figures(*, full: bool) -> Iterator[Figure]:
    """Each beside that of a thousand guests."""
    few = _cost(FEW)
    for size in (MANY, MOST) if full else (MANY,):
        calls, units = _cost(size)
        name = f"of who is new, with all that is weighed, at {size:,} guests ÷ at {FEW:,}"
        yield Figure(f"AWS calls {name}", "AWS calls", calls, few[0], 1.05)
        yield Figure(f"request units {name}", "read and write units", units, few[1], 1.1)


def _cost(size: int) -> tuple[float, float]:
    """Calls, and read and write units, of one of those who are new."""
    cloud, chance = hub.open_hub(), random.Random(1)
    season.open_hotel()
    newcomers = [_person(chance) for _ in range(NEW)]
    _lay_beside(newcomers, size)
    cloud.table.units.take()
    cloud.calls.clear()
    push(cloud, [season.webhook(_guest(number, *each)) for number, each in enumerate(newcomers)])
    return sum(cloud.calls.values()) / NEW, _units(cloud) / NEW


def _units(cloud: Cloud) -> float:
    used = cloud.table.units.take()
    return used.read + used.write


Person = tuple[str, str, date, PostalAddress, str]
"""Given and family name, birthday, home and telephone."""


def _person(chance: random.Random) -> Person:
    """Towns and streets are as unlike in size as they are: the first of them have most of the people."""
    given, family = ("".join(chance.choices(SYLLABLES, k=length)).title() for length in (2, 3))
    town, street = int(TOWNS * chance.random() ** 3), int(STREETS * chance.random() ** 2)
    line, code = f"Street{street} {chance.randrange(1, 90)}", f"{1000 + town}"
    home = PostalAddress(street=line, postal_code=code, city=f"Town{town}", country="AT")
    born = FIRST_BIRTH + timedelta(days=chance.randrange(BIRTHS))
    return given, family, born, home, f"+4366{chance.randrange(10**8):08}"


def _sketch(person: Person) -> Sketch:
    given, family, born, home, phone = person
    return sketch_of((given, family), born, home, "AT", phone)


def _lay_beside(newcomers: list[Person], size: int) -> None:
    """The blocks of who is new, with whoever of so many guests lies there, too."""
    lie: dict[str, dict[Leaf, Sketch]] = defaultdict(dict)
    wanted = {key for each in newcomers for key in keys_of(_sketch(each))}
    for number, sketch in enumerate(_sketches(size)):
        for key in keys_of(sketch):
            if key in wanted and len(lie[key]) <= MOST_IN_ONE:
                lie[key][Leaf(f"g{number:024x}")] = sketch
    for row in _rows(lie):
        table.write(table.Put(row))


def _sketches(size: int) -> Iterator[Sketch]:
    chance = random.Random(2)
    return (_sketch(_person(chance)) for _ in range(size))


def _rows(lie: Mapping[str, Mapping[Leaf, Sketch]]) -> Iterator[Item]:
    for key, sketches in lie.items():
        yield block_row(Block(digest("alike", f"|{key}"), 1).holding(sketches))


def _guest(number: int, given: str, family: str, born: date, home: PostalAddress, phone: str) -> dict[str, object]:
    told = {"birth_date": born.isoformat(), "address": home.model_dump(exclude_none=True), "phone": phone}
    return {**season.guest(number), "given_name": given, "family_name": family, **told, "property_id": season.HOTEL.id}
