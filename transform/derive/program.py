"""What the sweeps know about the function they reverse: definitions, owners, memory, activity, and the names of adjoints."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..analyses.activity import Activity
from ..analyses.aliases import Aliases
from ..analyses.extents import Extents
from ..analyses.infinite import Around, infinite
from ..ir import (
    Accumulate,
    Array,
    Assign,
    Block,
    Const,
    For,
    Function,
    Grow,
    If,
    Index,
    ListOf,
    Operand,
    Pop,
    Push,
    Return,
    Scalar,
    Statement,
    Store,
    Type,
    Var,
    View,
    While,
)
from ..names import Namer, base, is_temporary
from ..switches import on
from ..walk import Path, all_binds, all_reads, binds, block_at, blocks, located, reads, statement_at, walk, written
from .overwriting import Made, Stores
from .prepare import Prepared
from .routines import Derivatives


@dataclass(frozen=True, slots=True)
class Definition:
    block: Path                         # the block that the defining statement stands in
    position: int                       # -1 for loop counters and parameters
    statement: Statement | None


class Program:
    """A prepared function and everything looked up about it.  `types` also covers the names that reversal adds."""

    def __init__(
        self, prepared: Prepared, memory: Aliases, activity: Activity, namer: Namer, derivatives: Derivatives
    ) -> None:
        self.prepared, self.function = prepared, prepared.function
        self.memory, self.activity, self.namer, self.derivatives = Aliases(dict(memory.roots)), activity, namer, derivatives
        self.fastmath = derivatives.fastmath
        self.types: dict[str, Type] = dict(self.function.types)
        self.definitions = _definitions(self.function)
        self.extents = Extents(self.function, frozenset(self.definitions) - prepared.cells)
        self.regions = _regions(self.function, prepared.cells)
        around = derivatives.around
        self.infinite = infinite(self.function, memory, "reverse", around, around if self.function.routine else Around())
        self.loops = frozenset(p for p, s in located(self.function.body) if isinstance(s, For | While))
        self.stores = [(p, s, self.memory.of(a.name)) for p, s in located(self.function.body) for a in written(s)]
        self.apart = Stores(self.memory, self.loops, self._made, self.offset, self.is_array)
        self.sums = _sums(self.function, prepared.cells) if on("sums") else {}
        self.growing = frozenset(t.name for s in walk(self.function.body) if isinstance(s, Grow) for t in s.tapes)
        pushes = [s for s in walk(self.function.body) if isinstance(s, Push) and s.value in activity]
        self.active_lists = frozenset(s.list.name for s in pushes)
        self.values = _value_arrays(self.function, prepared.cells) if on("array values") else frozenset()
        self._bars: dict[str, Var] = {}
        self.cells = set(prepared.cells)
        self.integers: dict[str, Statement] = {}        # definitions of integers that reversal adds
        self.primal: dict[str, str] = {}

    # ---- adjoint names ------------------------------------------------------------------------------------

    def bar(self, name: str) -> Var:
        if name not in self._bars:
            stem = base(name) + "_bar"
            var = self.namer.temporary(stem) if is_temporary(name) else self.namer.fresh(stem)
            self._bars[name] = var
            self.primal[var.name] = name
            if name in self.types:
                self.types[var.name] = self.types[name]
        return self._bars[name]

    def is_array(self, name: str) -> bool:
        return isinstance(self.types.get(name), Array)

    def is_number(self, name: str) -> bool:
        return not isinstance(self.types.get(name), Array | ListOf)

    def dtype(self, name: str) -> str:
        type_ = self.types.get(name)
        return type_.dtype if isinstance(type_, Array | Scalar) else ""

    def zero(self, name: str) -> Const:
        """A zero that does not promote what it is added to."""
        return Const(0.0, "float32" if self.dtype(name) == "float32" else None)

    # ---- places -------------------------------------------------------------------------------------------

    def define(self, s: Assign | View | Pop, path: Path) -> None:
        """A name that reversal adds beside the statement at `path`: a view that is new shares memory with what it shows."""
        self.definitions[s.target.name] = Definition(path[:-1], path[-1], s)
        if isinstance(s, View):
            self.memory.add(s.target.name, s.array.name)

    def owner(self, name: str) -> Path:
        """The block in which the adjoint of a number begins its life."""
        if name in self.regions:
            return self.regions[name]
        found = self.definitions.get(name)
        return found.block if found is not None else ()

    def definition(self, name: str) -> Definition | None:
        return None if name in self.cells else self.definitions.get(name)

    def _made(self, name: str) -> Made | None:
        found = self.definition(name)
        return None if found is None else Made(found.block, found.statement)

    def offset(self, operand: Operand) -> tuple[Operand, int]:
        """The operand as another one plus a constant: `size - 1` is (size, -1)."""
        total = 0
        while isinstance(operand, Var) and operand.name not in self.cells:
            found = self.definitions.get(operand.name)
            match self.integers.get(operand.name) or (found.statement if found is not None else None):
                case Assign(_, "+", (Var() as inner, Const(int() as value))):
                    total += value
                case Assign(_, "-", (Var() as inner, Const(int() as value))):
                    total -= value
                case _:
                    break
            operand = inner
        return operand, total

    def stable(self, array: str, path: Path, context: Path, index: Sequence[Index] = ()) -> bool:
        """Are the contents that `array` (or its elements at the index) has at `path` still there when the context's forward sweep
        is over?"""
        return on("stable memory") and self.overwriting(array, path, context, index) is None

    def overwriting(self, array: str, path: Path, context: Path, index: Sequence[Index] = ()) -> Statement | None:
        """What may change them until then, if anything."""
        roots, apart = self.memory.of(array), self.apart
        for at, s, stored in self.stores:
            if not roots & stored:
                continue
            within = max(len(context), apart.anew(array, s))
            if self._follows(at, path, context, within) and not apart.passed(array, index, path, s, at, within):
                return s
        return None

    def _follows(self, store: Path, path: Path, context: Path, within: int) -> bool:
        """May the store run after `path`, within one run of the context?  Only loops in paths longer than `within` count."""
        if store[: len(context)] != context:
            return False
        if store > path:
            return True
        shared = len(context)
        while shared < min(len(store), len(path)) and store[shared] == path[shared]:
            shared += 1
        return any(path[:length] in self.loops for length in range(within + 1, shared + 1))


@dataclass(frozen=True, slots=True)
class Sum:
    """`cell += term` (or -=) in three statements: the read, the operation and the write of the cell."""

    cell: str
    term: Operand
    minus: bool


def _sums(function: Function, cells: frozenset[str]) -> dict[str, Sum]:
    """The statements of such sums by the name they bind; the cell's adjoint passes them unchanged."""
    uses = Counter(var.name for _, s in located(function.body) for var in reads(s))
    found: dict[str, Sum] = {}

    def block(statements: Block) -> None:
        read_from: dict[str, str] = {}
        added: dict[str, Sum] = {}
        for s in statements:
            for inner in blocks(s):
                block(inner)
            changed = all_binds((s,)) & cells
            match s:
                case Assign(Var(t), "=", (Var(c),)) if c in cells and uses[t] == 1:
                    read_from[t] = c
                case Assign(Var(t), "+" | "-" as op, (Var(left), right)) if left in read_from and uses[t] == 1:
                    added[t] = Sum(read_from[left], right, op == "-")
                    read_from = {k: v for k, v in read_from.items() if k != left}
                    added[left] = added[t]
                case Assign(Var(c), "=", (Var(t),)) if t in added and added[t].cell == c:
                    first = next(k for k, v in added.items() if v is added[t])
                    found[t] = added[t]
                    found.update({k: v for k, v in added.items() if v is added[t] or k == first})
                case _:
                    pass
            read_from = {k: v for k, v in read_from.items() if v not in changed}
            looked_at = all_reads((s,))                 # who reads the cell before its write reads what is not yet summed
            added = {k: v for k, v in added.items() if v.cell not in changed | looked_at}

    block(function.body)
    return found


