"""`manage.py draw simulate`: compute a draw from given inputs and store nothing.

A bad input exits 1 with its code and a sentence on stderr, wrong usage exits 2; nothing is on stdout then.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trading.draws import candidates, record, selector, sources, wire
from trading.errors import RuleError

BAD_OPTIONS = "bad_options"


class Command(BaseCommand):
    help = "Compute a draw of ggzy-draw/1 from given inputs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        simulate = parser.add_subparsers(dest="verb", required=True).add_parser(
            "simulate", help="ranking and seats from a list and its sources, or a seed"
        )
        simulate.add_argument("--candidates", required=True, type=Path, metavar="FILE.tsv")
        simulate.add_argument("--commit", type=Path, metavar="FILE.json")
        simulate.add_argument("--sources", type=Path, metavar="FILE.json")
        simulate.add_argument("--seed", metavar="HEX")
        simulate.add_argument("--suite", metavar="sha256|sm3")
        simulate.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            result = simulated(options)
        except RuleError as error:
            wrong_usage = error.code == BAD_OPTIONS
            raise CommandError(f"{error.code}: {error}", returncode=2 if wrong_usage else 1) from error
        except OSError as error:
            raise CommandError(f"unreadable: {error}") from error
        self.stdout.write(json.dumps(result, ensure_ascii=False) if options["json"] else table(result))


def simulated(options: dict[str, Any]) -> dict[str, Any]:
    """Return the draw of the given files. Raises RuleError with the first thing that is wrong."""
    by_commit = options["commit"] is not None and options["sources"] is not None
    by_seed = options["seed"] is not None and options["suite"] is not None
    given = sum(options[name] is not None for name in ("commit", "sources", "seed", "suite"))
    if given != 2 or by_commit == by_seed:
        raise wire.Malformed("Give --commit and --sources, or --seed and --suite.", code=BAD_OPTIONS)
    raw = options["candidates"].read_bytes()
    if by_seed:
        return from_seed(raw, wire.parse_hex(options["seed"], "The seed", size=32), options["suite"])
    return from_commit(raw, options["commit"].read_bytes(), options["sources"].read_bytes())


def from_commit(raw_list: bytes, raw_commit: bytes, raw_sources: bytes) -> dict[str, Any]:
    commit = record.read_commit(raw_commit)
    frozen = candidates.parse_list(raw_list, commit.suite)
    record.check_list(commit, frozen)
    values = sources.read(wire.parse_json(raw_sources, "The sources"))
    seed = sources.seed(commit, values)
    ranking = selector.rank(commit.suite, seed, frozen.candidates)
    chosen = selector.select(ranking, frozen.candidates, commit.plan, commit.caps)
    return result(frozen, seed, ranking, chosen, commit_hash=commit.hash.hex())


def from_seed(raw_list: bytes, seed: bytes, suite: str) -> dict[str, Any]:
    """Rank a list by a seed; without a commit record there is no plan, so no seat either."""
    frozen = candidates.parse_list(raw_list, wire.suite_of(suite))
    ranking = selector.rank(suite, seed, frozen.candidates)
    return result(frozen, seed, ranking, selector.Selection((), (), ()), commit_hash=None)


def result(
    frozen: candidates.FrozenList,
    seed: bytes,
    ranking: list[bytes],
    chosen: selector.Selection,
    *,
    commit_hash: str | None,
) -> dict[str, Any]:
    return {
        "list": {"n": frozen.n, "sha": frozen.sha, "root": frozen.root},
        "commit_hash": commit_hash,
        "seed": seed.hex(),
        "ranking": [[selector.ticket_of(slip), selector.ident_of(slip)] for slip in ranking],
        "seated": [list(pair) for pair in chosen.seated],
        "events": list(chosen.events),
    }


def table(result: dict[str, Any]) -> str:
    lines = [f"list {result['list']['n']} {result['list']['sha']}", f"seed {result['seed']}"]
    lines += [f"{place:>6} {ticket} {ident}" for place, (ticket, ident) in enumerate(result["ranking"], 1)]
    lines += [f"seated {ident} {stratum}" for ident, stratum in result["seated"]]
    lines += [f"event {json.dumps(event)}" for event in result["events"]]
    return "\n".join(lines)
