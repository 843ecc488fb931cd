"""What was asked for on the command line, checked as the API checks it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], wanted: Mapping[str, Any]) -> Model:
    """Raises ValueError, with each wrong field."""
    try:
        return model.model_validate(wanted)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ValueError("; ".join(faults)) from error
