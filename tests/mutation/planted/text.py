"""Bugs between text and list: exits that are not taken, statements out of order, expressions that wait too long."""

from __future__ import annotations

from tests.mutation.mutant import area

EXITS = area(
    "transform/parse/exits.py",
    ("flag not set", "        self.set_flag(loop.left, True, node)\n        self.set_flag(loop.skipped", "        self.set_flag(loop.skipped", "`break` sets no flag"),
    ("skip not set", "        self.set_flag(loop.skipped, True, node)\n\n    def continue_", "        pass\n\n    def continue_", "`break` does not skip the rest of the round"),
    ("no leave", "        if flags.left is not None:\n            self.emit(Leave", "        if False:\n            self.emit(Leave", "loops are not left"),
    ("skipped once", "            self.set_flag(flags.skipped, False, node)\n            begin()", "            begin()", "a round that was skipped skips all"),
    ("rest runs", "        if not kinds or not rest:", "        if True:", "what an exit skips runs"),
    ("return in inner", "for loop in reversed(frame.loops) for flag", "for loop in frame.loops[-1:] for flag", "`return` leaves the inner loop only"),
    ("else always", "            self.branch(left, [], node.orelse, node)", "            self.statements(node.orelse)", "`else` runs after `break`"),
    ("rest after else", "        elif ends(node.orelse) and \"return\" not in inside:\n            self.branch(left, rest, node.orelse, node)",
     "        elif ends(node.orelse) and \"return\" not in inside:\n            self.branch(left, [], node.orelse, node)", "the rest behind an `else` that ends"),
    ("assertion", "If(Const(False) if test is False else test, (), error, loc=self.loc(node))", "If(Const(False) if test is False else test, error, (), loc=self.loc(node))", "assert raises where it holds"),
    ("else of a loop", "                yield from _guards([*node.orelse, *rest])", "                yield from _guards(node.orelse)", "no flag is made for what the else of a loop leaves"),
    ("unrolled", "                self.emit(If(on, self.block(lambda: rounds(number + 1)), (), loc=self.loc(node)))", "                rounds(number + 1)", "`break` in a loop over a tuple"),
    ("returned", 'loop is None or kinds == {"return"}:', "loop is None:", "the flag of a `return`"),
    ("continue asks left", 'return loop.skipped if "continue" in kinds else loop.left', "return loop.left or loop.skipped", "the rest behind a `continue`"),
)  # fmt: skip

LOOPS = area(
    "transform/parse/loops.py",
    ("numbered stop", 'stop = self.integer("+", start, series.rounds, node)', "stop = series.rounds", "enumerate from another start"),
    ("numbered item", 'self.integer("-", counter, start, node)), node)', "counter), node)", "items of enumerate from another start"),
    ("axes", "zip(reversed(counters), reversed(series.extents), strict=True)", "zip(reversed(counters), series.extents, strict=True)", "extents of nested loops swapped"),
    ("counters die", " and all(self._dies(name, node) for name in names)", "", "counters that are read after the loop"),
)  # fmt: skip

BREAKS = area(
    "transform/writing/breaks.py",
    ("rest first", "return (*block[: position + 1], *rest, Break(loc=s.loc)), True", "return (*block[: position + 1], Break(loc=s.loc)), True", "what stands behind the flag"),
    ("any flag", "        if isinstance(s, Assign) and s.target.name == flag:\n", "        if isinstance(s, Assign) and s.args == (Const(True),):\n", "any constant true leaves"),
    ("false leaves", "if s.args != (Const(True),) or any(_mentions(other, flag) for other in rest):", "if any(_mentions(other, flag) for other in rest):", "a flag that is not set for sure"),
    ("other branch", "        return (*before, replace(s, then=then[0], orelse=()), *orelse[0]), False", "        return (*before, replace(s, then=then[0], orelse=())), False", "what the other branch does"),
    ("both break", "    if then[1] and orelse[1]:", "    if then[1] or orelse[1]:", "one branch breaks"),
    ("flags read", "and isinstance(s, Assign) and not read[s.target.name]))", "and isinstance(s, Assign)))", "flags that are read"),
)  # fmt: skip

