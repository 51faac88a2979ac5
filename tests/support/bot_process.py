"""The bot under test as a process of its own, configured by its environment, killed and restarted.

Most are forked from an interpreter that imported everything once: processes like any other, without the second that
an import takes. `WHOLE` starts an interpreter, as a host does.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL

import httpx

from bot.routes import ROOMS

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
WHOLE = ("-m", "bot", "run")

_FORGE = multiprocessing.get_context("forkserver")
_ROOMS = [f"bot.{room}.routes" for room in ROOMS]
_FORGE.set_forkserver_preload(["bot.app", "bot.cards.host_key", "bot.proof", "bot.signals", *_ROOMS])


class ForkedProcess:
    """One that runs a function, its standard output and error written to the end of a file."""

    def __init__(self, log: Path, run: Callable[..., object], *given: object) -> None:
        self._log = log
        self._process = _FORGE.Process(target=_become, args=(log, run, *given), daemon=True)

    async def start(self) -> None:
        """Fork it."""
        # The first waits until the interpreter that forks has imported what it will be asked for.
        await asyncio.to_thread(self._process.start)

    @property
    def returncode(self) -> int | None:
        """What it ended with, a signal as a negative number; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def wait(self) -> int:
        """Return what it ends with."""
        ended, loop, sentinel = asyncio.Event(), asyncio.get_running_loop(), self._process.sentinel
        loop.add_reader(sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


def _become(log: Path, run: Callable[..., object], *given: object) -> None:
    to = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(to, 1)
    os.dup2(to, 2)
    run(*given)


def cagnotte(environment: Mapping[str, str], folder: Path, arguments: Sequence[str]) -> None:
    """Do what `python -m bot` does in that folder and environment."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    from bot.cli import main

    main(arguments)


class BotProcess:
    """One `cagnotte run`, or another program. What it logs goes to a file, one after another over restarts."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, program: Sequence[str] | None = None
    ) -> None:
        """`program`: what to give to an interpreter of its own, such as `WHOLE`."""
        self.environment = clean_environment() | environment
        self.log = log
        self.program = program
        self._process: ForkedProcess | asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is at work some time later."""
        assert self._process is None, "it runs already"
        if self.program is None:
            forked = ForkedProcess(self.log, cagnotte, self.environment, self.log.parent, ["run"])
            await forked.start()
            self._process = forked
            return
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
    """Run another command of `cagnotte`; its exit status and what it said."""
    with tempfile.TemporaryDirectory() as beside:
        said = Path(beside) / "said"
        process = ForkedProcess(said, cagnotte, clean_environment() | environment, folder, arguments)
        await process.start()
        status = await asyncio.wait_for(process.wait(), PATIENCE)
        return status, said.read_text()


async def whole_command(environment: Mapping[str, str], folder: Path, *arguments: str) -> tuple[int, str]:
    """The same of `python -m bot`, in an interpreter of its own."""
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
