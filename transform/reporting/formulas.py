"""Sizes as formulas in the arguments: `n * (m - 1)`, `len(x)`.

In: a derived function as it is written in the end, and integers or arrays in it.  Out: an expression over the parameters, found by
following definitions as far as they say anything; what is only known when the function runs stands in it by name.  Its number
for real arguments can be taken without running the function: only integers, and the shapes of arrays, are looked at.
"""
from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import op_text
from ..expression_text import source_of
from ..ir import Array, Assign, Const, For, Function, Load, Operand, Statement, Var, View
from ..names import is_temporary
from ..rules import RULES
from ..walk import binds, leaves, walk

_ARITHMETIC = {"+", "-", "*", "//", "%", "max", "min", "neg"}
_LIKE = {".copy", "np.empty_like", "np.zeros_like", "np.ones_like"}
_MADE = {"np.empty", "np.zeros", "np.ones", "np.full"}

_STATE = 2 * 630                        # words of `runtime.randoms.random_state` in compiled code

Number = ast.expr


class Sizes:
    """Of one function; the names in its formulas are those of the list."""

    def __init__(self, function: Function) -> None:
        self.types = function.types
        statements = [(var.name, s) for s in walk(function.body) for var in binds(s)]
        count = Counter([name for name, _ in statements] + [param.name for param in function.params])
        self.definitions: dict[str, Statement] = {name: s for name, s in statements if count[name] == 1 and not isinstance(s, For)}
        self.fixed = frozenset(param.name for param in function.params if count[param.name] == 1)

    def integer(self, operand: Operand) -> Number:
        if isinstance(operand, Const):
            return op_text.constant(operand)
        match self.definitions.get(operand.name):
            case Assign(_, "item", (Var(shape), Const(int() as place))):
                match self.definitions.get(shape):
                    case Assign(_, ".shape", (Var() as array,)):
                        return self.extent(array, place)
                    case Assign(_, "tuple", items):
                        return self.integer(items[place])
                    case _:
                        return op_text.load(operand.name)
            case Assign(_, "len", (Var() as array,)):
                return self.extent(array, 0)
            case Assign(_, ".size", (Var() as array,)):
                return self.size(array)
            case Assign(_, "=" | "cast:int64", (source,)):
                return self.integer(source)
            case Assign(_, "max", (count, Const(0))):
                return _not_negative(self.integer(count))
            case Assign(_, op, args) if op in _ARITHMETIC or (is_temporary(operand.name) and not self._arrays(args)):
                return op_text.primitive(op, [self.integer(arg) for arg in args])
            case Load(_, array, index) if is_temporary(operand.name):
                return op_text.subscript(op_text.load(array.name), tuple(op_text.index_item(item, self.integer) for item in index))
            case _:
                return op_text.load(operand.name)

    def _arrays(self, args: tuple[Operand, ...]) -> list[Var]:
        return [arg for arg in args if isinstance(arg, Var) and isinstance(self.types.get(arg.name), Array)]

    def shape(self, array: Var) -> list[Number] | None:
        """The extents, if a definition tells them."""
        match self.definitions.get(array.name):
            case Assign(_, "random_state"):
                return [ast.Constant(_STATE)]
            case Assign(_, op, (Var() as source, *_)) if op in _LIKE:
                return self.shape(source) or self._asked(source)
            case View(_, source, "="):
                return self.shape(source) or self._asked(source)
            case Assign(_, op, args) if op in RULES and RULES[op].broadcasts and len(arrays := self._arrays(args)) == 1:
                return self.shape(arrays[0]) or self._asked(arrays[0])
            case View(_, source, ".T"):
                return (self.shape(source) or self._asked(source))[::-1]
            case Assign(_, op, (shape, *_)) if op in _MADE:
                match self.definitions.get(shape.name) if isinstance(shape, Var) else None:
                    case Assign(_, "tuple", items):
                        return [self.integer(item) for item in items]
                    case Assign(_, ".shape", (Var() as source,)):
                        return self.shape(source) or self._asked(source)
                    case _:
                        return [self.integer(shape)] if self._rank(array) == 1 else None
            case _:
                return None

    def _rank(self, array: Var) -> int:
        type_ = self.types.get(array.name)
        return type_.ndim if isinstance(type_, Array) else 1

    def _asked(self, array: Var) -> list[Number]:
        """The extents as a program asks for them."""
        if self._rank(array) == 1:
            return [op_text.call("len", [self.array(array)])]
        shape = ast.Attribute(self.array(array), "shape", ast.Load())
        return [ast.Subscript(shape, ast.Constant(axis), ast.Load()) for axis in range(self._rank(array))]

    def array(self, array: Var) -> ast.expr:
        match self.definitions.get(array.name):
            case Assign(_, ".copy", (Var() as source,)) | View(_, source, "="):
                return self.array(source)
            case View(_, source) as made if is_temporary(array.name):
                return op_text.view(made, self.array(source), self.integer)
            case _:
                return op_text.load(array.name)

    def extent(self, array: Var, axis: int) -> Number:
        return (self.shape(array) or self._asked(array))[axis]

    def size(self, array: Var) -> Number:
        known = self.shape(array)
        if known is None and self._rank(array) != 1:
            return ast.Attribute(self.array(array), "size", ast.Load())
        return product(known or self._asked(array))

    def rounds(self, loop: For) -> Number | None:
        """How often it runs, if it is not left early."""
        if leaves(loop) or not isinstance(loop.step, Const) or not isinstance(loop.step.value, int):
            return None
        step = loop.step.value
        low, high = (loop.start, loop.stop) if step > 0 else (loop.stop, loop.start)
        count = self.integer(high)
        if low != Const(0):
            count = op_text.primitive("-", [count, self.integer(low)])
        if abs(step) != 1:
            count = op_text.primitive("//", [op_text.primitive("+", [count, ast.Constant(abs(step) - 1)]), ast.Constant(abs(step))])
        return _not_negative(count)


