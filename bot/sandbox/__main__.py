"""Run the sandbox alone: `python -m bot.sandbox --port 8081 --token 123456:TEST`, then point a bot at it."""

import argparse
import asyncio
import contextlib

from bot.sandbox.model import Limits
from bot.sandbox.server import Sandbox


def main() -> None:
    """Read the arguments and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="123456:TEST")
    parser.add_argument("--username", default="cagnotte_bot")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    parser.add_argument("--limits", action="store_true", help="limit the bot as Telegram does")
    with_limits = Limits(30, 1, 20)
    args = parser.parse_args()
    sandbox = Sandbox(args.token, args.username, with_limits if args.limits else Limits(), language=args.lang)
    seed(sandbox)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sandbox, args.host, args.port))


def seed(sandbox: Sandbox) -> None:
    """Put a few people and a group with the bot into the world."""
    world = sandbox.world
    marie = world.add_person("Marie", username="marie", language_code="fr")
    paul = world.add_person("Paul", username="paul", language_code="en")
    anne = world.add_person("Anne", username="anne", language_code="fr")
    world.add_group("Amap des Lilas", members=[marie, paul], admins=[anne])


async def _serve(sandbox: Sandbox, host: str, port: int) -> None:
    async with sandbox.serve(host, port) as url:
        print(
            f"Chat page: {url}/\nBot API:   {url}/bot<TOKEN>/<method>   files: {url}/file/bot<TOKEN>/<path>"
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
