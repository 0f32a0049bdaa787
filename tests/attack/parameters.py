"""Helpers with every kind of parameter: defaults, keywords, a star, None, namedtuples.

They are drawn as `Family`s: a function beside the program, and how it may be called.
"""

from __future__ import annotations

from tests.attack.writer import Helper, Scope, Shape, Slot, Writer, construct


def write_family(outer: Writer, number: int, shape: Shape) -> Helper:
    kind = outer.pick("star", "defaults", "missing", "record")
    name = f"{kind}{number}"
    head, numbers = {
        "star": ("y, *rest", []),
        "defaults": ("y, *, p=0.5, r=1.3" if outer.chance(50) else "y, p=0.5, r=1.3", ["p", "r"]),
        "missing": ("y, q=None", []),
        "record": ("record, y", ["record.first", "record.second"]),
    }[kind]
    w = Writer(outer.choices, 2 + outer.choices.below(3), outer.used)
    w.constants = outer.constants
    w.scope = Scope(["u"], ["y", *numbers], [], {}, {"e0": Slot((3,))})
    w.line("u = y * 0.5")
    w.line("n = 4")
    w.line("e0 = np.full(3, 0.3)")
    if kind == "star":
        w.line("for item in rest:")
        w.line(f"    u = u * 0.6 + {w.pick('item', 'np.sin(item)', 'item * y')}")
    if kind == "missing":
        _missing(w, shape[0])
    for _ in range(w.choices.below(3)):
        w.statement()
    w.line(f"return Pair({w.number(1)}, u)" if kind == "record" else f"return u + {w.number(1)}")
    return Helper(name, shape, kind, "\n".join([f"def {name}({head}):", *w.lines]))


def _missing(w: Writer, length: int) -> None:
    w.line(f"if q is {w.pick('None', 'not None')}:")
    missing = w.lines[-1].endswith("is None:")
    for given in (not missing, missing):
        w.line("    " + (f"u += np.sum(q[:{length}]) * y" if given else "u = u * y + 0.1"))
        if given != missing:
            w.line("else:")


def of_kind(kind: str) -> object:
    return lambda w: any(helper.gives == kind for helper in w.helpers)


def pick(w: Writer, kind: str) -> str:
    w.used["helper"] += 1
    return w.choices.of([helper.name for helper in w.helpers if helper.gives == kind])


@construct("number", "star parameter", 18, of_kind("star"))
def star(w: Writer, depth: int) -> str:
    more = [w.number(0), w.number(0), "0.4"][: w.choices.below(4)]
    if w.scope.pairs and w.chance(50):
        more.append("*" + w.choices.of(w.scope.pairs))
    return f"{pick(w, 'star')}({', '.join([w.argument(depth), *more])})"


@construct("number", "default and keyword parameters", 22, of_kind("defaults"))
def defaults(w: Writer, depth: int) -> str:
    more = w.pick([], [f"r={w.leaf()}"], [f"p={w.leaf()}"], [f"r={w.leaf()}", f"p={w.leaf()}"])
    return f"{pick(w, 'defaults')}({', '.join([w.argument(depth), *more])})"


@construct("number", "None as an argument", 24, of_kind("missing"))
def missing(w: Writer, depth: int) -> str:
    more = w.pick([], ["None"], [w.vector()], [f"q={w.vector()}"])
    return f"{pick(w, 'missing')}({', '.join([w.argument(depth), *more])})"


@construct("statement", "helper for a namedtuple", 28, of_kind("record"))
def record(w: Writer) -> None:
    given = w.choices.of([*w.scope.named, f"Pair({w.argument()}, {w.argument()})"])
    name = w.choices.of([*w.scope.named, w.fresh("t")])
    w.line(f"{name} = {pick(w, 'record')}({given}, {w.argument()})")
    if name not in w.scope.named:
        w.scope.named.append(name)
