"""docs/reference/errors.md has each error code that the source can raise, with where it is seen, and no other."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import storyreel
from storyreel import errors
from storyreel.api.problems import CODES, STATUS
from storyreel.cli.main import BAD_USAGE, FAILED

SOURCE = Path(storyreel.__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "errors.md"
ROW = re.compile(r"^\| `(?P<code>\w+)` \| (?P<seen>[^|]+) \| (?P<meaning>[^|]+) \|$", re.M)
# Codes that are put together, or handed on by a function of one module.
COMPOSED = {
    "f'{what}_empty'": ("title_empty", "story_empty"),
    "f'{what}_too_long'": ("title_too_long", "story_too_long"),
}
RAISED_BY = {"_failure": errors.FetchError}
HANDED_ON = re.compile(r"(\w+\.)?(error_)?code|(error|told)\['code'\]|ended\.error_code or 'engine_failed'")


def codes_in(file: Path) -> Iterator[tuple[str, str, str]]:
    """Each code in a module: as it is written, the call that it is an argument of, and that call's first argument."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            call, first = ast.unparse(node.func), ast.unparse(node.args[0]) if node.args else ""
            if call == "problem" and len(node.args) > 1:
                yield ast.unparse(node.args[1]), call, first
            elif call == "_fail":
                yield ast.unparse(node.args[3]), call, first
            for keyword in node.keywords:
                if keyword.arg == "code":
                    yield ast.unparse(keyword.value), call, first
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and ast.unparse(key) == "'code'" and isinstance(value, ast.Constant):
                    yield ast.unparse(value), "_fail", ""


def seen_as(call: str, first: str, file: Path) -> str:
    """The HTTP status, the exit code of the command line, or `task`: the error of a task and nothing else."""
    if call == "_fail":
        return "task"
    if call == "problem":
        return first
    raised = RAISED_BY.get(call) or getattr(errors, call)
    if "cli" in file.relative_to(SOURCE).parts:
        return f"exit {BAD_USAGE if issubclass(raised, errors.InvalidInputError) else FAILED}"
    return str(status(raised))


def status(kind: type[errors.StoryreelError]) -> int:
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def raised_in_source() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in SOURCE.rglob("*.py"):
        for written, call, first in codes_in(file):
            if not HANDED_ON.fullmatch(written):
                for code in COMPOSED.get(written) or (ast.literal_eval(written),):
                    found[code].add(seen_as(call, first, file))
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.StoryreelError):
            found[kind.code].add(str(status(kind)))
    for number, code in CODES.items():
        found[code].add(str(number))
    return dict(found)


def test_the_page_has_every_code_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    documented = {row["code"]: set(row["seen"].split(", ")) for row in ROW.finditer(page)}
    assert documented == raised_in_source()
    assert list(documented) == sorted(documented)
    assert len(documented) == page.count("\n| `"), "a row that is no row, or a code twice"


def test_every_code_is_found_by_this_test() -> None:
    """So that the page cannot miss one because this test does."""
    written = re.compile(r"""code\s*=\s*f?["'](\w+)["']""")
    known = raised_in_source()
    for file in SOURCE.rglob("*.py"):
        for code in written.findall(file.read_text(encoding="utf-8")):
            assert code in known, (file, code)


def test_every_status_has_a_meaning() -> None:
    assert {status(kind) for kind in STATUS} <= {401, 403, 404, 409, 412, 422, 429, 500, 502, 503, 504, 507}
