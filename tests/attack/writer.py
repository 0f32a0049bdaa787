"""A program while it is written: its lines, what is in scope, and the constructs that may come next.

A construct is one small function that is registered under a name and writes one statement, or returns one expression; what it
needs of its surroundings it says in `fits`.  The modules beside this one hold them; `programs` puts a program together.
What holds of every program: indices are inside their arrays, names are bound before they are read, loops end, and numbers
stay of moderate size.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tests.attack.choices import Choices

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """What is known of an array in scope; `whole`: contiguous, and never bound to anything else."""

    shape: Shape
    writable: bool = True
    whole: bool = False
    rebindable: bool = False


@dataclass
class Scope:
    numbers: list[str] = field(default_factory=list)           # float64 variables
    fixed: list[str] = field(default_factory=list)             # floats that are only read
    wholes: list[str] = field(default_factory=list)            # integer variables
    counters: dict[str, tuple[int, int]] = field(default_factory=dict)     # loop counters and the values they may have
    arrays: dict[str, Slot] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)         # nested functions number → number
    pairs: list[str] = field(default_factory=list)             # tuples of two floats
    named: list[str] = field(default_factory=list)             # namedtuples of two floats
    lists: list[str] = field(default_factory=list)             # lists of floats, one item at least
    loose: list[str] = field(default_factory=list)             # vectors of whatever length, none perhaps; may be written
    rows: dict[str, int] = field(default_factory=dict)         # lists of vectors of this length, one at least
    couples: list[str] = field(default_factory=list)           # lists of pairs of floats, one at least
    nests: list[str] = field(default_factory=list)             # lists of lists of floats, none of them empty
    points: list[str] = field(default_factory=list)            # arrays without axes
    places: dict[str, int] = field(default_factory=dict)       # arrays of whole numbers from 0 to 2, and their length
    flags: dict[str, int] = field(default_factory=dict)        # arrays of bools, and their length
    loops: int = 0                                             # how many are around
    leave: bool = False                                        # may `break` and `continue` stand here?

    def copy(self) -> Scope:
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        return Scope(**{name: value.copy() if isinstance(value, list | dict) else value for name, value in held.items()})


@dataclass(frozen=True)
class Construct:
    name: str
    weight: int
    write: Callable[..., Any]
    fits: Callable[[Writer], bool]


KINDS = ("statement", "number", "array", "test")
CONSTRUCTS: dict[str, list[Construct]] = {kind: [] for kind in KINDS}


def construct(kind: str, name: str, weight: int, fits: Callable[[Writer], bool] = lambda _: True) -> Callable[[Any], Any]:
    def register(write: Any) -> Any:
        insort(CONSTRUCTS[kind], Construct(name, weight, write, fits), key=lambda c: c.name)       # in no order of imports
        return write

    return register


class Writer:
    """Writes one function; a helper has a writer of its own, with the same choices, counts and names."""

    def __init__(self, choices: Choices, budget: int, used: Counter[str] | None = None) -> None:
        self.choices, self.budget = choices, budget
        self.is_helper = used is not None
        self.used: Counter[str] = Counter() if used is None else used
        self.lines: list[str] = []
        self.depth = 1
        self.scope = Scope()
        self.taken: Counter[str] = Counter()
        self.helpers: list[Helper] = []
        self.constants: list[str] = []
        self.result: Callable[[], str] | None = None            # how a return is written
        self.pick, self.chance = choices.pick, choices.chance

    # ---- lines and scopes ---------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def fresh(self, stem: str) -> str:
        self.taken[stem] += 1
        return f"{stem}{self.taken[stem]}"

    def constant(self, values: list[int]) -> str:
        """The name of a global array of whole numbers."""
        return self.outside("PLACES", f"np.array({values})")

    def outside(self, stem: str, text: str) -> str:
        """The name of a global value."""
        known = [line.split(" = ")[0] for line in self.constants if line.endswith(f" = {text}")]
        if not known:
            known = [f"{stem}_{len(self.constants)}"]
            self.constants.append(f"{known[0]} = {text}")
        return known[0]

    @contextmanager
    def inside(self, **changes: Any) -> Iterator[Scope]:
        """An indented block; what is bound in it is forgotten behind it."""
        outer = self.scope
        self.scope = replace(outer.copy(), **changes)
        self.depth += 1
        count = len(self.lines)
        yield self.scope
        if len(self.lines) == count:
            self.line("pass")
        self.depth -= 1
        self.scope = outer

    def block(self, most: int) -> None:
        """A few statements, one at least."""
        self.statement()
        for _ in range(most - 1):
            if self.budget > 0 and self.chance(65):
                self.statement()

    # ---- constructs ---------------------------------------------------------------------------------------

    def draw(self, kind: str, *args: Any) -> Any:
        fitting = [c for c in CONSTRUCTS[kind] if c.fits(self)]
        chosen = fitting[self.choices.weighted([c.weight for c in fitting])]
        self.used[chosen.name] += 1
        return chosen.write(self, *args)

    def statement(self) -> None:
        self.budget -= 1
        self.draw("statement")

    def number(self, depth: int = 2) -> str:
        """An expression whose value is a float of moderate size."""
        if depth == 0 or not self.chance(75):
            return self.leaf()
        text: str = self.draw("number", depth - 1)
        return text

    def array(self, shape: Shape, depth: int = 1) -> str:
        """An expression whose value is an array of this shape."""
        if depth == 0 or not self.chance(60):
            return self.part(shape)
        text: str = self.draw("array", shape, depth - 1)
        return text

    def test(self) -> str:
        text: str = self.draw("test")
        return text

    # ---- the smallest pieces --------------------------------------------------------------------------------

    def leaf(self) -> str:
        options: list[Callable[[], str]] = [self.variable, self.element, self.element, self.literal]
        if self.scope.pairs:
            options.append(lambda: f"{self.choices.of(self.scope.pairs)}[{self.pick(0, 1)}]")
        if self.scope.named:
            options.append(lambda: f"{self.choices.of(self.scope.named)}{self.pick('.first', '.second', '[0]', '[-1]')}")
        return self.choices.of(options)()

    def moving(self) -> str:
        """A variable or an element: what Numba cannot see to be a constant."""
        return self.pick(self.variable, self.element)()

    def argument(self, depth: int = 1) -> str:
        """An expression that is more than a literal."""
        text = self.number(depth)
        return self.variable() if text.lstrip("-").replace(".", "").isdigit() else text

    def variable(self) -> str:
        return self.choices.of([*self.scope.numbers, *self.scope.fixed])

    def literal(self) -> str:
        return self.pick("0.5", "0.7", "1.3", "-0.4")

    def element(self) -> str:
        name = self.any_array()
        return f"{name}[{self.place(self.scope.arrays[name].shape)}]"

    def place(self, shape: Shape) -> str:
        return ", ".join(self.index(extent) for extent in shape)

    def index(self, extent: int) -> str:
        """A whole number inside an axis."""
        options = ["0", str(extent - 1), "-1"]
        options += [f"{name} % {extent}" for name in self.scope.wholes]
        for name, (low, high) in self.scope.counters.items():
            direct = low >= 0 and high < extent
            options += [name, name] if direct else [f"{name} % {extent}"]
            options += [f"({name} + 1) % {extent}", f"-1 - {name} % {extent}"]
            options += [f"{name} - 1"] if direct else []
            options += [f"{name} + 1"] if low >= 0 and high + 1 < extent else []
        return self.choices.of(options)

    # ---- arrays in scope ------------------------------------------------------------------------------------

    def named(self, fits: Callable[[Slot], bool]) -> list[str]:
        return [name for name, slot in self.scope.arrays.items() if fits(slot)]

    def any_array(self) -> str:
        return self.choices.of(list(self.scope.arrays))

    def vector(self, writable: bool = False) -> str:
        """The name of a one-dimensional array; there always is one that may be written."""
        return self.choices.of(self.named(lambda s: len(s.shape) == 1 and (s.writable or not writable)))

    def writable(self) -> str:
        return self.choices.of(self.named(lambda s: s.writable))

    def has(self, rank: int, writable: bool = False, whole: bool = False) -> bool:
        return bool(self.named(lambda s: len(s.shape) == rank and s.writable >= writable and s.whole >= whole))

    def table(self, writable: bool = False, whole: bool = False) -> str:
        return self.choices.of(self.named(lambda s: len(s.shape) == 2 and s.writable >= writable and s.whole >= whole))

    def length(self, name: str) -> int:
        return self.scope.arrays[name].shape[0]

    def cut(self, extent: int, size: int) -> str:
        """A slice of `size` elements of an axis."""
        first = self.choices.below(extent - size + 1)
        options = [f"{first}:{first + size}"]
        options += [f"{first}:"] if first + size == extent else []
        options += [f":{size}", f":{size - extent}" if size < extent else ":"] if first == 0 else []
        options += [f"{first + size - 1}:{first - 1}:-1"] if first > 0 else [f"{size - 1}::-1"]
        options += ["::2"] if size == (extent + 1) // 2 and extent > 2 else []
        options += ["::-1"] if size == extent else []
        options += [f"-{size}:"] if first + size == extent else []
        return self.choices.of(options)

    def part(self, shape: Shape) -> str:
        """An array of this shape that is there: a name, a slice, a row or a column."""
        options: list[Callable[[], str]] = []
        for name, slot in self.scope.arrays.items():
            options += self.parts_of(name, slot.shape, shape)
        if not options:
            return f"np.zeros({shape if len(shape) > 1 else shape[0]})"
        return self.choices.of(options)()

    def parts_of(self, name: str, whole: Shape, shape: Shape) -> list[Callable[[], str]]:
        if whole == shape:
            return [lambda: name, lambda: f"{name}[{', '.join(self.cut(n, n) for n in shape)}]"]
        if len(whole) == len(shape) and all(n >= k for n, k in zip(whole, shape, strict=True)):
            return [lambda: f"{name}[{', '.join(self.cut(n, k) for n, k in zip(whole, shape, strict=True))}]"]
        options: list[Callable[[], str]] = []
        if len(whole) == 2 and len(shape) == 1:
            rows, columns = whole
            options += [lambda: f"{name}[{self.index(rows)}]"] if columns == shape[0] else []
            options += [lambda: f"{name}[:, {self.index(columns)}]"] if rows == shape[0] else []
        if len(whole) == 2 and whole[::-1] == shape:
            options.append(lambda: f"{name}.T")
        return options


@dataclass(frozen=True)
class Helper:
    """A function beside the program: what it takes (a number and an array of this shape) and what it gives."""

    name: str
    shape: Shape
    gives: str                          # number, pair, vector, nothing
    text: str
    deep: bool = False                  # does it call itself, to a depth that it is given?
    listed: bool = False                # does it take a list of floats, too?
