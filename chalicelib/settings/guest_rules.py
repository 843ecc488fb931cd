"""What an operator may set of how guests are recognised. Pure."""

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.ids import ConnectionId, PropertyId, Scope
from chalicelib.canonical.snapshots import HUB_ID, HubId
from chalicelib.settings.custom_fields import MOST_FIELDS, CustomField, FieldName
from chalicelib.settings.matching import SHIPPED_MATCHING, Matching, Weights

RoleWord = Annotated[str, StringConstraints(pattern=r"^[^\s@A-Z.,_+-]{2,40}$")]
AgencyDomain = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$", max_length=100)
]
MOST_AGENCY_DOMAINS = 100
Telephone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{5,14}$")]


Choice = Literal["newest", "longest"]
ProfileField = Literal[
    "salutation", "given_name", "family_name", "generation", "email", "phone", "language", "country", "address",
    "birth_date", "special_dates", "age_category", "vip",
]  # fmt: skip
"""What of a profile is chosen among the records."""
PROVABLE: frozenset[ProfileField] = frozenset({"email", "phone"})
"""What a guest can prove by an act of their own."""
Source = Annotated[ConnectionId, HUB_ID]


class FieldRule(BaseModel):
    """Which record's word counts for one field, where several say it. Those of `sources` come before all others, the
    first named first. Among equals the `newest` counts, or the `longest` (an address with most of its parts in full);
    of e-mail addresses always the one that stood first. Before all of that comes what the guest proved, where
    `verified` is not false: an e-mail address at which they confirmed a sign-up, or from whose mails they came to a
    page and said something there. What a hotel claims is no proof, and comes first by no rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Choice = "newest"
    sources: Annotated[tuple[Source, ...], Field(max_length=6)] = ()
    verified: bool = True


NEWEST = FieldRule()
Survivorship = dict[ProfileField, FieldRule]
MOST_HOTELS = 40
"""That have rules of their own: the settings are one row."""


class GuestRules(BaseModel):
    """How guests are recognised, beyond what the hub knows by itself.

    `role_words` are what stands before the @ of a mailbox that an office reads, in small letters (`rezeption`), beside
    those that the hub knows. `agency_domains` are those of travel agencies and companies that book for others, with all
    that is below them. `house_telephones` are the hotels' and agencies' own, in E.164 (`+43158880`). None of these ever
    says who a guest is, and marketing goes to such an address only where the guest confirmed it. A change holds for
    mails at once, and for who is one guest with whom by long work that begins within a minute.

    `survivorship` says by field which of a guest's records counts; a field that is left out is the newest record's
    that has it. It holds for each guest from the next news of them on. `survivorship_at` says it otherwise for a hotel,
    by its id and the field: of the profile that the hotel is shown, and of its mails, at once.

    `matching` says how much alike two records must be to be one person's, and what each field weighs. It holds for
    each record from the next news of it on; `hub identity audit` proposes whom it would join among the rest.

    `fields` are those that a guest has besides, by name, such as `newspaper`: what stands in them is filled in by
    staff, and asked for as `fields.newspaper` by segments and as `guest.fields.newspaper` by templates.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role_words: Annotated[tuple[RoleWord, ...], Field(max_length=50)] = ()
    agency_domains: Annotated[tuple[AgencyDomain, ...], Field(max_length=MOST_AGENCY_DOMAINS)] = ()
    house_telephones: Annotated[tuple[Telephone, ...], Field(max_length=100)] = ()
    survivorship: Survivorship = {}
    survivorship_at: Annotated[dict[HubId, Survivorship], Field(max_length=MOST_HOTELS)] = {}
    matching: Matching = SHIPPED_MATCHING
    fields: Annotated[dict[FieldName, CustomField], Field(max_length=MOST_FIELDS)] = {}

    def weighing(self, weights: Weights) -> Self:
        """With these weights of matching in place of those of the same names."""
        return self.model_copy(update={"matching": self.matching.weighing(weights)})

    def seen_at(self, hotels: Collection[Scope]) -> Self:
        """As a guest is seen at these hotels: by the rules of their own, where they are of one mind."""
        told = [self.survivorship_at.get(each, {}) for each in hotels]
        own = told[0] if told and all(each == told[0] for each in told) else {}
        return self.model_copy(update={"survivorship": {**self.survivorship, **own}}) if own else self

    def ruling(self, rules: Survivorship, hotel: PropertyId | None = None) -> Self:
        """With these rules of survivorship for all, or for one hotel, which has none of its own where none are told."""
        if hotel is None:
            return self.model_copy(update={"survivorship": rules})
        others = {name: each for name, each in self.survivorship_at.items() if name != hotel}
        return self.model_copy(update={"survivorship_at": {**others, **({hotel: rules} if rules else {})}})

    def with_agency_domains(self, domains: tuple[str, ...]) -> Self:
        return self.model_copy(update={"agency_domains": domains})

    def rule_of(self, field: str) -> FieldRule:
        return next((rule for name, rule in self.survivorship.items() if name == field), NEWEST)


SHIPPED = GuestRules()
"""Where nothing is set."""
