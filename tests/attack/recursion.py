"""Helpers that call themselves, or each other: a number, an array that they may write to, and how deep they still go."""

from __future__ import annotations

from tests.attack.writer import Helper, Scope, Slot, Writer, construct


def write_recursive(outer: Writer, number: int, length: int) -> Helper:
    """One function, or two that call each other."""
    name, mutual = f"again{number}", outer.chance(30)
    other = f"{name}_other" if mutual else name
    gives = outer.choices.pick("number", "pair", "nothing")
    texts = [_function(outer, name, other, gives, length)]
    if mutual:
        outer.used["mutual recursion"] += 1
        texts.append(_function(outer, other, name, gives, length))
    return Helper(name, length, gives, "\n\n\n".join(texts), deep=True)


def _function(outer: Writer, name: str, calls: str, gives: str, length: int) -> str:
    w = Writer(outer.choices, 2 + outer.choices.below(3), outer.used)
    w.constants = outer.constants
    w.scope = Scope(["u"], ["y"], [], {"depth": (0, 3)}, {"q": Slot((length,))})
    w.line("u = y * 0.5")
    w.line("n = len(q) - 1")
    w.line("if depth == 0:")
    w.line({"number": "    return y * 0.7", "pair": f"    return y, q[{w.index(length)}]", "nothing": "    return"}[gives])
    for _ in range(w.choices.below(3)):
        w.statement()
    call = f"{calls}({w.argument()}, {w.pick('q', 'q', 'q[::-1]')}, depth - 1)"
    if gives == "number":
        w.line(w.pick(f"u = {call} * 0.6 + u", f"return np.sin({call}) * {w.number(0)}"))
    elif gives == "pair":
        w.line(f"u, other = {call}")
        w.scope.numbers.append("other")
    else:
        w.line(call)
    for _ in range(w.choices.below(3)):
        w.statement()
    w.line({"number": "return u", "pair": f"return u * 0.6, {w.number(1)}", "nothing": "return"}[gives])
    return "\n".join([f"def {name}(y, q, depth):", *w.lines])


def fitting(w: Writer, gives: str) -> list[tuple[Helper, str]]:
    return [(helper, name) for helper in w.helpers if helper.deep and helper.gives == gives
            for name in w.named(lambda s, n=helper.length: s.shape == (n,) and s.writable)]  # fmt: skip


def called(w: Writer, gives: str) -> str:
    helper, array = w.choices.of(fitting(w, gives))
    w.used["helper"] += 1
    depths = ["2", "3", "1", "0", *(f"{name} % 3" for name in [*w.scope.wholes, *w.scope.counters])]
    return f"{helper.name}({w.argument()}, {array}, {w.choices.of(depths)})"


@construct("number", "recursion for a number", 12, lambda w: bool(fitting(w, "number")))
def for_a_number(w: Writer, depth: int) -> str:
    return called(w, "number")


@construct("statement", "recursion for two numbers", 30, lambda w: bool(fitting(w, "pair")) and len(w.scope.numbers) > 1)
def for_two(w: Writer) -> None:
    first, second = w.scope.numbers[:2]
    w.line(f"{first}, {second} = {called(w, 'pair')}")


@construct("statement", "recursion that writes", 20, lambda w: bool(fitting(w, "nothing")))
def that_writes(w: Writer) -> None:
    w.line(called(w, "nothing"))
