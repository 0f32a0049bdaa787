"""Bugs in what makes code shorter: something that is needed goes, or something old is read."""

from __future__ import annotations

from tests.mutation.mutant import area

DEADCODE = area(
    "transform/simplify/deadcode.py",
    ("raises", "            case Raise():\n                return self.effects", "            case Raise():\n                return False", "exceptions are dropped"),
    ("checks", "return self.effects and acts(s)", "return False", "checks and prints are dropped"),
    ("redone checks", "return self.effects and acts(s)", "return acts(s)", "checks are made again with the round"),
    ("views", "                for root in roots:\n                    self.by_root", "                for root in ():\n                    self.by_root", "stores to what is read"),
    ("tapes", "            return [tape.name for tape in tapes]", "            return []", "tapes do not grow"),
    ("pops", "return [target.name, list_.name]", "return [target.name]", "what is not needed is not popped"),
    ("once", "        while self.waiting:", "        if self.waiting:", "what a kept statement reads is dead"),
    ("memory", "for root in self.aliases.of(array) - self.memory:", "for root in {array} - self.memory:", "stores to what is read under another name"),
    ("leave", "elif isinstance(s, Remark | Leave):", "elif isinstance(s, Remark):", "loops are not left"),
    ("tests of leaves", "for last in inner[-1:] if isinstance(last, Leave)]", "for last in inner[-1:] if False]", "what the test of a way out reads is dead"),
)  # fmt: skip

CLEARS = area(
    "transform/simplify/clears.py",
    ("all dead", "for path in clears if _is_dead(function, extents, made, path)}", "for path in clears}", "no shadow is cleared"),
    ("second names", "if memory.of(name) == {name} and shared[name] == bound[name] == 1}", "}", "shadows with a second name"),
    ("behind", "    return not behind and all", "    return all", "the element is read behind"),
    ("around", "if not _apart(extents, s, store) or any(_mentions(inner, store.array) for inner in around):", "if not _apart(extents, s, store):", "the element is read around the loop"),
    ("rounds", "if not _apart(extents, s, store) or any", "if any", "rounds share the element"),
    ("made again", "if start is None or not _ends_with_its_block(function, store.array, start):", "if start is None or path[: len(start) - 1] != start[:-1]:",
     "the array is read behind the block that makes it"),
    ("one counter", " and counter.name not in all_binds(body)", "", "a loop within counts with the same variable"),
    ("negative", " and _at_least(extents, low, least)", "", "`a[-1]` and `a[n - 1]`"),
    ("in front", "    return not behind and all(_takes(s, store) for s in before) and", "    return not behind and", "other elements are read in front"),
    ("rebound", " and not _rebinds(before, store)", "", "the index changes between the two"),
)  # fmt: skip

BORROWED = area(
    "transform/simplify/borrowed.py",
    ("written", "or any(self.memory.of(var.name) & both for var in written(inner))", "", "a copy of what is written meanwhile is the array itself"),
    ("sources", "both = self.memory.of(array.name) | {target.name}", "both = {target.name}", "the array is written while its copy is needed"),
    ("targets", "both = self.memory.of(array.name) | {target.name}", "both = self.memory.of(array.name)", "the copy is written while the array is needed"),
    ("new", "if (times and not _makes_new(inner)) or", "if", "what is handed on is the array itself"),
)  # fmt: skip

