"""How many one-cell changes of the access policy are noticed by asking the running API.

`make mutations`, or `python -m tests.access.mutations [--sample N] [--seed S] [--whole N]`. Every change that breaks
no check is named with the reason: it comes to the same as the policy in force (proven by comparing all outcomes), or
the callers it concerns have no field in their schema by which it could be asked, or it has survived.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.access.proof.judging import EQUIVALENT, KILLED, NO_ROUTE, SURVIVED, Judge, Verdict
from tests.access.proof.mutants import Mutant, all_mutants
from tests.conftest import gateway_with_cast

SEED: Final = 5


async def judged(mutants: Sequence[Mutant], whole: Sequence[Mutant] = (), *, folder: Path) -> list[Verdict]:
    """The verdict on each. Of those in `whole` all checks are asked, and must say the same."""
    async with gateway_with_cast("sqlite", folder, folder) as world:
        judge = Judge(world)
        await judge.prepare()
        verdicts = []
        for place, mutant in enumerate(mutants):
            verdicts.append(await judge.judge(mutant))
            if place % 100 == 99:
                sys.stderr.write(f"{place + 1} of {len(mutants)}\n")
        for mutant in whole:
            verdict, breaches = await judge.judge(mutant), await judge.every_breach(mutant)
            assert (verdict.verdict == KILLED) == bool(breaches), (mutant.what, verdict, breaches)
    return verdicts


def sample(number: int, seed: int = SEED) -> list[Mutant]:
    """Some of all changes: of every kind at least one, the rest at random."""
    dice, by_kind = random.Random(seed), defaultdict(list)
    for mutant in all_mutants():
        by_kind[mutant.kind].append(mutant)
    chosen = [dice.choice(made) for made in by_kind.values()]
    others = [mutant for made in by_kind.values() for mutant in made if mutant not in chosen]
    return chosen + dice.sample(others, max(0, number - len(chosen)))


def told(verdicts: Sequence[Verdict], *, names_all: bool = False) -> str:
    """Counts by kind, the score, and what was not noticed."""
    outcomes = (KILLED, SURVIVED, EQUIVALENT, NO_ROUTE)
    lines = [f"{'':14}" + "".join(f"{outcome:>12}" for outcome in outcomes)]
    kinds = dict.fromkeys(verdict.mutant.kind for verdict in verdicts)
    for kind in (*kinds, "all"):
        counts = Counter(one.verdict for one in verdicts if kind in (one.mutant.kind, "all"))
        lines.append(f"{kind:14}" + "".join(f"{counts[outcome]:>12}" for outcome in outcomes))
    killed, survived = (sum(one.verdict == outcome for one in verdicts) for outcome in (KILLED, SURVIVED))
    score = 100 * killed / (killed + survived) if killed + survived else 0.0
    lines += ["", f"score: {score:.2f} % of {killed + survived} changes that can be asked about are noticed"]
    unnoticed = [one for one in verdicts if one.verdict == SURVIVED or (names_all and one.verdict != KILLED)]
    lines += [f"{one.verdict}: {one.mutant.kind}: {one.mutant.what}" for one in unnoticed]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sample", type=int, help="only so many, of every kind some")
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--whole", type=int, default=6, help="of how many all checks are asked as well")
    arguments.add_argument("--kind", help="only changes of this kind")
    arguments.add_argument("--names", action="store_true", help="name also what is equivalent or has no route")
    asked = arguments.parse_args()
    mutants = sample(asked.sample, asked.seed) if asked.sample else all_mutants()
    mutants = [mutant for mutant in mutants if asked.kind in (None, mutant.kind)]
    whole = random.Random(asked.seed).sample(mutants, min(asked.whole, len(mutants)))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        verdicts = asyncio.run(judged(mutants, whole, folder=Path(folder)))
    sys.stdout.write(
        told(verdicts, names_all=asked.names) + f"\n{len(mutants)} changes in {time.monotonic() - began:.0f} s\n"
    )
    sys.exit(any(one.verdict == SURVIVED for one in verdicts))


if __name__ == "__main__":
    main()
