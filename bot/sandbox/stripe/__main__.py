"""Run the stand-in alone: `python -m bot.sandbox.stripe --port 8082 --key sk_test_sandbox`."""

import argparse
import asyncio
import contextlib

from bot.sandbox.stripe.server import TEST_KEY, StripeSandbox


def main() -> None:
    """Read the arguments and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.stripe", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--name", default="AMAP des Lilas", help="the account's name on the payment page")
    parser.add_argument(
        "--key", action="append", help=f"a key of the account, may be repeated (default: {TEST_KEY})"
    )
    parser.add_argument("--sepa", action="store_true", help="offer SEPA debits, which take a minute here")
    parser.add_argument("--webhook", help="where the account's events are sent")
    parser.add_argument("--webhook-secret", help="the secret they are signed with")
    args = parser.parse_args()
    stripe = StripeSandbox()
    stripe.add_account(args.name, keys=args.key or [TEST_KEY])
    if args.sepa:
        stripe.dashboard.switch_on("sepa_debit")
    if args.webhook:
        endpoint = stripe.add_webhook(args.webhook, secret=args.webhook_secret)
        print(f"Webhook:   {endpoint.url} signed with {endpoint.secret}")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(stripe, args.host, args.port))


async def _serve(stripe: StripeSandbox, host: str, port: int) -> None:
    async with stripe.serve(host, port) as url:
        print(
            f"API:       {url}/v1/…\nControl:   {url}/_control/…\nKeys:      {', '.join(stripe.world.keys)}"
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
