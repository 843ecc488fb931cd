"""What a company or an agency is: as its source names it, and as people write it down."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.definitions import Definition
from chalicelib.canonical.ids import AccountId, ConnectionId, Leaf, PropertyId, account_of
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.connectors.cards import scrub_text
from chalicelib.settings.guest_rules import AgencyDomain

Kind = Literal["company", "agency"]
ContactRole = Literal["booker", "travel_manager", "billing", "events", "other"]
NO_HOTEL = PropertyId("")
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(scrub_text)
]
MOST_DOMAINS, MOST_CONTACTS = 10, 20


class Contact(BaseModel):
    """A guest who speaks for an account. It is by a record that the guest is named: it goes where the record goes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    guest: Annotated[Leaf, HUB_ID]
    role: ContactRole = "other"


class Account(Definition):
    """What people write of a company or an agency. `name` and `kind` stand over what its source says; null leaves them
    to the source. `domains` are those of its mailboxes: an agency's say of no guest who they are."""

    kind: Kind | None = None
    name: Name | None = None
    domains: Annotated[tuple[AgencyDomain, ...], Field(max_length=MOST_DOMAINS)] = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_CONTACTS)] = ()

    def with_contacts(self, contacts: tuple[Contact, ...]) -> "Account":
        return self.model_copy(update={"contacts": contacts})


@dataclass(frozen=True)
class Named:
    """That a reservation at a hotel names an account of its source, as a company or as an agency."""

    source: ConnectionId
    source_id: str
    property_id: PropertyId
    kind: Kind

    @property
    def id(self) -> AccountId:
        return account_of(self.source, self.source_id)


@dataclass(frozen=True)
class Known:
    """Where reservations name an account, and as what. `source` is None of one that people made."""

    id: AccountId
    source: ConnectionId | None = None
    source_id: str | None = None
    kinds: frozenset[Kind] = frozenset()
    hotels: frozenset[PropertyId] = frozenset()

    @property
    def kind(self) -> Kind:
        """Who books for others is an agency, also where it once paid for its own people."""
        return "agency" if "agency" in self.kinds else "company"

    def also(self, other: "Known") -> "Known":
        return Known(
            self.id,
            self.source or other.source,
            self.source_id or other.source_id,
            self.kinds | other.kinds,
            self.hotels | other.hotels,
        )
