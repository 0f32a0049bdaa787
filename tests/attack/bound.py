"""Names that the text of a derivative may read before they have a value, although in the list that it was written from they have
one on every path.

Both are gone through in the same way: what every way to a point has bound is sure there; a loop may run no round; a test that has
the value it had before goes the way it went before.  This sees paths that no run takes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from wengert.transform.interface import Packed
from wengert.transform.ir import Block, For, Function, If, Leave, Raise, Statement, Var, While
from wengert.transform.names import base
from wengert.transform.walk import all_binds, binds, reads

Names = frozenset[str]
Test = tuple[str, Names]                # what is tested, and the names that it reads


def unbound(packed: Packed, text: str) -> list[str]:
    """Such names, each with the function that reads it; versions of one name count as one."""
    definitions = [one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef)]
    found = [(name, definition.name) for definition in definitions for name in sorted(unsure_in_text(definition))]
    if not found:
        return []
    whole = packed.function
    unsure = {base(name) for one in (whole, *whole.routines.values()) for name in unsure_in_list(one)}
    return [f"{name} in {entry}" for name, entry in found if not {name, name.rsplit("_", 1)[0]} & unsure]


@dataclass(frozen=True)
class Sure:
    """The names that have a value, and those that have one as well where a test came out true, or false."""

    names: Names
    ways: dict[tuple[Test, bool], Names] = field(default_factory=dict)

    def bound(self, names: Collection[str]) -> Sure:
        """A test of other values is another test."""
        return replace(self.forgotten(names), names=self.names | frozenset(names))

    def forgotten(self, names: Collection[str]) -> Sure:
        return replace(self, ways={way: sure for way, sure in self.ways.items() if way[0][1].isdisjoint(names)})

    def where(self, test: Test, value: bool) -> Sure:
        return replace(self, names=self.names | self.ways.get((test, value), frozenset()))


Reached = Sure | None                   # None: control does not get there


def both(left: Reached, right: Reached) -> Reached:
    """What is sure where two ways meet."""
    if left is None or right is None:
        return right if left is None else left
    common = {way: sure & right.ways[way] for way, sure in left.ways.items() if way in right.ways}
    return Sure(left.names & right.names, common)


def branched(test: Test, then: Reached, orelse: Reached) -> Reached:
    """What is sure behind a branch."""
    after = both(then, orelse)
    if after is None:
        return None
    ways = {(test, value): arm.names for value, arm in ((True, then), (False, orelse)) if arm is not None}
    kept = {way: sure for way, sure in ways.items() if all(arm is None or arm.names >= way[0][1] for arm in (then, orelse))}
    return replace(after, ways={**after.ways, **kept})


# ---- lists ----------------------------------------------------------------------------------------------------------


def unsure_in_list(function: Function) -> set[str]:
    search = _List()
    search.block(function.body, Sure(frozenset({*(param.name for param in function.params), *function.captures})))
    return search.unsure


class _List:
    def __init__(self) -> None:
        self.unsure: set[str] = set()

    def block(self, block: Block, sure: Reached) -> Reached:
        for s in block:
            if sure is None:
                return None
            sure = self.statement(s, sure)
        return sure

    def statement(self, s: Statement, sure: Sure) -> Reached:
        if not isinstance(s, While):
            self.unsure |= {var.name for var in reads(s)} - sure.names
        match s:
            case Raise():
                return None
            case If(test, then, orelse):
                key = (test.name, frozenset([test.name])) if isinstance(test, Var) else (repr(test), frozenset[str]())
                arms = [self.block(arm, sure.where(key, value)) for arm, value in ((then, True), (orelse, False))]
                return branched(key, *arms) if key[1].isdisjoint(all_binds((s,))) else both(*arms)
            case For(counter, body=body):
                sure = sure.forgotten(all_binds((s,)))
                self.block(body, sure.bound([counter.name]))
                return sure
            case While(header, _, body):
                tested = self.block(header, sure.forgotten(all_binds((s,))))
                if tested is None:
                    return None
                self.unsure |= {var.name for var in reads(s)} - tested.names
                after = self.block(body, tested)
                return both(tested, after) if body and isinstance(body[-1], Leave) else tested
            case _:
                return sure.bound([target.name for target in binds(s)])


# ---- texts ----------------------------------------------------------------------------------------------------------


def unsure_in_text(definition: ast.FunctionDef) -> set[str]:
    search = _Text(_stored(definition))
    search.block(definition.body, Sure(frozenset(arg.arg for arg in ast.walk(definition.args) if isinstance(arg, ast.arg))))
    return search.unsure


class _Text:
    def __init__(self, local: Names) -> None:
        self.unsure: set[str] = set()
        self.local = local
        self.ways_out: list[Reached] = []

    def read(self, node: ast.AST, sure: Sure) -> None:
        if not _loaded(node) & self.local - sure.names:
            return
        if isinstance(node, ast.IfExp):                 # one of the two is computed
            self.read(node.test, sure)
            key, true = _tested(node.test)
            self.read(node.body, sure.where(key, true))
            self.read(node.orelse, sure.where(key, not true))
        elif isinstance(node, ast.Name):
            self.unsure.add(node.id)
        else:
            for part in ast.iter_child_nodes(node):
                self.read(part, sure)

    def block(self, block: list[ast.stmt], sure: Reached) -> Reached:
        for s in block:
            if sure is None:
                return None
            sure = self.statement(s, sure)
        return sure

    def statement(self, s: ast.stmt, sure: Sure) -> Reached:
        match s:
            case ast.If(test, body, orelse):
                self.read(test, sure)
                key, true = _tested(test)
                arms = [self.block(arm, sure.where(key, value)) for arm, value in ((body, true), (orelse, not true))]
                if not key[1].isdisjoint(_stored(s)):
                    return both(*arms)
                return branched(key, *(arms if true else reversed(arms)))
            case ast.For(target, ranged, body):
                self.read(ranged, sure)
                sure = sure.forgotten(_stored(s))
                self.round(body, sure.bound(_stored(target)))
                return sure
            case ast.While(test, body):
                sure = sure.forgotten(_stored(s))
                self.read(test, sure)
                after: Reached = None if isinstance(test, ast.Constant) and test.value is True else sure
                for way in self.round(body, sure):
                    after = both(after, way)
                return after
            case ast.Break():
                self.ways_out.append(sure)
                return None
            case ast.Return() | ast.Raise():
                self.read(s, sure)
                return None
            case _:
                self.read(s, sure)
                if isinstance(s, ast.AugAssign) and isinstance(s.target, ast.Name):
                    self.unsure |= {s.target.id} - sure.names
                return sure.bound(_stored(s))

    def round(self, body: list[ast.stmt], sure: Sure) -> list[Reached]:
        """What is sure where the loop is left by `break`."""
        outer, self.ways_out = self.ways_out, []
        self.block(body, sure)
        found, self.ways_out = self.ways_out, outer
        return found


_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.GtE: ast.Lt, ast.LtE: ast.Gt, ast.NotEq: ast.Eq}


def _tested(test: ast.expr) -> tuple[Test, bool]:
    """What is tested, and whether for being true."""
    true = True
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, true = test.operand, not true
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        test, true = ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators), not true
    return (ast.unparse(test), _loaded(test)), true


def _loaded(node: ast.AST) -> Names:
    return _named(node)[0]


def _stored(node: ast.AST) -> Names:
    return _named(node)[1]


def _named(node: ast.AST) -> tuple[Names, Names]:
    """The names that are read in a node, and those that are bound in it; found once, and kept with the node."""
    found: tuple[Names, Names] | None = vars(node).get("_named")
    if found is None:
        if isinstance(node, ast.Name):
            read, bound = (frozenset([node.id] if isinstance(node.ctx, kind) else []) for kind in (ast.Load, ast.Store))
            found = read, bound
        else:
            inner = [_named(part) for part in ast.iter_child_nodes(node) if not isinstance(part, ast.expr_context | ast.operator)]
            found = frozenset().union(*(names for names, _ in inner)), frozenset().union(*(names for _, names in inner))
        vars(node)["_named"] = found
    return found
