"""What a browser sends from a form: its fields, read from the body of a request. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from chalice.app import Request

from chalicelib.canonical.errors import FieldError, Invalid, TooLarge

LARGEST = 1024 * 1024
MOST_FIELDS = 2_000
VERSION = "_version"
KIND = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Form:
    """The fields of a form by name, each with all that was sent under it, and the nonce of the page it came from."""

    fields: Mapping[str, list[str]]
    nonce: str = ""

    def text(self, name: str) -> str:
        """The last value, as browsers mean it; "" where there is none. Line ends are those of text, not of HTTP."""
        return self.fields.get(name, [""])[-1].replace("\r\n", "\n")

    def texts(self, name: str) -> list[str]:
        return [each.replace("\r\n", "\n") for each in self.fields.get(name, [])]

    def filled(self, names: Iterable[str]) -> dict[str, str]:
        """Of these fields those in which anything stands, without blanks around it."""
        return {name: text for name in names if (text := self.text(name).strip())}

    @property
    def version(self) -> int | None:
        """The version of what it changes that its page showed; None where it shows none."""
        shown = self.text(VERSION)
        return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else None

    def has(self, name: str) -> bool:
        return name in self.fields

    def without(self, names: str) -> "Form":
        """But for the fields whose names begin so."""
        return replace(self, fields={name: each for name, each in self.fields.items() if not name.startswith(names)})


NOTHING = Form({})


def of(request: Request) -> Form:
    """That of a request. Raises TooLarge, and Invalid for what is no form."""
    raw = request.raw_body
    return read(raw if isinstance(raw, bytes) else raw.encode(), request.headers.get("content-type", ""))


def read(raw: bytes, kind: str) -> Form:
    """Raises TooLarge, and Invalid for what is no form."""
    if len(raw) > LARGEST:
        raise TooLarge(f"A form may have {LARGEST} bytes.")
    if kind.partition(";")[0].strip().lower() != KIND:
        raise Invalid(FieldError("body", "is not the form of a page"))
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Invalid(FieldError("body", "is not a form that can be read")) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)
