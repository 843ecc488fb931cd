"""How what the guest, or staff, say is kept with the record through which they say it. Pure."""

from dataclasses import replace

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.facts import FactType
from chalicelib.guests.model import Head
from chalicelib.guests.profiling import ABOUT
from chalicelib.guests.projection import project
from chalicelib.guests.statements import MOST_STATEMENTS, Statement, with_statements
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.said import Sayings


class NewerWord(Conflict):
    """Somebody said otherwise since."""


def take(draft: Draft, said: Sayings) -> None:
    """Raises NotFound for a record that is not there, and Conflict for one that is nobody's, or is full."""
    head = draft.head(said.leaf)
    if not head.record:
        raise NotFound("There is no such guest.")
    if head.record.nobody:
        raise Conflict("This record is nobody's any more: nothing can be said of anybody by it.")
    news = [each for each in said.said if not _counts(each, draft, head)]
    after = with_statements(head.statements, news)
    if not set(news) <= set(after):
        raise NewerWord("Somebody said something else of this guest just now: look again, and ask again.")
    if not news and _profile_has_it(draft, head):
        return
    if sum(each.about not in ABOUT.values() for each in after) > MOST_STATEMENTS:  # no right is refused for a full row
        raise Conflict(f"Through one record {MOST_STATEMENTS} things can be said.")
    draft.keep(replace(head, statements=after))
    draft.say(FactType.GUEST_CHANGED, said.leaf, said.leaf)


def _profile_has_it(draft: Draft, head: Head) -> bool:
    """Whether the guest's profile tells what stands in fields as they are defined by now: it follows with any news."""
    guest = draft.head(head.guest)
    told = project([draft.head(leaf) for leaf in guest.members], (), draft.state.guest_rules)
    return guest.traits is not None and told.fields == guest.traits.fields


def _counts(said: Statement, draft: Draft, head: Head) -> bool:
    """Whether the record says so already, and nothing else was said since through another of the guest's."""
    same = next((each for each in head.statements if each.is_like(said)), None)
    if same is None or not said.says_the_same_as(same):
        return False
    others = (each for leaf in draft.head(head.guest).members for each in draft.head(leaf).statements)
    newest = max((each for each in others if each.is_like(said)), key=lambda each: each.rank, default=same)
    return said.says_the_same_as(newest)
