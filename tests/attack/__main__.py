"""`python -m tests.attack --programs 20000 --seed 1 --jobs 2`: the attack on the command line."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.attack.campaign import Tally, program, run
from tests.attack.shrink import smallest


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=0, help="what they are drawn from")
    parser.add_argument("--first", type=int, default=0, help="the number to begin with: goes on where a run was stopped")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--show", action="store_true", help="only print the programs")
    parser.add_argument("--no-shrink", action="store_true", help="print failing programs as they were drawn")
    parser.add_argument("--failures", type=int, default=10, help="stop after so many")
    options = parser.parse_args()
    numbers = range(options.first, options.programs)
    if options.show:
        for number in numbers:
            print(program(options.seed, number).text)
        return 0
    tally, start = Tally(), time.monotonic()
    for record in run(options.seed, numbers, options.jobs):
        tally.add(record)
        if record.verdict.findings:
            _report(options.seed, record.number, record.verdict.findings, not options.no_shrink)
        if tally.programs % 500 == 0:
            spent = time.monotonic() - start
            print(f"{tally.programs} programs in {spent:.0f} s, {tally.outcomes['failures']} failures", file=sys.stderr, flush=True)
        if tally.outcomes["failures"] >= options.failures:
            break
    print("\n".join(tally.lines()))
    print(f"{tally.programs} programs in {time.monotonic() - start:.0f} s")
    for miss in tally.misses():
        print(f"quota missed: {miss}")
    return int(bool(tally.outcomes["failures"]))


def _report(seed: int, number: int, findings: tuple[str, ...], shrink: bool) -> None:
    print(f"---- {seed}:{number}", *findings, sep="\n", flush=True)
    text, wrong = smallest(seed, number, findings) if shrink else (program(seed, number).text, findings)
    print(*wrong, text, sep="\n", flush=True)
    Path(f"attack-{seed}-{number}.txt").write_text("\n".join([*wrong, text]))


if __name__ == "__main__":
    sys.exit(main())
