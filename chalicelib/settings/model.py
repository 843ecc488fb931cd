"""What may be set for all hotels of the deployment."""

from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.ids import ControllerId
from chalicelib.canonical.snapshots import HubId
from chalicelib.properties.model import Branding
from chalicelib.settings.departments import ByPreference
from chalicelib.settings.guest_rules import GuestRules
from chalicelib.settings.matching import Weights

LARGEST_CAP = 10
"""The highest frequency cap: a gate remembers as many sends."""
GROUP_CONTROLLER = ControllerId("group")
"""Who answers for a guest's data where neither a property nor its brand nor the group names a legal entity."""


class Succession(NamedTuple):
    """One legal entity answers where another did before."""

    successor: ControllerId
    predecessor: ControllerId


class Brand(Branding):
    """A brand of the group: what its hotels share. A property names it by its id."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class HubSettings(BaseModel):
    """What an admin sets for the whole deployment. `version` grows by itself with every change; whoever gives the one
    that they read is refused when it is another by now.

    A guest gets at most `cap_mails` marketing mails in `cap_days` days (none, where it is 0). `mails_singly` sends a
    campaign's mails each in a call of its own: an answer of SES that is lost leaves one guest unknown and not fifty, at
    more time a mail; it holds for runs that begin after. `sharing` shows hotels what the others know of a guest
    who is theirs, too. `retention_months` is how long a guest is to be kept after the last stay or word (null: for
    ever); with `retention_erases`, which asks for twelve months at least, who is kept longer is erased, each Monday.
    `accent` is the colour of the console, as
    `#0a7d5c`; it is shown lighter or darker where it could not be read. `guests` is how guests are recognised.
    `departments` says who prepares what a guest prefers, by its kind: `{"pillow": "reception"}`, or `nobody`; a kind
    that is left out is as the hub ships it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cap_mails: Annotated[int, Field(ge=0, le=LARGEST_CAP)] = 3
    cap_days: Annotated[int, Field(ge=1, le=366)] = 7
    mails_singly: bool = False
    sharing: bool = False
    retention_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    retention_erases: bool = False
    accent: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] | None = None
    group: Branding = Branding()
    guests: GuestRules = GuestRules()
    departments: ByPreference = {}
    brands: Annotated[dict[HubId, Brand], Field(max_length=40)] = {}
    version: Annotated[int, Field(ge=0)] | None = None

    def weighing(self, weights: Weights) -> Self:
        """With these weights of matching in place of those of the same names."""
        return self.model_copy(update={"guests": self.guests.weighing(weights)})

    def with_agency_domains(self, domains: tuple[str, ...]) -> Self:
        return self.model_copy(update={"guests": self.guests.with_agency_domains(domains)})

    def numbered(self, version: int) -> Self:
        return self.model_copy(update={"version": version})
