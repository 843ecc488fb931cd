"""What an operator may set of how guests are recognised. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RoleWord = Annotated[str, StringConstraints(pattern=r"^[^\s@A-Z.,_+-]{2,40}$")]
AgencyDomain = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$", max_length=100)
]
Telephone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{5,14}$")]


class GuestRules(BaseModel):
    """How guests are recognised, beyond what the hub knows by itself.

    `role_words` are what stands before the @ of a mailbox that an office reads, in small letters (`rezeption`), beside
    those that the hub knows. `agency_domains` are those of travel agencies and companies that book for others, with all
    that is below them. `house_telephones` are the hotels' and agencies' own, in E.164 (`+43158880`). None of these ever
    says who a guest is, and marketing goes to such an address only where the guest confirmed it. A change holds for
    mails at once, and for who is one guest with whom with the next news of a record.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role_words: Annotated[tuple[RoleWord, ...], Field(max_length=50)] = ()
    agency_domains: Annotated[tuple[AgencyDomain, ...], Field(max_length=100)] = ()
    house_telephones: Annotated[tuple[Telephone, ...], Field(max_length=100)] = ()


SHIPPED = GuestRules()
"""Where nothing is set."""
