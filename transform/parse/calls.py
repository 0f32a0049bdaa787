"""Calls in the text: of primitives, of methods of arrays, and of the user's own functions (`inlining`)."""
from __future__ import annotations

import ast
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import types

from ...runtime import stop_gradient
from ..custom.new_rules import is_elementwise
from ..errors import UnsupportedError
from ..fence.expressions import attribute_of_array, chooser, dtype_of, is_text
from ..ir import WRITTEN_ZERO, Const, Operand, Var
from ..reading.source import MISSING, is_function, is_transformed
from ..reading.transforms import is_transform
from ..rules import RULES, lookup
from ..rules.declare import Rule, key_of
from ..rules.remedies import OTHERWISE, REMEDIES
from ..structure import Record, is_record_class, leaves, rebuilt
from ..temporary_names import call_hint
from .trees import node_in
from .tuples import Tuples
from .values import Closure, Derived, Known, Value, is_none
from .writes import LIST_METHODS

_VIEWS = {".reshape": "shape", ".transpose": "axes", ".ravel": ""}
"""Methods that may be written as functions, and the argument that they take: the items of a tuple, or one after the other."""
FLOAT_IN_RANGE = (
    "a range with a float", "Python raises TypeError, and Numba rounds; a float is also what it makes of a uint64 beside an int64",
    "convert it: `range(int(n / 2))`, `range(np.int64(n))`",
)  # fmt: skip
_VIEW_FUNCTIONS = {np.reshape: ".reshape", np.ravel: ".ravel", np.transpose: ".transpose"}


