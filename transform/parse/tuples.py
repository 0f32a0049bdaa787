"""What is done with tuples and namedtuples: all of it while the function is read, because their structure is known then."""
from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType

from ..errors import UnsupportedError
from ..ir import Assign, Const, Operand
from ..reading.source import MISSING, attribute_in
from ..structure import Record, fields_of
from .trees import Trees, node_in
from .values import Value

_COMPARE: Mapping[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip


class Tuples(Trees):
    # ---- items --------------------------------------------------------------------------------------------

    def row(self, nodes: Sequence[ast.expr]) -> list[Value]:
        """The values of expressions that stand in a row, with `*t` among them."""
        values: list[Value] = []
        for node in nodes:
            value = self.value(node.value if isinstance(node, ast.Starred) else node)
            if not isinstance(node, ast.Starred):
                values.append(value)
            elif isinstance(value, tuple):
                self.as_tuple(value, node)
                values += value
            else:
                raise self.refused("Starred", node)
        return values

    def tuple_index(self, value: tuple[Value, ...], index: ast.expr, node: ast.AST) -> Value:
        """`t[1]`, `t[1:]`, and `t[i]`, which chooses among the items."""
        if isinstance(index, ast.Slice):
            parts = [None if part is None else self.whole(part) for part in (index.lower, index.upper, index.step)]
            return tuple(value[slice(*parts)])
        place = self.single(self.value(index), index)
        number = self.number(place)
        if number is None:
            return self.chosen_item(value, place, node)
        if not -len(value) <= number < len(value):
            raise self.refuse(index, f"the tuple has {len(value)} items", "Python would raise IndexError here")
        item: Value = value[number]
        return item

    def whole(self, node: ast.expr) -> int | None:
        """A bound of a slice of a tuple."""
        place = self.single(self.value(node), node)
        if isinstance(place, Const) and place.value is None:
            return None
        number = self.number(place)
        if number is None:
            raise self.refuse(node, "a tuple is cut at a place that is not known before the call",
                              "how many items are left must be known", "use a constant, or an array")  # fmt: skip
        return number

    def number(self, operand: Operand) -> int | None:
        """The whole number that an operand is before the function runs."""
        value = operand.value if isinstance(operand, Const) else self.captures.get(operand.name)
        return int(value) if isinstance(value, int) else None

    def chosen_item(self, value: tuple[Value, ...], place: Operand, node: ast.AST) -> Value:
        """The item at a place that is known when the function runs: one branch for each."""
        if not value:
            raise self.refuse(node, "an empty tuple is indexed", "Python would raise IndexError here")
        self.emit(Assign(self.namer.temporary("checked"), "check_item", (place, Const(len(value))), loc=self.loc(node)))
        place = self.primitive("%", (place, Const(len(value))), node, "place")

        def choose(number: int) -> Value:
            if number == len(value) - 1:
                return value[number]
            test = self.primitive("==", (place, Const(number)), node)
            return self.choice(test, lambda: value[number], lambda: choose(number + 1), node)

        return choose(0)

    # ---- whole tuples -------------------------------------------------------------------------------------

    def same(self, left: tuple[Value, ...], right: tuple[Value, ...], node: ast.AST) -> Value:
        """`left == right`, item by item."""
        left_node, right_node = node_in(left), node_in(right)
        if left_node is not None or right_node is not None:
            raise self.whole_tree(left_node or right_node, node)  # type: ignore[arg-type]
        if len(left) != len(right):
            return self.primitive("passed", (Const(False),), node)
        if not left:
            return Const(True)
        one, other = left[0], right[0]
        if isinstance(one, tuple) and isinstance(other, tuple):
            first = self.single(self.same(one, other, node), node)
        elif isinstance(one, tuple) or isinstance(other, tuple):
            return Const(False)
        else:
            first = self.primitive("==", (self.hidden(self.single(one, node), node), self.single(other, node)), node)
        if len(left) == 1:
            return first
        return self.choice(first, lambda: self.same(left[1:], right[1:], node), lambda: Const(False), node)

    def compared_lengths(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool | None:
        """`len(t) == 2` where `t` is a tuple that a function was given: Numba takes the branch away that is for other tuples.  It
        does not where `t` is left out."""
        sides = [self._length(side) for side in (left, right)]
        literal = [side.value if isinstance(side, ast.Constant) else None for side in (left, right)]
        compare = _COMPARE.get(type(op))
        one, other = (length if length is not None else number for length, number in zip(sides, literal, strict=True))
        if sides == [None, None] or compare is None or not isinstance(one, int) or not isinstance(other, int):
            return None
        return bool(compare(one, other))

    def _length(self, node: ast.expr | None) -> int | None:
        """The length of such a tuple."""
        match node:
            case ast.Call(ast.Name() as function, [ast.Name(name) as of], []) if self.static(function) is len:
                home = self.home(name)
                value = home.names.get(name) if home is not None and self.is_argument(of) else None
                if home is None or not isinstance(value, tuple) or node_in(value) is not None:
                    return None
                default = home.source.defaults.get(name)
                if len(self.active) == 1 and isinstance(default, tuple) and len(default) == len(value):
                    raise self.refuse(
                        node, f"the length of `{name}` is asked for, and it may have been left out",
                        "a test of it takes a branch away for Numba where it is given, and does not where it is left out",
                        "let it have no default, or another function take it",
                    )  # fmt: skip
                count: int = len(value)
                return count
            case _:
                return None

    def is_length(self, node: ast.expr | None) -> bool:
        """Is it the length of an argument?"""
        return self._length(node) is not None

    def hidden(self, operand: Operand, node: ast.AST) -> Operand:
        """An operand whose value Numba does not know."""
        return self.primitive("passed", (operand,), node) if self.is_literal(operand) else operand

    def among(self, item: Operand, values: tuple[Value, ...], node: ast.AST) -> Value:
        """`item in values`"""
        self.as_tuple(values, node)
        if not values:
            return Const(False)
        item = self.hidden(item, node)
        first = self.primitive("==", (item, self.single(values[0], node)), node)
        if len(values) == 1:
            return first
        return self.choice(first, lambda: Const(True), lambda: self.among(item, values[1:], node), node)

    # ---- namedtuples --------------------------------------------------------------------------------------

    def construct(self, kind: type, node: ast.Call) -> Value:
        """`Point(x, y)`"""
        owner = next(base for base in kind.__mro__ if "_fields" in vars(base))
        if kind.__new__ is not owner.__new__:
            raise self.refuse(node.func, f"`{kind.__name__}` has a `__new__` of its own", "Numba would not call it",
                              "write a function that returns the namedtuple")  # fmt: skip
        fields = fields_of(kind)
        positional, words = self.given(node)
        bound: dict[str, Value] = dict(zip(fields, positional, strict=False))
        if len(positional) > len(fields) or any(word in bound or word not in fields for word in words):
            raise self.refuse(node, f"the arguments do not fit `{kind.__name__}`", "Python would raise TypeError here")
        bound |= words
        defaults = kind._field_defaults  # type: ignore[attr-defined]
        for name in fields:
            if name not in bound:
                if name not in defaults:
                    raise self.refuse(node, f"`{kind.__name__}` needs `{name}`", "Python would raise TypeError here")
                bound[name] = self.captured(name, defaults[name], node)
        return Record([bound[name] for name in fields], kind)

    def attribute_of(self, record: Record, node: ast.Attribute) -> Value:
        """`p.mass`; a property of a class that was made of a namedtuple; a constant that stands in it."""
        if (tree := node_in(record)) is not None:
            return self.field(record, tree, node)
        if node.attr in record.fields:
            item: Value = record[record.fields.index(node.attr)]
            return item
        found = attribute_in(record.kind, node.attr)
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            call = ast.copy_location(ast.Call(node, [], []), node)
            result = self.inline(found.fget, call, (record,))
            if result is None:
                raise self.refuse(node, f"`{node.attr}` returns nothing", "its result is used here")
            return result
        if found is MISSING or callable(found) or hasattr(found, "__get__"):
            raise self._no_attribute(record, node)
        return self.captured(node.attr, found, node)

    def method_of(self, record: Record, function: ast.Attribute, node: ast.Call) -> Value | None:
        """`p.energy(x)` where the class says what that is; `p._replace(mass=m)`"""
        if (tree := node_in(record)) is not None:
            return self.method(record, tree, function, node)
        name = function.attr
        if name == "_replace":
            positional, words = self.given(node)
            if positional or any(word not in record.fields for word in words):
                raise self.refuse(node, "the arguments do not fit `_replace`", "Python would raise here")
            return Record([words.get(key, item) for key, item in zip(record.fields, record, strict=True)], record.kind)
        found = attribute_in(record.kind, name)
        if isinstance(found, FunctionType) and name not in vars(tuple) and not name.startswith("_"):
            return self.inline(found, node, (record,))
        if isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
            return self.inline(found.__func__, node)
        raise self._no_attribute(record, function)

    def _no_attribute(self, record: Record, node: ast.Attribute) -> UnsupportedError:
        return self.refuse(node, f"`.{node.attr}` of a `{record.kind.__name__}` is not supported",
                           f"what it has are its fields ({', '.join(record.fields)}) and its own methods")  # fmt: skip
