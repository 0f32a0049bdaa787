"""Bugs in the analyses: a flow, an alias, a use or an effect that is not seen."""

from __future__ import annotations

from tests.mutation.mutant import area

ACTIVITY = area(
    "transform/analyses/activity.py",
    ("casts", 'if s.op == "=" or s.op.startswith("cast:"):', 'if s.op == "=":', "what is cast carries no derivative"),
    ("loads", "                yield self.places(array), self.places(target)", "                pass", "what is loaded carries no derivative"),
    ("stores", "                yield self.places(value), self.places(array)", "                pass", "what is stored carries no derivative"),
    ("first operand", "for arg, moves in zip(args, active_args(s), strict=False):", "for arg, moves in zip(args[:1], active_args(s), strict=False):",
     "the second operand carries no derivative"),
    ("once around", "        changed = True\n        while changed:\n            changed = False\n            for source, target in self.edges:",
     "        for _ in range(1):\n            changed = False\n            for source, target in self.edges:", "what flows around a loop"),
    ("calls", "                    for target in (*targets, *written(s)):\n", "                    for target in ():\n", "what a routine returns carries no derivative"),
    ("opaque", "if any(flow.places(arg) & varied for arg in s.args):", "if False:", "a draw's parameter has the derivative 0"),
    ("names of places", "for name in flow.spread(varied & useful) if", "for name in varied & useful if", "names of active memory are not active"),
)  # fmt: skip

ALIASES = area(
    "transform/analyses/aliases.py",
    ("views", "changed |= add(target.name, roots.get(array.name, _NONE))", "changed |= add(target.name, frozenset([target.name]))", "a view is memory of its own"),
    ("lists kept", "changed |= add(list_.name, roots.get(value.name, _NONE))", "pass", "a list holds no memory"),
    ("lists given back", "changed |= add(target.name, roots.get(list_.name, _NONE))", "changed |= add(target.name, frozenset([target.name]))", "what comes out of a list is new"),
    ("items", "changed |= add(target.name, roots[whole])", "changed |= add(target.name, frozenset([target.name]))", "an array out of a tuple is new"),
    ("last binding", "roots[name] = known | more", "roots[name] = more", "only the last binding counts"),
    ("all disjoint", "return not (self.of(left) & self.of(right))", "return left != right", "names that differ are disjoint"),
)  # fmt: skip

CONTENTS = area(
    "transform/analyses/contents.py",
    ("stores", "            found = iter((value,))", "            found = iter(())", "a store does not read its value"),
    ("loads", "            found = iter((array,))", "            found = iter(())", "a load reads nothing"),
    ("returns", "            found = iter(values)", "            found = iter(())", "what is returned is not read"),
    ("shape only", '".shape", ".size", ".ndim", "len", "np.shape"', '".shape", ".size", ".ndim", "len", "np.sum", ".sum", "np.shape"', "a sum reads only the shape"),
)  # fmt: skip

EXTENTS = area(
    "transform/analyses/extents.py",
    ("size of any", 'case Assign(_, ".size", (Var(array),)) if self.rank(array) == 1:', 'case Assign(_, ".size", (Var(array),)):', "the size of a matrix is its first extent"),
    ("transposed", "return self.axis(source, rank - 1 - axis)", "return self.axis(source, axis)", "extents of a transpose"),
    ("broadcast", 'return terms.pop() if len(terms) == 1 else ("broadcast", frozenset(terms))', "return terms.pop()", "the first operand tells the shape of a broadcast result"),
    ("broadcast alignment", "lined_up = [(a, axis - rank + self.rank(a)) for a in arrays]", "lined_up = [(a, axis) for a in arrays if axis < self.rank(a)]",
     "operands of different rank are lined up at the front"),
    ("slices whole", 'return self._slice(whole, item) if cut is None else ("short", whole, cut) if cut else whole', "return whole", "a slice has the extent of its axis"),
    ("cut sign", "    return start - stop\n", "    return start + stop\n", "`1:-1` has all elements"),
    ("steps", "if item.step is not None and item.step != Const(1):", "if False:", "a strided slice has all elements"),
    ("dropped axes", "taken = sum(-1 if item == NEW_AXIS else not isinstance(item, Slice) for item in index)", "taken = 0", "integers in an index drop no axis"),
    ("behind index", "return self.axis(source, axis - kept + position)", "return self.axis(source, axis)", "axes behind an index"),
    ("new axes", "                if kept == axis:\n                    return (\"const\", 1)\n                continue", "                continue", "a new axis has another's extent"),
    ("permuted", "                        return self.axis(source, place)\n                    case _", "                        return self.axis(source, axis)\n                    case _", "extents of a permutation of axes"),
    ("made", "return self.term(shape) if rank == 1", 'return ("const", 0) if rank == 1', "all new arrays have one length"),
)  # fmt: skip

