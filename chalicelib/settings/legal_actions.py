"""Change a company's own rules of consent, and the texts that guests agree to."""

from collections.abc import Iterator

from chalicelib.canonical.definitions import NOBODYS, Hand
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.properties.world import country_fault
from chalicelib.settings import legal_store
from chalicelib.settings.legal import ConsentSettings


def save(asked: ConsentSettings, hand: Hand = NOBODYS) -> ConsentSettings:
    """Keep them as the next version; the same again is the same version. A text that was kept stays as it is: receipts
    name it. Raises Invalid, Conflict, TooLarge."""
    found = [*_faults(legal_store.get(), asked)]
    if found:
        raise Invalid(*found)
    return legal_store.save(asked, hand)


def _faults(before: ConsentSettings, asked: ConsentSettings) -> Iterator[FieldError]:
    for at, rule in enumerate(asked.rules):
        for place, country in enumerate(rule.countries):
            if fault := country_fault(country):
                yield FieldError(f"rules.{at}.countries.{place}", fault)
    texts = {each.name: each for each in asked.texts}
    for each in before.texts:
        if texts.get(each.name) != each:
            yield FieldError("texts", f"must keep {each.id} in {each.language} as it is: guests agreed to it")
