"""Computations and loads that were done before are not done again.

Local value numbering over temporaries, from outer blocks into inner ones: `u[i]` read twice with no write to that memory in
between is one temporary, with one adjoint.  `emit` may well spell it `u[i]` twice.
"""
from __future__ import annotations

from dataclasses import replace

from ..analyses.aliases import Aliases, aliases_of
from ..analyses.effects import is_effect
from ..analyses.extents import Extents
from ..ir import Array, Assign, Block, For, If, Load, Operand, Statement, Var, View, While
from ..rules import RULES
from ..switches import on
from ..walk import binds, map_reads, walk, written
from .prepare import Induction, Prepared

Key = tuple[object, ...]


def share(prepared: Prepared) -> Prepared:
    if not on("sharing"):
        return prepared
    function = prepared.function
    sharing = _Sharing(prepared, aliases_of(function))
    body = sharing.block(function.body, {})
    inductions = {name: sharing.induction(form) for name, form in prepared.inductions.items()}
    return replace(prepared, function=replace(function, body=body), inductions=inductions)


class _Sharing:
    def __init__(self, prepared: Prepared, memory: Aliases) -> None:
        self.prepared, self.memory, self.types = prepared, memory, prepared.function.types
        self.same: dict[str, Var] = {}
        single = {var.name for s in walk(prepared.function.body) for var in binds(s)} - prepared.cells
        self.extents = Extents(prepared.function, frozenset(single))

    def read(self, operand: Operand) -> Operand:
        return self.same.get(operand.name, operand) if isinstance(operand, Var) else operand

    def induction(self, form: Induction) -> Induction:
        entry, loop = self.same.get(form.entry.name, form.entry), form.loop
        return replace(form, entry=entry, loop=replace(loop, start=self.read(loop.start), stop=self.read(loop.stop)))

    def key(self, s: Statement) -> Key | None:
        """What identifies the value, if computing it twice is computing it once."""
        temporary = all(t.name.startswith("%") and t.name not in self.prepared.cells for t in binds(s))
        match s:
            case _ if is_effect(s):
                return None
            case Assign(target, op) if temporary and op in ("item", ".size", "len"):
                return ("extent", self.extents.term(target))
            case Assign(target, op, args) if temporary and not isinstance(self.types.get(target.name), Array):
                known = op in RULES or op in ("item", "tuple")
                if not known or any(isinstance(a, Var) and self.reads_memory(op, a) for a in args):
                    return None
                return (op, *((type(a.value), str(a.value), a.dtype) if not isinstance(a, Var) else a.name for a in args))
            case Load(_, array, index) if temporary:
                return ("load", array.name, index)
            case View(_, array, "index" | ".T" | ".transpose", index) if temporary and array.name not in self.prepared.cells:
                return ("view", array.name, s.kind, index)
            case _:
                return None

    def reads_memory(self, op: str, arg: Var) -> bool:
        """An array's contents may change between two evaluations; its shape does not; cells change too."""
        if arg.name in self.prepared.cells:
            return True
        return isinstance(self.types.get(arg.name), Array) and op not in (".shape", ".size", ".ndim", "len")

    def block(self, block: Block, known: dict[Key, Var]) -> Block:
        known = dict(known)
        out: list[Statement] = []
        for s in block:
            s = map_reads(s, self.read)
            if isinstance(s, For | While | If):
                out.append(self.nested(s, known))
                continue
            key = self.key(s)
            if key is not None and key in known:
                (target,) = binds(s)
                self.same[target.name] = known[key]
                continue
            if key is not None:
                (known[key],) = binds(s)
            elif isinstance(s, Assign) and s.op in ("item", ".size", "len") and s.target.name not in self.prepared.cells:
                known.setdefault(("extent", self.extents.term(s.target)), s.target)
            self.forget((s,), known)
            out.append(s)
        return tuple(out)

    def nested(self, s: For | While | If, known: dict[Key, Var]) -> Statement:
        if not isinstance(s, If):
            self.forget((s,), known)
        new: Statement
        match s:
            case For(body=body):
                new = replace(s, body=self.block(body, known))
            case While(header, _, body):
                header = self.block(header, known)
                new = replace(s, header=header, test=self.read(s.test), body=self.block(body, known))
            case If(_, then, orelse):
                new = replace(s, then=self.block(then, known), orelse=self.block(orelse, known))
        self.forget((s,), known)
        return new

    def forget(self, block: Block, known: dict[Key, Var]) -> None:
        """Loads of memory that the block writes are not known any more."""
        stored = {root for s in walk(block) for a in written(s) for root in self.memory.of(a.name)}
        if stored:
            for key in [k for k in known if k[0] == "load" and self.memory.of(str(k[1])) & stored]:
                del known[key]


