"""How a company's own rules of consent, and the texts that guests agreed to, are kept: in a row beside the settings."""

from chalicelib.aws import keys
from chalicelib.aws.definitions import Definitions
from chalicelib.canonical.definitions import NOBODYS, Definition, Hand
from chalicelib.settings.legal import ConsentSettings

ID = "consent"


class Kept(Definition):
    """The one document there is."""

    told: ConsentSettings


CONSENT: Definitions[Kept, str] = Definitions(Kept, keys.LEGAL, "set of consent rules")


def get() -> ConsentSettings:
    """What is kept, with its version; 0 is that of what nobody wrote yet."""
    found = CONSENT.get(ID)
    return found.told.at_version(found.version) if found else ConsentSettings()


def save(asked: ConsentSettings, hand: Hand = NOBODYS) -> ConsentSettings:
    """As the next version; the same again is the same version. Raises Conflict, TooLarge."""
    kept = CONSENT.save(Kept(id=ID, told=asked.at_version(0)), hand)
    return asked.at_version(kept.version)
