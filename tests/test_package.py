"""What is installed, and what newcomers are told to type."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEST_COMMAND = "pip install -e '.[test]' -c constraints.txt && pytest"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements() -> set[str]:
    """The names of everything the project asks for, with all extras."""
    asked = [
        *PROJECT["dependencies"],
        *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
    ]
    return {re.match(r"[\w.-]+", one).group().lower().replace("_", "-") for one in asked}  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("cagnotte-*-py3-none-any.whl")
    return zipfile.Path(file)


def test_the_wheel_holds_all_of_both_packages(wheel: zipfile.Path) -> None:
    packed = {name for name in wheel.root.namelist() if not name.endswith("/")}
    ours = {
        str(file.relative_to(ROOT))
        for package in ("bot", "ledger")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.endswith((".db", ".pyc"))
    }
    assert ours
    assert ours - packed == set()
    assert {name.split("/")[0] for name in packed - ours} == {f"cagnotte-{PROJECT['version']}.dist-info"}


def test_the_wheel_can_migrate_and_translate(wheel: zipfile.Path) -> None:
    """Named one by one, so that a folder that is renamed or ignored does not go missing unseen."""
    packed = "\n".join(wheel.root.namelist())
    assert re.search(r"^ledger/migrations/versions/\w+\.py$", packed, re.MULTILINE)
    assert re.search(r"^ledger/migrations/sql/\w+\.sql$", packed, re.MULTILINE)
    assert re.search(r"^bot/locales/.*\bfr\b.*\.po$", packed, re.MULTILINE)
    assert re.search(r"^bot/sandbox/.*\.html$", packed, re.MULTILINE)


def test_the_wheel_installs_the_command_and_the_licence(wheel: zipfile.Path) -> None:
    about = wheel / f"cagnotte-{PROJECT['version']}.dist-info"
    assert "cagnotte = bot.cli:main" in (about / "entry_points.txt").read_text()
    assert "License-Expression: MIT" in (about / "METADATA").read_text()
    assert "MIT License" in (about / "licenses" / "LICENSE").read_text()


def test_the_constraints_pin_every_requirement_and_name_no_host() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.+!]*( ; [\w .'=!<>()]+)?", line), line
    pinned = {line.split("==")[0] for line in lines}
    assert requirements() - {"cagnotte"} <= pinned
    assert "cagnotte" not in pinned  # extras ask for it; a pin would fight with the checkout


def test_the_readme_and_ci_say_the_same_test_command() -> None:
    assert TEST_COMMAND in (ROOT / "README.md").read_text(encoding="utf-8")
    pattern = re.search(r'readme_line "(.+)"\)', (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern
    assert re.fullmatch(pattern.group(1), TEST_COMMAND)


def test_the_readme_says_how_to_try_it() -> None:
    assert "pip install -e . -c constraints.txt && cagnotte demo" in (ROOT / "README.md").read_text(
        encoding="utf-8"
    )
