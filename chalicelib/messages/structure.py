"""What a template is made of: where in its HTML values stand, and what of Liquid's own it asks for.

Whatever conditions hold, the HTML that goes out has the tags and attributes that stand in the template: a value stands
in text or in a quoted value, and what a condition, a loop or a capture encloses begins and ends in one place. Go's
html/template judges by the same rule: https://pkg.go.dev/html/template#hdr-Contexts.
"""

from collections.abc import Iterable, Iterator

from liquid import BoundTemplate, RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.doc_tag import DocNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.liquid_tag import LiquidNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.expression import Expression

from chalicelib.messages.misfits import Found
from chalicelib.messages.places import TEXT, Kind, Place, Reader, Tag
from chalicelib.messages.sandbox import MOST_ROUNDS, Printed
from chalicelib.messages.variables import VARIABLES

DEEPEST = 50
"""What an expression may be nested: `a and b and c` is three deep, and each takes of Python's stack."""
ROOTS = frozenset(name.partition(".")[0] for name in VARIABLES)
ELSEWHERE = "; a value may stand in text, and in the quoted value of an attribute"
BLOCKS = frozenset({Kind.TEXT, Kind.VALUE, Kind.TAG})
"""Where a condition or a loop may begin and end."""


class Flat:
    """A template's HTML with all that its conditions may leave out, one behind another; values are `{{…}}` there.

    `documents` are the template itself and what it captures, each a document of its own, and `tags` those of all.
    """

    def __init__(self, template: BoundTemplate) -> None:
        self.faults: list[Found] = []
        self.documents: list[str] = []
        self.tags: list[Tag] = []
        self._context = RenderContext(template)
        self._document(template.nodes)

    def _document(self, nodes: Iterable[Node]) -> Place:
        """Returns where it ends."""
        page = _Page()
        for node in nodes:
            self._walk(node, page, None)
        self.documents.append("".join(page.pieces))
        self.tags += page.tags
        return page.place

    def _capture(self, node: CaptureNode) -> None:
        ends = self._document(node.block.nodes)
        if ends != TEXT:
            self.faults.append(Found(f"captures in {node.name} what ends in {ends}", _at(node)))

    def _walk(self, node: Node, page: "_Page", loop: Place | None) -> None:
        """`loop` is where the loop around began."""
        match node:
            case ContentNode():
                page.write(node.text)
            case Printed():
                self._print(node, page)
            case CaptureNode():
                self._capture(node)
            case BreakNode() | ContinueNode():
                self._must_stand(node, page.place == loop, page.place)
            case AssignNode() | CommentNode() | DocNode():
                pass
            case _:
                self._walk_others(node, page, loop)

    def _walk_others(self, node: Node, page: "_Page", loop: Place | None) -> None:
        children = list(node.children(self._context))
        if isinstance(node, BlockNode | LiquidNode):
            for each in children:
                self._walk(each, page, loop)
        elif children:
            self._enclose(node, children, page, loop)
        else:  # what is printed by a tag
            self._must_stand(node, page.place.kind is Kind.TEXT, page.place)

    def _enclose(self, node: Node, children: Iterable[Node], page: "_Page", loop: Place | None) -> None:
        begins = page.place
        may_begin = begins.kind in ({Kind.TEXT} if isinstance(node, TablerowNode) else BLOCKS)
        self._must_stand(node, may_begin, begins)
        page.mark()
        for each in children:
            self._walk(each, page, begins if isinstance(node, ForNode | TablerowNode) else loop)
            if page.place != begins:
                ends = f"has the tag {node.token.value}, which begins in {begins} and ends in {page.place}"
                self.faults.append(Found(ends, _at(node)))
        page.mark()

    def _print(self, node: Printed, page: "_Page") -> None:
        place = page.place
        node.is_quoted = place.kind is Kind.VALUE
        self._must_stand(node, place.kind in {Kind.TEXT, Kind.VALUE} and place.name != "style", place)
        page.write(_named(node))

    def _must_stand(self, node: Node, stands: bool, place: Place) -> None:  # noqa: FBT001 (what was found of the place)
        if not stands:
            what = str(node) if isinstance(node, Printed) else f"the tag {node.token.value}"
            self.faults.append(Found(f"has {what[:60]} in {place}{ELSEWHERE}", _at(node)))


class _Page(Reader):
    """What is read of one document, and kept."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, piece: str) -> None:
        self.pieces.append(piece)
        self.read(piece)

    def mark(self) -> None:
        """Something of an address may begin or end here."""
        self.write("{%%}" if self.place.kind is Kind.VALUE else " ")


def _named(node: Printed) -> str:
    """A variable that is printed as it is by its name; of anything else only that something is printed."""
    printed = node.expression
    is_plain = isinstance(printed, FilteredExpression) and not printed.filters and isinstance(printed.left, Path)
    return f"{{{{{printed}}}}}" if is_plain else "{{}}"


def _at(node: Node) -> int | None:
    """Where it stands in the source; a node that Liquid makes up stands nowhere."""
    return node.token.start_index if node.token.start_index >= 0 else None


def faults_of_language(template: BoundTemplate, *, is_html: bool) -> Iterator[Found]:
    context = RenderContext(template)
    for node in _nodes(template.nodes, context):
        loops = node.expression.iterable if isinstance(node, ForNode | TablerowNode) else None
        for name in {*node.template_scope(), *node.block_scope()} & ROOTS:
            yield Found(f"gives {name} another meaning", _at(node))
        for top in node.expressions():
            yield from (Found(each, _at(node)) for each in _faults_within(top, loops, is_html=is_html))


def _nodes(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(node.children(context), context)


def _faults_within(top: Expression, loops: Expression | None, *, is_html: bool) -> Iterator[str]:
    level, deep = [top], 0
    while level:
        deep += 1
        if deep > DEEPEST:
            yield f"has an expression that is nested more than {DEEPEST} deep"
            return
        for each in level:
            if isinstance(each, RangeLiteral):
                yield from _faults_of_range(each, is_looped=each is loops)
            if is_html and isinstance(each, StringLiteral) and ("<" in each.value or ">" in each.value):
                yield f"has {each.value[:40]!r} within Liquid; HTML stands outside of its tags"
        level = [child for each in level for child in each.children()]


def _faults_of_range(range_: RangeLiteral, *, is_looped: bool) -> Iterator[str]:
    """Where numbers stand in it; others are known when it is filled in."""
    match range_:
        case _ if not is_looped:
            yield f"asks something of the range {range_}; only a loop may go through one"
        case RangeLiteral(start=IntegerLiteral(value=int() as start), stop=IntegerLiteral(value=int() as stop)):
            if stop - start >= MOST_ROUNDS:
                yield f"cannot be filled in: the range {range_} has more than {MOST_ROUNDS} numbers"
