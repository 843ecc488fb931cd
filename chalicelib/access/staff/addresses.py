"""The e-mail address of somebody of the staff in one spelling: mail goes to the address that is kept, never to another
that looks like it."""

import re

LONGEST = 254
"""Characters of an address that a mail server takes (RFC 5321)."""
LOCAL = re.compile(r"[!#-'*+\-./-9=?A-Z^-~]{1,64}")
"""What a mail server surely takes before the @ without quotes: ASCII."""


def normalised(text: str) -> str | None:
    """In lower case, with an ASCII domain; None for what is no plain address. Letters of other scripts before the @ are
    refused before they are lower-cased: some become ASCII by it."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not LOCAL.fullmatch(local):
        return None
    address = f"{local.lower()}@{_ascii_domain(domain)}"
    return address if "." in address.rpartition("@")[2] and len(address) <= LONGEST else None


def _ascii_domain(domain: str) -> str:
    """Empty for what is none."""
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""
