"""Tree → raw Wengert list.

In: a Source that has passed the fence.  Out: an untyped Function in three-address form, with the plain and @njit functions
that it calls inlined (each frame with names of its own, locations and call chain kept).

What holds afterwards: every expression is one primitive over operands, in the order in which Python evaluates; a
subscript is still just a Load, whatever it turns out to be once types are known (`resolve`); ternaries, `and`, `or`
and chained comparisons are If statements; tuples are gone except shapes; Return is the last statement.
Expressions are lowered by `expressions.py`, statements and frames here.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from . import fence
from .errors import UnsupportedError
from .expressions import BINARY, Expressions, Value, flatten
from .ir import Accumulate, Assign, Block, For, Function, If, Load, Loc, Operand, Return, Statement, Store, Var, While
from .names import Namer, is_temporary
from .source import Source, has_overload, read, signatures
from .walk import walk, written


def parse(source: Source) -> Function:
    """Lower a function and everything it calls."""
    parser = Parser(Namer())
    parser.active.append(source)
    frame = Frame(source, ())
    params = tuple(parser.declare(frame, name) for name in source.params)
    body, value = parser.run(frame, source.tree.body)
    return_ = source.tree.body[-1]
    if value is None:
        raise UnsupportedError(
            f"`{source.name}` returns nothing",
            loc=source.loc(source.tree),
            reason="there is no result to differentiate",
            remedy="return the value whose derivative you want",
        )
    packed = isinstance(value, tuple)
    values = tuple(flatten(value))
    body = (*body, Return(values, packed, loc=source.loc(return_)))
    return Function(source.name, params, body, captures=dict(parser.captures), loc=source.loc(source.tree))


@dataclass
class Frame:
    """One activation: the function being lowered, its local names, and where it was called from."""

    source: Source
    calls: tuple[Loc, ...]
    names: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.locals = frozenset(self.source.locals)


class Parser(Expressions):
    """Lowers statements; `Expressions` lowers what stands inside them."""

    # ---- frames -------------------------------------------------------------------------------------------

    def run(self, frame: Frame, statements: Sequence[ast.stmt]) -> tuple[Block, Value | None]:
        """The block of a whole function body, and the value that it returns."""
        outer, self.frame, self.out = (self.frame, self.out), frame, []
        result: list[Value] = []
        self._tail(statements, result, only=_count_returns(statements) == 1)
        block = tuple(self.out)
        self.frame, self.out = outer
        return block, result[0] if result else None

    def inline(self, function: object, call: ast.Call) -> Value | None:
        """The body of a callee in place of its call."""
        here = self.loc(call)
        source = self.callee(function, call)
        bound = self._bind(source, call)
        if source.key in [frame.key for frame in self.active]:
            raise UnsupportedError(
                f"`{source.name}` calls itself", loc=here, calls=self.frame.calls,
                reason="recursion is not supported", remedy="write the recursion as a loop",
            )  # fmt: skip
        self.check(source, here)
        frame = Frame(source, (*self.frame.calls, here))
        for name, value in bound.items():
            self._pass(frame, name, value, call)
        self.active.append(source)
        block, result = self.run(frame, source.tree.body)
        self.active.pop()
        self.out.extend(block)
        return result

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
            return read(function)
        except UnsupportedError as error:
            if error.loc is None:
                raise self.refuse(node.func, error.message, error.reason, error.remedy) from None
            for site in reversed((*self.frame.calls, self.loc(node))):
                error = error.called(site)
            raise error from None

    def _bind(self, source: Source, node: ast.Call) -> dict[str, Value]:
        """Arguments of a call by parameter name."""
        values = [self.value(arg) for arg in node.args]
        words = {word.arg: self.value(word.value) for word in node.keywords if word.arg}
        bound: dict[str, Value] = dict(zip(source.params, values, strict=False))
        if len(values) > len(source.params) or any(word in bound or word not in source.params for word in words):
            raise self.refuse(node, f"the arguments do not fit `{source.name}`", "Python would raise TypeError here")
        bound |= words
        for name in source.params:
            if name not in bound:
                if name not in source.defaults:
                    raise self.refuse(node, f"`{source.name}` needs `{name}`", "Python would raise TypeError here")
                bound[name] = self.captured(name, source.defaults[name], node)
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
        """Bind a parameter: by substitution where neither side can be assigned meanwhile, else by a name of its own."""
        if name not in frame.source.assigned and isinstance(value, tuple | Var):
            frame.names[name] = value
        elif isinstance(value, tuple):
            own = frame.names[name] = self.structure_like(value, name)
            self.assign_value(own, value, call)
        else:
            self.out.append(Assign(self.declare(frame, name), "bind", (value,), loc=self.loc(call)))

    def declare(self, frame: Frame, name: str) -> Var:
        """The variable behind a local name of a frame."""
        known = frame.names.get(name)
        if isinstance(known, Var):
            return known
        var = self.namer.fresh(name)
        frame.names[name] = var
        return var

    # ---- statements ---------------------------------------------------------------------------------------

    def _tail(self, statements: Sequence[ast.stmt], result: list[Value], only: bool) -> None:
        """Statements that end the function: what follows an `if` that may return moves into its branches."""
        for position, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                if statement.value is not None:
                    self._return(self.value(statement.value), result, statement, only)
                return
            if isinstance(statement, ast.If) and _count_returns([statement]):
                rest = statements[position + 1 :]
                test = self.operand(statement.test)
                then, orelse = (
                    self.block(partial(self._tail, [*body] if _ends(body) else [*body, *rest], result, only))
                    for body in (statement.body, statement.orelse)
                )
                self.emit(If(test, then, orelse, loc=self.loc(statement)))
                return
            self._statement(statement)

    def _return(self, value: Value, result: list[Value], node: ast.stmt, only: bool) -> None:
        if only:
            if not isinstance(value, tuple | Var) or (isinstance(value, Var) and value.name.startswith("%")):
                value = self._named("result", value, node)
            result.append(value)
            return
        if not result:
            result.append(self.structure_like(value, "result"))
        self.assign_value(result[0], value, node)

    def _named(self, hint: str, value: Operand, node: ast.stmt) -> Var:
        var = self.namer.fresh(hint)
        self.bind(var, value, node)
        return var

    def bind(self, target: Var, value: Operand, node: ast.AST, only: bool = True) -> None:
        """target = value; a temporary that was made for only this becomes the target."""
        last = self.out[-1] if self.out and only else None
        if isinstance(last, Assign | Load) and last.target == value and is_temporary(last.target.name):
            self.out[-1] = replace(last, target=target)
        else:
            self.emit(Assign(target, "bind", (value,), loc=self.loc(node)))

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets, value):
                result = self.value(value)
                if len(targets) > 1 or isinstance(targets[0], ast.Tuple):
                    result = self.frozen(result, node)
                for target in targets[:-1]:
                    self._assign(target, result, node, last=False)
                self._assign(targets[-1], result, node)
            case ast.AnnAssign(target, _, value):
                if value is not None:
                    self._assign(target, self.value(value), node)
            case ast.AugAssign(target, op, value):
                self._augmented(target, BINARY[type(op)], value, node)
            case ast.For(target, iterator, body):
                self._for(target, iterator, body, node)
            case ast.While(test, body):
                header: list[Operand] = []
                head = self.block(lambda: header.append(self.operand(test)))
                inner = self.block(lambda: self._statements(body))
                self.emit(While(head, header[0], inner, loc=self.loc(node)))
            case ast.If(test, body, orelse):
                flag = self.operand(test)
                then = self.block(lambda: self._statements(body))
                other = self.block(lambda: self._statements(orelse))
                self.emit(If(flag, then, other, loc=self.loc(node)))
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(ast.Call() as call):
                self.call(call)
            case _:
                raise self.refuse(node, f"`{type(node).__name__.lower()}` is not supported", "it has no derivative rule")

    def _statements(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            self._statement(node)

    def _for(self, target: ast.expr, iterator: ast.expr, body: list[ast.stmt], node: ast.stmt) -> None:
        if not (isinstance(iterator, ast.Call) and self.static(iterator.func) is range and isinstance(target, ast.Name)):
            raise self.refuse(iterator, "only `for name in range(...)` is supported", "the loop needs a counter",
                              "loop over range(len(a)) and index a[i]")  # fmt: skip
        start, stop, step = self.range_bounds(iterator)
        counter = self.declare(self.frame, target.id)
        inner = self.block(lambda: self._statements(body))
        self.emit(For(counter, start, stop, step, inner, loc=self.loc(node)))

    # ---- targets ------------------------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: Value, node: ast.stmt, last: bool = True) -> None:
        """target = value; `last`: nobody else takes the value."""
        match target:
            case ast.Name(name):
                known = self.frame.names.get(name)
                if isinstance(value, tuple):
                    shaped = known if isinstance(known, tuple) else self.structure_like(value, name)
                    self.frame.names[name] = shaped
                    self.assign_value(shaped, value, node)
                else:
                    if isinstance(known, tuple):
                        raise self.refuse(target, f"`{name}` is a tuple and then a number or an array",
                                          "a name keeps its structure", "use another name")  # fmt: skip
                    self.bind(self.declare(self.frame, name), value, node, last)
            case ast.Tuple(elts) | ast.List(elts):
                for number, inner in enumerate(elts):
                    self._assign(inner, self.item(value, number, len(elts), target), node, last)
            case ast.Subscript(array, index):
                where = self.array(array)
                self.emit(Store(where, self.index(index), self.single(value, node), loc=self.loc(node)))
            case _:
                raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")

    def assign_value(self, target: Value, value: Value, node: ast.AST) -> None:
        """Component-wise assignment of one static structure to another."""
        if isinstance(target, tuple) != isinstance(value, tuple) or (
            isinstance(target, tuple) and isinstance(value, tuple) and len(target) != len(value)
        ):
            raise self.refuse(node, "this tuple has another structure than before", "a result keeps its structure")
        if isinstance(target, tuple) and isinstance(value, tuple):
            parts = [self.frozen(item, node) for item in value]         # all of them before any target changes
            for inner, part in zip(target, parts, strict=True):
                self.assign_value(inner, part, node)
        elif isinstance(target, Var) and not isinstance(value, tuple):
            self.emit(Assign(target, "bind", (value,), loc=self.loc(node)))

    def _augmented(self, target: ast.expr, op: str, right: ast.expr, node: ast.stmt) -> None:
        loc = self.loc(node)
        operands: list[Operand] = []
        block = self.block(lambda: operands.append(self.operand(right)))
        value = operands[0]
        if isinstance(target, ast.Subscript) and any(written(s) is not None for s in walk(block)):
            where, place = self.array(target.value), self.index(target.slice)
            old = self.load(where, place, target)           # before the right side writes to it
            self.out.extend(block)
            new = self.primitive(op + "=", (old, value), node)
            self.emit(Store(where, place, new, loc=loc))
            return
        self.out.extend(block)
        match target:
            case ast.Name():
                var = self.operand(target)
                if not isinstance(var, Var):
                    raise self.refuse(target, "cannot change a constant", "it has no memory")
                self.emit(Assign(var, op + "=", (var, value), loc=loc))
            case ast.Subscript(array, index):
                where, place = self.array(array), self.index(index)
                if op in "+-":
                    if op == "-":
                        value = self.primitive("neg", (value,), node)
                    self.emit(Accumulate(where, place, value, loc=loc))
                else:
                    old = self.load(where, place, target)
                    new = self.primitive(op + "=", (old, value), node)
                    self.emit(Store(where, place, new, loc=loc))
            case _:
                raise self.refuse(target, f"cannot assign to `{ast.unparse(target)}`", "only names and elements have adjoints")


def _count_returns(statements: Sequence[ast.stmt]) -> int:
    return sum(isinstance(node, ast.Return) for statement in statements for node in ast.walk(statement))


def _ends(statements: Sequence[ast.stmt]) -> bool:
    """Does control never reach the end of these statements?"""
    if not statements:
        return False
    last = statements[-1]
    return isinstance(last, ast.Return) or (isinstance(last, ast.If) and _ends(last.body) and _ends(last.orelse))


__all__ = ["Frame", "Parser", "Statement", "parse"]
