"""`python -m infra.openapi` writes docs/openapi.json from the models."""

import json
from pathlib import Path

from chalicelib.entrypoints.api.openapi import document

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())


if __name__ == "__main__":
    main()
