"""`python -m tests.update_refusals`: writes docs/refusals.md, what is accepted and everything that is refused.

The first half are the tables of the fence.  The second is read out of the source: every error that `transform/` raises about a
function, in the order of its folders, with `...` where the message has text of the user's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wengert.transform import fence
from wengert.transform.rules.remedies import REMEDIES

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs/refusals.md"
FOLDERS = {
    "reading": "Functions and their text",
    "parse": "While the function is read",
    "analyses": "Once types are known",
    "resolve": "Once types are known: what a statement does",
    "derive": "While it is differentiated",
    "calling": "Arguments of transforms",
    ".": "Transforms",
    "custom": "Rules of your own",
}
_RAISING = ("refuse", "UnsupportedError", "TransformError")
Row = tuple[str, str, str]


def lines() -> Iterator[str]:
    yield from fence.rows()
    for folder, title in FOLDERS.items():
        yield from ("", f"### {title}", "", "| what | why | instead |", "| --- | --- | --- |")
        paths = (ROOT / "transform" / folder).glob("*.py")
        rows = dict.fromkeys(row for path in sorted(paths) for row in raised(ast.parse(path.read_text(encoding="utf-8"))))
        yield from (f"| {' | '.join(row)} |" for row in rows)
    yield from ("", "### Functions without a rule, on what carries a derivative", "", "| what | instead |", "| --- | --- |")
    yield from (f"| `{key}` | {remedy.replace('|', chr(92) + '|')} |" for key, remedy in sorted(REMEDIES.items()))


def raised(tree: ast.Module) -> Iterator[Row]:
    for node in sorted((n for n in ast.walk(tree) if isinstance(n, ast.Call)), key=lambda n: n.lineno):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = 1 if name == "refuse" else 0
        if name not in _RAISING or len(node.args) <= place or text(node.args[place]) == "...":
            continue
        words = {word.arg: word.value for word in node.keywords}
        reason, remedy = (*node.args[place + 1 :], words.get("reason"), words.get("remedy"))[:2] if name == "refuse" else (
            words.get("reason"), words.get("remedy"))  # fmt: skip
        yield text(node.args[place]), text(reason), text(remedy)


def text(node: ast.expr | None) -> str:
    """What an expression says; `...` for what only a call knows."""
    match node:
        case None:
            return ""
        case ast.Constant(str() as value):
            return value.replace("|", r"\|").replace("\n", " ")
        case ast.JoinedStr(values):
            return "".join(map(text, values))
        case _:
            return "..."


if __name__ == "__main__":
    DOCUMENT.write_text("\n".join(lines()) + "\n", encoding="utf-8")
