"""A segment's rule as the fields of a form, and back. Pure.

A field is called as the API calls the part it stands for (`rule.and.0.value`), so that what is wrong is told where it
was typed. What a group asks of its parts stands in a field of its own (`rule.kind`): it may be another than its name
was made of. Buttons change the rule and keep nothing: `add:rule` adds a condition to that group, `group:rule` a group,
`remove:rule.and.0` takes a part away.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.canonical.errors import FieldError
from chalicelib.entrypoints.form_bodies import Form
from chalicelib.segments.rules import too_many

Json = dict[str, Any]
ROOT = "rule"
KINDS = ("and", "or", "not")
NEW: Json = {"trait": "", "op": "eq", "value": ""}
START: Json = {"and": [NEW]}
WHOLE = re.compile(r"-?\d{1,18}")
DEEPEST = 60
"""Parts of a field's name that are looked at: far more than the hub's rules are nested."""
SEVERAL = re.compile(r"[,\n]")


class Node(NamedTuple):
    """A part of a rule where it stands: a group with its parts, or a condition without."""

    path: str
    kind: str
    trait: str = ""
    op: str = ""
    value: str = ""
    parts: tuple["Node", ...] = ()

    @property
    def is_group(self) -> bool:
        return self.kind in KINDS


def tree(rule: Json, path: str = ROOT) -> Node:
    """A rule, as a form shows it."""
    kind = next((each for each in KINDS if each in rule), None)
    if kind is None:
        return Node(
            path, "condition", str(rule.get("trait", "")), str(rule.get("op", "")), text_of(rule.get("value", ""))
        )
    within = [rule["not"]] if kind == "not" else rule[kind]
    ends = [""] if kind == "not" else [f".{at}" for at in range(len(within))]
    parts = (tree(each, f"{path}.{kind}{end}") for each, end in zip(within, ends, strict=True))
    return Node(path, kind, parts=tuple(parts))


def text_of(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(text_of, value)) if isinstance(value, list | tuple) else str(value)


def rule_of(form: Form, kinds: Mapping[str, str]) -> Json:
    """The rule that a form holds; `kinds` tells of each trait what its values are."""
    root = _nested(form).get(ROOT)
    return _rule(root if isinstance(root, dict) else {}, kinds)


def _nested(form: Form) -> Json:
    """`a.b.0.c` → {"a": {"b": {"0": {"c": …}}}}."""
    found: Json = {}
    for name in form.fields:
        *outer, last = name.split(".", DEEPEST)
        node = found
        for part in outer:
            inner = node.setdefault(part, {})
            node = inner if isinstance(inner, dict) else {}
        node[last] = form.text(name)
    return found


def _rule(node: Json, kinds: Mapping[str, str]) -> Json:
    kind = node.get("kind")
    if kind not in KINDS:
        return _condition(node, kinds)
    parts = [_rule(each, kinds) for each in _within(node)]
    if kind == "not":
        return {"not": parts[0] if len(parts) == 1 else {"or": parts or [NEW]}}
    return {kind: parts or [NEW]}


def _within(node: Json) -> Iterator[Json]:
    """The parts of a group in their order, whatever it was called by."""
    for kind in KINDS:
        inner = node.get(kind)
        if isinstance(inner, dict):
            if kind == "not":
                yield inner
            else:
                yield from (inner[at] for at in sorted(inner, key=_number) if isinstance(inner[at], dict))


def _number(at: str) -> int:
    return int(at) if WHOLE.fullmatch(at) else 0


def _condition(node: Json, kinds: Mapping[str, str]) -> Json:
    trait, op, text = str(node.get("trait", "")), str(node.get("op", "")), str(node.get("value", ""))
    return {"trait": trait, "op": op, "value": _value(text.strip(), op, kinds.get(trait, ""))}


def _value(text: str, op: str, kind: str) -> Any:
    """Of the type that the trait asks for; what is of another is handed on as it was typed, for the hub to refuse."""
    if op == "in":
        return [_scalar(each.strip(), kind) for each in SEVERAL.split(text) if each.strip()] or ""
    return _scalar(text, "yes_no" if op == "exists" else kind)


def _scalar(text: str, kind: str) -> Any:
    if kind == "yes_no" and text in {"true", "false"}:
        return text == "true"
    return int(text) if kind == "number" and WHOLE.fullmatch(text) else text


def faults_of_size(rule: Json) -> list[FieldError]:
    """Of a rule of so many parts that nobody could read the page that shows them."""
    nodes = list(_nodes(tree(rule)))
    groups = sum(each.is_group for each in nodes)
    return too_many(len(nodes) - groups, groups)


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from _nodes(part)


def after(rule: Json, act: str) -> Json:
    """The rule after a button; one that names nothing leaves it as it is."""
    verb, _, path = act.partition(":")
    return _changed(rule, verb, path.split(".")[1:]) or START


def _changed(rule: Json, verb: str, path: list[str]) -> Json | None:
    """None where it is to go."""
    if not path:
        return _done(rule, verb)
    kind, *rest = path
    if kind not in rule:
        return rule
    if kind == "not":
        inner = _changed(rule["not"], verb, rest)
        return {"not": inner} if inner else None
    at = _number(rest[0]) if rest else len(rule[kind])
    parts = [_changed(each, verb, rest[1:]) if number == at else each for number, each in enumerate(rule[kind])]
    kept = [each for each in parts if each]
    return {kind: kept} if kept else None


def _done(rule: Json, verb: str) -> Json | None:
    added = {"add": NEW, "group": {"or": [NEW]}}.get(verb)
    if verb == "remove":
        return None
    if added is None:
        return rule
    if "not" in rule:
        inner = rule["not"]
        return {"not": {"or": [*inner["or"], added]} if "or" in inner else {"or": [inner, added]}}
    kind = next((each for each in KINDS if each in rule), None)
    return {kind: [*rule[kind], added]} if kind else rule
