"""Statements in which something is read earlier, later, or as another type than it looks: what readers of the library found."""

from __future__ import annotations

from tests.attack.flow import may_branch, may_loop
from tests.attack.writer import Slot, Writer, construct


@construct("statement", "vector unpacked into elements", 1)
def unpacked(w: Writer) -> None:
    """All items are taken before any element is written."""
    name, other = w.writable(), w.writable()
    places = [f"{one}[{w.place(w.scope.arrays[one].shape)}]" for one in (name, other)]
    targets = w.pick(places, [places[0], w.choices.of(w.scope.numbers)], [w.choices.of(w.scope.numbers), places[1]])
    w.line(f"{', '.join(targets)} = {w.part((2,))}")


@construct("statement", "list of targets", 2, lambda w: len(w.scope.numbers) > 1)
def listed(w: Writer) -> None:
    first, second = w.choices.of(w.scope.numbers), w.choices.of(w.scope.numbers)
    w.line(f"[{first}, {second}] = {second}, {first} * 0.5" if first != second else f"[{first}] = ({w.number()},)")


@construct("statement", "whole number that becomes a float", 2, may_branch)
def widened(w: Writer) -> None:
    """It is an index first, and a float where the paths have met."""
    name, vector = w.fresh("q"), w.vector()
    w.line(f"{name} = {w.pick('0', '1')}")
    if w.chance(40):
        w.line(f"if {w.test()}:")
        w.line(f"    {name} = {w.pick('0', '1', '-1')}")
    w.line(f"{w.choices.of(w.scope.numbers)} += {vector}[{name}] * 0.5")
    w.line(f"if {w.test()}:")
    w.line(f"    {name} = {w.number()}")
    w.scope.numbers.append(name)


@construct("statement", "array that becomes a view", 2, may_branch)
def narrowed(w: Writer) -> None:
    """Contiguous first, where `ravel` is a view, and of any strides where the paths have met."""
    name, flat = w.fresh("b"), w.fresh("v")
    w.line(f"{name} = {w.array((3, 2))} * 1.0")
    w.line(f"{flat} = {name}.ravel()")
    w.line(f"{flat}[{w.index(6)}] = {w.number(1)}")
    w.line(f"if {w.test()}:")
    w.line(f"    {name} = {name}[{w.pick('::-1', ':, ::-1', '::-1, ::-1')}]")
    w.scope.arrays |= {name: Slot((3, 2)), flat: Slot((6,))}


@construct("statement", "array that becomes shorter", 2, may_branch)
def shortened(w: Writer) -> None:
    """What is known of its length before does not hold behind."""
    name, length, counter = w.fresh("e"), w.fresh("q"), w.fresh("i")
    w.line(f"{name} = {w.array((4,))} * {w.pick('1.0', '0.5')}")
    w.line(f"{length} = len({name})")
    w.line(f"if {w.test()}:")
    w.line(f"    {name} = {name}[{w.pick(':2', '1:3', '::2', ':1')}]")
    w.line(w.pick(f"{name} *= {w.number(1)}", f"{name} += {name}[:1] * 0.5", f"{name}[:] = {w.number(1)}"))
    w.line(f"for {counter} in range({w.pick(f'len({name})', f'min({length}, len({name}))', f'{name}.shape[0]')}):")
    w.line(f"    {w.choices.of(w.scope.numbers)} += {name}[{counter}] * {w.leaf()}")


@construct("statement", "counters of a nest, bound again", 2, lambda w: may_loop(w) and w.has(2))
def bound_again(w: Writer) -> None:
    name = w.table()
    first, second = w.fresh("i"), w.fresh("i")
    rows, columns = w.scope.arrays[name].shape
    w.line(f"for {first}, {second} in np.ndindex({name}.shape):")
    with w.inside(loops=w.scope.loops + 1, leave=True) as scope:
        scope.counters |= {first: (0, rows - 1), second: (0, columns - 1)}
        w.block(2)
        w.line(f"{w.pick(first, second)} += 1")
        w.line(f"{w.choices.of(w.scope.numbers)} += ({first} + 2 * {second}) * 0.1 * {w.leaf()}")


@construct("statement", "bound that the loop changes", 2, may_loop)
def moving_bound(w: Writer) -> None:
    bound, counter, name = w.fresh("q"), w.fresh("i"), w.writable()
    place = w.place(w.scope.arrays[name].shape)
    w.line(f"{bound} = {w.pick('2', '3', '0')}")
    w.line(f"for {counter} in range({w.pick(bound, f'{bound}, 4', f'0, {bound}')}):")
    w.line(f"    {bound} {w.pick('-= 1', '+= 1', '= 0')}")
    w.line(f"    {name}[{place}] += {w.number(1)} * 0.5")


@construct("statement", "row written with an ellipsis", 3, lambda w: w.has(2, True))
def ellipsis(w: Writer) -> None:
    name = w.table(True)
    rows, columns = w.scope.arrays[name].shape
    place, extent = w.pick((f"{w.index(rows)}, ...", columns), (f"..., {w.index(columns)}", rows), (":, ...", columns))
    w.line(f"{name}[{place}] {w.pick('=', '+=')} {w.array((extent,))}")
