"""Bots by the dozen: one interpreter imports everything once, and every line it reads makes it fork a `cagnotte run`.

A forked bot is a process like any other, which SIGKILL ends as suddenly; only the second an interpreter takes to import
is saved, so that many more deaths fit into a test. Run as a program, this file is that interpreter.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE

from tests.support.bot_process import PATIENCE, clean_environment


class ForkedBots:
    """The interpreter that forks, and the bot it forked last."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment = clean_environment() | environment
        self.log = log
        self._forge: asyncio.subprocess.Process | None = None
        self._pid = 0

    async def start(self) -> None:
        """Fork a bot."""
        if self._forge is None:
            with self.log.open("ab") as log:
                self._forge = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", __name__, cwd=self.log.parent, env=self.environment,
                    stdin=PIPE, stdout=PIPE, stderr=log,
                )  # fmt: skip
        self._pid = await self._ask("start")

    async def kill(self) -> None:
        """SIGKILL."""
        os.kill(self._pid, signal.SIGKILL)
        status = await self._ask("wait")
        assert status == -signal.SIGKILL, f"it ended by itself with {status}:\n{self.log.read_text()}"

    async def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        os.kill(self._pid, signal.SIGTERM)
        return await self._ask("wait")

    async def aclose(self) -> None:
        """Leave nothing behind: a bot whose forge is gone is killed by it."""
        if self._forge is not None and self._forge.stdin is not None:
            self._forge.stdin.close()
            await self._forge.wait()

    async def _ask(self, what: str) -> int:
        assert self._forge is not None
        assert self._forge.stdin is not None
        assert self._forge.stdout is not None
        self._forge.stdin.write(f"{what}\n".encode())
        return int(await asyncio.wait_for(self._forge.stdout.readline(), PATIENCE))


def main() -> None:
    """Fork on `start` and say the child's number; collect it on `wait` and say its status; until nobody asks any more."""
    importlib.import_module("bot.app")
    from bot.cli import main as cagnotte

    child = 0
    for line in sys.stdin:
        if line == "start\n":
            child = os.fork()
            if not child:
                sys.stdin.close()
                cagnotte(["run"])
            print(child, flush=True)
        else:
            _, status = os.waitpid(child, 0)
            child = 0
            print(os.waitstatus_to_exitcode(status), flush=True)
    if child:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
