"""`python -m tests.mutation --state FOLDER`: plant every bug in turn and see whether tests and attack find it.

    python -m tests.mutation --state FOLDER [WORD ...]      by tests, those whose id has one of the words
    python -m tests.mutation --state FOLDER --attack 2000   by the attack (with --reach: by programs that come past the bug)
    python -m tests.mutation --state FOLDER --report        writes docs/mutation.md
    python -m tests.mutation --list

Everything runs in one process at a time, on a copy of the package; the folder keeps the copy and the verdicts, so that a run
that was stopped goes on.  The tests have to pass without a mutant.  `--again` asks about survivors again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

# imported by every process that is forked from this one
import hypothesis  # noqa: F401
import numba  # noqa: F401
import numpy  # noqa: F401
import scipy.special  # noqa: F401

from tests.mutation import killers, reach
from tests.mutation.mutant import Mutant, Tree
from tests.mutation.planted import MUTANTS
from tests.mutation.report import write
from tests.mutation.trial import Outcome, apart
from tests.mutation.verdicts import Verdicts

CPU = 600                                               # seconds of it that the tests may take
BATCH = 200                                             # programs whose reach is found out in one process
SLOW = 900                                              # seconds that a trial may take on a machine with other work


def main() -> int:
    plain = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__, formatter_class=plain)
    parser.add_argument("words", nargs="*", help="parts of the ids of mutants; none: all")
    state = Path(tempfile.gettempdir()) / "mutation"
    parser.add_argument("--state", type=Path, default=state, help="the folder that keeps everything")
    parser.add_argument("--attack", type=int, default=0, metavar="N", help="try N random programs instead of the tests")
    parser.add_argument("--seed", type=int, default=0, help="of the attack")
    parser.add_argument("--reach", action="store_true", help="find out what each test comes past, and ask only those")
    parser.add_argument("--again", action="store_true", help="ask again about those that survived")
    parser.add_argument("--report", action="store_true", help="write docs/mutation.md")
    parser.add_argument("--list", action="store_true", help="the mutants")
    options = parser.parse_args()
    mutants = tuple(m for m in MUTANTS if not options.words or any(word in m.id for word in options.words))
    if options.list:
        print(*(f"{m.id:50}  {m.what}" for m in mutants), sep="\n")
        return 0
    options.state.mkdir(parents=True, exist_ok=True)
    verdicts = Verdicts(options.state / "verdicts.json")
    if options.report:
        write(MUTANTS, verdicts)
    elif options.attack:
        return _by_attack(options, mutants, verdicts)
    else:
        return _by_tests(options, mutants, verdicts)
    return 0


def _by_tests(options: argparse.Namespace, mutants: tuple[Mutant, ...], verdicts: Verdicts) -> int:
    tree, log = Tree(options.state / "tree"), options.state / "log.txt"
    if options.reach and not _reach(options.state, tree):
        return 1
    known = reach.read(sorted((options.state / f"reach-{tree.digest()}").glob("*.json"))) if options.reach else None
    for mutant in mutants:
        before = verdicts.of(mutant).get("tests")
        if before is not None and (before["by"] or not options.again):
            continue
        asked = killers.chosen(mutant, known, verdicts.kills(MUTANTS))
        compiled = killers.compiled(mutant)
        with tree.planted(mutant):
            outcome = apart(tree, partial(killers.by_tests, asked, compiled, CPU), 4 * SLOW, log)
        found = outcome.result or {"by": _death(outcome), "tests": 0}
        verdicts.add(mutant, "tests", {**found, "seconds": round(outcome.seconds, 1)})
        verdict = f"{found['by'] or 'SURVIVES'} ({found['tests']})"
        print(f"{outcome.seconds:6.1f} s  {mutant.id:45} {verdict}", flush=True)
    return 0


def _reach(state: Path, tree: Tree) -> bool:
    """See to it that it is known what each test comes past."""
    folder = state / f"reach-{tree.digest()}"
    folder.mkdir(exist_ok=True)
    for file in reach.files():
        kept = folder / (file.replace("/", ".") + ".json")
        if kept.exists():
            continue
        outcome = apart(tree, partial(reach.traced, tree.package, [file], kept), 4 * SLOW, state / "log.txt")
        print(f"{outcome.seconds:6.1f} s  {file}", flush=True)
        if outcome.result not in (0, 5):                # 5: nothing to run in this tier
            print((state / "log.txt").read_text()[-3000:])
            kept.unlink(missing_ok=True)
            return False
    return True


def _programs_reached(options: argparse.Namespace, tree: Tree, log: Path) -> reach.Reach:
    """What each of the programs comes past, found out in batches."""
    folder = _reach_of_programs(options, tree)
    folder.mkdir(exist_ok=True)
    for first in range(0, options.attack, BATCH):
        kept, numbers = folder / f"{options.seed}-{first:06}.json", range(first, min(first + BATCH, options.attack))
        if kept.exists():
            continue
        work = partial(reach.traced_programs, tree.package, options.seed, numbers, kept)
        outcome = apart(tree, work, 4 * SLOW, log)
        print(f"{outcome.seconds:6.1f} s  programs {numbers.start} to {numbers.stop - 1}", flush=True)
        if outcome.result != 0:
            raise SystemExit(f"without a mutant the attack finds something, or nothing runs: see {log}")
    return reach.read(sorted(folder.glob(f"{options.seed}-*.json")))


def _reach_of_programs(options: argparse.Namespace, tree: Tree) -> Path:
    folder: Path = options.state / f"reach-attack-{tree.digest()}"
    return folder


def _by_attack(options: argparse.Namespace, mutants: tuple[Mutant, ...], verdicts: Verdicts) -> int:
    tree, log = Tree(options.state / "tree-attack"), options.state / "log-attack.txt"
    known = _programs_reached(options, tree, log) if options.reach else None
    for mutant in mutants:
        before = verdicts.of(mutant).get("attack")
        if killers.compiled(mutant) or (before is not None and (before["program"] or not options.again)):
            continue
        numbers = killers.programs_for(mutant, options.attack, known)
        answers = killers.answers_for(mutant, sorted(_reach_of_programs(options, tree).glob(f"{options.seed}-*{reach.ANSWERS}")))
        with tree.planted(mutant):
            work = partial(killers.by_attack, options.seed, numbers, killers.words_of(mutant), answers)
            outcome = apart(tree, work, 8 * SLOW, log)
        found = outcome.result or {"program": 1, "finding": _death(outcome)}
        verdicts.add(mutant, "attack", {**found, "programs": options.attack, "seconds": round(outcome.seconds, 1)})
        print(f"{outcome.seconds:6.1f} s  {mutant.id:45} {found['program'] or 'SURVIVES'} {found['finding']}", flush=True)
    return 0


def _death(outcome: Outcome) -> str:
    return "does not end" if outcome.ending == "timeout" else f"the process: {outcome.ending}"


if __name__ == "__main__":
    sys.exit(main())
