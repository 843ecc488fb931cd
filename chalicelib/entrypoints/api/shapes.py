"""The schemas of the OpenAPI document: pydantic's, under names that a generated client can be proud of."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

Json = dict[str, Any]
Model = type[BaseModel]
REF = "#/components/schemas/"


class Shapes(NamedTuple):
    """`taken` and `given` are references, by model; `known` is what they lead to."""

    taken: Mapping[Model, Json]
    given: Mapping[Model, Json]
    known: dict[str, Json]


def shapes_of(taken: Iterable[Model], given: Iterable[Model], named_by_path: Iterable[Model]) -> Shapes:
    """`named_by_path` are those taken whose id stands in the path: in the body it may be left out."""
    pairs: list[tuple[Any, JsonSchemaMode]] = [
        *((each, "validation") for each in taken),
        *((each, "serialization") for each in given),
    ]
    refs, definitions = models_json_schema(list(dict.fromkeys(pairs)), ref_template=REF + "{model}")
    titles = {REF + name: REF + shape["title"] for name, shape in definitions["$defs"].items()}
    known = _by_title(definitions["$defs"].values(), titles)
    named: dict[JsonSchemaMode, dict[Any, Json]] = {"validation": {}, "serialization": {}}
    for (model, mode), ref in refs.items():
        named[mode][model] = _renamed(ref, titles)
    for model in named_by_path:
        named["validation"][model] = _with_id_in_path(named["validation"][model]["$ref"].removeprefix(REF), known)
    used = _used([*named["validation"].values(), *named["serialization"].values()], known)
    return Shapes(named["validation"], named["serialization"], {name: known[name] for name in sorted(used)})


def _used(refs: Iterable[Json], known: Mapping[str, Json]) -> set[str]:
    """The names of all shapes that something leads to."""
    found: set[str] = set()
    left = {name for each in refs for name in _named_in(each)}
    while left:
        found |= left
        left = {name for each in left for name in _named_in(known[each])} - found
    return found


def _named_in(node: Any) -> set[str]:
    if isinstance(node, str):
        return {node.removeprefix(REF)} if node.startswith(REF) else set()
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return {name for each in inner for name in _named_in(each)}


def _by_title(shapes: Iterable[Json], titles: Mapping[str, str]) -> dict[str, Json]:
    """Each shape under the name of its class. One that names itself is told twice, for what comes in and for what goes
    out, though both are the same. Raises TypeError for two shapes of one name."""
    known: dict[str, Json] = {}
    for shape in shapes:
        told = {**_renamed(shape, titles), "title": shape["title"]}
        if known.setdefault(shape["title"], told) != told:
            raise TypeError(f"{shape['title']} names two shapes: give one of them another name")
    return known


def _renamed(node: Any, titles: Mapping[str, str]) -> Any:
    """References by title, and no titles within: fields have names, and generators would make classes of titles."""
    if isinstance(node, list):
        return [_renamed(each, titles) for each in node]
    if isinstance(node, dict):
        return {
            name: _renamed(value, titles) for name, value in node.items() if name != "title" or isinstance(value, dict)
        }
    return titles.get(node, node) if isinstance(node, str) else node


def _with_id_in_path(name: str, known: dict[str, Json]) -> Json:
    shape, asked = known[name], f"{name}Asked"
    required = [each for each in shape["required"] if each != "id"]
    known[asked] = {**shape, "title": asked, "required": required}
    return {"$ref": REF + asked}
