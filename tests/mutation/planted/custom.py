"""Bugs in rules of the user's own: residuals of another time, lost adjoints, transposes of what is not linear, calls as they are."""

from __future__ import annotations

from tests.mutation.mutant import area

CALLS = area(
    "transform/derive/custom_calls.py",
    ("kept by name", "if not isinstance(operand, Var) or not program.is_array(operand.name) or program.stable(operand.name, path, at.context):",
     "if True:", "residuals that are overwritten before the reverse sweep"),
    ("kept before", "args.append(_kept(program, s.targets[residual.place], path, at, sides.after, s.loc))",
     "args.append(s.targets[residual.place])", "a result that is a residual, and overwritten"),
    ("unchecked", "            sides.reverse.append(Assign(checked, \"check_seed\", given, loc=s.loc))", "            pass", "a cotangent of another shape"),
    ("unchecked transpose", "            made.emit(\"check_seed\", again[place],", "            _ = (again[place],", "a cotangent of another shape, in forward mode"),
    ("seeds unsorted", "seeds = [dots[k] for k, _ in sorted(moving, key=lambda pair: pair[1])]", "seeds = [dots[k] for k, _ in moving[::-1]]",
     "tangents at the wrong places"),
    ("always fwd", "not any(arg in activity for arg in s.args):", "not s.args:", "`fwd` is called where nothing is differentiated"),
    ("dots lost", "args = [dots[k] if k in dots else made.zero(function.params[k]) for k in rule.moving]",
     "args = [made.zero(function.params[k]) for k in rule.moving]", "the rule for forward mode gets no tangents"),
)  # fmt: skip

LINEAR = area(
    "transform/analyses/influence.py",
    ("steps smooth", "return is_float(function.types.get(target.name)) and not any(_places(arg, memory) & found for arg in still)", "return True",
     "signs and floors of y_bar"),
    ("returns unseen", "    return returned or any(", "    return any(", "squares of numbers"),
    ("shadows unseen", "or any(memory.of(name) & found for name in function.seen)", "or False", "squares of arrays"),
    ("calls pass nothing", "reached = (*(s.targets[k] for k in reach.results),", "reached = (*(),", "what a call makes of y_bar"),
)  # fmt: skip

PARTS = area(
    "transform/custom/calls.py",
    ("writes allowed", "            for name in sorted(memory.of(array.name) & foreign):", "            for name in ():", "a rule that writes"),
    ("shared results", "    values, copies = own_results(types, aliases_of(function), function, results, Namer(names(function)))",
     "    values, copies = tuple(results), list[Any]()", "a result that is an argument"),
    ("kinds unchecked", "if list(map(_kind, found)) != list(map(_kind, expected)):", "if False:", "`fwd` gives another y"),
)  # fmt: skip

UNREAD = area(
    "transform/custom/foreign.py",
    ("not copied", "self.out.append(Assign(own, \".copy\", (value,)))", "self.out.append(Assign(own, \"=\", (value,)))", "what is handed back shares memory"),
    ("may write", "run(plain, tuple(map(_read_only, argtypes)), closures=True)", "pass", "an unread function that writes"),
)  # fmt: skip

ACTING = area(
    "transform/custom/acting.py",
    ("never acts", "    if value is print or isinstance(value, _DRAWING) or isinstance(getattr(value, \"__self__\", None), _DRAWING):", "    if value is print:", "draws of unread functions"),
    ("no attributes", "values += [found for name in attributes if (found := getattr(value, name, MISSING)) is not MISSING]", "pass", "attributes of modules"),
)  # fmt: skip

MUTANTS = (*CALLS, *LINEAR, *PARTS, *UNREAD, *ACTING)
