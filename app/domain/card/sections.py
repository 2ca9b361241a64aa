"""All sections in the order of the card, and a walk through every fact declared in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.card.antenatal_visits import AntenatalVisit
from app.domain.card.birth_outcome import BirthOutcome
from app.domain.card.birth_plan import BirthPlan
from app.domain.card.care_contacts import CareContacts
from app.domain.card.co_parent import CoParent
from app.domain.card.declaration import SECTIONS, Content, Fact, Member, Section, Shape, camel, declared_in
from app.domain.card.earlier_pregnancies import EarlierPregnancy
from app.domain.card.hereditary_conditions import HereditaryConditions
from app.domain.card.laboratory_results import LaboratoryResults
from app.domain.card.lifestyle_factors import LifestyleFactors
from app.domain.card.medical_conditions import MedicalConditions
from app.domain.card.medication import Medication
from app.domain.card.mother import Mother
from app.domain.card.pre_pregnancy_measurements import PrePregnancyMeasurements
from app.domain.card.pregnancy import Pregnancy
from app.domain.card.previous_pregnancies import PreviousPregnancies
from app.domain.card.rhesus_d_negative_follow_up import RhesusDNegativeFollowUp
from app.domain.card.symphysis_fundal_heights import SymphysisFundalHeight
from app.domain.card.ultrasound_examinations import UltrasoundExamination

__all__ = ["SECTIONS", "SECTION_NAMED", "DeclaredFact", "facts_in", "walk"]

_IN_ORDER: tuple[type[Content], ...] = (
    Mother,
    Pregnancy,
    PreviousPregnancies,
    HereditaryConditions,
    MedicalConditions,
    Medication,
    LifestyleFactors,
    LaboratoryResults,
    RhesusDNegativeFollowUp,
    PrePregnancyMeasurements,
    SymphysisFundalHeight,
    AntenatalVisit,
    CareContacts,
    BirthOutcome,
    CoParent,
    EarlierPregnancy,
    UltrasoundExamination,
    BirthPlan,
)


def _put_in_order() -> None:
    """A section enters SECTIONS when its file is first imported, whoever does that; the card's order is set here."""
    by_model = {section.model: section for section in SECTIONS.values()}
    if set(by_model) != set(_IN_ORDER):
        raise ValueError("the sections declared and the sections in order are not the same")
    SECTIONS.clear()
    SECTIONS.update((by_model[model].kind, by_model[model]) for model in _IN_ORDER)


_put_in_order()

SECTION_NAMED: Final[dict[str, Section]] = {section.graphql_name: section for section in SECTIONS.values()}
"""Every section by its name in GraphQL."""


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """One fact and where it stands: in which section, inside which containers (outermost first)."""

    section: Section
    path: tuple[str, ...]
    fact: Fact
    shape: Shape
    containers: tuple[Member, ...] = ()

    @property
    def graphql_path(self) -> str:
        """The fact's path in GraphQL, such as `antenatalVisits.fetalObservations.fetalHeartRateBpm`."""
        return ".".join([self.section.graphql_name, *map(camel, self.path)])

    @property
    def wire_path(self) -> str | None:
        """The fact's path in the national record, such as `birthStatus.birthStatus[].status`: `[]` marks a list that
        is stepped into. `None` for what only the paper card has."""
        names = [self.section.wire, *(member.declared.wire for member in self.containers)]
        lists = [self.section.repeated, *(member.shape.many for member in self.containers)]
        if self.fact.wire is None or None in names:
            return None
        steps = [f"{name}[]" if many else f"{name}" for name, many in zip(names, lists, strict=True)]
        return ".".join([*steps, self.fact.wire])


def walk() -> Iterator[DeclaredFact]:
    """Every fact of every section, depth first. A container that is a fact itself comes before what it holds."""
    for section in SECTIONS.values():
        yield from facts_in(section)


def facts_in(section: Section) -> Iterator[DeclaredFact]:
    """Every fact of one section, depth first."""
    return _facts_of(section.model, section, ())


def _facts_of(model: type[Content], section: Section, containers: tuple[Member, ...]) -> Iterator[DeclaredFact]:
    for member in declared_in(model):
        path = (*(container.name for container in containers), member.name)
        if isinstance(member.declared, Fact):
            yield DeclaredFact(section, path, member.declared, member.shape, containers)
        if member.shape.content is not None:
            yield from _facts_of(member.shape.content, section, (*containers, member))
