"""The bot under test as a process of its own: `python -m bot run`, configured by its environment, killed and restarted."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class BotProcess:
    """One `python -m bot run`, or another program. What it logs goes to a file, one after another over restarts."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, program: Sequence[str] = ("-m", "bot", "run")
    ) -> None:
        self.environment = clean_environment() | environment
        self.log = log
        self.program = program
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is at work some time later."""
        assert self._process is None, "it runs already"
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self.program, cwd=self.log.parent, env=self.environment,
                stdin=DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """SIGKILL: it finishes nothing."""
        assert self._process is not None
        assert self.is_running, f"it ended by itself:\n{self.logged()}"
        self._process.kill()
        await self._process.wait()
        self._process = None

    async def stop(self) -> int:
        """SIGTERM; returns the exit status once it ended by itself."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(self._process.wait(), PATIENCE)
        self._process = None
        return status

    async def aclose(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.is_running:
            await self.kill()

    def logged(self) -> str:
        """Everything it wrote to its standard error."""
        return self.log.read_text() if self.log.exists() else ""


async def command(environment: Mapping[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    """Run another command of `python -m bot`; its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=clean_environment() | environment,
        stdin=DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode is not None
    return process.returncode, output.decode()


def clean_environment() -> dict[str, str]:
    """This process's environment without configuration of Cagnotte's; what it compiles is kept."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CAGNOTTE_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment | {"PYTHONPATH": str(ROOT)}


async def until_ready(web_url: str) -> None:
    """Return once the bot's web server says that it is ready."""
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for _ in range(int(PATIENCE / 0.05)):
            try:
                if (await client.get(f"{web_url}/health/ready")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"{web_url} did not get ready within {PATIENCE} s")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
