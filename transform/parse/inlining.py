"""Calls of the user's functions: the body of the callee takes the place of its call, with names of its own."""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import fence
from ..errors import UnsupportedError
from ..ir import Const, Loc, Var
from ..reading.signatures import signatures
from ..reading.source import Source, has_overload, read
from ..structure import Spread, Structure, keys, rebuilt
from .frames import Frame, Number
from .gathered import Gathered
from .routines import Recursive, Routing
from .values import Closure, FunctionValue, Known, Value, functions, is_none

_DEEPEST = 20
"""How often a function may be open at a time with other functions as its arguments: nested integrals are not recursion."""


class Inlining(Gathered, Routing):
    def inline(self, function: object, call: ast.Call, first: tuple[Value, ...] = ()) -> Value | None:
        """The body of a callee in place of its call; `first` are arguments that do not stand in it (`self`)."""
        here, left_out = self.loc(call), set[str]()
        if isinstance(function, Closure):
            source, outer = function.source, function.frame
            bound = self._bind(source, call, first, lambda name: self.default(function, name, call))
            if 0 < len(call.args) - len(source.params) + len(function.defaults) < len(function.defaults):
                raise self.refuse(call, f"`{ast.unparse(call)}` gives one argument that has a default, and leaves out another",
                                  "Numba fills in the wrong default then", "give all of them, or none")  # fmt: skip
        else:
            source, outer = self.callee(function, call), None
            bound = self._bind(source, call, first, lambda name: self._default(source, name, call, left_out))
            if source.key in self.routines.recursive:
                return self.routine(source, bound, call)
        same = function if isinstance(function, Closure) else source.key
        key = same, tuple(f for value in bound.values() for f in functions(value))
        open_ = [frame.key for frame in self.active if frame.source.key == source.key]
        if key in open_ and not source.nested:
            raise Recursive(source.key)
        if key in open_ or len(open_) > _DEEPEST:
            raise self._recursion(source, call)
        if outer is None:
            self.check(source, here)
        arguments = self._handed_on(source, call) if outer is not None else set(source.params) - left_out
        frame = Frame(source, (*self.frame.calls, here), outer, key, frozenset(arguments), self._written_out(source, call))
        for name, value in bound.items():
            self._pass(frame, name, value, call)
        self.active.append(frame)
        block, result = self.run(frame, source.tree.body)
        self.active.pop()
        self.out.extend(block)
        if isinstance(result, Var) and isinstance(function, Closure):
            self.handed_back.add(result.name)
        elif isinstance(result, Var) and self.is_literal(result):
            return self.primitive("passed", (result,), call)
        return result

    def _handed_on(self, source: Source, call: ast.Call) -> Iterator[str]:
        """The parameters of a nested function, whose text stands where it is called, that are arguments of the caller."""
        for name, node in zip(source.params, call.args, strict=False):
            if isinstance(node, ast.Starred):
                return
            if source.kind(name) == "plain" and isinstance(node, ast.Name) and self.is_argument(node):
                yield name

    def _written_out(self, source: Source, call: ast.Call) -> Mapping[str, Number]:
        """The parameters that are given a number that is written out.  Whole numbers are the types of such arguments for Numba;
        the text of a nested function stands where it is called, with whatever it is given."""
        named = [name for name in source.params if source.kind(name) == "plain"]
        given = dict(zip(named, call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg in named}
        plain = not any(isinstance(arg, ast.Starred) for arg in call.args)
        found = {name: self.number_of(node) for name, node in given.items()} if plain else {}
        return {name: n for name, n in found.items() if n is not None and (source.nested or not isinstance(n, float))}

    def _recursion(self, source: Source, call: ast.Call) -> UnsupportedError:
        if source.nested:
            return self.refuse(call, f"the nested function `{source.name}` calls itself", "Numba cannot compile that",
                               "move it to the top of the module, and pass it what it needs as arguments")  # fmt: skip
        return self.endless(source, call)

    def _default(self, source: Source, name: str, call: ast.Call, left_out: set[str]) -> Value | None:
        left_out.add(name)
        return self.captured(name, source.defaults[name], call) if name in source.defaults else None

    def callee(self, function: object, node: ast.Call) -> Source:
        """The source of a function that is called; what it is refused for is shown at the call if it has no line."""
        if signatures(function) is not None:
            raise self.refuse(node.func, f"`{ast.unparse(node.func)}` is compiled with a signature of its own",
                              "it converts its arguments, and a derivative would not",
                              "take the signature out of its decorator")  # fmt: skip
        if not hasattr(function, "py_func") and has_overload(function):
            raise self.refuse(node.func, f"Numba has an implementation of its own for `{ast.unparse(node.func)}`",
                              "what its Python body says is not what runs", "call a function without an overload")  # fmt: skip
        try:
            return read(function, methods=True)
        except UnsupportedError as error:
            if error.loc is None:
                raise self.refuse(node.func, error.message, error.reason, error.remedy) from None
            for site in reversed((*self.frame.calls, self.loc(node))):
                error = error.called(site)
            raise error from None

    def _bind(
        self, source: Source, node: ast.Call, first: tuple[Value, ...], default: Callable[[str], Value | None]
    ) -> dict[str, Value]:
        """Arguments of a call by parameter name."""
        if source.nested and node.keywords:
            raise self.refuse(node, f"`{ast.unparse(node)}` names its arguments", "Numba loses them in calls of nested functions",
                              "write them without names")  # fmt: skip
        positional, words = self.given(node)
        if source.nested and not any(isinstance(arg, ast.Starred) for arg in node.args):
            positional = [self.item_hidden(value, arg) for value, arg in zip(positional, node.args, strict=True)]
        values = [*first, *positional]
        named = [name for name in source.params if source.kind(name) == "plain"]
        starred = next((name for name in source.params if source.kind(name) == "starred"), None)
        bound: dict[str, Value] = dict(zip(named, values, strict=False))
        unfit = any(word in bound or word not in source.params or word == starred for word in words)
        if unfit or (len(values) > len(named) and starred is None):
            raise self.refuse(node, f"the arguments do not fit `{source.name}`", "Python would raise TypeError here")
        bound |= words
        if starred is not None:
            bound[starred] = tuple(values[len(named) :])
        for name in source.params:
            if name not in bound:
                value = default(name)
                if value is None:
                    raise self.refuse(node, f"`{source.name}` needs `{name}`", "Python would raise TypeError here")
                bound[name] = value
        return {name: bound[name] for name in source.params}

    def check(self, source: Source, here: Loc) -> None:
        """A callee keeps to the accepted language, too; its error says who called it."""
        try:
            fence.check(source)
        except UnsupportedError as error:
            for site in reversed((*self.frame.calls, here)):
                error = error.called(site)
            raise error from None

    def _pass(self, frame: Frame, name: str, value: Value, call: ast.Call) -> None:
        """Bind a parameter: by substitution where neither side can be assigned meanwhile, else by a name of its own.  (For Numba,
        too, the text of a closure stands where it is called: its parameters are assigned to.)"""
        source = frame.source
        node = call if frame.outer is None else ast.copy_location(ast.Assign([], ast.Constant(None)), call)
        dtype = isinstance(value, Const) and isinstance(value.value, str)
        named = isinstance(value, Var) and value.name not in self.turned and self.known(value, node)
        fixed = isinstance(value, tuple) or dtype or named
        fixed = fixed and name not in source.assigned and name not in source.captured
        if fixed or isinstance(value, FunctionValue) or is_none(value):
            frame.names[name] = value
        else:
            self.assign_value(self.variables(frame, name, value), value, node)

    def parameter(self, name: str, structure: Structure, function: Any = None) -> list[Var]:
        """Bind a parameter of the differentiated function itself: a name for each part, or the function that it is.  Gives the
        flat parameters; a list of tuples or arrays is made of those that it comes as."""
        params: list[Var] = []

        def part(structure: Structure, function: Any, name: str) -> Value:
            if isinstance(structure, tuple):
                inside = function if isinstance(function, tuple) else (None,) * len(structure)
                items = zip(structure, inside, keys(structure), strict=True)
                parts = rebuilt(structure, [part(item, known, self.unused(f"{name}_{key}")) for item, known, key in items])
                return self.gathered(parts, name) if isinstance(parts, Spread) else parts
            if function is not None:
                return Known(function)
            if structure is None:
                return Const(None)
            params.append(self.namer.fresh(name))
            self.flat_params.add(params[-1])
            return params[-1]

        self.frame.begin(name, part(structure, function, name))
        return params

    def declare(self, frame: Frame, name: str) -> Var:
        """The variable behind a local name of a frame."""
        var = self.variables(frame, name, Var(name))
        assert isinstance(var, Var)
        return var
