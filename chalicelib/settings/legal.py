"""The rules of consent as documents that a lawyer can edit, and the texts that guests are shown. Pure."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.details import CountryCode, TimeOfDay
from chalicelib.canonical.snapshots import HUB_ID, HubId
from chalicelib.properties.model import WebAddress

Words = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Months = Annotated[int, Field(ge=1, le=240)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,16}$")]
"""It stands beside each decision: so it is short."""

Proof = Literal["confirmed", "guest", "staff", "source", "source_attested"]
"""Whose yes is enough: one that was confirmed from the mailbox, the guest's own, one that staff wrote down, a source's
flag, or a source's flag at hotels that attest that their sources keep the proof."""
Contact = Literal["consent", "stay", "click", "enquiry"]
"""What a guest did last. To open a mail is none."""
ImpliedKind = Literal["sale", "stay", "enquiry", "opt_out"]
"""What stands for a yes that nobody said: a booking that the hotel itself sold to the guest who is written to; a stay
that was; an enquiry; or that nobody objected."""
Subject = Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]


RegisterId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,16}$")]
HashName = Literal["sha1", "sha256", "sha512"]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lapse(Closed):
    """A yes, or what stands for one, ends so many months after the last of these contacts."""

    months: Months
    after: Annotated[tuple[Contact, ...], Field(min_length=1, max_length=4)]


class Implied(Closed):
    """What may stand for a yes that nobody said, and for how many months after it (null: as long as nobody objects).

    It needs the hotel's attestation in any case. `off_register` names a list on which the address must not stand; a
    list that the company gives to the hub is asked, else what hotels attest counts.
    """

    kind: ImpliedKind
    months: Months | None = None
    off_register: RegisterId | None = None


class Source(Closed):
    """Where a rule stands."""

    law: Words
    section: Words
    url: WebAddress


class CountryRule(Closed):
    """What marketing by mail needs in some countries. One without countries holds where no other does.

    `express` says whose yes is enough, `lapse` when it ends, `implied` what may stand for it. `on_register` is a list
    on which each yes must stand to count, `subject_prefix` what the subject of each mail begins with, `text_hours` when
    text messages may be sent (no channel sends any yet). `tracked` says whether opens and personal clicks may be
    followed of who was not asked; who was, decides. `look_again_on` is when somebody must read the law once more;
    `verified` is false of what could not be compared with anything that tells of that law; true is no lawyer's word.
    """

    id: RuleId
    name: Words
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=60)] = ()
    express: Annotated[tuple[Proof, ...], Field(min_length=1, max_length=5)]
    double_opt_in: bool = False
    lapse: Lapse | None = None
    on_register: RegisterId | None = None
    implied: Annotated[tuple[Implied, ...], Field(max_length=4)] = ()
    subject_prefix: Subject | None = None
    text_hours: Annotated[tuple[TimeOfDay, ...], Field(min_length=2, max_length=2)] | None = None
    tracked: bool = False
    notes: Annotated[tuple[Words, ...], Field(max_length=12)] = ()
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=8)]
    look_again_on: date
    verified: bool = False


class ConsentText(Closed):
    """What a guest was shown and agreed to, in one language, from a day on. Once kept it is never changed. One that
    names a `purpose` is what the hub itself asks guests with from that day on, at the desk and on their own phone."""

    id: Annotated[HubId, HUB_ID]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
    since: date
    purpose: HubId | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.id, self.language

    def is_read_by(self, language: str) -> bool:
        """Whether it is in this language, spoken anywhere: `de-AT` is read by who reads `de`."""
        return self.language.partition("-")[0].lower() == language


TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,16}$")]
MOST_TOPICS = 8
"""A guest's refusals of all of them stand in the gate, which each claim writes."""
TopicName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
OTHERWISE = "en"
"""The language of whoever reads none that a name is given in."""


class MailTopic(Closed):
    """What mails may be about, of which a guest may want some and not others. It belongs to a `purpose` for which
    guests are written to. `names` are what guests read, by language."""

    id: TopicId
    purpose: HubId
    names: Annotated[dict[LanguageTag, TopicName], Field(min_length=1, max_length=20)]

    def name_in(self, language: str) -> str:
        """Else in English, else in the first language that there is."""
        return self.names.get(language) or self.names.get(OTHERWISE) or next(iter(self.names.values()))


class Register(Closed):
    """A list that others keep and the company hands on as hashes: of the address in small letters, in hexadecimal. A
    list counts for `valid_days` from the day on which it was made."""

    id: RegisterId
    hash: HashName
    valid_days: Annotated[int, Field(ge=1, le=366)]


class ConsentSettings(Closed):
    """The company's own word on the rules of consent: documents in the place of those of the same `id` that the hub
    brings, or beside them; every version of the texts that guests agreed to, one a language; the topics among which
    guests choose; and the registers that rules ask. `version` grows by itself with every change; what is written of it
    says nothing."""

    rules: Annotated[tuple[CountryRule, ...], Field(max_length=40)] = ()
    texts: Annotated[tuple[ConsentText, ...], Field(max_length=100)] = ()
    topics: Annotated[tuple[MailTopic, ...], Field(max_length=MOST_TOPICS)] = ()
    registers: Annotated[tuple[Register, ...], Field(max_length=8)] = ()
    version: Annotated[int, Field(ge=0)] = 0

    def at_version(self, version: int) -> Self:
        return self.model_copy(update={"version": version})

    @field_validator("rules")
    @classmethod
    def _each_country_once(cls, rules: tuple[CountryRule, ...]) -> tuple[CountryRule, ...]:
        _require_once("two have the id", [each.id for each in rules])
        _require_once("two name", [country for each in rules for country in each.countries])
        return rules

    @field_validator("texts")
    @classmethod
    def _each_text_once(cls, texts: tuple[ConsentText, ...]) -> tuple[ConsentText, ...]:
        _require_once("two are", [" ".join(each.name) for each in texts])
        return texts

    @field_validator("registers")
    @classmethod
    def _each_register_once(cls, registers: tuple[Register, ...]) -> tuple[Register, ...]:
        _require_once("two have the id", [each.id for each in registers])
        return registers

    @field_validator("topics")
    @classmethod
    def _each_topic_once(cls, topics: tuple[MailTopic, ...]) -> tuple[MailTopic, ...]:
        _require_once("two have the id", [each.id for each in topics])
        return topics

    def register(self, id_: str) -> Register | None:
        return next((each for each in self.registers if each.id == id_), None)

    def topic(self, id_: str) -> MailTopic | None:
        return next((each for each in self.topics if each.id == id_), None)

    def topics_of(self, purpose: str) -> tuple[MailTopic, ...]:
        """Among which guests choose who are asked for this purpose."""
        return tuple(each for each in self.topics if each.purpose == purpose)

    def text(self, id_: str, language: str | None = None) -> ConsentText | None:
        """The one of this language, or of the only one."""
        found = [each for each in self.texts if each.id == id_ and language in {None, each.language}]
        return found[0] if len(found) == 1 else None

    def text_in_force(self, purpose: str, language: str, today: date) -> ConsentText | None:
        """The newest that a guest who reads this language is asked with; of two of one day that of the later id."""
        found = [each for each in self.texts if each.purpose == purpose and each.is_read_by(language)]
        begun = [each for each in found if each.since <= today]
        return max(begun, key=lambda each: (each.since, each.id), default=None)


def _require_once(what: str, named: list[str]) -> None:
    twice = next((each for at, each in enumerate(named) if each in named[:at]), None)
    if twice is not None:
        raise ValueError(f"{what} {twice}")
