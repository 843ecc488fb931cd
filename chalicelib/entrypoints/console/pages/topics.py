"""What mails may be about, among which guests choose on their page.

Topics stand in the consent settings, and are written with them: a form that saw older ones is refused.
"""

from collections.abc import Sequence

from chalice.app import Response

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.consent.model import WRITTEN_FOR
from chalicelib.entrypoints.api import consent_rules
from chalicelib.entrypoints.console.pages.properties import TAKEN
from chalicelib.entrypoints.console.told import N_
from chalicelib.entrypoints.console.visits import Visit
from chalicelib.languages.catalogues import SOURCE, languages
from chalicelib.settings.legal import ConsentSettings, MailTopic

AT = "/settings/topics"
UNNAMED = N_("give it a name in at least one language")
IN = "names."
"""Before the language, in the name of a field."""


def listed(visit: Visit) -> Response:
    return visit.shown("topics.html", topics=visit.call(consent_rules.get).topics)


def new(visit: Visit) -> Response:
    return _form(visit, visit.call(consent_rules.get), None)


def created(visit: Visit) -> Response:
    """A form that is sent twice has made one; another topic's id is refused."""
    kept, asked = visit.call(consent_rules.get), _asked(visit, visit.form.text("id").strip())
    before = kept.topic(asked.id)
    if before and before != asked:
        raise Invalid(FieldError("id", visit.words(TAKEN)))
    return _save(visit, kept, kept.topics if before else [*kept.topics, asked], "saved")


def one(visit: Visit) -> Response:
    kept = visit.call(consent_rules.get)
    return _form(visit, kept, _required(visit, kept))


def saved(visit: Visit) -> Response:
    kept = visit.call(consent_rules.get)
    before, asked = _required(visit, kept), _asked(visit, visit.names["topic_id"])
    return _save(visit, kept, [asked if each == before else each for each in kept.topics], "saved")


def deleting(visit: Visit) -> Response:
    return visit.shown("topic_delete.html", kept=_required(visit, visit.call(consent_rules.get)))


def deleted(visit: Visit) -> Response:
    kept = visit.call(consent_rules.get)
    gone = _required(visit, kept)
    return _save(visit, kept, [each for each in kept.topics if each != gone], "deleted")


def _form(visit: Visit, kept: ConsentSettings, topic: MailTopic | None) -> Response:
    """In the languages of the guests' pages, English first: it is read by whoever has none of the others."""
    told = sorted(languages() | (topic.names.keys() if topic else set()), key=lambda each: (each != SOURCE, each))
    return visit.shown("topic_form.html", version=kept.version, kept=topic, tongues=told, purposes=WRITTEN_FOR)


def _required(visit: Visit, kept: ConsentSettings) -> MailTopic:
    """Raises NotFound."""
    topic = kept.topic(visit.names["topic_id"])
    if topic is None:
        raise NotFound("There is no such topic.")
    return topic


def _asked(visit: Visit, topic_id: str) -> MailTopic:
    """Raises Invalid, at the fields of the form."""
    typed = {name.removeprefix(IN): visit.form.text(name).strip() for name in visit.form.fields if name.startswith(IN)}
    names = {language: name for language, name in typed.items() if name}
    if not names:
        raise Invalid(FieldError(f"{IN}{SOURCE}", visit.words(UNNAMED)))
    return visit.body(MailTopic, {"id": topic_id, "purpose": visit.form.text("purpose"), "names": names})


def _save(visit: Visit, kept: ConsentSettings, topics: Sequence[MailTopic], done: str) -> Response:
    """All consent settings, as they were read: who changes them between is not overwritten."""
    document = {
        **kept.model_dump(mode="json", exclude_none=True, exclude={"topics"}),
        "topics": [each.model_dump(mode="json") for each in topics],
    }
    visit.call(consent_rules.put, visit.body(ConsentSettings, document))
    return visit.go(AT, done=done)