LASTING = area(
    "transform/analyses/lasting.py",
    ("changing copies", "copied = _copies(definitions[name]) and any(o in changing for o in operands)", "copied = False",
     "copies of a name that changes are one number, and one array"),
    ("rebound", "if copied or any(_between(at, path, use, s, loops) for path in again for use, s in used.get(name, ())):", "if copied:",
     "an extent is that of what a name is bound to later"),
    ("round by round", "    return any(use[:length] in loops and path[:length] == use[:length] for length in inside)\n", "    return False\n",
     "what a round binds, the next one does not see"),
    ("bounds", "((*use, sys.maxsize) if isinstance(s, For | While) else use)", "use", "bounds of a loop are compared where it starts"),
    ("through others", "for end in ([o] if o in changing else ends.get(o, ()))", "for end in ([o] if o in changing else ())",
     "only what is made of the name itself"),
)  # fmt: skip

POSITIVE = area(
    "transform/analyses/positive.py",
    ("sums", "return max(signs) if min(signs) > _ANY else _ANY", "return max(signs)", "a number that is added to anything"),
    ("bound again", "if count == 1}", "if count >= 1}", "what a name is bound to later"),
    ("parameters", "once -= {param.name for param in function.params} | _shared(function)", "once -= _shared(function)", "parameters that are bound again"),
    ("written into", "        found |= {array.name for array in written(s)}\n", "", "arrays that are written into"),
    ("views", "                found |= {target.name, array.name}\n", "                pass\n", "arrays that are written into through a view"),
    ("products", "min(signs) > _ANY or square", "True or square", "any product is positive"),
    ("powers", "signs[0] > _ANY or _is_even(s.args[1])", "True", "any power is positive"),
    ("small", "_LEAST = 1e-9", "_LEAST = 1e-305", "numbers of which a power overflows"),
)  # fmt: skip

INFINITE = area(
    "transform/analyses/infinite.py",
    ("loads", "        case Load(target, array) if places(array) & found:\n            return places(target)\n", "", "what is loaded from such memory"),
    ("stores", "        case Store(array, _, value) | Accumulate(array, _, value) if places(value) & found:\n            return places(array)\n", "", "memory that such a value is stored in"),
    ("square roots", "_STEEP = _POWERS | _ROOTS | {", "_STEEP = _POWERS | {", "roots are not steep"),
    ("exponentials", '_UNBOUNDED = _POWERS | {\n    "np.exp", "math.exp",', "_UNBOUNDED = _POWERS | {", "exponentials are bounded"),
    ("logarithms", '"np.log", "math.log", "np.log2"', '"np.log2"', "logarithms have no pole"),
    ("passed on", "or (s.op not in _BOUNDED and any(places(arg) & found for arg in s.args))", "", "what is computed from an infinite value"),
    ("behind roots", "        case Assign(target) if steep(s) or places(target) & found:", "        case Assign(target) if steep(s):", "adjoints of what a root is computed from"),
    ("loads backwards", "        case Load(target, array) if places(target) & found:\n            return places(array)\n", "", "adjoints of memory that a root is taken of"),
    ("stores backwards", "        case Store(array, _, value) | Accumulate(array, _, value) if places(array) & found:\n            return places(value)\n", "", "adjoints of what is stored there"),
    ("roots in routines", "        case Call(_, _, args) if called:\n            return [place for arg in args for place in places(arg)]\n", "", "adjoints of what a routine takes a root of"),
    ("results of routines", 'ends = params if mode == "forward" else params | results', "ends = params", "adjoints that come into a routine"),
    ("written by routines", 'ends = params if mode == "forward" else params | results', 'ends = params if mode == "forward" else results', "adjoints of what a routine writes into"),
    ("quotients", '(s.op == "/" and array)', '(s.op == "/" and not array)', "quotients of arrays have no pole"),
    ("any divisor", "        return _is_sure(s.args[1], sure)", "        return True", "a divisor that may be zero"),
    ("high powers", "exponent >= -3 and", "exponent >= -300 and", "a high power of a small number"),
    ("polynomials", "return exponent is not None and exponent >= 0 and float(exponent).is_integer()", "return exponent is not None and exponent >= 0", "x ** 0.5 is a polynomial"),
)  # fmt: skip

