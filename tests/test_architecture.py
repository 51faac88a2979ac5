"""What may import what: the contracts in pyproject.toml, run with the rest of the suite."""

import subprocess
import sys

import pytest

# In a process of its own, because it silences every logger of the process it runs in.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_no_module_imports_what_it_must_not(pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"An import rule is broken:\n{done.stdout}{done.stderr}"
    assert " 0 broken" in done.stdout
