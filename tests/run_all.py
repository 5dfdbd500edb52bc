"""Runs every check and test, says how each went, and ends with one line: `N passed, N failed`.

With names as arguments only those run: `python tests/run_all.py python browser`. What takes as long as one likes runs
only when it is named.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
NPM = str(ROOT / "client" / "npm")


@dataclass(frozen=True, slots=True)
class Step:
    """One check: what runs, and how to count what it said (None: the check itself counts as one)."""

    name: str
    command: list[str]
    count: Callable[[Path], tuple[int, int, int]] | None = None
    is_asked_for: bool = False


def count_junit(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) in a JUnit report; skipped tests are named with their reason."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total, failed, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    for case in (case for suite in suites for case in suite.iter("testcase")):
        for reason in case.iter("skipped"):
            print(f"  skipped: {case.get('name')}: {reason.get('message')}")
    return total - failed - skipped, failed, skipped


def count_vitest(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) in Vitest's JSON report."""
    found = json.loads(report.read_text())
    return found["numPassedTests"], found["numFailedTests"], found["numPendingTests"] + found["numTodoTests"]


def steps(reports: Path) -> list[Step]:
    return [
        Step("lint", [f"{BIN}/ruff", "check", "."]),
        Step("format", [f"{BIN}/ruff", "format", "--check", "."]),
        Step("types", [f"{BIN}/mypy"]),
        Step("imports", [f"{BIN}/lint-imports"]),
        Step("dependencies", [f"{BIN}/deptry", "."]),
        Step("lock", [str(ROOT / ".uv/bin/uv"), "lock", "--check", "--offline"]),
        Step("client-lint", [NPM, "run", "--silent", "lint"]),
        Step("client-types", [NPM, "run", "--silent", "typecheck"]),
        Step(
            "client",
            [
                NPM,
                "test",
                "--silent",
                "--",
                "--reporter=default",
                "--reporter=json",
                f"--outputFile.json={reports}/client",
            ],
            count_vitest,
        ),
        Step("python", [*pytest(reports / "python"), "-n", "2", "--ignore=tests/e2e"], count_junit),
        Step("browser", [*pytest(reports / "browser"), "tests/e2e"], count_junit),
        Step(
            "soak", [*pytest(reports / "soak"), "-n", "2", "tests/world/test_world.py"], count_junit, is_asked_for=True
        ),
    ]


def usual(reports: Path) -> list[str]:
    """The names of what runs when nothing is named."""
    return [step.name for step in steps(reports) if not step.is_asked_for]


def pytest(report: Path) -> list[str]:
    return [f"{BIN}/pytest", f"--junit-xml={report}"]


def run(step: Step, reports: Path) -> tuple[int, int]:
    """(passed, failed) of one step. A step that fails shows all its output; one that passes a line."""
    print(f"{step.name} ...", flush=True)
    begin = time.monotonic()
    done = subprocess.run(step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    passed, failed, skipped = (1, 0, 0) if done.returncode == 0 else (0, 1, 0)
    report = reports / step.name
    if step.count is not None and report.exists():
        passed, failed, skipped = step.count(report)
        if done.returncode != 0 and failed == 0:
            failed = 1  # the runner itself failed
    if done.returncode != 0:
        print(done.stdout, flush=True)
    also = f", {skipped} skipped" if skipped else ""
    print(f"{step.name}: {passed} passed, {failed} failed{also} in {time.monotonic() - begin:.0f} s", flush=True)
    return passed, failed


def main() -> int:
    only = sys.argv[1:]
    with TemporaryDirectory() as folder:
        reports = Path(folder)
        results = [run(step, reports) for step in steps(reports) if step.name in (only or usual(reports))]
    passed, failed = sum(row[0] for row in results), sum(row[1] for row in results)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
