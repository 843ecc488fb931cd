"""Invents the record under which a guest books again: the same one, one that can be known to be this guest, or not."""

from infra.simulator.names import MIDDLE, NICKNAMES, SECOND_FAMILY, mistyped, pick_name, respellings
from infra.simulator.people import Cast
from infra.simulator.records import Address, Person, Record


def returning(cast: Cast, record: Record, contact: str, agency: str | None = None) -> Record:
    """A record for the next booking: the same one, one that can be known to be this guest, or one that cannot."""
    person = cast.person_of(record)
    if agency and person.anchor.address and person.anchor.address.agency:
        return _from_agency_again(cast, person)
    if contact == "ota" and cast.rng.random() < 0.6:
        return _through_ota_again(cast, person)
    roll = cast.rng.random()
    if roll < 0.55:
        return record
    if roll < 0.76:
        return _knowable(cast, person) or record
    if roll < 0.86 and (namesake := _namesake(cast, person)):
        return namesake
    if roll < 0.9 and (couple := _as_a_couple(cast, person)):
        return couple
    return _unknowable(cast, person) or record


def _knowable(cast: Cast, person: Person) -> Record | None:
    anchor = person.anchor
    if person.style == "ambiguous initial":
        return _ambiguous_initial(cast, person)
    if person.style == "member number" and anchor.member:
        return _member_with_a_new_name(cast, person)
    address = anchor.address if anchor.address and anchor.address.joins else None
    # Longer names at two identifiers could be two people's, and the shorter name either of them.
    by_phone = anchor.phone is not None and (address is None or (person.style != "longer" and cast.rng.random() < 0.4))
    if address is None and not by_phone:
        return None
    given, family = _styled_name(cast, person)
    return cast.new_record(
        person, anchor.known, given=given, family=family,
        address=_other_address(cast, person) if by_phone else address,
        phone=anchor.phone if by_phone else None,
    )  # fmt: skip


def _other_address(cast: Cast, person: Person) -> Address | None:
    return cast.registry.mailbox(person.name, cast.rng) if cast.rng.random() < 0.5 else None


def _styled_name(cast: Cast, person: Person) -> tuple[str | None, str]:
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
        return cast.rng.choice(respellings(name) or [(name.given, name.family)])
    return name.given, name.family


def _member_with_a_new_name(cast: Cast, person: Person) -> Record:
    """Married, moved, new telephone: only the member number is still the same."""
    other = pick_name(cast.rng, person.language).family
    record = cast.new_record(
        person, person.anchor.known, family=other if other != person.name.family else f"{other} Nova",
        address=cast.registry.mailbox(person.name, cast.rng), member=person.anchor.member,
    )  # fmt: skip
    person.style = "same"  # one new name in a season is enough, and it is told by the member number only
    return record


def _ambiguous_initial(cast: Cast, person: Person) -> Record:
    """M. Rossi at the mailbox of Mario and Maria: nobody can say which of them."""
    initial = person.name.given[0]
    person.style = "same"
    if person.name.latin is None or person.name.latin[0] != person.name.given:
        return person.anchor
    return cast.new_record(person, cast.registry.group(), given=f"{initial}.", address=person.anchor.address)


def _through_ota_again(cast: Cast, person: Person) -> Record:
    """A new relay address and a new record; the telephone number may tell."""
    phone = person.anchor.phone if cast.rng.random() < 0.7 and person.anchor.given else None
    known = person.anchor.known if phone else cast.registry.group()
    return cast.new_record(person, known, address=cast.registry.relay(cast.rng), phone=phone)


def _from_agency_again(cast: Cast, person: Person) -> Record:
    """The agency's shared mailbox tells nothing, not even with the same name."""
    return cast.new_record(person, cast.registry.group(), address=person.anchor.address)


def _namesake(cast: Cast, person: Person) -> Record | None:
    """Father and son of one name at one mailbox: two persons whom the rules must take for one, unless their birth dates
    or what the reception writes behind their names tell."""
    anchor = person.anchor
    if anchor.given is None or not (anchor.address and anchor.address.joins) or anchor.address.family:
        return None  # of two whom something tells apart, a third could be either
    son = cast.new_person(person.country, person.name)
    son.consents, son.style, son.slips = person.consents, "same", 1
    if len(person.records) == 1 and not person.slips:
        _tell_apart(cast, person, son)
        return cast.new_record(son, address=anchor.address)
    son.born = person.born  # no date of birth tells them apart
    return cast.new_record(son, anchor.known, address=anchor.address)


def _tell_apart(cast: Cast, father: Person, son: Person) -> None:
    anchor = father.anchor
    father.style, father.slips = "same", 1
    if anchor.address:
        anchor.address.family = True
    if father.name.latin == (father.name.given, father.name.family) and cast.rng.random() < 0.5:
        father.generation, son.generation = " Sr.", " Jr."
        anchor.family += father.generation
        return
    father.born = son.born.replace(year=son.born.year - 27)
    father.tells_birth = son.tells_birth = True
    anchor.birth_date = father.born.isoformat()


def _as_a_couple(cast: Cast, person: Person) -> Record | None:
    """Two people in one profile: it is neither of them."""
    anchor, name = person.anchor, person.name
    if anchor.given is None or not (anchor.address and anchor.address.joins) or person.generation:
        return None
    anchor.address.family = True
    given, family = (
        (None, f"Familie {name.family}") if name.language == "de" else (f"{name.given} & Maria", name.family)
    )
    record = cast.new_record(person, person.couple, given=given, family=family, address=anchor.address)
    person.couple = record.known
    return record


def _unknowable(cast: Cast, person: Person) -> Record | None:
    weakly_named = person.style in ("initial", "no given name", "ambiguous initial") or person.anchor.given is None
    if person.slips or weakly_named:
        return _all_changed(cast, person)
    address = person.anchor.address
    nickname = NICKNAMES.get(person.name.given)
    wrong = (nickname, person.name.family) if nickname else mistyped(person.name)
    if wrong is None or not (address and address.joins) or cast.rng.random() < 0.4:
        return _all_changed(cast, person)
    person.slips += 1
    slip = cast.new_record(person, cast.registry.group(), given=wrong[0], family=wrong[1], address=address)
    return _perhaps_merged_later(cast, person, slip)


def _all_changed(cast: Cast, person: Person) -> Record:
    moved = cast.new_record(person, cast.registry.group(), address=cast.registry.mailbox(person.name, cast.rng))
    return _perhaps_merged_later(cast, person, moved)


def _perhaps_merged_later(cast: Cast, person: Person, record: Record) -> Record:
    """The reception finds some duplicates itself and merges them in the PMS."""
    if cast.rng.random() < 0.3:
        record.merges_into, record.known = person.anchor.id, person.anchor.known
    return record
