"""Lists of floats.  One item at least is in each of them."""

from __future__ import annotations

from tests.attack.writer import Shape, Writer, construct


def has_list(w: Writer) -> bool:
    return bool(w.scope.lists)


def some(w: Writer) -> str:
    return w.choices.of(w.scope.lists)


def item(w: Writer) -> str:
    name = some(w)
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters, "1"])
    return f"{name}[{w.pick('0', '-1', f'{whole} % len({name})')}]"


@construct("statement", "list", 5)
def literal(w: Writer) -> None:
    name = w.fresh("l")
    items = [w.number(1), w.number(0), "0.3"][: 1 + w.choices.below(3)]
    w.line(f"{name} = [{', '.join(items)}]{w.pick('', '', ' * 2')}")
    w.scope.lists.append(name)


@construct("statement", "comprehension", 4)
def comprehension(w: Writer) -> None:
    name, bound = w.fresh("l"), w.fresh("o")
    vector = w.vector()
    w.line(f"{name} = " + w.pick(
        lambda: f"[{bound} * {w.number(1)} for {bound} in {vector}]",
        lambda: f"[{w.number(1)} + 0.1 * {bound} for {bound} in range({w.pick('1', '3', 'n')})]",
        lambda: f"[np.sin({bound}) for {bound} in {vector} if {bound} > {w.variable()}] + [{w.number(0)}]",
    )())  # fmt: skip
    w.scope.lists.append(name)


@construct("statement", "append", 20, has_list)
def append(w: Writer) -> None:
    w.line(f"{some(w)}.{w.pick('append(', 'append(', 'insert(0, ')}{w.number(2)})")


@construct("statement", "pop", 12, has_list)
def pop(w: Writer) -> None:
    name = some(w)
    w.line(f"if len({name}) > 1:")
    w.line(f"    {w.choices.of(w.scope.numbers)} = {name}.pop({w.pick('', '', '0')}) * 0.7")


@construct("statement", "item of a list, written", 15, has_list)
def write(w: Writer) -> None:
    w.line(f"{item(w)} {w.pick('=', '+=', '*=')} {w.number(1)}")


@construct("statement", "list bound anew", 16, has_list)
def again(w: Writer) -> None:
    name = some(w)
    w.line(w.pick(lambda: f"{name} = {name}[::-1]", lambda: f"{name} = {name} + [{w.number(1)}]", lambda: f"{name}.reverse()",
                  lambda: f"{name}.extend({w.vector()})", lambda: f"{name} = [{w.number(1)}]")())  # fmt: skip


@construct("statement", "for over a list", 20, lambda w: has_list(w) and w.scope.loops < 3 and w.depth < 5 and w.budget > 0)
def loop(w: Writer) -> None:
    """Inside it, nothing lets the list grow: where lists stand in others, any of them may be this one."""
    name, bound = some(w), w.fresh("o")
    w.line(f"for {bound} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.fixed.append(bound)
        scope.lists = [] if scope.nests else [other for other in scope.lists if other != name]
        scope.nests = []
        w.block(3)


@construct("number", "item of a list", 20, has_list)
def read(w: Writer, depth: int) -> str:
    return item(w)


@construct("number", "all of a list", 10, has_list)
def whole(w: Writer, depth: int) -> str:
    name = some(w)
    return w.pick(f"sum({name}) * 0.2", f"len({name}) * 0.1", f"max({name})", f"min({name})", f"np.sum(np.array({name})) * 0.2")


@construct("array", "array of a list", 3)
def array(w: Writer, shape: Shape, depth: int) -> str:
    if len(shape) > 1:
        return w.part(shape)
    return f"np.array([{', '.join(w.number(1) for _ in range(shape[0]))}])"


@construct("test", "a list beside something else", 12, has_list)
def tested(w: Writer) -> str:
    name, other = some(w), w.test()
    return w.pick(f"{name} {w.pick('and', 'or')} {other}", f"{other} {w.pick('and', 'or')} {name}", f"not ({name} and {other})")
