"""Invents the guests of a season: persons, their records at the PMS, and which of these can be known to be one guest.

The label `known` of every record is set by whoever makes the record, because the maker knows which identifiers it
shares on purpose; nothing here runs the hub's rules.
"""

import random

from infra.simulator.countries import LANGUAGE_BY_COUNTRY
from infra.simulator.names import (
    MIDDLE,
    NICKNAMES,
    SECOND_FAMILY,
    TABLES,
    Name,
    family_entry,
    mistyped,
    named,
    pick_name,
    plain,
    respellings,
)
from infra.simulator.records import PLACEHOLDERS, Address, Ids, Person, Record, Registry, spelled_address, spelled_phone

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
        person = self._person(country)
        address = self._first_address(person, contact, agency)
        has_phone = self.rng.random() < {"ota": 0.6, "agency": 0.2, "direct": 0.7}.get(contact, 0.5)
        record = self._record(
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
        return self._record(self._person(country))

    def pseudo(self, key: str, given: str | None, family: str, *classifications: str) -> Record:
        """A profile that stands for nobody."""
        number = self.registry.record_number()
        record = Record(self.ids.of("pseudo", key), number, "nobody", "nobody", given, family)
        record.is_pseudo, record.classifications = True, classifications
        self.records.append(record)
        return record

    def _person(self, country: str | None, name: Name | None = None) -> Person:
        language = name.language if name else LANGUAGE_BY_COUNTRY.get(country or "", "en")
        person = Person(
            id=self.registry.person_id(),
            name=name or pick_name(self.rng, language),
            country=country,
            language=language,
            consents=self.rng.random() < 0.45,
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
        host = self._person_of(of)
        can_share = of is host.anchor and host.slips == 0 and len(host.records) == 1 and of.given is not None
        roll = self.rng.random()
        if can_share and roll < 0.35 and of.address and of.address.joins and not of.address.family and not of.late:
            return self._relative(host, of.address, None)
        if can_share and roll < 0.45 and of.phone and not of.late:
            return self._relative(host, None, of.phone)
        friend = self._person(of.nationality)
        address = self.registry.mailbox(friend.name, self.rng) if roll > 0.7 else None
        return self._record(friend, address=address)

    def _relative(self, host: Person, address: Address | None, phone: str | None) -> Record:
        name = self._relatives_name(host.name)
        if address:
            address.family = True
        relative = self._person(host.country, name)
        same_initial = plain(name.folded()[0])[0] == plain(host.name.folded()[0])[0]
        host.style = "ambiguous initial" if same_initial and address else "same"
        relative.style = "same"
        host.slips = relative.slips = 1  # two contradicting names at one mailbox are enough
        return self._record(relative, address=address, phone=phone)

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

    # people who come again

    def returning(self, record: Record, contact: str, agency: str | None = None) -> Record:
        """A record for the next booking: the same one, one that can be known to be this guest, or one that cannot."""
        person = self._person_of(record)
        if agency and person.anchor.address and person.anchor.address.agency:
            return self._from_agency_again(person)
        if contact == "ota" and self.rng.random() < 0.6:
            return self._through_ota_again(person)
        roll = self.rng.random()
        if roll < 0.55:
            return record
        if roll < 0.8:
            return self._knowable(person) or record
        if roll < 0.84 and (namesake := self._namesake(person)):
            return namesake
        return self._unknowable(person) or record

    def _knowable(self, person: Person) -> Record | None:
        anchor = person.anchor
        if person.style == "ambiguous initial":
            return self._ambiguous_initial(person)
        if person.style == "member number" and anchor.member:
            return self._member_with_a_new_name(person)
        address = anchor.address if anchor.address and anchor.address.joins else None
        by_phone = anchor.phone is not None and (address is None or self.rng.random() < 0.4)
        if address is None and not by_phone:
            return None
        given, family = self._styled_name(person)
        return self._record(
            person, anchor.known, given=given, family=family,
            address=self._other_address(person) if by_phone else address,
            phone=anchor.phone if by_phone else None,
        )  # fmt: skip

    def _other_address(self, person: Person) -> Address | None:
        return self.registry.mailbox(person.name, self.rng) if self.rng.random() < 0.5 else None

    def _styled_name(self, person: Person) -> tuple[str | None, str]:
        name = person.name
        has_latin_initial = name.latin is not None and name.latin[0] == name.given
        if person.style == "initial" and has_latin_initial:
            return f"{name.given[0]}.", name.family
        if person.style == "no given name":
            return None, name.family
        if person.style == "longer" and name.language in SECOND_FAMILY:
            return name.given, f"{name.family} {SECOND_FAMILY[name.language]}"
        if person.style == "longer" and name.language in MIDDLE:
            return f"{name.given} {MIDDLE[name.language]}", name.family
        if person.style in ("respelled", "longer"):
            return self.rng.choice(respellings(name) or [(name.given, name.family)])
        return name.given, name.family

    def _member_with_a_new_name(self, person: Person) -> Record:
        """Married, moved, new telephone: only the member number is still the same."""
        other = pick_name(self.rng, person.language).family
        record = self._record(
            person, person.anchor.known, family=other if other != person.name.family else f"{other} Nova",
            address=self.registry.mailbox(person.name, self.rng), member=person.anchor.member,
        )  # fmt: skip
        person.style = "same"  # one new name in a season is enough, and it is told by the member number only
        return record

    def _ambiguous_initial(self, person: Person) -> Record:
        """M. Rossi at the mailbox of Mario and Maria: nobody can say which of them."""
        initial = person.name.given[0]
        person.style = "same"
        if person.name.latin is None or person.name.latin[0] != person.name.given:
            return person.anchor
        return self._record(person, self.registry.group(), given=f"{initial}.", address=person.anchor.address)

    def _through_ota_again(self, person: Person) -> Record:
        """A new relay address and a new record; the telephone number may tell."""
        phone = person.anchor.phone if self.rng.random() < 0.7 and person.anchor.given else None
        known = person.anchor.known if phone else self.registry.group()
        return self._record(person, known, address=self.registry.relay(self.rng), phone=phone)

    def _from_agency_again(self, person: Person) -> Record:
        """The agency's shared mailbox tells nothing, not even with the same name."""
        return self._record(person, self.registry.group(), address=person.anchor.address)

    def _namesake(self, person: Person) -> Record | None:
        """Father and son of one name at one mailbox: two persons whom the rules must take for one."""
        anchor = person.anchor
        if anchor.given is None or not (anchor.address and anchor.address.joins):
            return None
        son = self._person(person.country, person.name)
        son.consents, son.style, son.slips = person.consents, "same", 1
        return self._record(son, anchor.known, address=anchor.address)

    def _unknowable(self, person: Person) -> Record | None:
        weakly_named = person.style in ("initial", "no given name", "ambiguous initial") or person.anchor.given is None
        if person.slips or weakly_named:
            return self._all_changed(person)
        address = person.anchor.address
        nickname = NICKNAMES.get(person.name.given)
        wrong = (nickname, person.name.family) if nickname else mistyped(person.name)
        if wrong is None or not (address and address.joins) or self.rng.random() < 0.4:
            return self._all_changed(person)
        person.slips += 1
        slip = self._record(person, self.registry.group(), given=wrong[0], family=wrong[1], address=address)
        return self._perhaps_merged_later(person, slip)

    def _all_changed(self, person: Person) -> Record:
        moved = self._record(person, self.registry.group(), address=self.registry.mailbox(person.name, self.rng))
        return self._perhaps_merged_later(person, moved)

    def _perhaps_merged_later(self, person: Person, record: Record) -> Record:
        """The reception finds some duplicates itself and merges them in the PMS."""
        if self.rng.random() < 0.3:
            record.merges_into, record.known = person.anchor.id, person.anchor.known
        return record

    # groups

    def group(self, country: str | None, size: int) -> list[Record]:
        """Guests of a group whose records all carry the leader's address under their own names; the leader is first."""
        leader = self._person(country)
        leader.style, leader.slips = "same", 1
        address = self.registry.mailbox(leader.name, self.rng)
        address.family, address.agency, address.joins = True, size >= 4, size < 4
        members, taken = [leader], {(leader.name.given, leader.name.family)}
        for name in _distinct_names(self.rng, size - 1, taken):
            member = self._person(country, name)
            member.style, member.slips = "same", 1
            members.append(member)
        phone = self.registry.phone(country)
        return [self._record(member, address=address, phone=phone if member is leader else None) for member in members]

    # records

    def _record(
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
            family=family or person.name.family,
            address=address,
            spelled_address=spelled_address(address.text, self.rng) if address else None,
            phone=phone,
            member=member,
            nationality=nationality,
            language=person.language,
            consents=person.consents,
            classifications=self.rng.choices(((), ("Returning",), ("Important",)), (80, 15, 5))[0],
        )
        person.records.append(record)
        self.records.append(record)
        return record

    def _person_of(self, record: Record) -> Person:
        return self.persons[record.person]

    def typed_phone(self, record: Record) -> str | None:
        return spelled_phone(record.phone, record.nationality, random.Random(record.id)) if record.phone else None

    def settle_agencies(self) -> None:
        """An agency's mailbox that too few names carry would not be shared by the rules: such records lose it."""
        for address in self._agencies.values():
            users = [record for record in self.records if record.address is address]
            if len({plain(record.family).lower() for record in users}) < 5:
                for record in users:
                    record.address = record.spelled_address = None


def _distinct_names(rng: random.Random, count: int, taken: set[tuple[str, str]]) -> list[Name]:
    names: list[Name] = []
    languages = ("pt", "en", "fr", "it", "es", "de", "pl", "nl")
    while len(names) < count:
        name = pick_name(rng, rng.choice(languages))
        if (name.given, name.family) not in taken:
            taken.add((name.given, name.family))
            names.append(name)
    return names
