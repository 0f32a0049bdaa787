"""The Wengert list: structured three-address code over names.

    operand   ::= Var | Const
    index     ::= operand | Slice | Ellipsis_        (a constant None is a new axis)
    statement ::= Assign | Load | View | Store | Accumulate | Call | Grow | Push | Pop | Remark | For | While | If | Leave | Break
                | Raise | Return
    block     ::= statement ...

Control flow is nested blocks; there is no CFG and there are no phi nodes: a scalar may be assigned again.  A loop is left
early at the end of a round only (`Leave`); what the user's `break` or `return` skips stands under a flag.
Names carry a version after a dot (``x.1``): versions of one name are separate variables that `emit` gives the
same spelling back where their lives do not meet.  Every value here is immutable; a pass is a function from
Function to Function, and an analysis returns a result of its own instead of attaching anything to a node.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from .structure import Structure

if TYPE_CHECKING:
    from .custom.contract import OwnRule


@dataclass(frozen=True, slots=True)
class Kept:
    """What a statement that differentiation added is there for, as the report tells it: storage for a value (`record`), a copy
    of an array as it was (`copy`), or a primal statement done again (`again`).  `of`: whose value; `why`: what made it so."""

    kind: Literal["record", "copy", "again"]
    of: str
    why: str


@dataclass(frozen=True, slots=True)
class Loc:
    """Where in the user's file something came from.  Columns count from 0; `text` is the source line; `note` says why
    generated code does a primal statement again (``redo``, ``undo``); of what is `quiet` no text shows the line.  While types are
    found, `part` says that Numba computes it in the loop of the array expression around it (`analyses.kernels`), and `late` that
    something may be written before that."""

    file: str
    line: int
    column: int
    end_column: int
    text: str
    note: str = ""
    kept: Kept | None = None
    quiet: bool = False
    part: bool = False
    late: bool = False


def _loc() -> Loc | None:
    field_: Loc | None = field(default=None, compare=False, repr=False, kw_only=True)
    return field_


# ---- types --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number; `dtype` is NumPy's name (float64, float32, int64, uint8, bool, ...)."""

    dtype: str


@dataclass(frozen=True, slots=True)
class Array:
    """An array; `layout` is Numba's: C, F or A (any strides)."""

    dtype: str
    ndim: int
    layout: str


@dataclass(frozen=True, slots=True)
class TupleOf:
    """`kind`: the class, of a namedtuple."""

    items: tuple[Type, ...]
    kind: type | None = None


@dataclass(frozen=True, slots=True)
class ListOf:
    """A plain list: of the user's until it is resolved; what is left is of numbers, or of arrays that generated code keeps."""

    item: Type


@dataclass(frozen=True, slots=True)
class Other:
    """A type that no derivative flows through (None, a dtype, a function); `text` is Numba's name for it."""

    text: str


Type = Scalar | Array | TupleOf | ListOf | Other


# ---- operands -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Var:
    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """A literal.  `dtype` (float32, ...) is set where generated code must not promote; `label` is how the user
    spelled it (``math.pi``, ``np.float64``) where its repr would not do."""

    value: bool | int | float | complex | str | None
    dtype: str | None = None
    label: str | None = None


Operand = Var | Const

WRITTEN_ZERO: Final = Const(0, label="0")
"""The start of `range(0, n)`, whose counter may be of another type than that of `range(n)`; until types are known."""


@dataclass(frozen=True, slots=True)
class Slice:
    """start:stop:step inside an index; a part that is the constant None is left out."""

    start: Operand | None = None
    stop: Operand | None = None
    step: Operand | None = None

    def __post_init__(self) -> None:
        for part in ("start", "stop", "step"):
            if getattr(self, part) == Const(None):
                object.__setattr__(self, part, None)


@dataclass(frozen=True, slots=True)
class Ellipsis_:
    """``...`` inside an index."""


Index = Var | Const | Slice | Ellipsis_


