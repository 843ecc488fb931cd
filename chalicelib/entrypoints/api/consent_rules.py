"""/v1/consent-rules and /v1/consent-settings: by which rules guests are written to, and the company's own."""

from chalicelib.canonical.choices import known
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.time import moment_of
from chalicelib.consent.documents import by_country, in_force
from chalicelib.consent.model import PURPOSES, WRITTEN_FOR
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.settings import legal_actions, legal_store
from chalicelib.settings.legal import ConsentSettings, CountryRule


class ConsentRuleShown(CountryRule):
    """A rule that is in force, for these countries. `own` is one of the company's; `is_due` that its law must be read
    again."""

    own: bool
    is_due: bool


def listed(ask: Ask, *, page: Page) -> Listing[ConsentRuleShown]:
    """The rules in force by their ids: those that the hub brings, and the company's own in their place or beside them.
    What holds for all other countries is `others`."""
    kept = legal_store.get()
    own, today = {each.id for each in kept.rules}, moment_of(ask.now).date()
    ruled = by_country(kept.rules)
    shown = [
        ConsentRuleShown(
            **{**dict(each), "countries": tuple(country for country in each.countries if ruled[country] == each)},
            own=each.id in own,
            is_due=each.look_again_on <= today,
        )
        for each in in_force(kept.rules).values()
    ]
    items, cursor = page.of(sorted(shown, key=lambda each: each.id), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def get() -> ConsentSettings:
    """The company's own rules of consent, and every text that guests agreed to."""
    return legal_store.get()


def _require_purposes(body: ConsentSettings) -> None:
    """Raises Invalid for a topic of what nobody is written to for, and a text of what nobody agrees to."""
    topics = [at for at, each in enumerate(body.topics) if each.purpose not in WRITTEN_FOR]
    texts = [at for at, each in enumerate(body.texts) if each.purpose not in {None, *PURPOSES}]
    strange = [FieldError(f"topics.{at}.purpose", f"must be {known(WRITTEN_FOR)}") for at in topics]
    strange += [FieldError(f"texts.{at}.purpose", f"must be {known(PURPOSES)}") for at in texts]
    if strange:
        raise Invalid(*strange)


def put(ask: Ask, body: ConsentSettings) -> ConsentSettings:
    """Write them, all of them: a rule that is left out is the hub's again.

    A rule stands in the place of the hub's of the same `id`; one with another `id` takes its countries away from the
    hub's. A text that was kept can be neither changed nor left out, for guests agreed to it: write the next one. A
    topic that is left out is offered to nobody any more; who refused it still gets no mail that names it.
    """
    _require_purposes(body)
    return legal_actions.save(body, ask.hand)
