"""Statements about control: branches, loops over everything that can be gone over, and every way out of them."""

from __future__ import annotations

from tests.attack.writer import Writer, construct


def deep(w: Writer) -> bool:
    return w.depth > 4 or w.budget <= 0


def may_loop(w: Writer) -> bool:
    return w.scope.loops < 3 and not deep(w)


def may_branch(w: Writer) -> bool:
    return not deep(w)


@construct("statement", "if", 9, may_branch)
def branch(w: Writer) -> None:
    w.line(f"if {w.test()}:")
    with w.inside():
        w.block(3)
    if w.chance(25):
        w.used["elif"] += 1
        w.line(f"elif {w.test()}:")
        with w.inside():
            w.block(2)
    if w.chance(50):
        w.used["else"] += 1
        w.line("else:")
        with w.inside():
            w.block(2)


# ---- loops ------------------------------------------------------------------------------------------------------------


def body(w: Writer, head: str, counters: dict[str, tuple[int, int]], numbers: list[str], most: int = 4) -> None:
    """A loop with its body, and sometimes an else."""
    w.line(head)
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        for name in counters:
            scope.counters[name] = counters[name]
        scope.fixed += numbers
        w.block(most)
    if w.chance(12):
        w.used["else of a loop"] += 1
        w.line("else:")
        with w.inside():
            w.block(2)


@construct("statement", "for over a range", 10, may_loop)
def ranges(w: Writer) -> None:
    again = w.chance(5)                                 # a number that becomes the counter, and stays a number to what follows
    w.used["number that becomes a counter"] += again
    counter = w.choices.of(w.scope.numbers) if again else w.fresh("i")
    text, low, high = w.pick(("3", 0, 2), ("4", 0, 3), ("2, 4", 2, 3), ("5, 0, -2", 1, 5), ("0, 6, 2", 0, 4), ("3, -1, -1", 0, 3),
                             ("n", 0, 3), ("1, n", 1, 3), ("n - 1, -1, -1", 0, 3), ("-2, 2", -2, 1))  # fmt: skip
    body(w, f"for {counter} in range({text}):", {} if again else {counter: (low, high)}, [])


@construct("statement", "prange", 3, may_loop)
def parallel(w: Writer) -> None:
    counter = w.fresh("i")
    body(w, f"for {counter} in prange({w.pick('3', 'n', '1, 4', '3, 0, -1')}):", {counter: (0, 3)}, [])


@construct("statement", "for over a range without a round", 2, may_loop)
def no_rounds(w: Writer) -> None:
    counter = w.fresh("i")
    body(w, f"for {counter} in range({w.pick('0', '3, 3', '2, 5, -1')}):", {counter: (0, 4)}, [], 2)


@construct("statement", "for over a range that varies", 5, lambda w: may_loop(w) and bool(w.scope.wholes or w.scope.counters))
def varying(w: Writer) -> None:
    whole = w.choices.of([*w.scope.wholes, *w.scope.counters])
    counter = w.fresh("i")
    text, low, high = w.pick((f"{whole} % 4", 0, 2), (f"{whole} % 3, 4", 0, 3), (f"0, 5, 1 + {whole} % 2", 0, 4),
                             (f"{whole} % 4, -1, -1", 0, 3))  # fmt: skip
    body(w, f"for {counter} in range({text}):", {counter: (low, high)}, [])


@construct("statement", "for over an array", 5, may_loop)
def elements(w: Writer) -> None:
    name = w.fresh("o")
    body(w, f"for {name} in {w.vector()}:", {}, [name])


@construct("statement", "enumerate", 4, may_loop)
def enumerated(w: Writer) -> None:
    vector, counter, name = w.vector(), w.fresh("i"), w.fresh("o")
    body(w, f"for {counter}, {name} in enumerate({vector}):", {counter: (0, w.length(vector) - 1)}, [name])


@construct("statement", "zip", 4, may_loop)
def zipped(w: Writer) -> None:
    first, second = w.fresh("o"), w.fresh("o")
    body(w, f"for {first}, {second} in zip({w.vector()}, {w.vector()}):", {}, [first, second])


@construct("statement", "reversed", 3, may_loop)
def reverse(w: Writer) -> None:
    counter = w.fresh("i")
    body(w, f"for {counter} in reversed(range({w.pick('3', 'n', '1, 4')})):", {counter: (0, 3)}, [])


@construct("statement", "for over a tuple", 3, may_loop)
def items(w: Writer) -> None:
    name = w.fresh("o")
    body(w, f"for {name} in ({w.number(1)}, {w.number(0)}, 0.3):", {}, [name], 2)