# ---- statements ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign:
    """target = op(*args): a scalar, a tuple or an array that shares memory with nothing.

    `op` is the key of a primitive (``+``, ``np.exp``, ``.copy``); ``=`` copies a scalar or tuple."""

    target: Var
    op: str
    args: tuple[Operand, ...]
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Load:
    """target = array[index]: one element, as a scalar."""

    target: Var
    array: Var
    index: tuple[Index, ...]
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class View:
    """target shares memory with array.  `kind`: ``=`` (the same array), ``index`` (basic indexing with args),
    ``.T``, ``.transpose`` (axes in args), ``.reshape`` (shape in args), ``.ravel``, ``kept`` (at a place of a list that only
    gets longer)."""

    target: Var
    array: Var
    kind: str
    args: tuple[Index, ...] = ()
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Store:
    """array[index] = value; an empty index means all of it.  A value that overlaps is copied first, as Numba does."""

    array: Var
    index: tuple[Index, ...]
    value: Operand
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Accumulate:
    """array[index] += value, where value shares no memory with the target; an empty index means all of it."""

    array: Var
    index: tuple[Index, ...]
    value: Operand
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Call:
    """targets = routine(*args): a function that stays a call, since it calls itself, has a rule of the user's, or is a
    checkpoint.  For each argument, `reads` and `writes` say whether it may look at and change what is in the array; the results
    share memory with nothing else.
    `effects`: it may raise or act, and is called even if nobody needs its results; `acts`: it prints or draws random
    numbers, which happens once."""

    targets: tuple[Var, ...]
    routine: str
    args: tuple[Operand, ...]
    reads: tuple[bool, ...] = ()
    writes: tuple[bool, ...] = ()
    effects: bool = True
    acts: bool = False
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Grow:
    """Make sure that each of the tapes, which are all of one length, has a place `position`.  A tape is one unbounded piece of
    memory: growing changes no value."""

    tapes: tuple[Var, ...]
    position: Operand
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Push:
    """Keep a reference to an array in a plain list."""

    list: Var
    value: Var
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Pop:
    """Bind target to the array kept last."""

    target: Var
    list: Var
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of its own in the generated source."""

    text: str
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class For:
    """for counter in range(start, stop, step): body"""

    counter: Var
    start: Operand
    stop: Operand
    step: Operand
    body: Block
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class While:
    """Repeat: header; leave unless test; body.  The header is what it takes to compute the test."""

    header: Block
    test: Operand
    body: Block
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class If:
    test: Operand
    then: Block
    orelse: Block
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Leave:
    """The last statement of a loop's body: no further round if test."""

    test: Operand
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Break:
    """`break`, in lists that are about to be printed (`breaks`)."""

    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Raise:
    """raise exception(*args): the last statement of its block.  `exception` is a label or a captured class."""

    exception: Operand
    args: tuple[Operand, ...]
    loc: Loc | None = _loc()


@dataclass(frozen=True, slots=True)
class Return:
    """Only ever the last statement of a function.  `packed`: a tuple even if there is one value."""

    values: tuple[Operand, ...]
    packed: bool = False
    loc: Loc | None = _loc()


Statement = (
    Assign | Load | View | Store | Accumulate | Call | Grow | Push | Pop | Remark | For | While | If | Leave | Break | Raise
    | Return
)
Block = tuple[Statement, ...]


# ---- functions ----------------------------------------------------------------------------------------------

def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Function:
    """A function over flat parameters.  `types` covers every name once types have been inferred; `captures` are the
    globals and closure values that the body reads, by the name it reads them under.  `inputs` says what the user's
    parameters are made of, by name, each a structure of places among `params`; `output` the same of what it returns;
    `routines` are the functions that it and they call by name; `routine`: it is one; `seen` are the parameters whose
    contents its caller looks at afterwards; `rule` is the derivative that the user gives it; `unread`: it
    calls a function that could not be read, and why; `active` are the user's variables that carry derivatives in it;
    `named` are bases of the user's names that look like generated ones."""

    name: str
    params: tuple[Var, ...]
    body: Block
    types: Mapping[str, Type] = field(default_factory=_empty, compare=False, repr=False)
    captures: Mapping[str, object] = field(default_factory=_empty, compare=False, repr=False)
    inputs: Mapping[str, Structure] = field(default_factory=_empty, compare=False, repr=False)
    output: Structure = field(default=0, compare=False, repr=False)
    routines: Mapping[str, Function] = field(default_factory=_empty, compare=False, repr=False)
    routine: bool = field(default=False, compare=False, repr=False)
    seen: tuple[str, ...] = field(default=(), compare=False, repr=False)
    rule: OwnRule | None = field(default=None, compare=False, repr=False)
    unread: Exception | None = field(default=None, compare=False, repr=False)
    active: tuple[str, ...] = field(default=(), compare=False, repr=False)
    named: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    loc: Loc | None = _loc()


FLOATS = ("float64", "float32")


def is_float(type_: Type | None) -> bool:
    """Can this carry a derivative?"""
    return isinstance(type_, Scalar | Array) and type_.dtype in FLOATS


def is_array(type_: Type | None) -> bool:
    return isinstance(type_, Array)
