"""What is known while reading, and Numba does not know when it takes branches away: `passed`, so that both branches are typed.

`passed(False)` is a test like any other to the analyses of types; `analyses/passed.py` takes the branch away when they are done.
"""
from __future__ import annotations

import ast

from ...runtime.trees import is_tree
from ..ir import Const, Var
from ..reading.scopes import bound_once, stores
from .calls import Calls
from .frames import Frame
from .trees import node_in
from .values import Value, functions, is_none, is_static


class Hidden(Calls):
    """Values of tests, of comparisons and of arithmetic, as far as Numba knows them."""

    def _terms(self, node: ast.expr, *values: Value) -> tuple[Value, ...]:
        """The operands of arithmetic.  Numbers that are written out are computed by Python while it compiles; where others stand in
        the place of an item or a length, Numba does not know what comes of them."""
        numbers = all((isinstance(v, Const) and v.label is None) or (isinstance(v, Var) and v.name in self.folded) for v in values)
        if numbers and any(isinstance(part, ast.Name | ast.Attribute | ast.Call) for part in ast.walk(node)):
            return (self.primitive("passed", (self.single(values[0], node),), node), *values[1:])
        return values

    def asked(self, node: ast.expr) -> Value:
        """What is compared or tested.  Numba takes no branch away for an item of a tuple or for its length, whatever they are."""
        value = self.value(node)
        if isinstance(node, ast.Call) and isinstance(value, Var) and self.static(node.func) is bool:
            return self.primitive("passed", (value,), node)         # it is called, and Numba does not look into calls
        return self.item_hidden(value, node)

    def item_hidden(self, value: Value, node: ast.expr) -> Value:
        number = isinstance(value, Const) and isinstance(value.value, bool | int | float) and value.label is None
        if isinstance(value, Const) and number and self.inside(node):
            return self.primitive("passed", (value,), node)
        return value

    def inside(self, node: ast.expr) -> bool:
        """Is it something of a tuple?  What there is in a dict and the like is known."""
        if isinstance(node, ast.Call):
            return self.static(node.func) is len and not self.is_length(node)
        root = node
        while isinstance(root, ast.Subscript | ast.Attribute):
            root = root.value
        plain = isinstance(root, ast.Tuple) and all(isinstance(item, ast.Constant) for item in root.elts)
        return root is not node and not plain and not self._is_tree(root)

    def _is_tree(self, root: ast.expr) -> bool:
        """Is it a dict and the like, an argument or captured?"""
        home = self.home(root.id) if isinstance(root, ast.Name) else None
        found = home.names.get(root.id) if home is not None and isinstance(root, ast.Name) else self.static(root)
        return node_in(found) is not None or (home is None and is_tree(found))

    def compared(self, node: ast.expr) -> Value:
        """One side of a comparison.  A test that stands there is a value like any other."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return self.value(node)                     # Python computes it while it compiles
        value = self.asked(node)
        if isinstance(value, Const) and is_static(value) and not isinstance(node, ast.Constant):
            return self.primitive("passed", (value,), node)
        return value

    def against_none(self, value: Value, node: ast.expr, positive: bool, test: ast.AST) -> Value:
        """Is it None, or is it not?  Numba knows it of what is None by an argument or by name, and of numbers that are written out,
        when it finds the types; functions, and what there is in a dict and the like, are not for Numba."""
        found = Const(is_none(value) == positive)
        if is_none(value):
            decides = self._decides(node)
        else:
            operands = isinstance(value, Var | tuple) and node_in(value) is None and not functions(value)
            decides = not operands or self.number_of(node) is not None
        return found if decides else self.primitive("passed", (found,), test)

    def is_written_none(self, node: ast.expr) -> bool:
        """Is it None by the text, for Numba, and not by what a parameter is given?"""
        return self._decides(node, given=False)

    def _decides(self, node: ast.expr, frame: Frame | None = None, given: bool = True) -> bool:
        """Does Numba know that this is None?  `given`: of what a parameter is given, too."""
        if isinstance(node, ast.NamedExpr):
            return self._decides(node.value, frame, given)
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.Constant) or (isinstance(node, ast.Subscript | ast.Attribute) and not self.inside(node))
        home = self.home(node.id, frame)
        if home is None or node.id in home.source.params:
            return home is None or given
        once, often = bound_once(home.source.tree.body), stores(home.source.tree.body)
        return self._decides(once[node.id], home, given) if node.id in once else often[node.id] > 1