@construct("statement", "for over rows", 3, lambda w: may_loop(w) and w.has(2))
def rows(w: Writer) -> None:
    name, vector = w.table(), w.fresh("v")
    w.line(f"for {vector} in {name}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.arrays[vector] = type(scope.arrays[name])(scope.arrays[name].shape[1:], scope.arrays[name].writable)
        w.block(3)


@construct("statement", "np.ndenumerate", 3, lambda w: may_loop(w) and w.has(2))
def numbered(w: Writer) -> None:
    name = w.table()
    first, second, item = w.fresh("i"), w.fresh("i"), w.fresh("o")
    rows, columns = w.scope.arrays[name].shape
    head = f"for ({first}, {second}), {item} in np.ndenumerate({name}):"
    body(w, head, {first: (0, rows - 1), second: (0, columns - 1)}, [item], 2)


@construct("statement", "np.ndindex", 3, lambda w: may_loop(w) and w.has(2))
def places(w: Writer) -> None:
    name = w.table()
    first, second = w.fresh("i"), w.fresh("i")
    rows, columns = w.scope.arrays[name].shape
    body(w, f"for {first}, {second} in np.ndindex({name}.shape):", {first: (0, rows - 1), second: (0, columns - 1)}, [], 2)


@construct("statement", "while with a count", 5, may_loop)
def counted(w: Writer) -> None:
    count = w.fresh("q")
    w.line(f"{count} = 0")
    more = f" and ({w.test()})" if w.chance(50) else ""
    w.line(f"while {count} < {w.pick(2, 3, 4)}{more}:")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        w.line(f"{count} += 1")
        scope.counters[count] = (1, 4)
        w.block(3)
    if w.chance(15):
        w.used["else of a loop"] += 1
        w.line("else:")
        with w.inside():
            w.block(1)
    w.scope.counters[count] = (0, 4)


@construct("statement", "while True", 3, may_loop)
def forever(w: Writer) -> None:
    count = w.fresh("q")
    w.line(f"{count} = 0")
    w.line("while True:")
    with w.inside(loops=w.scope.loops + 1, leave=False) as scope:
        w.line(f"{count} += 1")
        scope.counters[count] = (1, 4)
        w.block(2)
        w.line(f"if {count} > {w.pick(2, 3)}{f' or {w.test()}' if w.chance(40) else ''}:")
        w.line("    break")
        w.used["break"] += 1
        scope.leave = True
        if w.chance(40):
            w.statement()


@construct("statement", "number until a bound", 3, may_loop)
def converging(w: Writer) -> None:
    """A loop whose rounds depend on what is computed in it."""
    count, number = w.fresh("q"), w.choices.of(w.scope.numbers)
    w.line(f"{count} = 0")
    w.line(f"while abs({number}) > {w.pick('0.05', '0.2')} and {count} < 6:")
    with w.inside(loops=w.scope.loops + 1, leave=True):
        w.line(f"{number} = {number} * 0.6 - 0.1 * {w.number(1)}")
        w.line(f"{count} += 1")
        if w.chance(50):
            w.statement()
    w.scope.counters[count] = (0, 6)


@construct("statement", "counter after its loop", 2, may_loop)
def afterwards(w: Writer) -> None:
    counter = w.fresh("i")
    body(w, f"for {counter} in range({w.pick('3', '4', '2, 4')}):", {counter: (0, 3)}, [], 2)
    w.scope.counters[counter] = (0, 3)


# ---- ways out ----------------------------------------------------------------------------------------------------------


def guarded(w: Writer, text: str) -> None:
    w.line(f"if {w.test()}:")
    with w.inside():
        if w.chance(30):
            w.statement()
        w.line(text)


@construct("statement", "break", 6, lambda w: w.scope.leave)
def leave(w: Writer) -> None:
    guarded(w, "break")


@construct("statement", "continue", 5, lambda w: w.scope.leave)
def go_on(w: Writer) -> None:
    guarded(w, "continue")


@construct("statement", "early return", 3, lambda w: w.result is not None and w.scope.loops == 0 and w.depth < 4)
def early(w: Writer) -> None:
    assert w.result is not None
    guarded(w, f"return {w.result()}")


@construct("statement", "return in a loop", 4, lambda w: w.result is not None and w.scope.loops > 0)
def return_in_loop(w: Writer) -> None:
    assert w.result is not None
    guarded(w, f"return {w.result()}")


@construct("statement", "raise", 3)
def raises(w: Writer) -> None:
    """Never on the way that is differentiated, always for a y beyond every bound."""
    w.line("if y > 50.0:")
    w.line(f"    raise {w.pick('ValueError', 'ArithmeticError')}({w.pick('', chr(34) + 'y is too large' + chr(34))})")


@construct("statement", "assert", 2)
def asserts(w: Writer) -> None:
    w.line(f'assert y < 50.0{w.pick("", ", " + chr(34) + "y is too large" + chr(34))}')
