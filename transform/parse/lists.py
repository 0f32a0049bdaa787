"""Lists and what is made of the items of something: displays, comprehensions, `list`, `sum`, `max` and `min`, `np.array`.

A list stays one value of the list of statements here (`list`, `.append`, `.pop`, loads and stores); `resolve.lists` turns it
into an array and a length once its type is known.  Sums and the like of what a `for` could go over are written as that loop.
"""
from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from numba.typed import List as TypedList

from ..ir import Assign, Const, For, If, Operand, Slice, Store, Var
from ..reading.scopes import bound
from .frames import Frame
from .iteration import ZEROS, Counted, Series
from .loops import Loops
from .values import Closure, Known, Value, is_none

_GIVING = {".pop": "item", ".index": "place", ".count": "count"}         # methods that give something back, and what it is called


class Lists(Loops):
    def display(self, node: ast.List) -> Value:
        return self.primitive("list", tuple(self.operand(item) for item in node.elts), node, "items")

    # ---- comprehensions -------------------------------------------------------------------------------------

    def comprehension(self, node: ast.ListComp) -> Value:
        """A list of as many items as there are rounds, or one that grows."""
        first, *others = node.generators
        series = self.series(first.iter, first.target)              # still outside, as in Python
        plain = not others and not first.ifs
        made = self.primitive("list_of", (series.rounds,), node, "items") if plain else self.primitive("list", (), node, "items")
        outer = self.frame
        targets = frozenset(name for generator in node.generators for name in bound([generator.target]))
        self.frame = Frame(outer.source.around(targets), outer.calls, outer, outer.key, comprehension=True)

        def add(k: Operand) -> None:
            place = (k,) if plain else ()
            self.primitive(".append", (made, self.operand(node.elt), *place), node, "none")

        def round_(number: int, k: Operand) -> None:
            if number == len(node.generators):
                add(k)
                return
            generator = node.generators[number]
            over = series if number == 0 else self.series(generator.iter, generator.target)
            self.each(over, generator.target, lambda k: passed(number, 0, k), node)

        def passed(number: int, position: int, k: Operand) -> None:
            tests = node.generators[number].ifs
            if position == len(tests):
                round_(number + 1, k)
                return
            test = self.test(tests[position])
            self.emit(If(test, self.block(lambda: passed(number, position + 1, k)), (), loc=self.loc(node)))

        round_(0, Const(0))
        self.frame = outer
        return made

    def each(self, series: Series, target: ast.expr | None, body: Callable[[Operand], object], node: ast.AST) -> None:
        """`body` for every round, after the target has its item; it is given the number of the round."""
        if series.unrolled and isinstance(series.rounds, Const) and isinstance(series.rounds.value, int):
            for number in range(series.rounds.value):
                if target is not None:
                    self.give(target, series.at(Const(number)), node)
                body(Const(number))
            return
        start: Operand = Const(0)
        if isinstance(series, Counted) and series.start in ZEROS and series.step == Const(1) and isinstance(target, ast.Name):
            start = series.start
            counter = self.declare(self.frame, target.id)
            inner = self.block(lambda: body(counter))
        else:
            counter = self.namer.temporary("k")

            def round_() -> None:
                if target is not None:
                    self.give(target, series.at(counter), node)
                body(counter)

            inner = self.block(round_)
        self.emit(For(counter, start, series.rounds, Const(1), inner, loc=self.loc(node)))

    def give(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        self.assign(target, value, ast.copy_location(ast.Pass(), node))

    def list_method(self, key: str, where: Var, args: list[ast.expr], node: ast.Call) -> Value | None:
        if key == ".extend" and len(args) == 1:
            series = self.series(args[0])
            if isinstance(series.rounds, Var):          # as many as there are before the list itself grows
                series = replace(series, rounds=self.primitive("max", (series.rounds, Const(0)), node, "n"))

            def add(k: Operand) -> None:
                self.primitive(".append", (where, self.single(series.at(k), node)), node, "none")

            self.each(series, None, add, node)
            return None
        if key == ".sort":
            if args:
                raise self.refuse(node, "the arguments do not fit `sort`", "Python would raise TypeError here", "name them")
            self.sort(where, node)
            return None
        result = self.primitive(key, (where, *(self.operand(arg) for arg in args)), node, _GIVING.get(key, "none"))
        return result if key in _GIVING else None

    def sort(self, where: Var, node: ast.Call) -> None:
        """The items in the order of their keys."""
        words = {word.arg: word.value for word in node.keywords}
        if not words.keys() <= {"key", "reverse"}:
            raise self.refuse(node, f"the arguments do not fit `{ast.unparse(node.func)}`", "Python would raise TypeError here")
        keys = where
        key = self.value(words["key"]) if "key" in words else Const(None)
        if not is_none(key):
            if not isinstance(key, Closure | Known):
                raise self.refuse(words["key"], "this key is no function that is known before the call", "every item goes to it",
                                  "write a `lambda`")  # fmt: skip
            function = key.function if isinstance(key, Known) else key
            series = self.items_of(where, node)
            keys = self.primitive("list_of", (series.rounds,), node, "keys")

            def add(k: Operand) -> None:
                call = ast.copy_location(ast.Call(words["key"], [], []), node)
                self.primitive(".append", (keys, self.single(self.key_of(function, call, series.at(k)), node), k), node, "none")

            self.each(series, None, add, node)
        backwards = self.operand(words["reverse"]) if "reverse" in words else Const(False)
        order = self.primitive("sort_order", (keys, backwards), node, "order")
        self.primitive(".permute", (where, order), node, "none")

    def key_of(self, function: object, call: ast.Call, item: Value) -> Value:
        value = self.inline(function, call, (item,))
        if value is None:
            raise self.refuse(call, "this key returns nothing", "the items are sorted by what it returns")
        return value

    def delete(self, target: ast.expr) -> None:
        """`del l[k]` is a `pop` whose item nobody wants, `del l[a:b]` puts no items in the place of some."""
        assert isinstance(target, ast.Subscript)
        where, index = self.written_to(target), self.index(target.slice)
        if any(isinstance(item, Slice) for item in index):
            nothing = self.load(where, (Slice(Const(0), Const(0)),), target)
            self.emit(Store(where, index, nothing, loc=self.loc(target)))
        else:
            self.primitive(".pop", (where, *(item for item in index if isinstance(item, Var | Const))), target, "item")

    def assigned(self, node: ast.NamedExpr) -> Value:
        """`name := value`, which belongs to the function, also inside a comprehension."""
        value = self.frozen(self.value(node.value), node)
        inner = self.frame
        while self.frame.comprehension and self.frame.outer is not None:
            self.frame = self.frame.outer
        self.assign(node.target, value, node, last=False)
        self.frame = inner
        return value

    # ---- what is made of items --------------------------------------------------------------------------------

    def of_items(self, function: object, node: ast.Call) -> Value | None:
        """The value of a call of one of these; None if it is none of them."""
        match function, node.args, [word.arg for word in node.keywords]:
            case kind, _, _ if kind is TypedList:
                raise self.refuse(node, "a typed list is not supported", "its items are out of reach of array code",
                                  "write a plain list: `[]`, `[a, b]`, `list(a)`")  # fmt: skip
            case builtin, [], [] if builtin is list:
                return self.primitive("list", (), node, "items")
            case builtin, [items], [] if builtin is list:
                return self._listed(items, node)
            case builtin, [items], _ if builtin is sorted:
                made = self._listed(items, node)
                assert isinstance(made, Var)
                self.sort(made, node)
                return made
            case builtin, [items, *start], words if builtin is sum and len(start) + len(words) <= 1 and words in ([], ["start"]):
                return self._summed(items, [*start, *(word.value for word in node.keywords)], node)
            case builtin, [items], [] if builtin in (max, min):
                return self._extreme(items, ">" if builtin is max else "<", node)
            case _:
                return None

    def _listed(self, items: ast.expr, node: ast.Call) -> Value:
        series = self.series(items)
        made = self.primitive("list_of", (series.rounds,), node, "items")

        def add(k: Operand) -> None:
            self.primitive(".append", (made, self.single(series.at(k), node), k), node, "none")

        self.each(series, None, add, node)
        return made

    def _summed(self, items: ast.expr, start: list[ast.expr], node: ast.Call) -> Var:
        series = self.series(items)
        total = self.namer.temporary("sum")
        self.emit(Assign(total, "bind", (self.operand(start[0]) if start else Const(0),), loc=self.loc(node)))

        def add(k: Operand) -> None:
            more = self.primitive("+", (total, self.single(series.at(k), node)), node)
            self.emit(Assign(total, "bind", (more,), loc=self.loc(node)))

        self.each(series, None, add, node)
        return total

    def _extreme(self, items: ast.expr, op: str, node: ast.Call) -> Var:
        """The first item that none of the others exceeds, in Numba's order of comparison."""
        series = self.series(items)
        best = self.namer.temporary("max" if op == ">" else "min")
        self.primitive("check_items", (series.rounds,), node, "checked")
        self.emit(Assign(best, "bind", (self.single(series.at(Const(0)), node),), loc=self.loc(node)))

        def compare(k: Operand) -> None:
            item = self.single(series.at(k), node)
            better = self.primitive(op, (item, best), node)
            self.emit(If(better, (Assign(best, "bind", (item,), loc=self.loc(node)),), (), loc=self.loc(node)))

        if isinstance(series.rounds, Const) and isinstance(series.rounds.value, int) and series.unrolled:
            for number in range(1, series.rounds.value):
                compare(Const(number))
        else:
            k = self.namer.temporary("k")
            body = self.block(lambda: compare(k))
            self.emit(For(k, Const(1), series.rounds, Const(1), body, loc=self.loc(node)))
        return best
