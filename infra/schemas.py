"""`python -m infra.schemas` writes docs/schemas/: the JSON Schemas of the canonical snapshots, for who sends them."""

import json
from pathlib import Path

from pydantic import BaseModel

from chalicelib.canonical.snapshots import ChargeSnapshot, GuestSnapshot, ReservationSnapshot

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"
SNAPSHOTS: dict[str, type[BaseModel]] = {
    "guest": GuestSnapshot,
    "reservation": ReservationSnapshot,
    "charge": ChargeSnapshot,
}


def text_of(name: str) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **SNAPSHOTS[name].model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SNAPSHOTS:
        (FOLDER / f"{name}.json").write_text(text_of(name))


if __name__ == "__main__":
    main()
