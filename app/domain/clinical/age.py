"""How old she is, in full years. Each rule says on which day: at the due date, or on the day it is asked."""

from datetime import date


def full_years(born_on: date, on: date) -> int:
    """The years completed on a day; one born on 29 February completes hers on 1 March in other years."""
    has_had_birthday = (on.month, on.day) >= (born_on.month, born_on.day)
    return on.year - born_on.year - (not has_had_birthday)
