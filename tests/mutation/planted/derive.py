"""Bugs in the derivation: dropped and misplaced takes, clears, gives, casts, copies, snapshots; wrong cells and sums."""

from __future__ import annotations

from tests.mutation.mutant import area

ADJOINT = area(
    "transform/derive/adjoint.py",
    ("load overwrites", "sides.reverse.append(Accumulate(bar(array.name), index, bar(target.name), loc=s.loc))",
     "sides.reverse.append(Store(bar(array.name), index, bar(target.name), loc=s.loc))", "the adjoint of a load overwrites the shadow"),
    ("store keeps", "index, value, at, sides.reverse, clear=True)", "index, value, at, sides.reverse, clear=False)",
     "a write neither takes a copy nor clears the shadow"),
    ("accumulate clears", "index, value, at, sides.reverse, clear=False)", "index, value, at, sides.reverse, clear=True)",
     "`+=` clears the shadow"),
    ("elements keep", "if clear and taken != shadow:", "if clear and not element and taken != shadow:",
     "an active write to an element does not clear its shadow"),
    ("overlaps keep", "if clear and taken != shadow:", "if clear and element:", "a write of what overlaps does not clear its shadow"),
    ("slices keep", "            if clear and taken == shadow:", "            if False:", "an active write to a slice does not clear its shadow"),
    ("constants keep", "        elif clear:\n            out.append(cleared)", "        elif False:\n            out.append(cleared)",
     "a write of a constant does not clear the shadow"),
    ("take shares", "elif clear and not program.memory.disjoint(value.name, array.name):", "elif False:", "what a write takes is not copied"),
    ("slice not summed", "        return self.unbroadcast(value, taken, out, loc)", "        return taken", "what was broadcast into a slice is not summed"),
    ("slice axis unchecked", "if len(slots) == mine.ndim and all(slots[k] == self.program.extents.axis(value.name, k) for k in range(mine.ndim)):",
     "if len(slots) == mine.ndim:", "an array of length 1 is written to a longer slice"),
    ("store not cast", "amount_ = self._cast(value, amount, (array, value), out, s.loc)", "amount_ = amount", "a float64 adjoint of a float32 number"),
    ("give overwrites", "elif self.program.owner(to.name) == at.block and to.name not in at.seen:", "elif self.program.owner(to.name) == at.block:",
     "the second use of a number overwrites its adjoint"),
    ("give loses minus", 'out.append(Assign(bar, "neg" if minus else "=", (amount,), loc=loc))', 'out.append(Assign(bar, "=", (amount,), loc=loc))',
     "a minus that went into the sum is lost where the sum begins"),
    ("add loses minus", '        else:\n            out.append(Assign(bar, "-" if minus else "+", (bar, amount), loc=loc))',
     '        else:\n            out.append(Assign(bar, "+", (bar, amount), loc=loc))', "a minus that went into the sum is lost"),
    ("array loses minus", "            if minus:\n                negated = self", "            if False:\n                negated = self",
     "a minus is lost where an array has memory"),
    ("value loses minus", '            out.append(Assign(bar, "-" if minus else "+", (bar, amount), loc=loc))\n            return',
     '            out.append(Assign(bar, "+", (bar, amount), loc=loc))\n            return', "a minus is lost where an array is a value"),
    ("value shares memory", "        elif self._is_value(amount, out):", "        elif True:", "the adjoint of an array is memory that changes"),
    ("values of memory", "        return made or not self.program.is_array(amount.name)", "        return True", "the adjoint of memory that changes is passed on without a copy"),
    ("moved keeps", "                out.append(Assign(seed, \"=\", (self.program.zero(target.name),), loc=s.loc))", "                pass",
     "the adjoint of a cell that was overwritten is not cleared"),
    ("moved stays seen", "                at.seen.discard(target.name)", "                pass", "a cell that was overwritten keeps its adjoint"),
    ("moved gives nothing", "            self.give(value, self._cast(value, seed, (target, value), out, s.loc), at, out, s.loc)", "            pass",
     "a copied number gets no adjoint"),
    ("no casts", 'if not isinstance(to, Var) or program.dtype(to.name) != "float32" or program.is_array(to.name):', "if True:",
     "float64 adjoints of float32 numbers"),
    ("first operand only", "if rule.active[partial.position] and s.args", "if rule.active[partial.position] and partial.position == 0 and s.args",
     "the second operand gets nothing"),
    ("linear not summed", "self._summed(s, s.args[k], amount, out) if rule.broadcasts else amount", "amount", "np.where is not unbroadcast"),
    ("elementwise not summed", "        amount = self._summed(s, arg, amount, out)\n", "", "broadcasting is not undone"),
    ("partial loses minus", "(s.target, *s.args), out, s.loc), at, out, s.loc, partial.minus)", "(s.target, *s.args), out, s.loc), at, out, s.loc)",
     "a minus that was taken out of a partial is lost"),
    ("weak product", "strong = (partial.strong and not infinite.regular(s)) or huge or", "strong = huge or", "0 * inf where a partial is infinite"),
    ("weak behind roots", " or infinite.derivative(s.target)", "", "0 * inf where an adjoint is infinite"),
    ("weak overflow", "huge = any(map(infinite.value, partial.reads(names))) or", "huge =", "0 * inf where a factor overflows"),
    ("same rank same shape", "mine.ndim == whole.ndim and self._as_whole(s, arg, mine.ndim)", "mine.ndim == whole.ndim",
     "axes of length 1 are not summed"),
    ("one axis compared", "extents.broadcast(arrays, rank, k) for k in range(rank))", "extents.broadcast(arrays, rank, k) for k in range(1))", "only the first axes are compared"),
    ("no snapshot", "if var.name in program.definitions and not program.stable(var.name, path, at.context):", "if False:",
     "what the adjoint reads and the primal overwrites is not kept"),
    ("snapshot unused", "sides.reverse = [self._use(statement, changed) for statement in sides.reverse]", "pass", "the copy is made and not read"),
    ("sum loses minus", "at, out, s.loc, found.minus)", "at, out, s.loc)", "`c -= t` as `c += t`"),
    ("sum not cast", "amount = self._cast(found.term, program.bar(found.cell), (Var(found.cell), found.term), out, s.loc)",
     "amount = program.bar(found.cell)", "a float64 adjoint of a float32 term"),
    ("literals promote", 'return "float32" if "float32" in dtypes and "float64" not in dtypes else None', "return None", "literals of rules are float64"),
)  # fmt: skip

