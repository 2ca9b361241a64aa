"""Which units follow a card: those whose number stands in its care contacts, and those that came otherwise."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.domain.card.care_contacts import CareContacts
from app.domain.policy import PROVENANCE
from app.domain.record import CareUnit

ORGANISATION_NUMBER: Final = re.compile(r"\d{9}")


def followed_by(
    contacts_before: Mapping[str, Any] | None, contacts_after: Mapping[str, Any] | None, units: list[CareUnit]
) -> list[CareUnit]:
    """The units that follow a card once its care contacts have changed (documents by Python name; None: none).

    Who is named now follows it; who was named and is not any longer does not. Units that were never named, such as
    the one that opened the card, stay.
    """
    before, now = dict(_named(contacts_before)), dict(_named(contacts_after))
    kept = [unit for unit in units if unit.organisation_number in now or unit.organisation_number not in before]
    known = {unit.organisation_number for unit in kept}
    return kept + [unit for number, unit in now.items() if number not in known]


def _named(contacts: Mapping[str, Any] | None) -> Iterator[tuple[str, CareUnit]]:
    """The units a document of care contacts names by number. Text that is no organisation number names nobody."""
    facts = {name: value for name, value in (contacts or {}).items() if name != PROVENANCE}
    read = CareContacts.model_validate(facts)
    named = [(read.birth_institution_number, read.birth_institution)]
    if read.midwife is not None:
        named.insert(0, (read.midwife.organisation_number, read.midwife.organisation_name))
    if read.general_practitioner is not None:
        named.insert(0, (read.general_practitioner.organisation_number, read.general_practitioner.organisation_name))
    for number, name in named:
        if number is not None and ORGANISATION_NUMBER.fullmatch(number):
            yield number, CareUnit(organisation_number=number, organisation_name=name)
