"""One name per variable: definitions that reach a common use share a name, others get versions of their own.

`x = x * x; y = exp(x)` needs no record of the first x if the two are different variables.  A web is a set of definitions
connected by the uses they reach (through branches and around loops); each web becomes one name: the first keeps the
user's spelling, later ones are ``x.1``, ``x.2``.  (Muchnick, Advanced Compiler Design, §16.3.1.)
"""
from __future__ import annotations

from dataclasses import replace

from .ir import Block, Const, For, Function, If, Raise, Statement, Var, While
from .names import Namer
from .walk import Path, binds, blocks, leaves, map_bind, map_reads, names, reads, with_blocks

Definition = tuple[str, Path]
Reaching = dict[str, frozenset[Definition]]
Summary = dict[str, tuple[frozenset[Definition], bool]] | None
"""What a piece of program makes of the definitions that reach it: for each name that it binds its own definitions that reach the
end, and whether others pass.  None: its end is not reached, nor by any definition (an empty Reaching)."""


def split_webs(function: Function) -> Function:
    """The same function with one name per web; types and captures go with the names."""
    webs = _Webs()
    entry: Reaching = {param.name: frozenset([(param.name, ())]) for param in function.params}
    for param in function.params:                       # what overwrites one that nobody reads is a variable of its own
        webs.find((param.name, ()))
    webs.block(function.body, (), entry)
    fresh = webs.spell(Namer(names(function)))
    types = {new: function.types[old] for (old, _), new in fresh.items() if old in function.types}
    outside = [*(param.name for param in function.params), *function.captures]
    types |= {name: function.types[name] for name in outside if name in function.types}
    if all(old == new for (old, _), new in fresh.items()):
        return replace(function, types=types)
    return replace(function, body=_rename(function.body, (), webs, fresh), types=types)


def reaching(function: Function) -> dict[tuple[Path, str], frozenset[Definition]]:
    """For each place and each name that is read there the definitions that reach it; those of parameters have the path ()."""
    webs = _Webs()
    webs.block(function.body, (), {param.name: frozenset([(param.name, ())]) for param in function.params})
    return webs.reached