PREPARE = area(
    "transform/derive/prepare.py",
    ("stepped forward", "Const(first - stride)", "Const(first + stride)", "the round before the first one"),
    ("counted from one", 'out.append(Assign(count, "=", (Const(0),)))', 'out.append(Assign(count, "=", (Const(1),)))', "a while loop has one round more"),
    ("counted by two", 'Assign(after, "+", (here, Const(1)))', 'Assign(after, "+", (here, Const(2)))', "a while loop has twice its rounds"),
    ("counted late", "inner = (start, *step, *inner) if leaves(s)", "inner = (start, *inner[:-1], *step, inner[-1]) if leaves(s)",
     "the round is counted at its end"),
    ("reached late", '"=", (counter,))', '"=", (start,))', "a loop that is left remembers its first round"),
    ("pure headers", "case While() if not _is_plain(s, uses):", "case While() if False:",
     "a while loop's test that writes is not reversed"),
    ("hoist keeps", "            self.fetch(cell, held, out, s)\n        self.forget(body, held)", "            self.fetch(cell, held, out, s)",
     "copies of cells that a loop changes are still used"),
    ("counter stays", "            held.pop(s.counter.name, None)", "            pass", "a copy of a counter from before the loop"),
    ("then only", "self.forget((*then, *orelse), held)", "self.forget(then, held)", "copies of cells that the else branch changes are still used"),
    ("while forgets header", "self.forget((*header, *body), held)\n            case If", "self.forget(header, held)\n            case If",
     "copies of cells that a while loop changes are still used"),
    ("old copy", "                    held[bound.name] = temporary", "                    pass", "a copy from before the assignment is still used"),
    ("step sign", 'value if op == "+" else -value', "value", "`k -= 1` steps forward"),
    ("steps twice", "if name == same and bound[name] == 1:", "if name == same:", "an integer that is changed elsewhere, too"),
    ("step unseen", "        if s.target.name in self.stepped:", "        if False:", "an integer after its step is what it was before"),
    ("stepped inside", "if n not in all_binds(body)} | stepped", "} | stepped", "an inner loop changes what an outer one steps"),
)  # fmt: skip

