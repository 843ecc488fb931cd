"""What records say of one guest, as the rows of a table with a column for each record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.canonical.details import PostalAddress, SpecialDate
from chalicelib.entrypoints.api.records import RecordShown
from chalicelib.entrypoints.console.coded import told
from chalicelib.entrypoints.console.hotels import Hotels
from chalicelib.entrypoints.console.preferred import in_words
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.entrypoints.console.wording import Wording
from chalicelib.guests.preferences import Preferences


@dataclass(frozen=True)
class Row:
    """One thing that records say something about; "" where a record says nothing of it."""

    name: str
    said: Sequence[str]
    compares: bool = True

    @property
    def differs(self) -> bool:
        """Whether two records say something else of it, capitals apart."""
        return self.compares and len({each.casefold() for each in self.said if each}) > 1


def rows(visit: Visit, records: Sequence[RecordShown], hotels: Hotels) -> list[Row]:
    """Those of which any record says something."""
    words = Wording(visit.language, visit.now)

    def row(name: str, said: Callable[[RecordShown, Visit, Wording], str]) -> Row:
        return Row(visit.words(name), [said(each, visit, words) for each in records], name not in OF_THE_RECORD)

    named = [", ".join(hotels[at].name if at in hotels else at for at in each.properties) for each in records]
    found = [*(row(name, said) for name, said in SAID.items()), Row(visit.words(HOTELS), named, compares=False)]
    return [each for each in found if any(each.said)]


def address_in_words(where: PostalAddress | None, words: Wording) -> str:
    if where is None:
        return ""
    town = " ".join(each for each in (where.postal_code, where.city) if each)
    return ", ".join(each for each in (where.street, town, where.region, words.country(where.country)) if each)


def _email(record: RecordShown, visit: Visit) -> str:
    kind = record.email_kind if record.email_kind != "own" else None
    codes = [told("address", kind)] if kind and record.email else []
    codes += [told("office", record.office)] if record.office else []
    return " ".join([record.email or "", *(f"({visit.words(each)})" for each in codes)]).strip()


def special_days(days: Iterable[SpecialDate], visit: Visit, words: Wording) -> str:
    return ", ".join(f"{visit.words(told('special_date', e.kind))}: {words.day(e.day)}" for e in days)


def _coded(visit: Visit, of: str, code: object) -> str:
    return "" if code is None else visit.words(told(of, code))


def _flag(visit: Visit, flag: bool | None) -> str:  # noqa: FBT001 - it is one
    return "" if flag is None else visit.words(YES if flag else NO)


YES, NO = N_("Yes"), N_("No")
CHANGED, HOTELS, UNUSABLE = N_("Changed there"), N_("Hotels"), N_("Filled in, but not usable")
OF_THE_RECORD = {CHANGED, UNUSABLE}
"""What is of the record, and not of the person."""
SAID: Mapping[str, Callable[[RecordShown, Visit, Wording], str]] = {
    N_("Salutation"): lambda record, _, __: record.salutation or "",
    N_("Given name"): lambda record, _, __: record.given_name or "",
    N_("Family name"): lambda record, _, __: record.family_name or "",
    N_("Junior or senior"): lambda record, _, __: record.generation or "",
    N_("Several people"): lambda record, visit, _: visit.words(YES) if record.several_people else "",
    N_("Nobody's"): lambda record, visit, _: _coded(visit, "nobody", record.nobody),
    N_("E-mail address"): lambda record, visit, _: _email(record, visit),
    N_("Telephone"): lambda record, _, __: record.phone or "",
    N_("Member number"): lambda record, _, __: record.member_number or "",
    N_("Address"): lambda record, _, words: address_in_words(record.address, words),
    N_("Country"): lambda record, _, words: words.country(record.country),
    N_("Language"): lambda record, _, words: words.tongue(record.language),
    N_("Date of birth"): lambda record, _, words: words.day(record.birth_date),
    N_("Special days"): lambda record, visit, words: special_days(record.special_dates, visit, words),
    N_("Age"): lambda record, visit, _: _coded(visit, "age", record.age_category),
    N_("Prefers"): lambda record, visit, _: in_words(Preferences(**record.preferences), visit.words),
    N_("VIP level"): lambda record, _, words: words.number(record.vip) if record.vip else "",
    N_("Wants marketing by e-mail"): lambda record, visit, _: _flag(visit, record.marketing_email),
    UNUSABLE: lambda record, visit, _: ", ".join(_coded(visit, "field", each) for each in record.unusable),
    CHANGED: lambda record, _, words: words.moment(record.changed_at),
}
