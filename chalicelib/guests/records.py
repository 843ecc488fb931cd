"""What one source said about one person."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from chalicelib.canonical.details import AgeCategory, PostalAddress, SpecialDate, VipLevel
from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.connections.model import hotel_of
from chalicelib.guests.kept import Kept
from chalicelib.guests.kinds import EmailKind, Nobody, Unusable


class Correction(Kept):
    """What staff said of one field: when, and over which values (digests of them), which sources may go on saying."""

    at: Instant
    over: tuple[str, ...] = ()


class Record(Kept):
    """What one source said about one person, normalised."""

    source: ConnectionId
    source_id: str | None = None
    salutation: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    generation: str | None = None
    email: str | None = None
    email_kind: EmailKind | None = None
    phone: str | None = None
    language: str | None = None
    country: str | None = None
    address: PostalAddress | None = None
    birth_date: date | None = None
    special_dates: tuple[SpecialDate, ...] = ()
    age_category: AgeCategory | None = None
    vip: VipLevel | None = None
    member_number: str | None = None
    marketing_email: bool | None = None
    merged_into: str | None = None
    nobody: Nobody | None = None
    unusable: tuple[Unusable, ...] = ()
    """What the source filled in with something that cannot be read, or that stands for nothing."""
    claimed_by: PropertyId | None = None
    """The hotel whose own connection says so."""

    preferences: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What the source observed, by kind."""
    corrects: dict[str, Correction] = Field(default_factory=dict)
    """Fields that staff corrected: what they say wins over what they correct. Of a record of the hub's own alone."""

    @property
    def hotel(self) -> PropertyId | None:
        """The hotel that alone says so, by a key or a connection of its own; None for the group's word."""
        return self.claimed_by or hotel_of(self.source)

    @property
    def called(self) -> tuple[str | None, str | None]:
        """Given and family name, as the source says them."""
        return self.given_name, self.family_name

    def as_claim_of(self, hotel: PropertyId) -> "Record":
        return self.model_copy(update={"claimed_by": hotel})

    def erased(self) -> "Record":
        """What is left of the person: whose record it was, so that the same one is known again."""
        return Record(source=self.source, source_id=self.source_id, claimed_by=self.claimed_by, nobody="erased")

    def begun_anew(self) -> "Record":
        """Of who comes again after an erasure: without what was agreed to before, or belongs to what is gone."""
        opted = self.marketing_email and None
        return self.model_copy(update={"marketing_email": opted, "merged_into": None, "member_number": None})

    def of_minor(self) -> "Record":
        """Who it is, how old, and where from: without what reaches them, what makes a member, and what was observed."""
        return Record(
            source=self.source,
            source_id=self.source_id,
            salutation=self.salutation,
            given_name=self.given_name,
            family_name=self.family_name,
            generation=self.generation,
            language=self.language,
            country=self.country,
            birth_date=self.birth_date,
            age_category=self.age_category,
            merged_into=self.merged_into,
            unusable=self.unusable,
            claimed_by=self.claimed_by,
        )

    def without_preferences(self) -> "Record":
        return self.model_copy(update={"preferences": {}})

    def correcting(self, corrections: Mapping[str, Correction]) -> "Record":
        return self.model_copy(update={"corrects": dict(corrections)})

    def untied(self) -> "Record":
        """Without the source's word that it is the same person as another of its records."""
        return self.model_copy(update={"merged_into": None})

    def with_email_kind(self, kind: EmailKind) -> "Record":
        return self.model_copy(update={"email_kind": kind})