COPIES = area(
    "transform/simplify/copies.py",
    ("strong zero", "and 0.0 < abs(a.value) < inf", "and abs(a.value) < inf", "0 that is written out is no stronger than infinity"),
    ("strong infinity", "and 0.0 < abs(a.value) < inf", "and 0.0 < abs(a.value)", "0 is no stronger than infinity that is written out"),
    ("loops", "                self.forget(known, all_binds((s,)))\n                return replace(s, body=self.block(body, known))",
     "                return replace(s, body=self.block(body, known))", "a copy of what the loop changes"),
    ("branches", "                self.forget(known, all_binds((s,)))\n                return s", "                return s", "a copy of what a branch has changed"),
    ("while loops", "                self.forget(known, all_binds((s,)))\n                inside", "                inside", "a copy of what a while loop changes"),
    ("rebound source", "if n in changed or (isinstance(o, Var) and o.name in changed)]", "if n in changed]", "a copy of what has changed since"),
    ("rebound target", "if n in changed or (isinstance(o, Var) and o.name in changed)]", "if isinstance(o, Var) and o.name in changed]", "a copy that has changed since"),
    ("looks", "looks_generated(name) and base(name) not in named", "looks_generated(name)", "a user's name that looks like an adjoint's"),
    ("users names", "        elif generated(target.name, self.named):\n", "        else:\n", "a user's variable is read through"),
    ("zero minus", '            return replace(s, op="neg", args=(other,))\n        case "*", (Const(1.0)', '            return _copy(s, other)\n        case "*", (Const(1.0)', "0 - x as x"),
    ("minus one", '            return replace(s, op="neg", args=(other,))\n        case "strong"', '            return _copy(s, other)\n        case "strong"', "-1 x as x"),
    ("negated constant", "return _copy(s, Const(-value, dtype))", "return _copy(s, Const(value, dtype))", "-c as c"),
    ("integers", "any(_integer(arg, types) for arg in s.args)", "False", "1.0 * n as the integer n"),
    ("arrays", "    if any(isinstance(types.get(o.name), Array) for o in (s.target, *s.args) if isinstance(o, Var)):", "    if False:", "1.0 * a as the array a itself"),
    ("weak zero", '        case "strong", (Const(1.0), other):', '        case "strong", (Const(1.0), other) | (other, Const(0.0)):', "c strong 0 as c"),
)  # fmt: skip

REGISTERS = area(
    "transform/simplify/registers.py",
    ("not alone", "if key not in sums and _alone(loop.body, s, memory):", "if key not in sums:", "memory that the loop reads"),
    ("reads unseen", "        if any(overlaps(var.name) for var in contents(s)):\n            return False\n", "", "memory that the loop reads"),
    ("writes unseen", "if any(overlaps(array.name) for array in written(s)):", "if False:", "memory that the loop writes"),
    ("index changes", "and not _changes(s, bound):", ":", "an index that the loop changes"),
    ("not run", "if not all(_exists(key, around, extents) for key in sums):", "if False:", "an element that does not exist"),
    ("other index", "if isinstance(s, Accumulate) and s.array == one.array and s.index == one.index:", "if isinstance(s, Accumulate) and s.array == one.array:",
     "another element of the array"),
    ("whole", "return loop.start == Const(0) and extents.term(loop.stop) == extent", "return loop.start == Const(0)", "a loop over more than the axis"),
    ("moved counters", " if loop.counter.name not in all_binds(loop.body)}", "}", "a counter that its loop moves is in its range"),
    ("asked late", "        before.append(Assign(ran,", "        after.insert(0, Assign(ran,", "bounds as the loop has left them"),
    ("primal sums", '        adjoint and isinstance(type_, Array) and', '        isinstance(type_, Array) and', "sums of the primal are taken in another order"),
)  # fmt: skip

BRANCHES = area(
    "transform/simplify/branches.py",
    ("flag changes", "and one.test == s.test and s.test.name not in all_binds((one,)) | between", "and one.test == s.test", "the flag is another one by then"),
    ("any flag", "same = isinstance(s.test, Var) and one.test == s.test and", "same = isinstance(s.test, Var) and", "branches on two flags"),
    ("constants between", "return position if same and not between & touched else None", "return position if same else None", "the constant in between is read"),
    ("anything between", "if not (isinstance(one, Assign) and one.op == \"=\" and isinstance(one.args[0], Const)):", "if False:", "statements in between"),
)  # fmt: skip

CHECKS = area(
    "transform/simplify/checks.py",
    ("all needless", "if not (_is_check(s) and _needless(k, statements, shapes))]", "if not _is_check(s)]", "all checks go"),
    ("any product", "return op in PRODUCTS and args == check.args", "return op in PRODUCTS", "a product of other arrays raises for these"),
    ("any store", "return shapes.plain(value) == check.args[1] and (array, index) == _place(check.args[0], shapes)", "return shapes.plain(value) == check.args[1]", "a store elsewhere raises for this one"),
    ("any broadcast", "return set(check.args) <= {leaf for", "return bool(check.args) or set(check.args) <= {leaf for", "an operation of other arrays raises for these"),
)  # fmt: skip

SPREADS = area(
    "transform/simplify/spreads.py",
    ("shape unchecked", "not self.shape(spread.args[1]) <= self.shape(other)", "not self.shape(other)", "a product of a smaller shape than the sum's"),
)  # fmt: skip

MUTANTS = (*BORROWED, *DEADCODE, *CLEARS, *COPIES, *SPREADS, *REGISTERS, *BRANCHES, *CHECKS)
