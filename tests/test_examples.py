"""Every example as its user runs it: a process of its own, with a small budget."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import update_readme

pytestmark = pytest.mark.compiled

ROOT = Path(__file__).resolve().parents[1]
PNG = b"\x89PNG\r\n\x1a\n"
NUMBER = r"(\d+\.\d+)"


def run(example: str, *options: str, cwd: Path) -> str:
    """The example's standard output; its exit code must be 0."""
    environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1"}
    command = [sys.executable, str(ROOT / "examples" / example), *options]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def numbers(pattern: str, output: str) -> tuple[float, ...]:
    """The numbers that the pattern's groups find in the output."""
    found = re.search(pattern, output)
    assert found, f"{pattern!r} is not in:\n{output}"
    return tuple(float(group) for group in found.groups())


def is_plot(path: Path) -> bool:
    return path.read_bytes().startswith(PNG) and path.stat().st_size > 20_000


def test_mixture_lowers_its_objective_and_draws_it(tmp_path):
    output = run("mixture.py", "--iterations", "40", "--output", "fit.png", cwd=tmp_path)
    (before,) = numbers(f"posterior before: {NUMBER}", output)
    (after,) = numbers(f"posterior after: +{NUMBER}", output)
    assert after < 0.9 * before
    (error,) = numbers(r"against central differences: (\S+)", output)
    assert error < 1e-6
    assert is_plot(tmp_path / "fit.png")


def test_mixture_takes_data_of_any_dimension(tmp_path):
    data = ROOT / "benchmarks" / "data" / "gmm_d10_K25.txt"
    output = run("mixture.py", "--data", str(data), "--iterations", "5", "--output", "fit.png", cwd=tmp_path)
    (before,) = numbers(f"posterior before: {NUMBER}", output)
    (after,) = numbers(f"posterior after: +{NUMBER}", output)
    assert after < before
    assert is_plot(tmp_path / "fit.png")


def test_bundle_recovers_the_scene_and_draws_it(tmp_path):
    output = run("bundle.py", "--iterations", "300", "--output", "scene.png", cwd=tmp_path)
    before = numbers(f"before: reprojection error {NUMBER} .* points {NUMBER} and cameras {NUMBER}", output)
    after = numbers(f"after : reprojection error {NUMBER} .* points {NUMBER} and cameras {NUMBER}", output)
    assert before[0] > 10.0 and after[0] < 0.7126  # the noise's own error: 0.5 pixels in x and in y
    assert after[1] < 0.02 * before[1] and after[2] < 0.2 * before[2]
    assert is_plot(tmp_path / "scene.png")


def test_readme_shows_the_quickstart_and_what_it_prints():
    assert update_readme.README.read_text() == update_readme.current(), "run `python -m tests.update_readme`"