CELLS = area(
    "transform/analyses/cells.py",
    ("one definition", "if at is not None and not _before(at, path, isinstance(s, While)):", "if False:", "values of the round before"),
    ("parameters", "if target.name in definition or target.name in params:", "if target.name in definition:", "parameters that are assigned again"),
    ("same statement", "use[len(block)] > position", "use[len(block)] >= position", "a statement that reads what it binds"),
    ("branches", "use[: len(block)] == block and len(use) > len(block) and use[len(block)] > position", "use[0] > definition[0]",
     "a definition in a branch comes before what follows"),
)  # fmt: skip

PROGRAM = area(
    "transform/derive/program.py",
    ("never follows", "        if store > path:\n            return True\n", "", "stores later in the block are not seen"),
    ("loops end", "range(within + 1, shared + 1))", "range(within + 1, shared))", "stores earlier in the same loop are not seen"),
    ("views unseen", "            if not roots & stored:\n", "            if array not in stored:\n", "writes through another name"),
    ("all stable", 'return on("stable memory") and self.overwriting', 'return on("stable memory") or self.overwriting', "memory never changes"),
    ("new views", "        if isinstance(s, View):\n            self.memory", "        if False:\n            self.memory", "what a new view shows never changes"),
    ("sum read twice", 'case Assign(Var(t), "=", (Var(c),)) if c in cells and uses[t] == 1:', 'case Assign(Var(t), "=", (Var(c),)) if c in cells:',
     "`c = c + t` with another use of the old c"),
    ("sum used twice", "if left in read_from and uses[t] == 1:", "if left in read_from:", "`c = c + t` with another use of the sum"),
    ("sum minus", 'Sum(read_from[left], right, op == "-")', "Sum(read_from[left], right, False)", "`c -= t` as `c += t`"),
    ("sum of old", "            read_from = {k: v for k, v in read_from.items() if v not in changed}\n", "", "a sum with an older value of the cell"),
    ("sum over change", "            added = {k: v for k, v in added.items() if v.cell not in changed | looked_at}\n", "", "the cell is assigned between sum and write"),
    ("sum over read", "v.cell not in changed | looked_at}", "v.cell not in changed}", "the cell is read between sum and write"),
    ("viewed values", "if var.name in made and (not operand or path[:-1] != made[var.name]):", "if var.name in made and path[:-1] != made[var.name]:",
     "arrays that are viewed or written have adjoints without memory"),
    ("values elsewhere", "(not operand or path[:-1] != made[var.name])", "(not operand)", "arrays that are read in other blocks have adjoints without memory"),
    ("values without axes", "isinstance(type_, Array) and type_.ndim:", "isinstance(type_, Array):", "0-d arrays have adjoints without memory"),
    ("uncarried", "if not exposed(block_at(body, region), name):", "if True:", "a cell that a loop carries has its adjoint in the round"),
    ("while header owns", "if not isinstance(owner, While) or region[-1] == 1:", "if True:", "a header's cell has its adjoint in the header"),
    ("one branch sets", "(inner[0][1] & inner[1][1]) - read", "(inner[0][1] | inner[1][1]) - read", "one branch assigns, the other does not"),
    ("loop sets", "read |= below - bound - {counter.name}", "read, bound = read | below - bound - {counter.name}, bound | inner[0][1]", "a loop without rounds assigns"),
    ("parameter regions", "        regions[name] = ()\n    return", "        pass\n    return", "a parameter's adjoint begins where it is mentioned"),
    ("zero promotes", 'return Const(0.0, "float32" if self.dtype(name) == "float32" else None)', "return Const(0.0)", "zeros are float64"),
    ("offset sign", "total -= value", "total += value", "`n - 1` as `n + 1`"),
    ("grow early", "self.growing = frozenset(t.name for s in walk(self.function.body) if isinstance(s, Grow) for t in s.tapes)", "self.growing: frozenset[str] = frozenset()",
     "a growing buffer is recorded before it has its size"),
)  # fmt: skip

OWN = area(
    "transform/derive/own_memory.py",
    ("views unseen", "writers = [(s, memory.of(a.name)) for", "writers = [(s, {a.name}) for", "an argument that is written through a view"),
    ("both written", "if one.name in touched or other.name in touched:", "if one.name in touched and other.name in touched:", "only pairs that are both written are checked"),
    ("arrays outside", "(*arrays[position + 1 :], *outside)", "arrays[position + 1 :]", "an argument that is written and an array that is read where it is"),
    ("windows", 'type_.layout == "A":        # the copy', 'type_.layout == "C":        # the copy', "windows that are written are not checked"),
    ("arguments handed out", "if roots & (foreign | handed_out)", "if roots & handed_out", "a result is an argument"),
    ("results shared", "if roots & (foreign | handed_out)", "if roots & foreign", "two results share memory"),
    ("written", "if (param.name in touched or not", "if (False or not", "arguments are overwritten"),
)  # fmt: skip