def _value_arrays(function: Function, cells: frozenset[str]) -> frozenset[str]:
    """Arrays that are only operands, in the block that makes them: never written, viewed, indexed or bound to another
    name.  Their adjoints are values like those of numbers, and need no memory of their own.  (An array without axes has a
    shadow: arithmetic on it gives numbers.)"""
    made: dict[str, Path] = {}
    for path, s in located(function.body):
        type_ = function.types.get(s.target.name) if isinstance(s, Assign) and s.target.name not in cells else None
        if isinstance(s, Assign) and isinstance(type_, Array) and type_.ndim:
            made[s.target.name] = path[:-1]
    for path, s in located(function.body):
        for var in reads(s):
            operand = isinstance(s, Assign | Return) or (isinstance(s, Store | Accumulate) and var != s.array)
            if var.name in made and (not operand or path[:-1] != made[var.name]):
                del made[var.name]
    return frozenset(made)


def _definitions(function: Function) -> dict[str, Definition]:
    found = {param.name: Definition((), -1, None) for param in function.params}
    found |= {name: Definition((), -1, None) for name in function.captures}
    for path, s in located(function.body):
        for target in binds(s):
            block = (*path, 0) if isinstance(s, For) else path[:-1]
            found[target.name] = Definition(block, -1 if isinstance(s, For) else path[-1], s)
    return found


def _regions(function: Function, cells: frozenset[str]) -> dict[str, Path]:
    """For each cell the smallest block that holds its whole life: all that mentions it, and no loop that carries it."""
    regions: dict[str, Path] = {}
    for path, s in located(function.body):
        mentioned = {var.name for var in reads(s)} | {t.name for t in binds(s)}
        for name in mentioned & cells:
            block = path[:-1]
            regions[name] = block if name not in regions else _common(regions[name], block)
    for name in {param.name for param in function.params} & cells:
        regions[name] = ()
    return {name: _uncarried(function.body, name, region) for name, region in regions.items()}


def _common(left: Path, right: Path) -> Path:
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return left[: length - length % 2]


def _uncarried(body: Block, name: str, region: Path) -> Path:
    while region:
        if not exposed(block_at(body, region), name):
            owner = statement_at(body, region[:-1])
            if not isinstance(owner, While) or region[-1] == 1:
                return region
        region = region[:-2]
    return region


def exposed(block: Block, name: str) -> bool:
    """May the block read `name` before it assigns it?"""
    return name in exposed_names(block)


def exposed_names(block: Block) -> set[str]:
    """All names that the block may read before it assigns them."""
    return _first(block)[0]


def _first(block: Block) -> tuple[set[str], set[str]]:
    """The names that a read may come first of, and those that an assignment surely comes first of."""
    read: set[str] = set()
    bound: set[str] = set()
    for s in block:
        own = {var.name for var in reads(s)}
        read |= (own - all_binds(s.header) if isinstance(s, While) else own) - bound
        inner = [_first(b) for b in blocks(s)]
        below = {name for names, _ in inner for name in names}
        match s:
            case For(counter):                          # its body has it from the loop
                read |= below - bound - {counter.name}
            case If():
                read |= below - bound
                bound |= (inner[0][1] & inner[1][1]) - read
            case While():
                read |= below - bound
                bound |= inner[0][1] - read
            case _:
                bound |= {target.name for target in binds(s)} - read
    return read, bound
