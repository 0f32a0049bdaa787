"""Dicts, lists and dataclasses among the arguments: their parts are found by keys that the text writes out.

Such an argument is a `Record` whose class stands for a kind of node (`runtime.trees`).  A list is a tuple to the text; of a dict
or a dataclass there are items, or fields, and nothing that goes over all of them.
"""
from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from ...runtime.trees import Node, node_of
from ..errors import UnsupportedError
from ..ir import Var
from ..reading.source import MISSING, attribute_in
from ..structure import Record
from .fused import Fused
from .values import Value


def node_in(value: Value | None) -> Node | None:
    """What a value stands for, if it is a dict, a list or a dataclass."""
    return node_of(value.kind) if isinstance(value, Record) else None


class Trees(Fused):
    def part(self, record: Record, tree: Node, index: ast.expr, node: ast.Subscript) -> Value:
        """`p["W"]`"""
        name = ast.unparse(node.value)
        if tree.access == "field":
            raise self.refuse(node, f"`{name}` is {tree.word}, and has no items", "Python would raise TypeError here",
                              f"write the name of the field: `{name}{tree.suffix(0)}`" if tree.entries else "")  # fmt: skip
        key = self._written(index)
        if key is MISSING:
            raise self.refuse(index, f"`{name}` is {tree.word}, and this key is not known before the call",
                              "which part is meant must be known while the function is read",
                              f"write the key out: `{name}{tree.suffix(0)}`" if tree.entries else "")  # fmt: skip
        if key not in tree.entries:
            raise self.refuse(index, f"`{name}` has no key {key!r}", "Python would raise KeyError here",
                              f"it has {', '.join(map(repr, tree.entries)) or 'none'}")  # fmt: skip
        found: Value = record[tree.entries.index(key)]
        return found

    def _written(self, index: ast.expr) -> Any:
        """A key as the text has it, or as a global constant; MISSING for any other."""
        try:
            return ast.literal_eval(index)
        except (ValueError, TypeError, SyntaxError):
            pass
        found = self.static(index) if isinstance(index, ast.Name | ast.Attribute) else MISSING
        return found if isinstance(found, str | int) else MISSING

    def field(self, record: Record, tree: Node, node: ast.Attribute) -> Value:
        """`p.W` of a dataclass, and what its class has beside fields: properties, constants."""
        if tree.access != "field":
            name, entries = ast.unparse(node.value), tree.entries
            there = node.attr in entries
            suffixes = [tree.suffix(entries.index(node.attr))] if there else [tree.suffix(k) for k in range(len(entries))]
            raise self.refuse(node, f"`{name}` is {tree.word}, and `.{node.attr}` of it is not supported",
                              "Python would raise AttributeError here" if there else "only its items are known",
                              f"write {self._each(name, suffixes)}" if entries else "")  # fmt: skip
        if node.attr in tree.entries:
            part: Value = record[tree.entries.index(node.attr)]
            return part
        if node.attr in tree.constants:
            return self.captured(node.attr, tree.constants[node.attr], node)
        found = attribute_in(tree.origin, node.attr)
        if isinstance(found, property) and isinstance(found.fget, FunctionType):
            result = self.inline(found.fget, ast.copy_location(ast.Call(node, [], []), node), (record,))
            if result is None:
                raise self.refuse(node, f"`{node.attr}` returns nothing", "its result is used here")
            return result
        if found is MISSING or callable(found) or hasattr(found, "__get__"):
            raise self._nothing_else(tree, node)
        return self.captured(node.attr, found, node)

    def method(self, record: Record, tree: Node, function: ast.Attribute, node: ast.Call) -> Value | None:
        """`p.energy(x)` where the dataclass says what that is."""
        if tree.access != "field":
            return self.field(record, tree, function)
        found = attribute_in(tree.origin, function.attr)
        if isinstance(found, FunctionType) and not function.attr.startswith("_"):
            return self.inline(found, node, (record,))
        if isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
            return self.inline(found.__func__, node)
        raise self._nothing_else(tree, function)

    def _nothing_else(self, tree: Node, node: ast.Attribute) -> UnsupportedError:
        return self.refuse(node, f"`.{node.attr}` of {tree.word} is not supported",
                           f"what it has are its fields ({', '.join(tree.entries)}) and its own methods")  # fmt: skip

    def has_key(self, value: Value, key: str, node: ast.AST) -> bool:
        """`"b" in p`"""
        tree = node_in(value)
        if tree is None or tree.access != "item":
            raise self.refuse(node, "a text is looked for in what is no dict", "texts are no values of a differentiated function")
        return key in tree.entries

    def as_tuple(self, value: Value, node: ast.AST) -> Value:
        """The value where its items are taken one after the other: not those of a dict or a dataclass."""
        tree = node_in(value)
        if tree is not None and tree.access != "place":
            raise self.whole_tree(tree, node)
        return value

    def whole_tree(self, tree: Node, node: ast.AST) -> UnsupportedError:
        """It stands where only a part of it can."""
        name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript) else ""
        suffixes = [tree.suffix(k) for k in range(len(tree.entries))]
        return self.refuse(node, f"{tree.word} is used as a whole", "only its parts are numbers and arrays",
                           f"take them one by one: {self._each(name, suffixes)}" if suffixes else "")  # fmt: skip

    def written_to(self, node: ast.Subscript) -> Var:
        """The array of which an element is assigned."""
        value = self.value(node.value)
        tree = node_in(value)
        if tree is not None:
            raise self.refuse(node, f"a part of {tree.word} is replaced", "what an argument is made of stays as it is",
                              f"give the new value a name, or write into the array: `{ast.unparse(node)}[:]`")  # fmt: skip
        return self.array_of(value, node.value)

    @staticmethod
    def _each(name: str, suffixes: list[str]) -> str:
        """The parts as the user would write them, the first ones if they are many."""
        shown = [f"`{name}{suffix}`" for suffix in suffixes[:3]]
        return ", ".join(shown) + (", …" if len(suffixes) > 3 else "")
