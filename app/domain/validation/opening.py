"""What must hold before a card is opened."""

from datetime import date


def is_old_enough(birth_date: date, today: date, minimum: int) -> bool:
    """Whether somebody has reached an age in whole years. Born on 29 February, she does so on 1 March at the latest."""
    birthday_has_been = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (0 if birthday_has_been else 1) >= minimum
