"""Invents the guests of a season: persons, their records at the PMS, and which of these can be known to be one guest.

The label `known` of every record is set by whoever makes the record, because the maker knows which identifiers it
shares on purpose; nothing here runs the hub's rules.
"""

import random
from collections import Counter
from datetime import date

from infra.simulator.countries import LANGUAGE_BY_COUNTRY
from infra.simulator.names import (
    NICKNAMES,
    TABLES,
    Name,
    family_entry,
    named,
    pick_name,
    plain,
)
from infra.simulator.records import (
    PLACEHOLDERS,
    Address,
    Ids,
    Person,
    Record,
    Registry,
    spelled_address,
    spelled_phone,
    typed_birth_date,
)

STYLES = ("respelled", "longer", "initial", "no given name", "member number")


class Cast:
    """Everybody who has a profile, or will have one."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"people:{seed}")
        self.ids = Ids(seed)
        self.registry = Registry(self.ids)
        self.persons: dict[str, Person] = {}
        self.records: list[Record] = []
        self._agencies: dict[str, Address] = {}

    # newcomers

    def newcomer(self, country: str | None, contact: str, agency: str | None = None) -> Record:
        """A person never seen before, with one record; `contact` says how the booking reached the hotel."""
        person = self.new_person(country)
        address = self._first_address(person, contact, agency)
        has_phone = self.rng.random() < {"ota": 0.6, "agency": 0.2, "direct": 0.7}.get(contact, 0.5)
        record = self.new_record(
            person,
            address=address,
            phone=self.registry.phone(person.country) if has_phone else None,
            member=self.registry.member() if address and address.joins and self.rng.random() < 0.12 else None,
            given=None if self.rng.random() < 0.01 else person.name.given,
        )
        if record.given is None:
            person.style = "same"
        elif address and address.joins and self.rng.random() < 0.04:
            record.late = frozenset({self.rng.choice(("address", "phone"))})
        return record

    def walk_in_guest(self, country: str | None) -> Record:
        """A person from the street who left a name and nothing else."""
        return self.new_record(self.new_person(country))

    def pseudo(self, key: str, given: str | None, family: str, *classifications: str) -> Record:
        """A profile that stands for nobody."""
        number = self.registry.record_number()
        record = Record(self.ids.of("pseudo", key), number, "nobody", "nobody", given, family)
        record.is_pseudo, record.classifications = True, classifications
        self.records.append(record)
        return record

    def new_person(self, country: str | None, name: Name | None = None) -> Person:
        language = name.language if name else LANGUAGE_BY_COUNTRY.get(country or "", "en")
        person = Person(
            id=self.registry.person_id(),
            name=name or pick_name(self.rng, language),
            country=country,
            language=language,
            consents=self.rng.random() < 0.45,
            born=_birthday(self.ids.of("born", len(self.persons))),
            style=self.rng.choice(("same", "same", *STYLES)),
        )
        self.persons[person.id] = person
        return person

    def _first_address(self, person: Person, contact: str, agency: str | None) -> Address | None:
        roll = self.rng.random()
        if contact == "ota" and roll < 0.7:
            return self.registry.relay(self.rng)
        if contact == "agency":
            if roll < 0.45 and agency:
                return self._agency_address(agency)
            return None if roll < 0.7 else self.registry.mailbox(person.name, self.rng)
        if roll > 0.97:
            return Address(self.rng.choice(PLACEHOLDERS), joins=False)
        if roll > 0.93:
            return Address(self.rng.choice(("reception@resort.example", "frontdesk@city.example")), joins=False)
        return None if roll > 0.86 else self.registry.mailbox(person.name, self.rng)

    def _agency_address(self, agency: str) -> Address:
        if agency not in self._agencies:
            self._agencies[agency] = Address(f"bookings@agency{agency}.example", joins=False, agency=True)
        return self._agencies[agency]

    # relatives and companions

    def companion(self, of: Record) -> Record:
        """Somebody who shares the room: mostly family, who may use the same mailbox or telephone under another name."""
        host = self.person_of(of)
        can_share = of is host.anchor and host.slips == 0 and len(host.records) == 1 and of.given is not None
        roll = self.rng.random()
        if can_share and roll < 0.35 and of.address and of.address.joins and not of.address.family and not of.late:
            return self._relative(host, of.address, None)
        if can_share and roll < 0.45 and of.phone and not of.late:
            return self._relative(host, None, of.phone)
        friend = self.new_person(of.nationality)
        address = self.registry.mailbox(friend.name, self.rng) if roll > 0.7 else None
        return self.new_record(friend, address=address)

    def _relative(self, host: Person, address: Address | None, phone: str | None) -> Record:
        name = self._relatives_name(host.name)
        if address:
            address.family = True
        relative = self.new_person(host.country, name)
        same_initial = plain(name.folded()[0])[0] == plain(host.name.folded()[0])[0]
        host.style = "ambiguous initial" if same_initial and address else "same"
        relative.style = "same"
        host.slips = relative.slips = 1  # two contradicting names at one mailbox are enough
        return self.new_record(relative, address=address, phone=phone)

    def _relatives_name(self, name: Name) -> Name:
        """Another given name of the same family; like Mario and Maria, half of them share the initial."""
        entry = family_entry(name)
        others = [
            given
            for given in TABLES.get(name.language, TABLES["en"]).given
            if given.split("|")[0] != name.given and NICKNAMES.get(name.given) != given
        ]
        alike = [given for given in others if plain(given)[0] == plain(name.given)[0]]
        given = self.rng.choice(alike if alike and self.rng.random() < 0.5 else others)
        return named(given, entry, name.language)

    # groups

    def group(self, country: str | None, size: int) -> list[Record]:
        """Guests of a group whose records all carry the leader's address under their own names; the leader is first."""
        leader = self.new_person(country)
        leader.style, leader.slips = "same", 1
        address = self.registry.mailbox(leader.name, self.rng)
        address.family, address.agency, address.joins = True, size >= 4, size < 4
        members, taken = [leader], {(leader.name.given, leader.name.family)}
        for name in _distinct_names(self.rng, size - 1, taken):
            member = self.new_person(country, name)
            member.style, member.slips = "same", 1
            members.append(member)
        phone = self.registry.phone(country)
        return [
            self.new_record(member, address=address, phone=phone if member is leader else None) for member in members
        ]

    # records

    def new_record(
        self,
        person: Person,
        known: str | None = None,
        *,
        address: Address | None = None,
        phone: str | None = None,
        member: str | None = None,
        given: str | None = "",  # None is a missing name, "" the person's own
        family: str | None = None,
    ) -> Record:
        number = self.registry.record_number()
        nationality = person.country if self.rng.random() < 0.85 else None
        record = Record(
            id=self.ids.of("customer", number),
            number=number,
            person=person.id,
            known=known or self.registry.group(),
            given=person.name.given if given == "" else given,
            family=(family or person.name.family) + person.generation,
            address=address,
            spelled_address=spelled_address(address.text, self.rng) if address else None,
            phone=phone,
            member=member,
            birth_date=typed_birth_date(person, random.Random(f"birth date:{self.ids.of('record', number)}")),
            nationality=nationality,
            language=person.language,
            consents=person.consents,
            classifications=self.rng.choices(((), ("Returning",), ("Important",)), (80, 15, 5))[0],
        )
        person.records.append(record)
        self.records.append(record)
        return record

    def person_of(self, record: Record) -> Person:
        return self.persons[record.person]

    def typed_phone(self, record: Record) -> str | None:
        return spelled_phone(record.phone, record.nationality, random.Random(record.id)) if record.phone else None

    def forget_some(self) -> None:
        """Whom the PMS makes nobody in the end: people of one record, whose mailbox no other's depends on."""
        known = Counter(record.known for record in self.records)
        for person in self.persons.values():
            record = person.anchor
            shares = record.address is not None and (record.address.family or record.address.agency)
            can_be = known[record.known] == len(person.records) == 1 and not shares
            record.forgotten = can_be and random.Random(f"forgotten:{record.id}").random() < 0.1

    def settle_agencies(self) -> None:
        """An agency's mailbox that too few names carry would not be shared by the rules: such records lose it."""
        for address in self._agencies.values():
            users = [record for record in self.records if record.address is address]
            if len({plain(record.family).lower() for record in users}) < 5:
                for record in users:
                    record.address = record.spelled_address = None


def _birthday(seed: str) -> date:
    """A day that is a month, too: swapped, it is another date."""
    rng = random.Random(seed)
    return date(rng.randrange(1950, 2000), rng.randrange(1, 13), rng.randrange(2, 13))


def _distinct_names(rng: random.Random, count: int, taken: set[tuple[str, str]]) -> list[Name]:
    names: list[Name] = []
    languages = ("pt", "en", "fr", "it", "es", "de", "pl", "nl")
    while len(names) < count:
        name = pick_name(rng, rng.choice(languages))
        if (name.given, name.family) not in taken:
            taken.add((name.given, name.family))
            names.append(name)
    return names