class Calls(Tuples):
    def static(self, node: ast.expr) -> Any:
        """The object that a name or dotted name means before the function runs (a Closure for a nested function,
        Derived for what transforms make of one), or MISSING."""
        match node:
            case ast.Name(name):
                home = self.home(name)
                if home is None:
                    return self.frame.source.resolve(name)
                value = home.names.get(name)
                return value.function if isinstance(value, Known) else value if isinstance(value, Closure | Derived) else MISSING
            case ast.Attribute(value, attr):
                root = self.static(value)
                known = isinstance(root, ModuleType | type | np.finfo | np.iinfo) or attr in getattr(type(root), "_fields", ())
                return getattr(root, attr, MISSING) if known else MISSING
            case ast.Call(ast.Attribute(), [ast.Name() | ast.Attribute() as dtype], []):
                limits, kind = self.static(node.func), as_dtype(self.static(dtype))
                return limits(kind) if limits in (np.finfo, np.iinfo) and isinstance(kind, type) else MISSING
            case _:
                return MISSING

    def call(self, node: ast.Call) -> Value | None:
        function = as_dtype(self.meant(self.made(node.func) if isinstance(node.func, ast.Call) else self.static(node.func)))
        if is_transform(function):
            made = self.made(node)
            return made if isinstance(made, Derived) else Known(made)
        if function is MISSING:
            if isinstance(node.func, ast.Attribute):
                return self._method(node.func, node)
            function = self.function(node.func)
        if isinstance(function, Derived) or is_transformed(function):
            return self.applied(function, node)
        if isinstance(function, Closure):
            return self.inline(function, node)
        if function is print:
            self.primitive("print", tuple(self.message(arg) for arg in node.args), node, "printed")
            return None
        if any(function is one for one in _VIEW_FUNCTIONS):            # not all that is callable can be hashed
            if not node.args:
                raise self._keywords(node)
            return self._method_on(_VIEW_FUNCTIONS[function], node.args[0], node.args[1:], node)
        if is_record_class(function):
            return self.construct(function, node)
        if function is stop_gradient and len(node.args) == 1 and not node.keywords:
            return self.stopped(self.value(node.args[0]), node)
        value = self.of_items(function, node)
        if value is not None:
            return value
        rule = lookup(function)
        if rule is not None:
            how = chooser(function)
            return self._apply(rule, *_without_text(node, how), ()) if how else self._apply(rule, node, {}, ())
        if function is divmod and len(node.args) == 2:
            both = tuple(self.operand(arg) for arg in node.args)
            return tuple(self.primitive(op, both, node) for op in ("//", "%"))
        if is_function(function):
            return self.inline(function, node)
        name = ast.unparse(node.func)
        if (error := self.not_a_function(name, function, node.func)) is not None:
            raise error
        reason = "it is neither a primitive that has one nor a Python function whose source can be read"
        remedy = "compute it from functions that have a rule, or outside of the differentiated function"
        if function is slice:
            remedy = "write the slice where it is used, as in `x[i:]`"
        if getattr(np, getattr(function, "__name__", ""), None) is function:
            remedy = f"give it one: `@wg.rule({name})` on a function that returns its partials"
            if callable(function) and not is_elementwise(function, len(node.args)):
                remedy = OTHERWISE
        if isinstance(function, BuiltinFunctionType | FunctionType | type(np.sort)):
            remedy = REMEDIES.get(key_of(function), remedy)
        raise self.refuse(node.func, f"there is no derivative rule for `{name}`", reason, remedy)

    def stopped(self, value: Value, node: ast.Call) -> Value:
        """What no derivative flows through: the numbers and arrays in a value."""
        if isinstance(value, tuple):
            return rebuilt(value, [self.stopped(item, node) for item in value])
        return value if is_none(value) else self.primitive("stop_gradient", (self.single(value, node),), node, "stopped")

    def message(self, node: ast.expr) -> Operand:
        """An argument of an exception or of `print`: here a text may stand."""
        return Const(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else self.operand(node)

    def operands(self, node: ast.expr) -> tuple[Operand, ...]:
        """The items of a tuple that is written out, or the one operand."""
        return tuple(self.single(leaf, node) for leaf in leaves(self.value(node)))

    def given(self, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
        """The values of the arguments of a call: those without a name, and those with one."""
        return self.row(node.args), {word.arg: self._worded(word, node) for word in node.keywords if word.arg}

    def _worded(self, word: ast.keyword, node: ast.Call) -> Value:
        dtype = dtype_of(word.value) if word.arg == "dtype" else None
        return self.value(word.value) if dtype is None else self.captured("dtype", dtype, node)

    def _method(self, function: ast.Attribute, node: ast.Call) -> Value | None:
        value = self.value(function.value)
        if isinstance(value, Record):
            return self.method_of(value, function, node)
        self.attribute_of_array(function, called=True)
        return self._method_of("." + function.attr, self.array_of(value, function.value), node.args, node)

    def _method_on(self, key: str, array: ast.expr, args: list[ast.expr], node: ast.Call) -> Value | None:
        return self._method_of(key, self.array(array), args, node)

    def _method_of(self, key: str, where: Var, args: list[ast.expr], node: ast.Call) -> Value | None:
        if key in LIST_METHODS:
            return self.list_method(key, where, args, node)
        if key in _VIEWS:
            if any(word.arg != _VIEWS[key] for word in node.keywords):
                raise self._keywords(node)
            given = [operand for arg in (*args, *(word.value for word in node.keywords)) for operand in self.operands(arg)]
            if key == ".ravel" and given:
                raise self.refuse(node, "`.ravel` in another order", "there is no rule for it", "write `.T.ravel()`")
            return self.primitive(key if given or key != ".transpose" else ".T", (where, *given), node)
        rule = RULES.get(key)
        if rule is None:
            raise self.refuse(node.func, f"the method `{key}` is not supported", "there is no derivative rule for it",
                              "use the NumPy function or a loop")  # fmt: skip
        return self._apply(rule, node, {}, (where,))

    def attribute_of_array(self, node: ast.Attribute, called: bool) -> None:
        """Refuse what arrays have no rule for."""
        try:
            attribute_of_array(self.frame.source, node, called)
        except UnsupportedError as error:
            raise self.called(error) from None

    def _keywords(self, node: ast.Call) -> UnsupportedError:
        return self.refuse(node, f"`{ast.unparse(node)}` has an argument that is not supported", "Numba takes a shape or axes only",
                           "leave the others out")  # fmt: skip

    def _apply(self, rule: Rule, node: ast.Call, texts: Mapping[str, Const], first: tuple[Operand, ...]) -> Operand:
        """A primitive on its arguments, in the order of the rule's parameters; `texts`: what is given beside those in the node."""
        values, words = self.given(node)
        if len(values) == 1 and isinstance(values[0], tuple) and not first:
            tree = node_in(values[0])
            if tree is not None and (tree.access == "field" or (tree.access == "item" and rule.key != "len")):
                raise self.whole_tree(tree, node)
            if rule.key == "len":
                return Const(len(values[0]))
            if rule.variadic and len(values[0]) > 1:
                values = list(values[0])
        if not first and any(isinstance(f, np.ufunc) for f in rule.callables):
            self.parts(node.args, values)
        given: list[Operand] = [*first, *(self.single(value, node) for value in values)]
        keywords = {name: self.single(value, node) for name, value in words.items()} | dict(texts)
        if rule.variadic and len(given) > 2:
            result = self.primitive(rule.key, (given[0], given[1]), node)
            for operand in given[2:]:
                result = self.primitive(rule.key, (result, operand), node)
            return result
        params = rule.params
        unknown = [word for word in keywords if word not in params[len(given) :]]
        if len(given) > len(params) or unknown:
            word = unknown[0] if unknown else str(len(given))
            raise self.refuse(node, f"`{ast.unparse(node)}` has an argument that is not supported (`{word}`)",
                              f"the rule covers {', '.join(params)}",
                              "leave it out where that changes nothing, and else write out what it does")  # fmt: skip
        for name in params[len(given) :]:
            if name in keywords:
                given.append(keywords.pop(name))
            elif name in rule.defaults:
                if not keywords:
                    break
                given.append(default_operand(rule.defaults[name]))
            else:
                raise self.refuse(node, f"`{ast.unparse(node)}` lacks its argument `{name}`", "it has no default")
        return self.primitive(rule.key, tuple(given), node, call_hint(rule.key, given))

    def never_unsigned(self, bound: Operand, node: ast.AST) -> None:
        """Refuse it where types are known: the counter would be of another type than Numba's."""
        if isinstance(bound, Var):
            self.primitive("signed", (bound,), node)

    def range_bounds(self, node: ast.Call) -> tuple[Operand, Operand, Operand]:
        bounds = [self.operand(arg) for arg in node.args]
        if any(isinstance(bound, Const) and isinstance(bound.value, float) for bound in bounds):
            raise self.refuse(node, *FLOAT_IN_RANGE)
        match bounds:
            case [stop]:
                return Const(0), stop, Const(1)
            case [Const(0), stop] | [Const(0), stop, Const(1)]:
                return WRITTEN_ZERO, stop, Const(1)
            case [start, stop]:
                return start, stop, Const(1)
            case [start, stop, step]:
                for bound in (start, stop) if step == Const(1) else ():
                    self.never_unsigned(bound, node)
                return start, stop, step
            case _:
                raise self.refuse(node, "range takes one to three arguments", "Python would raise TypeError here")


def _without_text(node: ast.Call, name: str) -> tuple[ast.Call, dict[str, Const]]:
    """A call without the text that says how, which is for the parameter `name`, and this text."""
    texts = [arg for arg in (*node.args, *(word.value for word in node.keywords if word.arg == name)) if is_text(arg)]
    args, words = [a for a in node.args if a not in texts], [word for word in node.keywords if word.value not in texts]
    found = [Const(arg.value) for arg in texts if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return ast.copy_location(ast.Call(node.func, args, words), node), dict(zip((name,), found, strict=False))


def as_dtype(value: Any) -> Any:
    """Numba's types of numbers, `numba.float64`, as NumPy's."""
    return np.dtype(str(value)).type if isinstance(value, types.Number | types.Boolean) and not _complex(value) else value


def _complex(value: Any) -> bool:
    return isinstance(value, types.Complex)


def default_operand(node: ast.expr) -> Const:
    """A default of a rule: a literal or a dtype."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str | None):
        return Const(node.value)
    return Const(ast.unparse(node), label=ast.unparse(node))