WAITING = area(
    "transform/writing/waiting.py",
    ("names change", "if any(n in grown or self.names.get(n) in spelled for n in waiting.names):", "if False:", "an expression waits while its operands change"),
    ("memory changes", "return any((self.memory.of(a) | {a}) & stored for a in waiting.arrays)", "return False", "a load waits while the memory changes"),
    ("views unseen", "for a in written(inner) for root in self.memory.of(a.name) | {a.name}}", "for a in written(inner) for root in {a.name}}", "a load waits while memory changes under another name"),
    ("through", "                found |= waiting.names\n                arrays |= waiting.arrays", "                found |= waiting.names", "memory that is read through what waits"),
    ("grown", "n in grown or self.names", "self.names", "a load from a tape waits while it grows"),
    ("defined twice", "or self.definitions[name] != 1 or", "or", "a name with two definitions waits"),
    ("effects wait", " or is_effect(s):\n            return False", ":\n            return False", "a draw moves behind another"),
    ("written arrays", "return self.uses[name] <= 1 and name not in self.written", "return self.uses[name] <= 1", "an array that is written waits"),
)  # fmt: skip

NEST = area(
    "transform/writing/nest.py",
    ("stores", "                text = f\"{written} = {source_of(self.read(value))}\"\n                self.before_change(s)",
     "                text = f\"{written} = {source_of(self.read(value))}\"", "a store before what still reads the old element"),
    ("sums", "                text = self.added(place, self.read(value))\n                self.before_change(s)", "                text = self.added(place, self.read(value))",
     "`+=` before what still reads the old element"),
    ("blocks", "        repeat = isinstance(s, If)\n        self.before_change(s)", "        repeat = isinstance(s, If)", "a loop before what still reads what it changes"),
    ("minus", 'return f"{source_of(place)} -= {source_of(value.operand)}"', 'return f"{source_of(place)} += {source_of(value.operand)}"', "`+= -x` as `+= x`"),
    ("augmented right", "if isinstance(left, ast.Name) and left.id == name and op in _AUGMENTED and", "if isinstance(left, ast.Name) and op in _AUGMENTED and", "`x = y - z` as `x -= z`"),
    ("in loops", "and not (waiting.again and (repeat or op_text.plain(waiting.expression))))", "and False)", "an expression moves into a loop"),
    ("negated", "condition, then, orelse = op_text.negated(condition), orelse, ()", "condition, then, orelse = condition, orelse, ()", "an `if` with an `else` only"),
    ("choices swapped", "op_text.chosen(condition, values[0], values[1], is_bool)", "op_text.chosen(condition, values[1], values[0], is_bool)", "the branches of a choice"),
    ("behind branches", "self.pending = {name: p for name, p in outer.items() if self.left[name]}", "self.pending = {name: p for name, p in self.pending.items() if name in outer}",
     "what is written in one arm is not there in the other"),
    ("before choices", "        expression = op_text.chosen(condition, values[0], values[1], is_bool)\n        self.before_change(s)", "        expression = op_text.chosen(condition, values[0], values[1], is_bool)",
     "a choice takes the name that what waits still reads"),
    ("starts", "[start, stop] if start != Const(0) else [stop]", "[stop]", "loops begin at 0"),
)  # fmt: skip

SPELLING = area(
    "transform/writing/final_names.py",
    ("live names", "        meet(target.name, live[path])", "        pass", "versions that live at the same time share a name"),
    ("loop tops", "            meet(s.counter.name, live[(*path, -1)])", "            pass", "a counter shares its name with what its body reads"),
    ("inner counters", "meet(s.counter.name, (i.counter.name for i in walk(s.body) if isinstance(i, For)))", "pass", "counters of nested loops share a name"),
    ("captured values", "        meet(name, (n for n, other in function.captures.items() if other is not function.captures[name]))\n", "", "two captured values share a name"),
)  # fmt: skip

