"""/v1/signups: somebody signed up for newsletters on a site of the hotel's own, and is asked by mail to confirm it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.ids import PropertyId, signup_of
from chalicelib.canonical.snapshots import HUB_ID, Text
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.free_texts import WITHOUT_CARDS
from chalicelib.messages.preferences import OFTEN, Frequency
from chalicelib.properties.model import WebAddress
from chalicelib.settings.legal import MOST_TOPICS, TopicId
from chalicelib.signups import actions
from chalicelib.signups.model import MOST_PAGE, MOST_WORDS


class SignupAsked(BaseModel):
    """What somebody typed. `words` are those that stood above the button, kept as proof; `page` is where, `network` the
    address of their machine. Without a property it is the group's newsletters. `topics` are those that they chose, by
    their ids (`GET /v1/topics`): none of them is all of them. `frequency` is how often mails may come at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[str, StringConstraints(min_length=1, max_length=320, strip_whitespace=True)]
    given_name: Annotated[Text, WITHOUT_CARDS] | None = None
    family_name: Annotated[Text, WITHOUT_CARDS] | None = None
    language: Annotated[str, StringConstraints(min_length=2, max_length=12)] = "en"
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    words: Annotated[str, StringConstraints(min_length=1, max_length=MOST_WORDS, strip_whitespace=True)]
    page: Annotated[WebAddress, StringConstraints(max_length=MOST_PAGE)] | None = None
    network: Annotated[str, StringConstraints(max_length=45)] | None = None
    topics: Annotated[tuple[TopicId, ...], Field(max_length=MOST_TOPICS)] = ()
    frequency: Frequency = OFTEN


class SignupTaken(Shown):
    """The same for every address, known or not. `until` is when it can be confirmed last."""

    state: Literal["asked"] = "asked"
    until: Instant


def ask(ask: Ask, body: SignupAsked) -> SignupTaken:
    """Have who signed up asked by mail to confirm it (double opt-in).

    Only who confirms becomes a guest of the hub, with the consent and its receipt. What nobody confirms is deleted
    after seven days.
    """
    if body.property_id and not ask.caller.sees(body.property_id):
        raise Invalid(FieldError("property_id", "no such property"))
    if body.property_id is None and not ask.caller.is_group:
        raise Invalid(FieldError("property_id", "this key speaks for single properties: name one"))
    typed = actions.Typed(
        email=body.email,
        given_name=body.given_name,
        family_name=body.family_name,
        language=body.language,
        words=body.words,
        page=body.page or "",
        network=body.network or "",
        topics=frozenset(body.topics),
        frequency=body.frequency,
    )
    signup, form = signup_of("api", ask.seed), actions.form(body.property_id)
    kept = actions.ask(signup, typed, form, "api", moment_of(ask.now), key_id=ask.caller.actor)
    return SignupTaken(until=kept.until)
