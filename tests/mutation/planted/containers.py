"""Bugs in what holds numbers: lists, tuples, series and their items; and in what is called, bound and handed back."""

from __future__ import annotations

from tests.mutation.mutant import area

POSITIONS = area(
    "transform/resolve/list_positions.py",
    ("counters stay", "        self.counters.pop(loop.counter.name, None)", "        pass", "behind its loop a counter is still a place in the list"),
    ("from the back", "isinstance(k.value, int) and k.value >= 0", "isinstance(k.value, int)", "`l[-1]` of a list with room to spare"),
)  # fmt: skip

BINDING = area(
    "transform/resolve/listbinding.py",
    ("operands", "live[path] | {other.name for other in reads(s)}", "live[path]", "`l = l + [x]` is made in the memory of l"),
    ("arguments", "found = {frozenset(pair) for pair in combinations(params, 2)}", "found: set[frozenset[str]] = set()", "two arguments, one of which is bound to the other, are one list"),
)  # fmt: skip

CALLED = area(
    "transform/resolve/listcalls.py",
    ("not put back", "            put.append(Store(array, (Slice(),), back[-1], loc=s.loc))\n", "            pass\n", "a list keeps its length when a routine changes it"),
    ("by other routines", "        changed += [arg.name for s in self.calls for k in sorted(grown[s.routine]) if isinstance(arg := s.args[k], Var)]\n", "", "a routine hands its list on to another one, which changes its length"),
    ("doubtful", "            if self.of(target) in self.resized:", "            if False:", "a list grows that may be the one that was given"),
)  # fmt: skip

ITEMS = area(
    "transform/resolve/listitems.py",
    ("full", '">=", count, room)', '">", count, room)', "a list of lists writes behind the room of one of them"),
)  # fmt: skip

ASKING = area(
    "transform/resolve/listloops.py",
    ("before", "        changed |= self.before.get(s.stop, set())\n", "", "a list that grows between `in` and the first round"),
    ("rows", "            yield self.kin[s.array.name + ITEM]", "            pass", "`rows[0] += [v]` in a loop over rows[0]"),
)  # fmt: skip

MAKING = area(
    "transform/resolve/listmaking.py",
    ("named item", " and is_temporary(s.target.name)\n", "\n", "the item of `[y]` is y as it is where the list is repeated"),
)  # fmt: skip

METHODS = area(
    "transform/resolve/listmethods.py",
    ("last place", "        b.emit(Leave(same, loc=b.loc))\n", "", "the last item that equals the value is found"),
    ("sorted in place", "order, old = args[0], b.copy(items.whole(b))", "order, old = args[0], items.whole(b)", "items are read where others were put"),
    ("spliced in place", "b.copy(b.view(items.whole(b), (Slice(stop),), 1))", "b.view(items.whole(b), (Slice(stop),), 1)", "a longer part overwrites the items behind it"),
)  # fmt: skip

NAMES = area(
    "transform/resolve/listnames.py",
    ("extended", "                self.join(target, more, (1, 1))\n            case Assign(target, \"+\" | \"*\"", "            case Assign(target, \"+\" | \"*\"", "lists that come into a list of lists by `+=`"),
    ("one round", "            if around == state:", "            if True:", "a name that is bound at the end of a round"),
    ("one branch", "return {name: left.get(name, frozenset()) | right.get(name, frozenset()) for name in (*left, *right)}", "return {**left, **right}", "a name that is bound to a list in the first branch only"),
)  # fmt: skip

RESULTS = area(
    "transform/resolve/listresults.py",
    ("first items", "self.item(array, k, whole.item), Const(number)))", "self.item(array, k, whole.item), Const(0)))", "every column of a list of tuples is the first"),
)  # fmt: skip