LIVENESS = area(
    "transform/analyses/liveness.py",
    ("once around", "                if top <= around:\n                    break\n                around |= top\n            found[(*path, -1)] = top | live",
     "                break\n            found[(*path, -1)] = top | live", "what the next round reads"),
    ("other branch", "return _block(then, (*path, 0), live, out, found) | _block(orelse, (*path, 1), live, out, found) | used",
     "_block(orelse, (*path, 1), live, out, found)\n            return _block(then, (*path, 0), live, out, found) | used", "what the else branch reads"),
    ("left loops", "return live | out | used", "return live | used", "what is read after a loop that is left"),
    ("breaks", "            live = out\n", "            pass\n", "what is read behind a loop where it is left by break"),
    ("zero rounds", "            return around | used\n        case While", "            return top | used\n        case While", "what is read after a loop that does not run"),
)  # fmt: skip

NORMALISE = area(
    "transform/normalise.py",
    ("uses alone", "            self.parent[self.find(other)] = first\n", "            pass\n", "definitions that reach one use are different variables"),
    ("next round", "around = _merge(reaching, _flow(reaching | counter, self.round(loop, path)))", "around = dict(reaching)",
     "definitions that reach the next round"),
    ("left loops", "return _merge(leaving, after) if leaves(loop) else leaving", "return leaving", "definitions in a while loop that is left"),
    ("zero rounds", "return _merge(around, self.block(loop.body, (*path, 0), around | counter))", "return self.block(loop.body, (*path, 0), around | counter)",
     "definitions before a loop that does not run"),
    ("passes", "joined[name] = (definitions | before, earlier) if others else (definitions, False)", "joined[name] = (definitions, False)",
     "what a round leaves as it was, of what was bound earlier in the round"),
    ("one branch", "(mine | yours, passes or too)", "(mine | yours, passes)", "what is bound in one branch only"),
    ("merge", "merged[name] = mine if mine is definitions else mine | definitions", "merged[name] = mine", "the definition in the other branch"),
    ("counter", "            around |= {name: reaching[name] for name in counter if name in reaching}\n", "", "what the counter was before the loop"),
)  # fmt: skip

VERSIONS = area(
    "transform/analyses/versions.py",
    ("widest alone", "            found = unify(found, self.own[definition])\n", "            found = self.function.types[name]\n", "every read has the type of all definitions"),
    ("first alone", "        for definition in reaching & self.own.keys():", "        for definition in sorted(reaching & self.own.keys())[:1]:",
     "what is read has the type of one of the definitions that reach it"),
    ("not converted", "            after.extend(self.wider(var.name, literal or target, type_, s.loc))\n", "", "only one version is given the value"),
    ("parameters", "        return replace(self.function, body=(*start, *self.block", "        return replace(self.function, body=(*start[:0], *self.block",
     "a parameter is not given to the version that holds all"),
    ("counters", "            yield with_blocks(new, ((*after, *inner[0]),))", "            yield with_blocks(new, (inner[0],))", "a counter is not given to the version that holds all"),
    ("passed", "literal is None and not self.passed", "literal is None", "a branch that is taken away leaves an int where a callee has a float"),
    ("literals", "literal is None and not self.passed", "not self.passed", "what is written out stays a whole number where a later test leaves it alone"),
)  # fmt: skip

