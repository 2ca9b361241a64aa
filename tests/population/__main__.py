"""`make rates`: how often each rule speaks among ten thousand women who do not exist, beside published prevalence.

Every rule that is on is asked on every fourteenth day of each pregnancy. It fails when one of them is never heard, or
is heard more often than is plausible.
"""

import argparse
import os
import sys

from rich.console import Console

from tests.population.asking import ask_all
from tests.population.rates import never, rates_of, table, too_often

WIDTH = 150


def main() -> int:
    """Ask, print, and say whether something is wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--women", type=int, default=10_000, help="how many women")
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many worker processes")
    chosen = options.parse_args()
    rates = rates_of(ask_all(chosen.women, chosen.processes))
    console = Console(width=WIDTH)
    console.print(table(rates))
    complaints = [*too_often(rates), *never(rates)]
    for complaint in complaints:
        console.print(complaint, style="red")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