LAYOUTS = area(
    "transform/resolve/layouts.py",
    ("layout", 'type_.layout == "C" or (type_.layout == "F" and type_.ndim < 2)', 'type_.layout != "A"', "Fortran arrays are copied in C order"),
    ("gaps", 'type_.layout == "C" or (type_.layout == "F" and type_.ndim < 2)', 'type_.layout != "F" or type_.ndim < 2', "the copy of an array with gaps has another type"),
)  # fmt: skip

WIDE = area(
    "transform/derive/lanes.py",
    ("gaps", 'if self.layout(s.target) == "C" != self.layout(s.array):', "if False:", "with lanes, too, a view of what lies by columns has no gaps"),
)  # fmt: skip

RETURNED = area(
    "transform/resolve/returned_views.py",
    ("copies left out", "and roots & foreign:", "and False:", "a result of a routine has the shadow of an argument"),
)  # fmt: skip

PARTIALS = area(
    "transform/derive/partials.py",
    ("minus lost", "            return inner, strong, True\n", "            return inner, strong, False\n", "the sign of a partial is lost"),
    ("minus of product lost", "return ast.BinOp(inner, op, right), strong, True", "return ast.BinOp(inner, op, right), strong, False", "the sign of a partial is lost"),
    ("square of two", 'if s.op == "*" and s.args[0] == s.args[1]', 'if s.op == "*" and type(s.args[0]) == type(s.args[1])', "x * y as a square"),
    ("named exponent", " and exponent.label is None:", ":", "an exponent that is a named constant"),
    ("exponent constant", "if position == 0 and rule.key in _POWERS", "if rule.key in _POWERS", "the partial by a literal exponent"),
)  # fmt: skip

REVERSE = area(
    "transform/derive/reverse.py",
    ("entry not kept", "if param.name in bound and isinstance(types.get(param.name), Array):", "if False:", "a parameter that is rebound loses its shadow"),
    ("seed unchecked", "if program.is_array(value.name):\n            name", "if False:\n            name", "cotangents of another shape"),
    ("seed not cast", "            given[position] = cast\n", "", "cotangents of another dtype"),
    ("shadows of active", "if name in wrt or Var(name) in program.activity:", "if name in wrt:", "arguments that are not asked for have no shadow"),
    ("mirror views", "if isinstance(s, View) and s.target.name in found:", "if False:", "what a rebound name was a view of has no shadow in time"),
    ("mirror of cells", "elif isinstance(s, View) and s.array.name in program.prepared.cells and s.array.name in found:", "elif False:",
     "a view of a rebound name has no shadow in time"),
)  # fmt: skip

TUPLES = area(
    "transform/derive/tuples.py",
    ("items in turn", "for hold, item in zip(held, given, strict=True)]\n        return [*out, *(Assign(part, \"=\", (hold,), loc=s.loc)",
     "for hold, item in zip(held, given, strict=True)]\n        return [*out, *(Assign(part, \"=\", (given[held.index(hold)],), loc=s.loc)",
     "items are bound one after the other"),
)  # fmt: skip

DEFINED = area(
    "transform/derive/initial_values.py",
    ("nothing", "self.bound[name] > inside[name]}", "False}", "names without a value in front of a loop"),
    ("one arm", "return frozenset.intersection(*arms) if arms else None", "return frozenset.union(*arms) if arms else None", "bound in one branch is bound"),
    ("unsigned nothing", '        case Scalar(dtype) if dtype.startswith("uint"):', "        case Scalar(dtype) if False:", "an unsigned integer starts as a signed one"),
    ("loop runs", "                self.block(body, known | {counter.name})\n                return known",
     "                return self.block(body, known | {counter.name})", "a loop without rounds binds"),
)  # fmt: skip

