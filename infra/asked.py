"""What was asked for on the command line, checked as the API checks it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.canonical.faults import by_field, told
from infra.errors import Refused

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], wanted: Mapping[str, Any]) -> Model:
    """Raises Refused, with each wrong field."""
    try:
        return model.model_validate(wanted)
    except ValidationError as error:
        faults = by_field((".".join(map(str, each.location)), each.words) for each in told(error, model))
        raise Refused("; ".join(f"{field}: {words}" for field, words in faults.items())) from error
