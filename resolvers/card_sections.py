"""The card's sections as an enumeration, for where one of them is meant as a whole. Made from the declarations."""

from typing import Any, Final

from app.domain import contract
from app.domain.card.sections import SECTIONS
from app.domain.described import DescribedEnum
from resolvers.access import graphql_enum


def _is_read_by_anybody(name: str) -> bool:
    return any(path.startswith(f"{name}.") for path in contract.readers())


_MEMBERS: Final[Any] = {
    kind.upper(): (kind, f"{section.meaning} Norwegian: {section.norwegian}.")
    for kind, section in SECTIONS.items()
    if _is_read_by_anybody(section.graphql_name)
}
CardSection: Final[Any] = DescribedEnum("CardSection", _MEMBERS)
CardSection.__doc__ = "A section of the card."
graphql_enum(CardSection)