TANGENT = area(
    "transform/derive/tangent.py",
    ("constants keep", "case Store(array, index, value) if array in active:", "case Store(array, index, value) if array in active and value in active:",
     "a write of a constant leaves the tangent as it was"),
    ("accumulate overwrites", "return [Accumulate(self.dot(array.name), index, self.of(value), loc=s.loc), s]",
     "return [Store(self.dot(array.name), index, self.of(value), loc=s.loc), s]", "the tangent of `+=` overwrites"),
    ("after the view", "return [View(self.dot(target.name), self.dot(array.name), kind, args, loc=s.loc), s]",
     "return [s, View(self.dot(target.name), self.dot(array.name), kind, args, loc=s.loc)]", "a view's tangent is bound after the view"),
    ("tape not grown", "dots = tuple(self.dot(tape.name) for tape in tapes if tape in active)", "dots: tuple[Var, ...] = ()", "the tangent's tape does not grow"),
    ("list not kept", "return [Push(self.list_dot(list_), self.dot(value.name)), s]", "return [s]", "tangents of kept arrays are lost"),
    ("overwritten operand", "        if target in s.args:", "        if False:", "`x = x * y` reads the new x"),
    ("first only", "if partial.position in (moving[:1] if double else moving):", "if partial.position in moving[:1]:", "only one operand moves"),
    ("bilinear at once", 'groups = [moving] if rule.kind == "linear" else [[k] for k in moving]', "groups = [moving]", "x_dot @ y_dot for a product"),
    ("minus lost", 'Assign(more, "-" if minus else "+", (total, term), loc=s.loc)', 'Assign(more, "+", (total, term), loc=s.loc)', "a sign is lost"),
    ("first minus lost", "        if minus:\n            negated", "        if False:\n            negated", "a sign is lost where the sum begins"),
    ("not broadcast", 'full = s.target in covered or (', "full = True or (", "a tangent of a smaller shape than its array"),
    ("not cast", 'Assign(dot, "cast:float32" if narrow else "=", (total,), loc=s.loc)', 'Assign(dot, "=", (total,), loc=s.loc)', "float64 tangents of float32"),
    ("seed kept", "seed = self.namer.fresh(dot.name) if given != type_ or touched else dot", "seed = self.namer.fresh(dot.name) if given != type_ else dot",
     "the caller's tangent is overwritten"),
    ("captured", "start += tangent.shadow(Var(name))\n    body = tangent", "pass\n    body = tangent", "captured arrays have no tangent"),
    ("shadows shared", "shadows = _shadow_memory(tangent, memory)", "shadows = Aliases({})", "tangents of results share memory"),
    ("weak", "strong = (partial.strong and not self.infinite.regular(s)) or huge or", "strong = False and", "0 * inf in forward mode"),
    ("plain literals", 'dtype = "float32" if "float32" in arrays and "float64" not in arrays else None', "dtype = None", "literals of rules are float64"),
    ("counters", "still = (self.zeros(counter, s.loc),) if counter in active else ()", "still = ()", "a counter keeps the tangent of the number that had its name"),
)  # fmt: skip

CALLS = area(
    "transform/derive/calls.py",
    ("arguments changed", "if not s.writes[k] and (not s.reads[k] or program.stable(arg.name, path, at.context)):", "if not s.writes[k]:", "an array that is overwritten after the call"),
    ("arguments written", "if not s.writes[k] and (not s.reads[k] or program.stable(arg.name, path, at.context)):", "if not s.reads[k] or program.stable(arg.name, path, at.context):",
     "an array that the call itself overwrites"),
    ("drawn anew", "drawing = _drawing(program, s, path, sides) if does.draws else ([], [])", "drawing: tuple[list[Statement], list[Statement]] = ([], [])",
     "the reverse sweep draws other numbers"),
    ("drawn twice", "return [Assign(now, \"random_state\", (), loc=s.loc), back], [on]", "return [Assign(now, \"random_state\", (), loc=s.loc), back], []",
     "what is drawn after the derivative was drawn before"),
    ("entry empty", "    if full or", "    if", "the copy on entry has no contents"),
    ("same memory", "    if not same or s.writes[k]:\n        return bar\n", "    return bar\n", "one array as two arguments"),
    ("gives nothing", "        adjoints.give(s.args[k], amount, at, sides.reverse, s.loc)", "        pass", "numbers that are handed in get no adjoint"),
    ("added once", "    after.append(Accumulate(bar, (), own, loc=s.loc))", "    pass", "the second shadow of one array is lost"),
    ("writes unseen", "if not active or not (results or any(s.writes[k] for k in active)):", "if not active or not results:", "a call that only writes"),
)  # fmt: skip

MUTANTS = (
    *ADJOINT, *PREPARE, *CELLS, *PROGRAM, *OWN, *LAYOUTS, *RETURNED, *PARTIALS, *REVERSE, *TUPLES, *DEFINED,
    *TANGENT, *CALLS, *WIDE,
)  # fmt: skip
