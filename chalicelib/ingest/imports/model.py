"""What an import is, what is asked for one, and what of its file is known."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.choices import known
from chalicelib.canonical.details import Currency
from chalicelib.canonical.ids import ConnectionId, ImportId, JobId, PropertyId, digest_of
from chalicelib.canonical.snapshots import HUB_ID, Moment
from chalicelib.canonical.time import Instant
from chalicelib.connections.model import IMPORTED
from chalicelib.connectors.csv_files.columns import Column, Kind
from chalicelib.connectors.csv_files.encodings import ENCODINGS, Sure
from chalicelib.connectors.csv_files.forms import DateOrder, DecimalSign
from chalicelib.connectors.csv_files.sheets import DELIMITERS

LARGEST_CONTENT = 3_000_000
"""Bytes of a file within a request; a larger one is uploaded."""
LARGEST_FILE = 512 * 1024 * 1024
Heading = Annotated[str, StringConstraints(max_length=200)]


class ReadAs(BaseModel):
    """How dates and amounts of the file are written, where the file does not show it; and the currency of amounts
    beside which none stands (else it is the hotel's)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None
    currency: Currency | None = None

    @property
    def seed(self) -> str:
        """What stands for it."""
        return digest_of(self.model_dump_json())

    def over(self, more: "ReadAs") -> "ReadAs":
        """With what is said now, over what was said before."""
        return ReadAs.model_validate({**self.model_dump(), **more.model_dump(exclude_none=True)})


class ImportAsked(ReadAs):
    """A list to bring in. `source` names where it comes from: under the same name the same rows are the same records.
    `exported_at` is when it was made, and the version of all rows that have none of their own. `property_id` is whose
    rows they are where no column says it. `columns` says of headings what they stand for, or null to pass them over.
    `content` is the file itself in Base64, up to 3 MB; a larger one is uploaded."""

    kind: Kind
    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$", max_length=40)]
    exported_at: Moment
    property_id: Annotated[PropertyId, HUB_ID] | None = None
    columns: Annotated[dict[Heading, Heading | None], Field(max_length=100)] = {}
    encoding: str | None = None
    delimiter: Annotated[str, StringConstraints(max_length=3)] | None = None
    content: Annotated[str, StringConstraints(max_length=LARGEST_CONTENT * 4 // 3 + 4)] | None = None

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None and name not in ENCODINGS:
            raise ValueError(f"is not read; there is {known(ENCODINGS, name)}")
        return name

    @field_validator("delimiter")
    @classmethod
    def _is_one(cls, sign: str | None) -> str | None:
        if sign is not None and sign not in DELIMITERS:
            raise ValueError("must be a comma, a semicolon, a tabulator or |")
        return sign

    @field_validator("content")
    @classmethod
    def _is_base64(cls, content: str | None) -> str | None:
        if content is not None:
            try:
                base64.b64decode(content, validate=True)
            except binascii.Error:
                raise ValueError("must be Base64") from None
        return content

    @property
    def read(self) -> ReadAs:
        return ReadAs(date_order=self.date_order, decimal=self.decimal, currency=self.currency)


class Import(BaseModel):
    """An import as it is kept. `reading` and `storing` are the jobs that read its file, and store its rows."""

    model_config = ConfigDict(frozen=True)

    id: ImportId
    at: Instant
    by: str
    kind: Kind
    source: str
    exported_at: Instant
    property_id: PropertyId | None = None
    columns: dict[str, str | None] = {}
    encoding: str | None = None
    delimiter: str | None = None
    read: ReadAs = ReadAs()
    reading: JobId | None = None
    storing: JobId | None = None
    rev: int = 0

    @property
    def told_by(self) -> ConnectionId:
        """The source of its records."""
        return ConnectionId(f"{IMPORTED}{self.source}")

    @property
    def place(self) -> str:
        """Where it lies in the order of time."""
        return f"{self.at}#{self.id}"

    @property
    def upload(self) -> str:
        """Where its file lies until it is read."""
        return f"uploads/{self.id}"

    @property
    def refused(self) -> str:
        """Where the rows lie that were refused, read as it is now."""
        return f"imports/{self.id}/refused-{self.read.seed}/"

    @property
    def summary(self) -> str:
        return f"imports/{self.id}/read.json"

    def rows(self, number: int) -> str:
        """Where a portion of its rows lies."""
        return f"imports/{self.id}/rows/{number:06}"

    def read_by(self, read: ReadAs, job: JobId) -> Self:
        return self.model_copy(update={"read": read, "reading": job})

    def stored_by(self, job: JobId) -> Self:
        return self.model_copy(update={"storing": job})

    def at_rev(self, rev: int) -> Self:
        return self.model_copy(update={"rev": rev})


State = Literal["waiting", "reading", "read", "storing", "stored"]


class Kept(BaseModel):
    """One row of a list, of which the taken columns are kept."""

    model_config = ConfigDict(frozen=True)

    line: int
    cells: list[str]
    broken: str = ""


class Portion(BaseModel):
    """Rows that are stored together, and what all rows up to here showed of how the file is written."""

    model_config = ConfigDict(frozen=True)

    rows: list[Kept]
    seen: dict[str, int]


class Summary(BaseModel):
    """What is known of a file that was read as a whole."""

    model_config = ConfigDict(frozen=True)

    encoding: str
    sure: Sure
    delimiter: str
    columns: list[Column]
    seen: dict[str, int]
    portions: int
    rows: int

    def after(self, place: "Place", portion: Portion) -> Self:
        return self.model_copy(update={"seen": portion.seen, "portions": place.portion, "rows": place.rows})

    @property
    def fields(self) -> list[str]:
        return [each.field for each in self.columns if each.field is not None]

    def heading(self, field: str) -> str:
        """Of a field's column; the field's own name where the list has no such column."""
        return next((each.header for each in self.columns if each.field == field), field)


@dataclass(frozen=True)
class Place:
    """How far the reading of a file has come: a byte, the line there, the next portion, and rows so far."""

    byte: int
    line: int
    portion: int
    rows: int

    def text(self) -> str:
        return f"read:{self.byte}:{self.line}:{self.portion}:{self.rows}"

    @classmethod
    def of(cls, position: str) -> "Place":
        return cls(*map(int, position.split(":")[1:]))
