"""Helpers that call themselves, or each other: a number, an array that they may write to, and how deep they still go."""

from __future__ import annotations

from tests.attack.calls import takes
from tests.attack.writer import Helper, Scope, Shape, Slot, Writer, construct


def write_recursive(outer: Writer, number: int, shape: Shape) -> Helper:
    """One function, or two that call each other."""
    name, mutual, listed = f"again{number}", outer.chance(30), outer.chance(40)
    other = f"{name}_other" if mutual else name
    gives = outer.choices.pick("number", "pair", "nothing")
    texts = [_function(outer, name, other, gives, shape, listed)]
    if mutual:
        outer.used["mutual recursion"] += 1
        texts.append(_function(outer, other, name, gives, shape, listed))
    return Helper(name, shape, gives, "\n\n\n".join(texts), deep=True, listed=listed)


def _function(outer: Writer, name: str, calls: str, gives: str, shape: Shape, listed: bool) -> str:
    w = Writer(outer.choices, 2 + outer.choices.below(3), outer.used)
    w.constants = outer.constants
    w.scope = Scope(["u"], ["y"], [], {"depth": (0, 3)}, lists=["items"] * listed)
    w.line("u = y * 0.5")
    takes(w, shape)
    w.line("if depth == 0:")
    w.line({"number": "    return y * 0.7", "pair": f"    return y, q[{w.place(shape)}]", "nothing": "    return"}[gives])
    for _ in range(w.choices.below(3)):
        w.statement()
    items = w.pick("items, ", "items, ", "items[::-1], ", f"[{w.number(1)}], ") if listed else ""
    turned = ["q[:, ::-1]", "q.T"][: 1 + (shape == shape[::-1])] if len(shape) > 1 else []
    call = f"{calls}({w.argument()}, {w.pick('q', 'q', 'q[::-1]', *turned)}, {items}depth - 1)"
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
    return "\n".join([f"def {name}(y, q, {'items, ' * listed}depth):", *w.lines])


def fitting(w: Writer, gives: str) -> list[tuple[Helper, str]]:
    return [(helper, name) for helper in w.helpers if helper.deep and helper.gives == gives
            for name in w.named(lambda s, of=helper.shape: s.shape == of and s.writable)]  # fmt: skip


def called(w: Writer, gives: str) -> str:
    helper, array = w.choices.of(fitting(w, gives))
    w.used["helper"] += 1
    depths = ["2", "3", "1", "0", *(f"{name} % 3" for name in [*w.scope.wholes, *w.scope.counters])]
    items = ""
    if helper.listed:
        w.used["list in recursion"] += 1
        items = w.choices.of([*w.scope.lists, *w.scope.lists, f"[{w.number(1)}, {w.number(0)}]"]) + ", "
    return f"{helper.name}({w.argument()}, {array}, {items}{w.choices.of(depths)})"


def write_parts(outer: Writer, number: int, shape: Shape) -> Helper:
    """A function that returns a part of the vector that it is given, or of another one."""
    (length,) = shape
    w = Writer(outer.choices, 0, outer.used)
    w.constants = outer.constants
    w.scope = Scope([], ["y"], [], {"depth": (0, 3)}, {"q": Slot((length,))})
    name = f"part{number}"
    handed = w.pick("q[::-1]", "q * y", "q", f"q + {w.number(1)}")
    body = [f"def {name}(y, q, depth):", "    if depth == 0:", f"        return q[{w.cut(length, 3)}]"]
    if w.chance(50):
        body += [f"    if {w.number(1)} > {w.number(1)}:", f"        return q[{w.cut(length, 3)}]{w.pick('', ' * 0.5')}"]
    if w.chance(50):
        body.append(f"    q[{w.index(length)}] *= {w.number(1)}")
    return Helper(name, shape, "part", "\n".join([*body, f"    return {name}({w.number(1)}, {handed}, depth - 1)"]), deep=True)


@construct("number", "recursion for a part", 12, lambda w: bool(fitting(w, "part")))
def for_a_part(w: Writer, depth: int) -> str:
    return w.pick(lambda: f"np.sum({called(w, 'part')}) * 0.3", lambda: f"np.dot({called(w, 'part')}, {w.part((3,))}) * 0.2")()


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