LISTS = area(
    "transform/resolve/lists.py",
    ("unchecked", '        b.effect("check_index", k, count)\n', "", "items behind the last one"),
    ("none left", "                b.when(none, lambda: items.put_length(Const(0), b))\n", "", "`l *= 0` leaves the items"),
    ("given twice", "                if other != param and", "                if False and", "one list as two arguments, one of which grows"),
)  # fmt: skip

ARRAYS = area(
    "transform/resolve/lists_of_arrays.py",
    ("kept apart", "for var in (*reads(s), *binds(s)) if var.name in first]", "for var in reads(s) if var.name in first]", "a list that is bound to another one has places among its own arrays"),
)  # fmt: skip

TUPLES = area(
    "transform/resolve/tuple_items.py",
    ("negative places", 'b.integer("place", "%", index, Const(len(items)))', "index", "`p[k]` with k = -2 is the last item"),
    ("sorted by one", "args=(first, backwards, *others)", "args=(first, backwards)", "tuples with the same first item are in no order"),
)  # fmt: skip

ALWAYS = area(
    "transform/resolve/returned_arguments.py",
    ("on any path", "new[target.name] = new.get(target.name, every) & _source(s, position, found, known)", "new[target.name] = new.get(target.name, frozenset()) | _source(s, position, found, known)",
     "a result that is an argument on one path only"),
)  # fmt: skip

OWN = area(
    "transform/resolve/returned_views.py",
    ("clashes accepted", "        raise _refused(name, loc)\n\n\ndef _refused", "        pass\n\n\ndef _refused", "a part of what a routine was given is written"),
)  # fmt: skip

DISPLAYS = area(
    "transform/resolve/displays.py",
    ("changed", "            and s.target.name not in changed\n", "", "a helper changes the list that an array is made of"),
)  # fmt: skip

ORDER = area(
    "transform/resolve/comparisons.py",
    ("last row", "        b.emit(Leave(differ, loc=b.loc))\n", "", "the last rows that differ decide"),
)  # fmt: skip

RAMPS = area(
    "transform/resolve/ramps.py",
    ("without end", '"-", stop, start), last)', '"-", stop, start), count)', "np.linspace has the steps of one that leaves its end out"),
)  # fmt: skip

ROUTINES = area(
    "transform/resolve/routines.py",
    ("views written", "writes |= {root for var in written(s) for root in memory.of(var.name)}", "writes |= {var.name for var in written(s)}", "a routine that writes through a view writes nothing"),
    ("both written", "if (s.writes[k] or s.writes[m]) and", "if (s.writes[k] and s.writes[m]) and", "an argument is written that shares memory with one that is read"),
    ("raises", "effects=acts or does.raises", "effects=acts", "a routine that is called for what it raises"),
)  # fmt: skip

LOOPS = area(
    "transform/resolve/numpy_loops.py",
    ("correlation order", "fill(v, a, not backwards)", "fill(v, a, False)", "a correlation with the longer vector behind"),
)  # fmt: skip

TEXTS = area(
    "transform/resolve/numpy_texts.py",
    ("first is nan", "not x[best] > x[k]", "x[k] > x[best]", "np.nanmax of what begins with NaN"),
    ("same", "m // 2, m - m // 2 - 1,", "m - m // 2 - 1, m // 2,", "`same` with an even number of weights"),
)  # fmt: skip

SERIES = area(
    "transform/parse/iteration.py",
    ("array now", "        whole = self.held(value, node)\n", "        whole = value\n", "a loop over an array whose name is bound in it"),
    ("number now", "self.held(self.operand(given), node)", "self.operand(given)", "`enumerate(a, s)` where s changes in the loop"),
)  # fmt: skip

STRUCTURES = area(
    "transform/parse/tuples.py",
    ("fields", "Record([bound[name] for name in fields], kind)", "Record(bound.values(), kind)", "`Point(y=a, x=b)`"),
)  # fmt: skip

COMPREHENSIONS = area(
    "transform/parse/lists.py",
    ("filtered", "plain = not others and not first.ifs", "plain = not others", "what a comprehension leaves out has a place"),
)  # fmt: skip