class _Webs:
    """Reaching definitions by structured recursion, united where a use sees several."""

    def __init__(self) -> None:
        self.parent: dict[Definition, Definition] = {}
        self.reached: dict[tuple[Path, str], frozenset[Definition]] = {}
        self.summaries: dict[Path, Summary] = {}

    def find(self, definition: Definition) -> Definition:
        root = definition
        while self.parent.setdefault(root, root) != root:
            root = self.parent[root]
        self.parent[definition] = root
        return root

    def use(self, path: Path, name: str, reaching: Reaching) -> None:
        found = sorted(reaching.get(name, ()))
        if not found:
            return
        first = self.find(found[0])
        for other in found[1:]:
            self.parent[self.find(other)] = first
        self.reached[path, name] = reaching[name]

    def block(self, block: Block, path: Path, reaching: Reaching) -> Reaching:
        for position, statement in enumerate(block):
            reaching = self.statement(statement, (*path, position), reaching)
        return reaching

    def statement(self, statement: Statement, path: Path, reaching: Reaching) -> Reaching:
        if not isinstance(statement, While):
            for var in reads(statement):
                self.use(path, var.name, reaching)
        match statement:
            case For(counter):
                return self.loop(statement, path, reaching, {counter.name: frozenset([(counter.name, path)])})
            case While():
                return self.loop(statement, path, reaching, {})
            case If(_, then, orelse):
                return _merge(self.block(then, (*path, 0), reaching), self.block(orelse, (*path, 1), reaching))
            case Raise():
                return {}
            case _:
                for target in binds(statement):
                    self.find((target.name, path))
                return reaching | {target.name: frozenset([(target.name, path)]) for target in binds(statement)}

    def loop(self, loop: For | While, path: Path, reaching: Reaching, counter: Reaching) -> Reaching:
        """What reaches the head comes from before or from a round, and the summary of a round says what that gives."""
        for definitions in counter.values():
            self.find(next(iter(definitions)))
        around = _merge(reaching, _flow(reaching | counter, self.round(loop, path)))
        if isinstance(loop, For):
            around |= {name: reaching[name] for name in counter if name in reaching}
            return _merge(around, self.block(loop.body, (*path, 0), around | counter))
        leaving = self.block(loop.header, (*path, 0), around)
        for var in reads(loop):
            self.use(path, var.name, leaving)
        after = self.block(loop.body, (*path, 1), leaving)
        if loop.test == Const(True):
            return after if leaves(loop) else {}
        return _merge(leaving, after) if leaves(loop) else leaving

    def round(self, loop: For | While, path: Path) -> Summary:
        if isinstance(loop, For):
            return self.summary(loop.body, (*path, 0))
        return _then(self.summary(loop.header, (*path, 0)), self.summary(loop.body, (*path, 1)))

    def summary(self, block: Block, path: Path) -> Summary:
        if path not in self.summaries:
            found: Summary = {}
            for position, statement in enumerate(block):
                found = _then(found, self.bound_by(statement, (*path, position)))
            self.summaries[path] = found
        return self.summaries[path]

    def bound_by(self, s: Statement, path: Path) -> Summary:
        own: Summary = {var.name: (frozenset([(var.name, path)]), False) for var in binds(s)}
        match s:
            case If(_, then, orelse):
                return _or(self.summary(then, (*path, 0)), self.summary(orelse, (*path, 1)))
            case For():
                return _or({}, _then(own, self.round(s, path)))
            case While(header):
                once, tested = self.round(s, path), self.summary(header, (*path, 0))
                if s.test == Const(True):
                    return _then(_or({}, once), once) if leaves(s) else None
                leaving = _then(_or({}, once), tested)
                return _or(leaving, once) if leaves(s) else leaving
            case Raise():
                return None
            case _:
                return own

    def spell(self, namer: Namer) -> dict[Definition, str]:
        """A name for every definition: parameters first, then in the order of the program."""
        chosen: dict[Definition, str] = {}
        used: set[str] = set()
        for definition in sorted(self.parent, key=lambda d: d[1]):
            root = self.find(definition)
            if root not in chosen:
                name = definition[0]
                chosen[root] = namer.fresh(name).name if name in used else name
                used.add(chosen[root])
        return {definition: chosen[self.find(definition)] for definition in self.parent}


def _merge(left: Reaching, right: Reaching) -> Reaching:
    merged = dict(left)
    for name, definitions in right.items():
        mine = left.get(name, definitions)
        merged[name] = mine if mine is definitions else mine | definitions
    return merged


def _flow(reaching: Reaching, summary: Summary) -> Reaching:
    if summary is None:
        return {}
    after = dict(reaching)
    for name, (definitions, others) in summary.items():
        after[name] = definitions | reaching.get(name, frozenset()) if others else definitions
    return after


def _then(first: Summary, second: Summary) -> Summary:
    if first is None or second is None:
        return None
    joined = dict(first)
    for name, (definitions, others) in second.items():
        before, earlier = first.get(name, (frozenset(), True))
        joined[name] = (definitions | before, earlier) if others else (definitions, False)
    return joined


def _or(left: Summary, right: Summary) -> Summary:
    if left is None or right is None:
        return right if left is None else left
    joined: dict[str, tuple[frozenset[Definition], bool]] = {}
    for name in [*left, *(name for name in right if name not in left)]:
        (mine, passes), (yours, too) = (side.get(name, (frozenset(), True)) for side in (left, right))
        joined[name] = (mine | yours, passes or too)
    return joined


def _rename(block: Block, path: Path, webs: _Webs, fresh: dict[Definition, str]) -> Block:
    out: list[Statement] = []
    for position, statement in enumerate(block):
        here = (*path, position)

        def read(operand: object, here: Path = here) -> object:
            if isinstance(operand, Var) and (here, operand.name) in webs.reached:
                return Var(fresh[min(webs.reached[here, operand.name])])        # all of them have one name
            return operand

        def bind(var: Var, here: Path = here) -> Var:
            return Var(fresh[var.name, here])

        renamed = map_bind(map_reads(statement, read), bind)  # type: ignore[arg-type]
        inner = tuple(_rename(nested, (*here, k), webs, fresh) for k, nested in enumerate(blocks(statement)))
        out.append(with_blocks(renamed, inner) if inner else renamed)
    return tuple(out)


