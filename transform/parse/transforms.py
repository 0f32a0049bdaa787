"""Calls of transformed functions: `g(x)` where `g = wg.grad(f)`, and `wg.grad(f)(x)` itself.

A nested function may be transformed where it stands: what it captures becomes parameters of the derivative, which stay active.
It is what it is when the derivative is called, as in any other call of the function.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any

from ..applied import Applied, Transform
from ..errors import TransformError
from ..ir import Const, Operand, Var
from ..reading.source import MISSING, Lifted, bound_arguments, origin
from ..reading.transforms import is_transform
from ..structure import Structure, leaves, mapped, rebuilt, unstructured
from .functions import Functions
from .values import Closure, Constant, Derived, Step, Value, functions

_CALLS = {"vjp": "`wg.vjp(f)((x, ...), y_bar)`", "jvp": "`wg.jvp(f)((x, ...), (x_dot, ...))`"}


class Transforms(Functions):
    def made(self, node: ast.Call) -> Any:
        """What `wg.grad(f, ...)` is before the function runs: a function, or Derived; MISSING if that cannot be told."""
        transform = self.static(node.func)
        if not is_transform(transform):
            return MISSING
        args = [self.constant(arg) for arg in node.args]
        words = {word.arg: self.constant(word.value) for word in node.keywords if word.arg}
        at_once = transform.__name__ in _CALLS and (len(args) > 1 or {"primals", "tangents"} & words.keys())
        if args and args[0] is MISSING and not at_once:
            raise self.refuse(node.args[0], f"`{ast.unparse(node.args[0])}` is not known before the call",
                              "a transform takes a function that is there already",
                              f"bind it to a name first: `f = {ast.unparse(node.args[0])}`")  # fmt: skip
        if at_once or any(value is MISSING for value in (*args, *words.values())):
            raise self.refuse(node, f"`{ast.unparse(node)}` is not known before the call",
                              "a transform takes a function and constants here",
                              f"give the result its arguments: {_CALLS.get(transform.__name__, '`wg.grad(f)(x)`')}")  # fmt: skip
        nested = args[0] if args else MISSING
        if not isinstance(nested, Closure | Derived):
            return self.at(node, partial(transform, *args, **words))
        closure, steps = (nested.closure, nested.steps) if isinstance(nested, Derived) else (nested, ())
        return Derived(closure, (*steps, Step(transform, tuple(args[1:]), tuple(words.items()))))

    def constant(self, node: ast.expr) -> Any:
        """The value of an argument of a transform: a function, a number, a name, a tuple of them."""
        match node:
            case ast.Constant(value):
                return value
            case ast.UnaryOp(ast.USub(), ast.Constant(int() as value)):
                return -value
            case ast.Tuple(items):
                values = tuple(map(self.constant, items))
                return MISSING if MISSING in values else values
            case ast.Call():
                return self.made(node)
            case ast.Lambda():
                return self.closure(node)
            case _:
                return self.static(node)

    def applied(self, function: Any, node: ast.Call) -> Value:
        """One step for the call, and the items of its result."""
        if origin(function) in self.being_read():
            raise self.refuse(node, f"`{ast.unparse(node.func)}` is a derivative of the function that calls it",
                              "the derivative of that call would be made of derivatives of every order",
                              "call the function itself")  # fmt: skip
        captured: tuple[Operand, ...] = ()
        transform = partial(_recipe, function)
        if isinstance(function, Derived):
            kept = self.kept_closure(function.closure, (), node)
            captured = tuple(self.flat(kept))
            lifted = Lifted(kept.source, kept, _values(kept.defaults), self.being_read())
            transform = partial(_lifted_recipe, lifted, function.steps)
            function = self.at(node, partial(_transformed, lifted, function.steps))
        values = self.arguments(function, node)
        places = count()
        if any(map(functions, values)):
            raise self.refuse(node, "a function is handed to a derivative inside a differentiated function",
                              "which function is called must be known when the derivative is made",
                              "differentiate a function that calls it: `wg.grad(lambda x: f(g, x))(x)`")  # fmt: skip
        present = [leaf for value in values for leaf in leaves(value) if leaf != Const(None)]
        structure = tuple(mapped(lambda leaf: None if leaf == Const(None) else next(places), value) for value in values)
        hint = function.__name__
        name = self.namer.fresh(hint)
        outline = function.recipe.outline(structure, self.being_read())
        self.captures[name.name] = Applied(transform, structure, len(captured), outline, self.loc(node))
        whole = self.primitive("apply", (name, *present, *captured), node, hint)
        return self.items(whole, outline, node)

    def at(self, node: ast.AST, make: Callable[[], Any]) -> Any:
        """What a transform makes; what it says of its own arguments is said of this place."""
        try:
            return make()
        except TransformError as error:
            raise error if error.loc else self.refuse(node, error.message, error.reason, error.remedy) from None
        except TypeError as error:
            raise self.refuse(node, str(error), "") from None

    def arguments(self, function: Any, node: ast.Call) -> list[Value]:
        """The arguments in the order of the parameters, defaults filled in."""
        args, words = self.given(node)
        bound = bound_arguments(function, args, words)
        if bound is None:
            raise self.refuse(node, f"the arguments do not fit `{function.__name__}`", "Python would raise TypeError here")
        return [self.captured(name, default, node) if given is MISSING else given for name, given, default in bound]

    def items(self, whole: Var, outline: Structure, node: ast.AST) -> Value:
        """The parts of a result that has the structure `outline`."""
        if outline is None:
            return Const(None)
        if not isinstance(outline, tuple):
            return whole
        parts = [self.primitive("item", (whole, Const(k)), node) for k in range(len(outline))]
        return rebuilt(outline, [self.items(part, inner, node) for part, inner in zip(parts, outline, strict=True)])


def _transformed(function: Any, steps: tuple[Step, ...]) -> Any:
    """What the transforms make of a function."""
    for step in steps:
        function = step.transform(function, *step.args, **dict(step.words))
    return function


def _values(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that are values, as Python has them."""
    found = {}
    for name, default in defaults.items():
        items = list(leaves(default))
        if all(isinstance(leaf, Constant) or (isinstance(leaf, Const) and leaf.label is None) for leaf in items):
            found[name] = unstructured(mapped(lambda leaf: leaf.value, default))
    return found


def _recipe(function: Any, _: tuple[Any, ...]) -> Transform:
    recipe: Transform = function.recipe
    return recipe


def _lifted_recipe(lifted: Lifted, steps: tuple[Step, ...], types: tuple[Any, ...]) -> Transform:
    """That of a nested function which captures values of these types."""
    return _recipe(_transformed(lifted.capturing(types), steps), types)
