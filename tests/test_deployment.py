"""What an installation is made of: the systemd unit, the container and its companions. None of it is started here."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from bot.config import VARIABLES

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "contrib" / "cagnotte.service"
OFFLINE_SINCE = 250
"""The version of systemd from which a unit can be judged without installing it."""
LOOSEST = 2.5
"""The highest exposure that `systemd-analyze security` may find, from 0 to 10."""

# What keeps the service in: where systemd-analyze is missing, at least each of these is said.
REQUIRED = {
    "User": "cagnotte", "StateDirectory": "cagnotte", "StateDirectoryMode": "0700", "UMask": "0077",
    "NoNewPrivileges": "true", "CapabilityBoundingSet": "", "AmbientCapabilities": "",
    "ProtectSystem": "strict", "ProtectHome": "true", "PrivateTmp": "true", "PrivateDevices": "true",
    "PrivateUsers": "true", "PrivateMounts": "true", "ProtectProc": "invisible",
    "ProtectClock": "true", "ProtectControlGroups": "true", "ProtectHostname": "true",
    "ProtectKernelLogs": "true", "ProtectKernelModules": "true", "ProtectKernelTunables": "true",
    "RestrictSUIDSGID": "true", "RestrictNamespaces": "true", "RestrictRealtime": "true",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "LockPersonality": "true",
    "MemoryDenyWriteExecute": "true", "RemoveIPC": "true", "KeyringMode": "private",
    "SystemCallArchitectures": "native", "SystemCallFilter": "@system-service,~@privileged @resources",
}  # fmt: skip


def directives(unit: Path) -> dict[str, str]:
    """What a unit's [Service] says; what stands there twice is joined by a comma."""
    section = re.search(
        r"^\[Service\]\n(.*?)(?=^\[)", unit.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert section
    found: dict[str, str] = {}
    for line in section.group(1).splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found[name] = f"{found[name]},{value}" if name in found else value
    return found


def systemd_version() -> int:
    """The version of this machine's systemd-analyze; 0 where there is none."""
    if shutil.which("systemd-analyze") is None:
        return 0
    said = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[1])


def test_the_service_is_shut_in() -> None:
    found = directives(UNIT)
    assert {name: found.get(name) for name in REQUIRED} == REQUIRED
    if systemd_version() >= OFFLINE_SINCE:
        command = [
            "systemd-analyze",
            "security",
            "--offline=true",
            f"--threshold={LOOSEST * 10:.0f}",
            str(UNIT),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_service_runs_what_there_is() -> None:
    found = directives(UNIT)
    for name, verb in (("ExecStartPre", "check-config"), ("ExecStart", "run")):
        assert found[name] == f"/opt/cagnotte/bin/cagnotte {verb} --config /etc/cagnotte/config.toml"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for told in ("contrib/cagnotte.service", "python3 -m venv /opt/cagnotte", "/etc/cagnotte/config.toml"):
        assert readme.count(told) >= 2, f"not in both languages: {told}"


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_compose_file_starts_things_in_order() -> None:
    services = compose()["services"]
    assert services.keys() == {"db", "migrate", "bot"}
    waits = {name: one.get("depends_on", {}) for name, one in services.items()}
    assert waits["migrate"] == {"db": {"condition": "service_healthy"}}
    assert waits["bot"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["db"]["healthcheck"]["test"]
    assert services["bot"]["command"] == ["run"]
    assert services["migrate"]["command"] == ["migrate"]
    (volume,) = services["db"]["volumes"]
    assert volume.partition(":")[0] in compose()["volumes"]


def test_the_compose_file_says_what_the_bot_knows_and_no_secret() -> None:
    services = compose()["services"]
    for name in ("migrate", "bot"):
        assert services[name]["environment"].keys() <= VARIABLES.keys()
        for variable in ("CAGNOTTE_TELEGRAM__TOKEN", "CAGNOTTE_DATABASE__URL"):
            assert ":?" in services[name]["environment"][variable], "a missing secret must stop the start"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    # From this machine alone: Docker's ports walk past most firewalls.
    assert services["bot"]["ports"] == ["127.0.0.1:8080:8080"]


def test_images_are_named_by_their_version_alone() -> None:
    """No registry's host: whoever builds takes them from where they trust."""
    container = (ROOT / "Containerfile").read_text(encoding="utf-8")
    images = re.findall(r"^FROM (\S+)", container, re.MULTILINE)
    images += [one["image"] for one in compose()["services"].values() if one.get("image") != "cagnotte"]
    assert images
    for image in images:
        assert re.fullmatch(r"[a-z]+:\d[\w.-]*", image), image


def test_the_container_is_built_of_what_is_there() -> None:
    """Each instruction is known, what is copied exists and is let through, and nothing runs as root."""
    text = re.sub(r"\\\n", " ", (ROOT / "Containerfile").read_text(encoding="utf-8"))
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    known = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
             "STOPSIGNAL", "ENTRYPOINT"}  # fmt: skip
    assert {line[0] for line in lines} <= known
    copied = [name for word, rest in lines if word == "COPY" for name in rest.split()[:-1]]
    let_through = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name.removeprefix('./')}" in let_through, name
    assert (ROOT / ".dockerignore").read_text() == (ROOT / ".containerignore").read_text()
    users = [rest for word, rest in lines if word == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    installs = next(i for i, (word, rest) in enumerate(lines) if word == "RUN" and "pip install" in rest)
    assert installs < max(i for i, (word, _) in enumerate(lines) if word == "USER")
    assert next(rest for word, rest in lines if word == "ENTRYPOINT") == '["cagnotte"]'