PASSED = area(
    "transform/analyses/passed.py",
    ("other branch", "number = 0 if decided else 1", "number = 1 if decided else 0", "the branch that the number rules out"),
    ("several definitions", "if len(definitions) == 1 else None", "if definitions else None", "a name that is bound again is known by one of its definitions"),
    ("promotion", "return found.item() if isinstance(found, np.generic) else found", "return found", "a float32 is compared as one"),
    ("one side", "            if len(values) == len(s.args):", "            if values:", "a test of something that is not known"),
)  # fmt: skip

WAYS_OUT = area(
    "transform/analyses/ways_out.py",
    ("no check", "        if mine and _type(definitions, own) != _type(mine, own):", "        if False:", "what a flag joins has the type of both"),
    ("any join", "_type(definitions, own) != _type(mine, own)", "definitions != mine", "every name that is bound before an exit is refused"),
    ("other side", "return (on, off) if flag == name else (off, on)", "return (off, on) if flag == name else (on, off)", "a flag that is set is one that is not"),
    ("once around", "            if around == head:", "            if True:", "what comes around a loop"),
    ("forgotten at once", "if last <= here}", "if here}", "flags are forgotten before they are asked for"),
)  # fmt: skip

FLAT = area(
    "transform/analyses/flat.py",
    ("operands", "        case If(first, then, orelse) if _is_made(test) and _binds(then, test) and _binds(orelse, test):", "        case If(first, then, orelse) if False:",
     "a later operand of `or` decides nothing"),
    ("first operand", "            return str(holds)", "            return str(not holds)", "`or` is `and`"),
    ("folded", "                    known[s.target.name] = value\n", "                    pass\n", "arithmetic of numbers that are written out is computed"),
    ("names too", "return isinstance(test, Var) and is_temporary(test.name)", "return isinstance(test, Var)", "an `if` that binds a name is read as `or`"),
    ("ranks", "passed({_text(array)}.ndim)", "{_text(array)}.ndim", "the rank of what is bound again decides a branch"),
)  # fmt: skip

ARBITER = area(
    "transform/analyses/arbiter.py",
    ("unasked", "            theirs = _of_numba(primal, given)", "            theirs = {}", "Numba is not asked"),
    ("left out", "    if left:\n", "    if False:\n", "defaults that are left out are taken for arguments"),
    ("optional", 'getattr(array.dtype, "type", array.dtype)', "array.dtype", "arrays of what may be None for Numba have no type"),
    ("never here", "        if (whole or (place[2] and made == \"floats\")) and rank != _NUMBER and", "        if False and", "what is there for Numba alone is not seen"),
    ("gone here", "        if (whole or (place[2] and made == \"floats\")) and rank != _NUMBER and", "        if rank != _NUMBER and", "branches that are gone here count for Numba"),
    ("tried types", "([meant] if meant else callee.inferred.values())", "callee.inferred.values()", "types that Numba only tries count"),
    ("arrays unnamed", 'return [*([name] if name else []), *([""] if kind[0] != _NUMBER else [])]', "return [name] if name else []", "arrays without a name are not compared"),
    ("any number", 'if rank == _NUMBER and (made == "floats" or (rank, other) in ours):', "if False:", "a number that becomes a float is refused"),
    ("parameters", "(_is_name_only(s) or _is_own(s))", "_is_own(s)", "an array is compared where it is handed to a helper"),
    ("own", "(_is_name_only(s) or _is_own(s))", "_is_name_only(s)", "the places of `sorted` are arrays of whole numbers in the line"),
)  # fmt: skip

MUTANTS = (*ACTIVITY, *ALIASES, *CONTENTS, *EXTENTS, *LASTING, *POSITIVE, *INFINITE, *LIVENESS, *NORMALISE, *VERSIONS, *PASSED, *WAYS_OUT, *FLAT, *ARBITER)
