"""How commissions and exchange rates are kept: in a row beside the settings."""

from chalicelib.aws import keys
from chalicelib.aws.definitions import Definitions
from chalicelib.canonical.definitions import NOBODYS, Definition, Hand
from chalicelib.settings.spend import SpendSettings

ID = "spend"


class Kept(Definition):
    """The one document there is."""

    told: SpendSettings


SPEND: Definitions[Kept, str] = Definitions(Kept, keys.SPEND, "set of commissions and rates")


def get() -> SpendSettings:
    """What is kept, with its version; 0 is that of what nobody wrote yet."""
    found = SPEND.get(ID)
    return found.told.at_version(found.version) if found else SpendSettings()


def save(asked: SpendSettings, hand: Hand = NOBODYS) -> SpendSettings:
    """As the next version; the same again is the same version. Raises Conflict, TooLarge."""
    kept = SPEND.save(Kept(id=ID, told=asked.at_version(0)), hand)
    return asked.at_version(kept.version)
