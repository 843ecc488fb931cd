"""What the simulator knows of a person and of each record that stands for one: both truths by construction."""

import hashlib
import random
import uuid
from dataclasses import dataclass, field
from datetime import date

from infra.simulator.countries import MOBILES
from infra.simulator.names import Name

RELAY_DOMAINS = ("guest.booking.com", "m.expediapartnercentral.com", "agoda-messaging.com", "relay.stays.example")
MAIL_DOMAINS = ("post.example", "mail.example", "correio.example", "bücher.example", "lettre.example")
NO_NUMBERS = ("0", "N/A", "000000", "-", "none")
"""What receptions type where a guest has no member number."""
NO_DATES = ("1900-01-01", "1970-01-01")
PLACEHOLDERS = ("noemail@noemail.example", "none@none.example", "no-reply@mail.example")


class Ids:
    """Ids as Mews writes them (UUID), always the same for the same seed, kind and key."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, kind: str, key: object) -> str:
        digest = hashlib.sha256(f"{self._seed}:{kind}:{key}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))


@dataclass
class Address:
    """One mailbox. `joins` says whether it can ever be one guest's own (not relay, placeholder, house or agency)."""

    text: str
    joins: bool = True
    is_relay: bool = False
    family: bool = False  # several of one household use it
    agency: bool = False  # its guests' names contradict each other; shared from four on


@dataclass
class Record:
    """One customer profile of the PMS."""

    id: str
    number: int
    person: str
    known: str  # the label of the group that the deterministic rules can know
    given: str | None
    family: str
    address: Address | None = None
    spelled_address: str | None = None
    phone: str | None = None
    member: str | None = None
    nationality: str | None = None
    language: str | None = None
    consents: bool = False
    is_pseudo: bool = False
    classifications: tuple[str, ...] = ()
    birth_date: str | None = None  # as the reception typed it
    late: frozenset[str] = frozenset()  # fields the reception only fills in after check-in
    merges_into: str | None = None
    forgotten: bool = False  # at the end the PMS makes nobody of this profile


@dataclass
class Person:
    """One human being, whom only the simulator knows."""

    id: str
    name: Name
    country: str | None
    language: str
    consents: bool
    born: date
    style: str = "same"  # how the knowable other records of this person are spelled
    records: list[Record] = field(default_factory=list)
    slips: int = 0  # records that nobody can know to be this person
    tells_birth: bool | None = None  # None: the reception asks some
    couple: str | None = None  # the group of the records that name this person and another
    generation: str = ""  # " Sr." or " Jr.", written behind the family name

    @property
    def anchor(self) -> Record:
        return self.records[0]


class Registry:
    """Hands out mailboxes and numbers, each once: who shares one shares it on purpose."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._mailboxes = 0
        self._phones = 0
        self._records = 0
        self._persons = 0
        self._groups = 0
        self._members = 0

    def person_id(self) -> str:
        self._persons += 1
        return f"person-{self._persons}"

    def group(self) -> str:
        self._groups += 1
        return f"group-{self._groups}"

    def record_number(self) -> int:
        self._records += 1
        return self._records

    def member(self) -> str:
        self._members += 1
        return f"XM{100000 + self._members * 7}"

    def mailbox(self, name: Name, rng: random.Random) -> Address:
        self._mailboxes += 1
        given, family = (part.lower().replace(" ", "").replace("'", "") for part in name.folded())
        local = f"{given}.{family}" if (given + family).isascii() else "guest"
        return Address(f"{local}{self._mailboxes}@{rng.choice(MAIL_DOMAINS)}")

    def relay(self, rng: random.Random) -> Address:
        self._mailboxes += 1
        local = f"r{self._mailboxes:05d}.{rng.randrange(10**6):06d}"
        return Address(f"{local}@{rng.choice(RELAY_DOMAINS)}", joins=False, is_relay=True)

    def phone(self, country: str | None) -> str:
        """A mobile number in E.164."""
        self._phones += 1
        calling, prefix, digits = MOBILES.get(country or "", MOBILES["PT"])
        return f"+{calling}{prefix}{(self._phones * 7919 + 1234) % 10**digits:0{digits}d}"


def spelled_phone(phone: str, nationality: str | None, rng: random.Random) -> str:
    """The number as a reception may have typed it; national forms only where the nationality tells the country."""
    digits = phone[1:]
    forms = [phone, f"00{digits}", f"+{digits[:-6]} {digits[-6:-3]} {digits[-3:]}"]
    calling, _, _ = MOBILES.get(nationality or "", ("none", "", 0))
    if digits.startswith(calling):
        forms.append(f"{digits[len(calling) : -4]} {digits[-4:]}")
    return rng.choice(forms)


def typed_birth_date(person: Person, rng: random.Random) -> str | None:
    """Seldom asked for; then mostly right, sometimes with day and month swapped, or a date that means none."""
    born = person.born
    if person.tells_birth is not None:
        return born.isoformat() if person.tells_birth else None
    roll = rng.random()
    if roll > 0.2:
        return None
    if roll > 0.19:
        return rng.choice(NO_DATES)
    return f"{born.year}-{born.day:02d}-{born.month:02d}" if roll > 0.18 else born.isoformat()


def typed_member(record: Record, rng: random.Random) -> str | None:
    if record.member is None:
        return rng.choice(NO_NUMBERS) if rng.random() < 0.04 else None
    return rng.choice((record.member, record.member.lower(), f"{record.member[:2]} {record.member[2:]}"))


def spelled_address(address: str, rng: random.Random) -> str:
    """The same mailbox as another reception may have typed it."""
    forms = [address, address.upper() if address.isascii() else address, f" {address} ", plain_domain(address)]
    return rng.choice(forms)


def plain_domain(address: str) -> str:
    """The address with its domain as ASCII (IDNA)."""
    local, _, domain = address.partition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"
