"""Bugs where derivatives are put together: seeds and sweeps of Jacobians, calls of derivatives, rules and keys, what is kept for later."""

from __future__ import annotations

from tests.mutation.mutant import area

JACOBIANS = area(
    "transform/jacobians.py",
    ("drawn anew", "            if self.state is not None:", "            if False:", "each sweep draws other numbers"),
    ("seed stays", "            write.store(seeds, (number,), Const(0.0))", "            pass", "a column is the sum of those before"),
    ("lanes stay", "            self.set(seeds, number, lanes, 0.0)", "            pass", "columns behind the first eight have the first ones in them"),
    ("blocks by parameters", "            for row in rows for whole, column in zip(wholes, columns, strict=True)\n",
     "            for whole, column in zip(wholes, columns, strict=True) for row in rows\n", "blocks of two results by two arguments are swapped"),
    ("all lanes", 'test = write.op("at_once", "==", count, Const(WIDTH))', 'test = write.op("at_once", "<=", count, Const(WIDTH))', "columns for lanes that nobody asked for"),
    ("seeds as blocks", "                elif row.rank and k in own:", "                elif row.rank:", "what a sweep gives is kept as it is, and is its seed"),
    ("printed again", "    quiet = unprinted(function)", "    quiet = function", "each sweep prints"),
    ("copies read late", "last = takewhile(lambda s:", "last = filter(lambda s:", "the tangent of a copy is that of what was copied, and overwritten"),
)  # fmt: skip

WRITER = area(
    "transform/program_writer.py",
    ("begins at last", "            at = stop\n", "            at = size\n", "the third argument begins where the second ended by itself"),
)  # fmt: skip

NESTING = area(
    "transform/nesting.py",
    ("routines by name", "return replace(new, routine=called[new.routine], loc=new.loc or s.loc)", "return replace(new, routine=new.routine, loc=new.loc or s.loc)",
     "a derivative calls the routine of another one"),
)  # fmt: skip

PULLBACK = area(
    "transform/pullback.py",
    ("shared", "    owned = tuple(map(_owned, given))\n", "    owned = given\n", "a pullback of what the caller has changed since"),
    ("lists shared", "    return [_owned(item) for item in value] if isinstance(value, list) else value\n", "    return value\n", "a pullback of a list that was changed since"),
    ("by rows", '        copy = array.copy(order="K")\n', "        copy = array.copy()\n", "an array by columns is kept by rows, of which a view is no copy"),
    ("complex", '_REAL = "fiub"', '_REAL = "fiubc"', "a complex cotangent loses its imaginary part"),
    ("other keys", "        if has_other_keys(kind_in(y), kind_in(given)):", "        if False:", "a cotangent with other keys than the result"),
)  # fmt: skip

PACKING = area(
    "transform/calling/packing.py",
    ("extents unchecked", "if place is not None and own and isinstance(place, Extent):", "if False:", "tangents of a list of arrays of other lengths"),
)  # fmt: skip

SEEDS = area(
    "transform/calling/seeds.py",
    ("other keys", "            same_node(structure, given, label)\n", "", "a tangent with other keys than its argument"),
    ("nothing for floats", "            if place is not None and is_float(function.types[function.params[place].name]):", "            if False:", "None as the direction of a tuple of floats"),
    ("integers move", '        if not is_float(mine):\n            what, _ = kind_of(mine)\n            raise NotDifferentiableError(f"`{name}` has a tangent',
     '        if False:\n            what, _ = kind_of(mine)\n            raise NotDifferentiableError(f"`{name}` has a tangent', "a tangent of an integer"),
)  # fmt: skip

ARGUMENTS = area(
    "transform/calling/arguments.py",
    ("fields lost", "item.instance_class if isinstance(item, types.BaseNamedTuple) else None)", "None)", "adjoints of a list of namedtuples are plain tuples"),
)  # fmt: skip

TRANSFORMS = area(
    "transform/custom/transforms.py",
    ("rule without key", "found = [fingerprint(part) for part in (self.primal, *self.parts)]", "found = [fingerprint(part) for part in (self.primal,)]",
     "the derivative of the same function with another rule"),
    ("given again", "    if kept.parts:\n", "    if False:\n", "derivatives that were made with the first rule stay"),
    ("options lost", 'self.kind != "checkpoint"), taken_over(self.primal))\n        return Generated', 'self.kind != "checkpoint"), {})\n        return Generated', "a function that checks its indices does not"),
)  # fmt: skip

FORMULAS = area(
    "transform/custom/rule_formulas.py",
    ("matrix products", " if not isinstance(op, ast.MatMult):", ":", "a product of whole arrays in a rule"),
    ("any function", "if found is None or not (found.broadcasts or found.key in _OTHERS):", "if found is None:", "a sum over the array in a rule"),
)  # fmt: skip

DECLARED = area(
    "transform/custom/new_rules.py",
    ("weak", "elementwise(*functions, strong=strong)(partials)", "elementwise(*functions)(partials)", "0 * inf in a rule of the user's"),
    ("text without key", 'f"{ast.unparse(tree)} {strong}"', 'f"{strong}"', "the derivative by the rule that was there before"),
    ("small probes", "for scale in (1, 14)", "for scale in (1,)", "np.unwrap works element by element"),
)  # fmt: skip

