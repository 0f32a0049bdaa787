"""Bugs in what statements are taken for: views as copies, overlaps unseen, indices in another order, checks left out."""

from __future__ import annotations

from tests.mutation.mutant import area

RESOLVE = area(
    "transform/resolve/__init__.py",
    ("ravel views", 'if op == ".ravel" and type_.layout != "C":', "if False:", "a `ravel` that copies is a view"),
    ("ravel copies", 'if op == ".ravel" and type_.layout != "C":', 'if op == ".ravel":', "a `ravel` that is a view copies"),
    ("flags inverted", 'case Assign(target, "~", (_,)) if self.type(target) == Scalar("bool"):', 'case Assign(target, "~", (_,)) if False:', "`~flag` of a bool in Python is an integer"),
    ("divisor unchecked", "return [Assign(checked, \"check_divisor\", (divisor,), loc=s.loc), s]", "return [s]", "integers are divided by zero without a word"),
    ("count unchecked", "        if number == Const(0):\n", "        if False:\n", "arrays are unpacked into too few names"),
    ("numbers as arrays", "        if not is_array(self.type(old)):\n            return list(self.statement(", "        if True:\n            return list(self.statement(",
     "`a += b` makes a new array"),
    ("bind copies", 'return [View(target, value, "=", loc=s.loc)]', 'return [Assign(target, ".copy", (value,), loc=s.loc)]', "`b = a` copies"),
    ("rows copied", 'return [View(target, array, "index", index, loc=s.loc)]', 'return [View(target, array, "index", index[:1], loc=s.loc)]', "only the first index counts"),
)  # fmt: skip

BOUNDS = area(
    "transform/resolve/bounds.py",
    ("floats", 'any(dtype(bound).startswith("float") for bound in (s.start, s.stop, s.step))', "False", "`range(n / 2)`, of which a reverse sweep rounds another number"),
    ("written zero", 'if not dtype(s.stop).startswith("uint"):', "if True:", "the counter of `range(0, n)` is unsigned like n"),
    ("among others", """if dtype(s.args[0]).startswith("uint"):""", "if False:", "the items of an unsigned range beside an array are signed"),
)  # fmt: skip

OVERLAPS = area(
    "transform/resolve/overlaps.py",
    ("unseen", "and not memory.disjoint(left.name, right.name)", "and False", "`a[1:] += a[:-1]` at once"),
    ("too many axes", "if isinstance(mine, Array) and mine.ndim > place:", "if False:", "a matrix is added to a row"),
    ("minus", 'out += loops(s, array, index, negated[name].args[0], "-")', 'out += loops(s, array, index, negated[name].args[0], "+")', "`a[1:] -= a[:-1]` adds"),
    ("terms", "terms = [None] * b.rank(array) if unknown else extents.slots(array.name, index)", "terms = [None] * b.rank(array) if known else extents.slots(array.name, ())", "a slice has the extents of the whole"),
    ("order", 'return layouts.count("F") > layouts.count("C")', 'return layouts[0] == "F"', "the order of the loop is that of the target"),
    ("part", "layouts = [layout_of_part(array, index), value.layout]", "layouts = [array.layout, value.layout]", "a part lies as the whole does"),
)  # fmt: skip

FANCY = area(
    "transform/resolve/fancy.py",
    ("value overlaps", "return value if self.memory.disjoint(array.name, value.name) else b.copy(value)", "return value", "the value changes while it is written"),
    ("repeats", "        elif place.repeats:\n", "        elif False:\n", "an element that comes twice is changed twice"),
    ("minus", 'value, op = minus.args[0], "-"', "value = minus.args[0]", "`a[rows] -= v` adds"),
)  # fmt: skip

SPREAD = area(
    "transform/resolve/spread.py",
    ("known", "self.moves.append(None if same else", "self.moves.append(None if True else", "a value of length 1"),
    ("fits", "        if self.extra or not all(known):\n", "        if False:\n", "a value that does not fit"),
    ("front", "index: list[Operand] = [Const(0)] * self.extra", "index: list[Operand] = []", "axes of length 1 in front"),
    ("behind", "first = len(shape) - self.rank + self.extra", "first = 0", "a value of fewer axes is lined up at the front"),
)  # fmt: skip

