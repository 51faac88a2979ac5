"""`python -m tests.bench ledger|updates|evening [--json] [--quick]`: measurements. Nothing here fails on being slow."""

import argparse
import importlib
import json

BENCHES = {
    "ledger": "posts, balances, statements and `verify` against raw SQL, on SQLite and PostgreSQL",
    "evening": "a distribution evening of 30 members at real limits: taps and seconds a member",
    "updates": "updates answered by the real bot against a bare echo bot",
}
"""Each is a module beside this one with `run(quick, say) -> dict` and `report(result) -> str`."""


def main() -> None:
    """Run one bench and print what it measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "bench", choices=BENCHES, help="; ".join(f"{n}: {what}" for n, what in BENCHES.items())
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and postings: to see that it runs")
    arguments = parser.parse_args()
    bench = importlib.import_module(f"tests.bench.{arguments.bench}")
    result = bench.run(arguments.quick, (lambda _: None) if arguments.json else print)
    print(json.dumps(result) if arguments.json else bench.report(result))


main()