GATHERED = area(
    "transform/parse/gathered.py",
    ("starts", '            self._step(start, "bind", stop)\n', "", "every array of a list begins where the first does"),
)  # fmt: skip

HIDDEN = area(
    "transform/parse/hidden.py",
    ("items", "        if isinstance(value, Const) and number and self.inside(node):", "        if False:", "a test of an item of a tuple takes a branch away"),
)  # fmt: skip

INLINED = area(
    "transform/parse/inlining.py",
    ("assigned", "fixed = fixed and name not in source.assigned and", "fixed = fixed and", "a helper that changes its parameter changes the caller's number"),
    ("words", "return {name: bound[name] for name in source.params}", "return bound", "words of a recursive call in another order"),
    ("defaults", "if 0 < len(call.args) - len(source.params) + len(function.defaults) < len(function.defaults):", "if False:", "a nested function of which one default is left out"),
)  # fmt: skip

TARGETS = area(
    "transform/parse/targets.py",
    ("all before", "if any(isinstance(part, ast.Subscript) for part in ast.walk(target)):", "if False:", "`a[1], a[0] = a[:2]`"),
    ("parts before", "parts = [self.frozen(item, node) for item in value]", "parts = list(value)", "`p = (p[1], p[0])`"),
    ("right side writes", 'if op in "+-" and not may_write(block):', 'if op in "+-":', "`a[0] += bumped(a)`"),
)  # fmt: skip

CALLS = area(
    "transform/parse/calls.py",
    ("stopped", "            return rebuilt(value, [self.stopped(item, node) for item in value])", "            return value", "stop_gradient of a tuple"),
)  # fmt: skip

FRAMES = area(
    "transform/parse/frames.py",
    ("functions", "if isinstance(mine, FunctionValue) and isinstance(theirs, FunctionValue) and mine != theirs:", "if False:", "which function is called depends on the path"),
)  # fmt: skip

CORE = area(
    "transform/parse/core.py",
    ("tuples now", "            return rebuilt(value, [self.frozen(item, node) for item in value])", "            return value", "`for v in (x, y)` where y changes in the loop"),
)  # fmt: skip

REWRITTEN = area(
    "transform/rules/rewritten.py",
    ("diagonal", "@lowered(np.fill_diagonal, writes=True)", "@lowered(np.fill_diagonal)", "`b[0, 0] += g(b)` where g fills the diagonal of b"),
)  # fmt: skip

EFFECTS = area(
    "transform/rules/effects.py",
    ("opaque", "power pareto weibull poisson zipf logseries\"), opaque=True)", "power pareto weibull poisson zipf logseries\"))", "a draw with a parameter that has a derivative"),
)  # fmt: skip

UNPACKED = area(
    "transform/writing/unpacking.py",
    ("one list", "if function.types.get(other) == function.types.get(name):", "if False:", "one list that is given twice is two arrays"),
)  # fmt: skip

WRITTEN = area(
    "transform/writing/emit.py",
    ("names of routines", "        taken = taken | {text}\n", "        pass\n", "two routines with one name"),
    ("captured names", "        taken = {text for text, value in captured.items() if constants.get(text, value) is not value}\n", "        taken: set[str] = set()\n", "two captured values with one name"),
)  # fmt: skip

MUTANTS = (
    *POSITIONS, *BINDING, *CALLED, *ITEMS, *ASKING, *MAKING, *METHODS, *NAMES, *RESULTS, *LISTS, *ARRAYS, *TUPLES, *ALWAYS, *OWN,
    *DISPLAYS, *ORDER, *RAMPS, *ROUTINES, *LOOPS, *TEXTS, *SERIES, *STRUCTURES, *COMPREHENSIONS, *GATHERED, *HIDDEN, *INLINED,
    *TARGETS, *CALLS, *FRAMES, *CORE, *REWRITTEN, *EFFECTS, *UNPACKED, *WRITTEN,
)  # fmt: skip