FLAT = area(
    "transform/analyses/flat.py",
    ("counters", "written = [stop] if written == [Const(0), stop] else written", "written = [start, stop, step]", "the counter of `range(n)` is an int64, whatever n is"),
    ("names of versions", 'name.replace("_", "__")', "name", "a name like that of a version has its type"),
)  # fmt: skip

SPELL = area(
    "transform/op_text.py",
    ("minus in sums", 'ast.Sub() if op == "+" else ast.Add()', 'ast.Sub() if op == "-" else ast.Add()', "a minus is lost or found in a sum"),
    ("minus of products", "            return ast.BinOp(factor, op, right)", "            return ast.BinOp(factor, ast.Mult(), right)", "a number over something is a product"),
    ("negated number", "            return operand\n", "            return ast.UnaryOp(ast.USub(), operand)\n", "the negative of a negative number keeps its minus"),
)  # fmt: skip

ANSWERS = (
    *area(
        "transform/parse/core.py",
        ("negated answers", 'answer if op == "passed" else not answer', "answer", "`not` of what is known is the same"),
    ),
    *area(
        "transform/parse/frames.py",
        ("none on dead paths", "        if by is True:\n", "        if by is False:\n", "None on the path that is taken is overlooked"),
    ),
    *area(
        "transform/parse/expressions.py",
        ("last operands", "return last[0] if decides else found ", "return found ", "a branch behind `a and False` has a say in types"),
        ("whose answer", "                if answer is side:\n", "                if answer is not side:\n", "what is chosen says what the other side says"),
    ),
)  # fmt: skip

SIGNED = area(
    "transform/calling/signed.py",
    ("result", "    _same_result(source, primal.overloads[own].signature.return_type, function)\n", "", "a signature that converts the result"),
    ("text", "    if own != given:\n", "    if False:\n", "a copy in an array of any layout is a view of one that lies by rows"),
    ("exact", "own = given if given in fitting else fitting[0]", "own = fitting[0]", "the first signature that fits for the one that Numba takes"),
    ("routines", "for f in (function, *function.routines.values())", "for f in (function,)", "the layouts of what calls itself"),
)  # fmt: skip

CAPTURED = (
    *area(
        "runtime/captured.py",
        ("py gaps", "((value.flags.c_contiguous or value.flags.f_contiguous) and value.nbytes <= _LARGE)", "value.nbytes <= _LARGE", "an array with gaps is kept as it was"),
        ("py large", " and value.nbytes <= _LARGE)", ")", "a large array is kept as it was"),
        ("py defaults", "        items = map(as_now, value)\n", "        items = iter(value)\n", "a default is read where it is"),
    ),
    *area(
        "transform/reading/fingerprint.py",
        ("place", '            self.feed("place", str(id(array)))', '            self.feed("bytes", array.tobytes())', "an array that looks like another one is that one"),
    ),
    *area(
        "transform/calling/buffers.py",
        ("captured", "    others |= {var: base(var.name) for var in read_in_place(whole)}\n", "", "a buffer is an array that the function reads"),
    ),
)  # fmt: skip

PULLED = (
    *area(
        "transform/pipeline.py",
        ("changing", "    check_frozen(function)\n", "", "a pullback reads data that was filled again"),
    ),
    *area(
        "transform/derive/own_memory.py",
        ("routines outside", "    for routine in function.routines.values():\n        for name, value in routine.captures.items():\n            if not is_frozen(value):\n                raise UnsupportedError(\n                    f\"`{function.name}` writes",
         "    for routine in ():\n        for name, value in routine.captures.items():\n            if not is_frozen(value):\n                raise UnsupportedError(\n                    f\"`{function.name}` writes", "what a function that calls itself reads where it is"),
    ),
    *area(
        "transform/calling/buffers.py",
        ("in a list", "    if any(True for structure in function.inputs.values() for _ in stacked_in(structure)):", "    if False:", "a buffer is an array in a list of the caller's"),
    ),
)  # fmt: skip

MUTANTS = (*SPELL, *ANSWERS, *EXITS, *LOOPS, *BREAKS, *WAITING, *NEST, *SPELLING, *FLAT, *SIGNED, *CAPTURED, *PULLED)
