"""How a company's own rules of consent, and the texts that guests agreed to, are kept: in a row beside the settings."""

from chalicelib.aws import keys
from chalicelib.aws.definitions import Definitions
from chalicelib.settings.legal import ConsentSettings

CONSENT: Definitions[ConsentSettings, str] = Definitions(ConsentSettings, keys.LEGAL, "set of consent rules")


def get() -> ConsentSettings:
    """What is kept, with its version; 0 is that of what nobody wrote yet."""
    return CONSENT.get("consent") or ConsentSettings()
