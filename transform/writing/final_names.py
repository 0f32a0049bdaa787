"""Names of the list → names in the text.

Versions of one name share its spelling where their lives do not meet; where they do, later ones are spelled ``x_1``, ``x_2``.  The
user's names come first; nothing is spelled like a keyword, a module or a helper that the text uses.
"""
from __future__ import annotations

import builtins
import keyword
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ..analyses.liveness import live_after
from ..ir import Array, Assign, For, Function
from ..names import base, is_temporary
from ..switches import on
from ..walk import binds, located, reads, walk

RESERVED = {*keyword.kwlist, *dir(builtins), "np", "math", "njit"} - {"_"}


class Spelling:
    """What two spellings of one function have in common: which names may not share one."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.meets = _interference(function)
        self.confused = _confused(function)

    def names(self, reserved: Iterable[str], written: Collection[str] = ()) -> Mapping[str, str]:
        """The spelling of every name in the function; temporaries that are `written` out get the better ones."""
        taken = RESERVED | set(reserved)
        order = _order(self.function, written)
        bases = {base(name) for name in order}
        shared = on("one spelling")
        spelled: dict[str, str] = {}
        users: dict[str, list[str]] = {}
        for name in order:
            stem = base(name)
            meets = self.meets.get(name, ())
            number = 0
            while True:
                text = f"{stem}{'_v' if stem in self.confused else '_'}{number}" if number else stem
                foreign = text in taken or (number and text in bases) or any(base(o) != stem for o in users.get(text, ()))
                if not foreign and not any(other in meets or not shared for other in users.get(text, ())):
                    break
                number += 1
            spelled[name] = text
            users.setdefault(text, []).append(name)
        return spelled


def _confused(function: Function) -> set[str]:
    """Bases whose versions Numba would confuse: where an array expression reads both, it takes the second of several values
    bound to ``x`` for ``x_1`` and gives up (numba.np.ufunc.array_exprs)."""
    bound = Counter(base(var.name) for _, s in located(function.body) for var in binds(s))
    bound.update(base(param.name) for param in function.params)
    assigned = [s for _, s in located(function.body) if isinstance(s, Assign)]
    expressions = [s for s in assigned if isinstance(function.types.get(s.target.name), Array)]
    operands = Counter(base(name) for name in {var.name for s in expressions for var in reads(s)})
    return {stem for stem, names in operands.items() if names > 1 and bound[stem] > 2}


def _order(function: Function, written: Collection[str]) -> list[str]:
    """Parameters, captures, the user's names, then generated ones, each as they first appear."""
    first = [param.name for param in function.params] + list(function.captures)
    seen = [var.name for _, s in located(function.body) for var in binds(s)]
    plain = sorted((n for n in dict.fromkeys(seen) if not is_temporary(n)), key=lambda n: "." in n)
    return list(dict.fromkeys([*first, *plain, *(n for n in seen if n in written), *seen]))


def _interference(function: Function) -> dict[str, set[str]]:
    """Names of one base that are alive at the same time."""
    live = live_after(function.body)
    meets: dict[str, set[str]] = {}

    def meet(name: str, others: Iterable[str]) -> None:
        for other in others:
            if other != name and base(other) == base(name):
                meets.setdefault(name, set()).add(other)
                meets.setdefault(other, set()).add(name)

    for path, s in located(function.body):
        for target in binds(s):
            meet(target.name, live[path])
            meet(target.name, (other.name for other in binds(s)))
        if isinstance(s, For):
            meet(s.counter.name, live[(*path, -1)])
            meet(s.counter.name, (i.counter.name for i in walk(s.body) if isinstance(i, For)))
    for param in function.params:
        meet(param.name, (other.name for other in function.params))
        meet(param.name, function.captures)
    for name in function.captures:
        meet(name, (n for n in _order_of_binds(function) if base(n) == base(name)))
        meet(name, (n for n, other in function.captures.items() if other is not function.captures[name]))
    return meets


def _order_of_binds(function: Function) -> list[str]:
    return [var.name for _, s in located(function.body) for var in binds(s)]
