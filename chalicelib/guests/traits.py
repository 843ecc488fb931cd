"""What profile, segments, templates and API ask of the declarations in `model.Traits`."""

from collections.abc import Iterator, Mapping
from datetime import date
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from chalicelib.guests.declared import Trait
from chalicelib.guests.kept import Amounts
from chalicelib.guests.model import Traits

Kind = Literal["text", "number", "date", "yes_no", "list", "amounts"]
KIND_OF: Mapping[Any, Kind] = {
    str: "text", int: "number", date: "date", bool: "yes_no", tuple: "list", Amounts: "amounts",
}  # fmt: skip


def declared(traits: type[Traits] = Traits) -> dict[str, Trait]:
    """Every trait by its name."""
    return {name: _declaration(name, field) for name, field in traits.model_fields.items()}


def _declaration(name: str, field: FieldInfo) -> Trait:
    found = next((each for each in field.metadata if isinstance(each, Trait)), None)
    if found is None:
        raise TypeError(f"the trait {name} is not declared")
    return found


def kinds(traits: type[Traits] = Traits) -> dict[str, Kind]:
    """What a segment may ask for, by dotted names, and of what kind each is. Amounts are asked by currency."""
    asked = {name: trait.asked_as for name, trait in declared(traits).items() if trait.in_segments}
    types = {name: other or traits.model_fields[name].annotation for name, other in asked.items()}
    return {dotted: kind for name, type_ in types.items() for dotted, kind in _kinds(name, type_)}


def _kinds(name: str, annotation: Any) -> Iterator[tuple[str, Kind]]:
    """Raises KeyError for a kind that no segment can ask for."""
    known = _without_none(annotation)
    if isinstance(known, type) and issubclass(known, BaseModel):
        for part, field in known.model_fields.items():
            yield from _kinds(f"{name}.{part}", field.annotation)
    elif isinstance(known, type) and get_origin(known) is None and issubclass(known, str):
        yield name, "text"
    else:
        yield name, KIND_OF[tuple if _is_list(known) else known]


def _is_list(annotation: Any) -> bool:
    """Of texts, or of ids, which are texts."""
    of = get_args(annotation)
    return get_origin(annotation) is tuple and of[1:] == (...,) and getattr(of[0], "__supertype__", of[0]) is str


def _without_none(annotation: Any) -> Any:
    others = [each for each in get_args(annotation) if each is not NoneType]
    return others[0] if NoneType in get_args(annotation) and len(others) == 1 else annotation


FROM_RECORDS = tuple(name for name, trait in declared().items() if trait.computed_by is None)
"""What the profile takes over from the records as it is."""
COMPUTED = {name: trait.computed_by for name, trait in declared().items() if trait.computed_by}
"""What is computed, and by whom."""
IDENTIFYING = frozenset(name for name, trait in declared().items() if trait.identifies)
IN_TEMPLATES = tuple(name for name, trait in declared().items() if trait.in_templates)
IN_API: Mapping[str, Any] = {
    name: Traits.model_fields[name].annotation for name, trait in declared().items() if trait.in_api
}
"""What the API shows, with its type."""
EXAMPLE = Traits.model_validate({name: trait.example for name, trait in declared().items() if trait.example})
"""A guest of whom all is known that a template may ask for."""