LANES = area(
    "transform/derive/lanes.py",
    ("overwrites", 'new = self.op("new", "+", out, old, value, type_=_LANES)', "new = self.lanes(value, out)", "`+=` to lanes is `=`"),
    ("transposed", "args=(*map(Const, reversed(range(last := self.rank(s.array)))), Const(last))", "args=(*map(Const, range(last := self.rank(s.array))), Const(last))",
     "a transpose of lanes is none"),
    ("weak", '"strong": "strong_lanes"', '"strong": "*"', "0 * inf in a lane"),
)  # fmt: skip

ROUTINES = area(
    "transform/derive/routines.py",
    ("prints again", "replace(self.unprinted(routine), name=name)", "replace(routine, name=name)", "what a routine printed is printed again"),
)  # fmt: skip

BODIES = area(
    "transform/derive/bodies.py",
    ("arms", "test, then, orelse = map(self.operand, node.args)", "test, orelse, then = map(self.operand, node.args)", "the other one of two numbers in a rule"),
)  # fmt: skip

KEEPING = area(
    "transform/derive/keeping.py",
    ("again for good", '        if s.loc is None or s.loc.kept is None or s.loc.kept.kind != "again":', "        if True:", "a report counts what an inner derivative computes again"),
)  # fmt: skip

SHAPES = area(
    "transform/derive/shape_sources.py",
    ("any shape", "program.types.get(name)) and _shape(program, other) == shape:", "program.types.get(name)):", "the mean over an array of another length"),
)  # fmt: skip

TUPLES = area(
    "transform/derive/tuples.py",
    ("first item", 'return [Assign(target, "=", (self.parts[name][k],), loc=s.loc)]', 'return [Assign(target, "=", (self.parts[name][0],), loc=s.loc)]', "columns as many as rows"),
)  # fmt: skip

EFFECTS = area(
    "transform/analyses/effects.py",
    ("prints of callees", "prints = prints or inner.prints or is_print(s)", "prints = prints or is_print(s)", "a function that calls one that prints does nothing"),
    ("acting routines", "            return s.routine in known", "            return False", "a rule that draws in a function that calls itself"),
    ("raises", " or isinstance(s, Raise) or", " or", "a function that calls itself to raise does nothing"),
    ("unsure", "foreign in FOREIGN[1:] or", "foreign in FOREIGN[2:] or", "an unread function that may draw"),
)  # fmt: skip

INFERENCE = area(
    "transform/analyses/inference.py",
    ("any types", "        found = self.known.get((function, args))\n        if found is None:\n            self.known[function, args] = found",
     "        found = self.known.get((function, len(args)))\n        if found is None:\n            self.known[function, len(args)] = found", "a sum of floats has the type of a sum of integers before it"),
)  # fmt: skip

NESTED = area(
    "transform/parse/transforms.py",
    ("words lost", "tuple(words.items()))))", "())))", "`argnums=` of a nested function is 0"),
    ("minus lost", "                return -value\n", "                return value\n", "the last argument is the second"),
)  # fmt: skip

TREES = area(
    "transform/parse/trees.py",
    ("any key", "        return key in tree.entries\n", "        return tree.access == \"item\"\n", "a dict has every key"),
    ("values for keys", 'if tree is not None and tree.access != "place":', 'if tree is not None and tree.access == "field":', "a loop over a dict goes over its values"),
)  # fmt: skip

REQUEST = area(
    "transform/request.py",
    ("outputs without key", "self.has_aux, self.outputs, self.into, found\n", "self.has_aux, self.into, found\n", "the derivative of what the function returns for that of what it writes"),
    ("pickled outputs", "rest = self.argnums, self.options, self.has_aux, self.outputs, self.into\n", "rest = self.argnums, self.options, self.has_aux\n", "what comes out of a pickle does not know of outputs"),
)  # fmt: skip

CHOICES = area(
    "transform/simplify/choices.py",
    ("one arm", "known |= arms[0] & arms[1]", "known |= arms[0] | arms[1]", "a divisor that was checked in one arm"),
    ("divisors in loops", "            case For() | While():\n                known -= {Var(name) for name in all_binds((s,))}\n", "            case For() | While():\n", "a divisor that a loop changes"),
)  # fmt: skip

SPREADS = area(
    "transform/simplify/spreads.py",
    ("whole shares", '        if spread.op == "spread":', "        if spread.op in _SPREAD:", "the adjoint of a mean is that of a sum"),
)  # fmt: skip

MUTANTS = (
    *JACOBIANS, *WRITER, *NESTING, *PULLBACK, *PACKING, *SEEDS, *ARGUMENTS, *TRANSFORMS, *FORMULAS, *DECLARED, *LANES, *ROUTINES, *BODIES,
    *KEEPING, *SHAPES, *TUPLES, *EFFECTS, *INFERENCE, *NESTED, *TREES, *REQUEST, *CHOICES, *SPREADS,
)  # fmt: skip
