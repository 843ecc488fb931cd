"""A rule is the same after it was a form, and buttons change what they name."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.entrypoints.console import builder
from chalicelib.entrypoints.console.builder import NEW, START, Node
from chalicelib.entrypoints.form_bodies import Form

KINDS = {"given_name": "text", "stats.stays": "number", "member": "yes_no", "stats.last_departure": "date"}
ONE = {"trait": "stats.stays", "op": "gte", "value": 3}
OTHER = {"trait": "member", "op": "eq", "value": True}
CONDITIONS = st.one_of(
    st.builds(lambda value: {"trait": "stats.stays", "op": "gte", "value": value}, st.integers(-(10**6), 10**6)),
    st.builds(lambda value: {"trait": "member", "op": "eq", "value": value}, st.booleans()),
    st.builds(
        lambda value: {"trait": "given_name", "op": "eq", "value": value}, st.text("abc é", min_size=1).map(str.strip)
    ),
    st.builds(
        lambda value: {"trait": "given_name", "op": "in", "value": value},
        st.lists(st.text("ab", min_size=1), min_size=1),
    ),
)
RULES: st.SearchStrategy[Any] = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"and": parts}, st.lists(inner, min_size=1, max_size=12)),
        st.builds(lambda parts: {"or": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=20,
)


def fields(node: Node) -> dict[str, list[str]]:
    """As a browser sends them."""
    if not node.is_group:
        return {f"{node.path}.{name}": [getattr(node, name)] for name in ("trait", "op", "value")}
    within = {name: value for part in node.parts for name, value in fields(part).items()}
    return {f"{node.path}.kind": [node.kind], **within}


@given(RULES)
def test_a_rule_is_the_same_after_it_was_a_form(rule: Any) -> None:
    assert builder.rule_of(Form(fields(builder.tree(rule))), KINDS) == rule


def test_a_group_asks_for_what_its_field_says_whatever_its_parts_are_called() -> None:
    form = fields(builder.tree({"and": [ONE, OTHER]}))
    assert builder.rule_of(Form({**form, "rule.kind": ["or"]}), KINDS) == {"or": [ONE, OTHER]}
    assert builder.rule_of(Form({**form, "rule.kind": ["not"]}), KINDS) == {"not": {"or": [ONE, OTHER]}}


def test_buttons_add_and_take_away_where_they_stand() -> None:
    rule = {"and": [ONE, {"or": [OTHER]}]}
    assert builder.after(rule, "add:rule") == {"and": [ONE, {"or": [OTHER]}, NEW]}
    assert builder.after(rule, "add:rule.and.1") == {"and": [ONE, {"or": [OTHER, NEW]}]}
    assert builder.after(rule, "group:rule") == {"and": [ONE, {"or": [OTHER]}, {"or": [NEW]}]}
    assert builder.after(rule, "remove:rule.and.0") == {"and": [{"or": [OTHER]}]}
    assert builder.after(rule, "remove:rule.and.1.or.0") == {"and": [ONE]}
    assert builder.after({"not": ONE}, "add:rule") == {"not": {"or": [ONE, NEW]}}
    assert builder.after({"and": [ONE]}, "remove:rule.and.0") == START


@given(RULES, st.text(max_size=20))
def test_a_button_that_nobody_made_changes_nothing(rule: Any, act: str) -> None:
    assert builder.after(rule, f"nonsense:{act}") == rule


def test_what_is_typed_wrongly_is_handed_on_as_it_was_typed() -> None:
    form = {
        "rule.kind": ["and"],
        "rule.and.0.trait": ["stats.stays"],
        "rule.and.0.op": ["gte"],
        "rule.and.0.value": ["many"],
    }
    assert builder.rule_of(Form(form), KINDS) == {"and": [{**ONE, "value": "many"}]}
    assert builder.rule_of(Form({"rule": ["x"], "rule.and.0": ["y"]}), KINDS)["trait"] == ""