PLACES = area(
    "transform/resolve/fancy_places.py",
    ("position", "return advanced[0] if together else 0", "return advanced[0]", "index arrays with a slice between them"),
    ("slices", "    return b.view(array, view, len(items)), [", "    return array, [", "slices beside an index array"),
    ("masks repeat", "repeats = not any(_is_mask(b, item) for item in items)", "repeats = True", "bools may choose an element twice"),
    ("matched", "if other != array:", "if False:", "index arrays of different shape"),
    ("masked value", "return _is_mask(b, array) and written is not None and written <= behind", "return _is_mask(b, array) and written is not None", "one value for each that is true"),
    ("rows counted", "counters = [counter for counter, axis in zip(here, place.axes, strict=False) if axis.rows]", "counters = [counter for counter, axis in zip(here, place.axes, strict=False) if axis.rows][::-1]",
     "index arrays of two axes are transposed"),
    ("new axes", "        axes.insert(k, Axis(Const(1)))", "        axes.append(Axis(Const(1)))", "a new axis stands at the end"),
)  # fmt: skip

SHAPES = area(
    "transform/resolve/shapes.py",
    ("products", "if self.axis(left, self.rank(left) - 1) != self.axis(right, max(self.rank(right) - 2, 0)):", "if False:", "products are not checked"),
    ("steps", '                yield "check_step", (step,)', "                yield from ()", "steps are not checked"),
    ("pairs", "if one != other and not self.same(one, other) and pair not in seen:", "if False:", "operands are not checked"),
    ("stores", "and not shapes.fits(s.array, s.index, s.value):", "and False:", "stores are not checked"),
    ("reshapes", 'if isinstance(s, View) and s.kind == ".reshape":', "if False:", "reshapes are not checked"),
    ("same rank", "return rank == self.rank(right) and all(self.axis(left, k) == self.axis(right, k) for k in range(rank))", "return rank == self.rank(right)", "arrays of one rank fit"),
)  # fmt: skip

EXPAND = area(
    "transform/resolve/expand.py",
    ("flat length", 'return Assign(target, ".size", (array,), loc=s.loc)', "return s", "len(a.flat) of a matrix"),
    ("flat of vectors", "        if rank == 1:\n            return (k,)", "        if rank >= 1:\n            return (k,)", "an element of a matrix's `.flat`"),
    ("items reversed", "for axis in range(len(type_.items)))", "for axis in reversed(range(len(type_.items))))", "a tuple as an index is reversed"),
)  # fmt: skip

DRAWS = area(
    "transform/resolve/draws.py",
    ("scale", 'scaled = b.assign("scaled", drawn, "*", scales[0], draw) if scales else draw', "scaled = draw", "the scale of a draw"),
    ("width", 'b.assign("width", _FLOAT, "-", high, low)', "high", "the low end of an interval"),
    ("rate", 'b.emit(Assign(s.target, "/", (draw, rate), loc=s.loc))', 'b.emit(Assign(s.target, "*", (draw, rate), loc=s.loc))', "a rate is a scale"),
)  # fmt: skip

VIEWS = area(
    "transform/resolve/views.py",
    ("swapped axes", "axes[one], axes[other] = axes[other], axes[one]", "axes[one] = axes[other]", "np.swapaxes"),
    ("moved axes", "axes.insert(destination, axes.pop(source))", "axes.insert(source, axes.pop(destination))", "np.moveaxis the other way"),
    ("flipped", '"np.flipud": (_BACK,), "np.fliplr": (_ALL, _BACK)', '"np.fliplr": (_BACK,), "np.flipud": (_ALL, _BACK)', "np.flipud and np.fliplr"),
    ("converted", "    elif type_.dtype == b.result().dtype:\n        b.bind(value)", "    elif True:\n        b.bind(value)", "np.asarray keeps the dtype"),
    ("asarray copies", "    elif type_.dtype == b.result().dtype:\n        b.bind(value)", "    elif type_.dtype == b.result().dtype:\n        converted(b, value)", "np.asarray is a copy"),
    ("layout copies", '    elif type_.layout == b.result().layout or (type_.ndim == 1 and type_.layout in "CF"):\n        b.bind(a)',
     '    elif False:\n        b.bind(a)', "np.ascontiguousarray is always a copy"),
    ("unsure", '        if type_.layout == "A":\n            b.may_be_view_of(a)\n        b.emit(Assign(b.target, ".copy"', '        b.emit(Assign(b.target, ".copy"', "a copy that may be a view is written"),
)  # fmt: skip

