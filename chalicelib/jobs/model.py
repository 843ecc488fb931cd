"""What a nightly job is."""

from dataclasses import dataclass
from datetime import date

from chalicelib.canonical.ids import PropertyId


@dataclass(frozen=True)
class Due:
    """One job for one property and local date; this is also the key under which it is remembered."""

    job: str
    property_id: PropertyId
    local_date: date

    def message(self) -> dict[str, str]:
        return {"job": self.job, "property": self.property_id, "local_date": self.local_date.isoformat()}