def _not_negative(count: Number) -> Number:
    """The count, or 0 if it may be less."""
    match count:
        case ast.Constant(int() as value):
            return ast.Constant(max(value, 0))
        case ast.Call(ast.Name("len")) | ast.Attribute(_, "size") | ast.Subscript(ast.Attribute(_, "shape")):
            return count
        case _:
            return op_text.call("max", [count, ast.Constant(0)])


def product(factors: list[Number]) -> Number:
    """The factors with the literal one in front."""
    flat = [factor for given in factors for factor in _factors(given)]
    literal = math.prod(f.value for f in flat if isinstance(f, ast.Constant) and isinstance(f.value, int))
    others = [f for f in flat if not isinstance(f, ast.Constant)]
    if not others or literal == 0:
        return ast.Constant(literal)
    found, *rest = others if literal == 1 else [ast.Constant(literal), *others]
    for factor in rest:
        found = ast.BinOp(found, ast.Mult(), factor)
    return found


def total(terms: list[Number]) -> Number:
    """The sum; equal terms are counted."""
    literal = sum(t.value for t in terms if isinstance(t, ast.Constant) and isinstance(t.value, int))
    texts = [text_of(t) for t in terms]
    others = [t for t in terms if not isinstance(t, ast.Constant)]
    counted = Counter(text for text, t in zip(texts, terms, strict=True) if not isinstance(t, ast.Constant))
    kept: list[Number] = []
    for t in others:
        times = counted.pop(text_of(t), 0)
        if times:
            kept.append(product([ast.Constant(times), t]))
    if literal or not kept:
        kept.append(ast.Constant(literal))
    found = kept[0]
    for term in kept[1:]:
        found = ast.BinOp(found, ast.Add(), term)
    return found


def _factors(term: Number) -> list[Number]:
    if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult):
        return [*_factors(term.left), *_factors(term.right)]
    return [term]


def spelled(formula: Number, names: Mapping[str, str]) -> Number:
    """The formula with names as the generated source spells them."""
    new = op_text.copied(formula)
    for node in ast.walk(new):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return new


def text_of(formula: Number) -> str:
    return source_of(op_text.copied(formula))


def number_of(formula: ast.expr, known: Mapping[str, object]) -> int | None:
    """Its number, where `known` has all that it asks for."""
    found = _value(formula, known)
    return int(found) if isinstance(found, int | np.integer) and not isinstance(found, bool) else None


def _value(e: ast.expr | None, known: Mapping[str, object]) -> Any:
    """None: not known."""
    match e:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            return known.get(name)
        case ast.UnaryOp(ast.USub(), operand):
            value = _value(operand, known)
            return -value if isinstance(value, int | np.integer) else None
        case ast.Attribute(array, "size" | "shape" | "T" as what):
            value = _value(array, known)
            return getattr(value, what) if isinstance(value, np.ndarray) else None
        case ast.BinOp(left, op, right):
            return _combined(op, [_value(left, known), _value(right, known)])
        case ast.Call(ast.Name("len"), [sized]):
            value = _value(sized, known)
            return len(value) if isinstance(value, np.ndarray | list | tuple) and np.ndim(value) else None
        case ast.Call(ast.Name("max" | "min" as name), args):
            values = [_value(arg, known) for arg in args]
            integers = all(isinstance(value, int | np.integer) for value in values)
            return (max if name == "max" else min)(values) if integers else None
        case ast.Subscript(container, index):
            return _item(_value(container, known), index, known)
        case _:
            return None


def _combined(op: ast.operator, values: list[Any]) -> int | None:
    if not all(isinstance(value, int | np.integer) for value in values):
        return None
    a, b = map(int, values)
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.FloorDiv():
            return a // b if b else None
        case ast.Mod():
            return a % b if b else None
        case _:
            return None


def _item(container: Any, index: ast.expr, known: Mapping[str, object]) -> Any:
    """An extent of a shape, or a slice of an array; never what is in one."""
    if isinstance(container, tuple) and isinstance(index, ast.Constant):
        return container[index.value] if isinstance(index.value, int) else None
    if not isinstance(container, np.ndarray) or not isinstance(index, ast.Slice):
        return None
    parts = [(part, _value(part, known)) for part in (index.lower, index.upper, index.step)]
    if any(part is not None and value is None for part, value in parts):
        return None
    return container[slice(*(value for _, value in parts))]