COPIES = area(
    "transform/resolve/copies.py",
    ("broadcast unsure", "        b.may_be_view_of(array)\n", "        pass\n", "what np.broadcast_to gives is written"),
    ("diagonal rows", 'return b.integer("row", "+", i, Const(-k)), i', "return i, i", "diagonals below the first"),
    ("diagonal columns", 'return i, b.integer("column", "+", i, Const(k)) if k else i', "return i, i", "diagonals above the first"),
    ("diff sign", '"-", later, b.load(a, place, "earlier")', '"+", later, b.load(a, place, "earlier")', "np.diff adds"),
    ("product", '("*", 1.0)', '("+", 1.0)', "np.cumprod adds"),
    ("roll back", 'b.integer("moved", "+", k, shift)', 'b.integer("moved", "-", k, shift)', "np.roll the other way"),
    ("repeat", 'first = b.integer("first", "*", k, repeats)', 'first = b.integer("first", "+", k, repeats)', "np.repeat overwrites"),
    ("take axis", '(*(Slice(),) * b.axis("axis", b.rank(a)), indices)', "(indices,)", "np.take along the first axis"),
    ("no difference", 'b.emit(Assign(b.target, ".copy", (a,), loc=b.loc))', "b.bind(a)", "np.diff of order 0 is the array itself"),
)  # fmt: skip

LOWERED = area(
    "transform/resolve/site.py",
    ("places of a tuple", "            self.store(found, (Const(k),), item)", "            self.store(found, (Const(k),), Const(k))", "np.take with a tuple of indices"),
)  # fmt: skip

JOINS = area(
    "transform/resolve/joins.py",
    ("alike unchecked", '        if array != arrays[0] and rank > 1:', '        if False:', "arrays that do not fit are joined"),
    ("place", 'b.integer("place", "-", place[axis], start)', "place[axis]", "the second array is read from where it goes to"),
    ("stack axis", "b.store(b.target, (*place[:axis], Const(number), *place[axis:])", "b.store(b.target, (Const(number), *place)", "np.stack along the first axis"),
    ("outer swapped", 'b.load(left, place[:1], "left"), b.load(right, place[1:], "right")', 'b.load(left, place[1:], "left"), b.load(right, place[:1], "right")', "np.outer is transposed"),
    ("hstack", "joined(b, arrays, 0 if b.rank(arrays[0]) == 1 else 1)", "joined(b, arrays, 0)", "np.hstack of matrices"),
)  # fmt: skip

UNSURE = area(
    "transform/resolve/copy_or_view.py",
    ("sources", "        memory.add(made[path], [source])\n", "        pass\n", "what it was made of is written"),
    ("fills", "        if path[: len(block)] == block and start < path[len(block)] < end", "        if False", "what the call itself writes"),
)  # fmt: skip

TOGETHER = area(
    "transform/resolve/may_share.py",
    ("writes to results", "(self.kept or needed & self.given)", "(self.kept or False)", "a write into a copy that is an argument on some paths"),
    ("results", "(name in self.result and (self.kept or needed & self.given))", "False", "what was made is written"),
    ("writes to arguments", "(name in self.given and needed & self.result)", "False", "a write into an argument that a copy was made of"),
    ("read meanwhile", " | _meanwhile(s, made) ", " ", "what a statement reads while it writes"),
    ("lists", "if is_array(item_of(type_))]", "if is_array(type_)]", "a list holds the array that is written"),
    ("older rounds", "given | older", "given", "results of two rounds are parts of one array"),
    ("rounds between", "return after or any(path[: len(loop)] == loop for loop in self.loops)", "return after", "a write in the next round of a loop"),
    ("calls within", "            if more == found:", "            if True:", "what a call within a routine returns is no part of its arguments"),
    ("other arms", "apart % 2 == 0 and path[apart]", "path[apart]", "written on another path"),
    ("needed", "needed = later - {array.name} if one else later", "needed = later", "written where it is read next"),
)  # fmt: skip

