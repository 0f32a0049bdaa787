"""Calls of transformed functions: `g(x)` where `g = wg.grad(f)`, and `wg.grad(f)(x)` itself."""
from __future__ import annotations

import ast
from itertools import count
from typing import Any

from ..applied import Applied
from ..ir import Const, Var
from ..source import MISSING, bound_arguments, is_transform, origin
from ..structure import leaves, mapped
from .functions import Functions
from .values import Value


class Transforms(Functions):
    def made(self, node: ast.Call) -> Any:
        """What `wg.grad(f, ...)` is before the function runs, or MISSING if that cannot be told."""
        transform = self.static(node.func)
        if not is_transform(transform):
            return MISSING
        args = [self.constant(arg) for arg in node.args]
        words = {word.arg: self.constant(word.value) for word in node.keywords if word.arg}
        if any(value is MISSING for value in (*args, *words.values())):
            raise self.refuse(node, f"`{ast.unparse(node)}` is not known before the call",
                              "a transform takes a function of the module and constants here",
                              "move the function to the top of the module and pass it what it captures")  # fmt: skip
        return transform(*args, **words)

    def constant(self, node: ast.expr) -> Any:
        """The value of an argument of a transform: a function, a number, a name, a tuple of them."""
        match node:
            case ast.Constant(value):
                return value
            case ast.Tuple(items):
                values = tuple(map(self.constant, items))
                return MISSING if MISSING in values else values
            case ast.Call():
                return self.made(node)
            case _:
                return self.static(node)

    def applied(self, function: Any, node: ast.Call) -> Value:
        """One step for the call, and the items of its result as far as the kind of the transform tells them."""
        if origin(function) in self.being_read():
            raise self.refuse(node, f"`{ast.unparse(node.func)}` is a derivative of the function that calls it",
                              "the derivative of that call would be made of derivatives of every order",
                              "call the function itself")  # fmt: skip
        places = count()
        values = self.arguments(function, node)
        flat = [leaf for value in values for leaf in leaves(value)]
        present = [leaf for leaf in flat if leaf != Const(None)]
        structure = tuple(mapped(lambda leaf: None if leaf == Const(None) else next(places), value) for value in values)
        hint = function.__name__.replace("<lambda>", "lambda_")
        name = self.namer.fresh(hint)
        self.captures[name.name] = Applied(function.recipe, structure)
        return self.items(self.primitive("apply", (name, *present), node, hint), function.recipe.outline(), node)

    def arguments(self, function: Any, node: ast.Call) -> list[Value]:
        """The arguments in the order of the parameters, defaults filled in."""
        args, words = self.given(node)
        bound = bound_arguments(function, args, words)
        if bound is None:
            raise self.refuse(node, f"the arguments do not fit `{function.__name__}`", "Python would raise TypeError here")
        return [self.captured(name, default, node) if given is MISSING else given for name, given, default in bound]

    def items(self, whole: Var, outline: Any, node: ast.AST) -> Value:
        """The parts of a result that has the structure `outline`."""
        if not isinstance(outline, tuple):
            return whole
        parts = [self.primitive("item", (whole, Const(k)), node) for k in range(len(outline))]
        return tuple(self.items(part, inner, node) for part, inner in zip(parts, outline, strict=True))