WALK = area(
    "transform/walk.py",
    ("slices read", "                    if part is not None:\n                        yield part", "                    if False:\n                        yield part", "bounds of slices are not read"),
    ("leave order", "        return (*block[:-1], *new, block[-1])", "        return (*block, *new)", "what stands at the end of a round stands behind the way out"),
)  # fmt: skip

WIDENED = area(
    "transform/resolve/narrow_integers.py",
    ("as arrays", "        if made == own and not has_wide:\n", "        if True:\n", "u + v wraps in `(u + v) * x`"),
    ("of named", "                yield from self.expression(s, s.loc is not None and s.loc.part)\n", "                yield from self.expression(s, True)\n", "what has a name of the user's is widened"),
    ("negatives", "own.dtype in WRAPPING and isinstance(target, Array)", "False", "`y[1:] -= u` adds what wraps"),
    ("not narrowed", "            yield Assign(s.target, \".astype\", (whole, _dtype(own)), loc=s.loc)", "            yield Assign(s.target, \".astype\", (whole, _dtype(made)), loc=s.loc)", "all of an expression stays wide"),
    ("one of two", "                if isinstance(arg, Var) and self.is_array(arg) and not self.fits(s.op, arg, args, made):\n", "                if isinstance(arg, Var) and self.is_array(arg) and place == 1:\n", "the first operand is not converted"),
    ("fits", "(made in others and np.promote_types(own, made) == made)", "made in others", "uint64 and int64 make floats"),
)  # fmt: skip

FUSED = area(
    "transform/parse/fused.py",
    ("branches", " and not any(map(self._jumps, nodes[place + 1 :])):", ":", "an expression goes on behind a choice"),
    ("names", "isinstance(value, Var) and self._is_expression(node)", "isinstance(value, Var)", "what has a name is a part of the expression"),
    ("nested", "return isinstance(function, Closure) or", "return", "a nested function is a call"),
    ("written out", "(inline != \"never\" and is_function(function))", "False", "a helper that is written out is a call"),
    ("in time", "late = may_write(tuple(self.out[place + 1 :]))", "late = False", "nothing is written before a part is computed"),
)  # fmt: skip

LATE = area(
    "transform/resolve/evaluation_order.py",
    ("parts of parts", "            if made is not None and made.loc is not None and made.loc.part:\n", "            if False:\n", "a part of a part is read in time"),
    ("overlap", "memory.of(name) & memory.of(array)", "name == array", "a view of what is read is written"),
)  # fmt: skip

KERNELS = area(
    "transform/analyses/kernels.py",
    ("both kinds", "made.dtype in _NARROW or all(whole) or beside", "made.dtype in _NARROW or beside", "arrays of uint64 and int64 make floats inside of expressions"),
    ("beside float32", "made.dtype in _NARROW or all(whole) or beside", "made.dtype in _NARROW or all(whole)", "float32 and integers are computed in float32"),
    ("ufuncs", "    return next((f for f in rule.callables if isinstance(f, np.ufunc)), None) if rule is not None else None", "    return None", "`np.sqrt(u * v)` is no expression"),
)  # fmt: skip

APART = area(
    "transform/writing/waiting.py",
    ("moved into loops", "        if name in self.apart:\n", "        if False:\n", "what wraps moves to where it does not"),
)  # fmt: skip

MUTANTS = (*WIDENED, *FUSED, *LATE, *KERNELS, *APART, *RESOLVE, *BOUNDS, *OVERLAPS, *FANCY, *SPREAD, *PLACES, *SHAPES, *EXPAND, *DRAWS, *VIEWS, *COPIES, *LOWERED, *JOINS, *UNSURE, *TOGETHER, *WALK)
