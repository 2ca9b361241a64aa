"""Lifestyle: tobacco and other stimuli, food, supplements, physical activity."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.card.declaration import (
    TEXT_MAX_LENGTH,
    Content,
    Escalation,
    Mark,
    Sensitivity,
    fact,
    note,
    section,
)
from app.domain.card.values import StimulusFrequency, StimulusType
from app.domain.code_systems import CODE_SYSTEMS

PERSONAL, INTIMATE = Sensitivity.PERSONAL, Sensitivity.INTIMATE


def _is_more_than_tobacco(entry: Any, today: date) -> bool:
    """True for every stimulus that is not known to be tobacco or its like, unknown and unreadable ones included."""
    stimulus = entry.get("stimulus_type") if isinstance(entry, Mapping) else None
    code = stimulus.get("code") if isinstance(stimulus, Mapping) else None
    known = CODE_SYSTEMS["volven_8536"].find(code) if isinstance(code, str) else None
    return known is None or known.tag != "tobacco"


MORE_THAN_TOBACCO = Escalation(
    rule="S3-stimuli",
    sensitivity=INTIMATE,
    applies=_is_more_than_tobacco,
    meaning="alcohol, drugs and anything not known to be tobacco",
)


class StimulusUse(Content):
    """How often and how much a stimulus is used at one point in time."""

    frequency: StimulusFrequency | None = fact(
        "Frequency", "Hyppighet", "How often it is used.", "Hvor ofte du bruker det.",
        PERSONAL, wire="stimuliFrequency", topic="stimuli",
    )  # fmt: skip
    daily_count: int | None = fact(
        "Daily count", "Daglig antall",
        "How many a day; what is counted depends on the stimulus: cigarettes, portions, units.",
        "Hvor mange du bruker om dagen.",
        PERSONAL, wire="dailyCount", topic="stimuli", unit="/d", minimum=0,
    )  # fmt: skip


class Stimulus(Content):
    """One stimulus, and its use early and late in the pregnancy."""

    stimulus_type: StimulusType | None = fact(
        "Stimulus", "Type nytelsesmiddel/stimulus", "Which stimulus this is about, such as smoking, snus or alcohol.",
        "Hva det gjelder, for eksempel røyk, snus eller alkohol.",
        PERSONAL, wire="stimuliType", topic="stimuli", required=True,
    )  # fmt: skip
    at_first_visit: StimulusUse | None = fact(
        "At the first visit", "Ved første konsultasjon", "How often and how much at the first visit.",
        "Hvor mye du brukte da du kom til første kontroll.",
        PERSONAL, wire="stimuliFrequencyFirstConsultation", topic="stimuli",
    )  # fmt: skip
    at_week_36: StimulusUse | None = fact(
        "In week 36", "Ved uke 36", "How often and how much in week 36.", "Hvor mye du brukte rundt uke 36.",
        PERSONAL, wire="stimuliFrequencyAtWeek36", topic="stimuli",
    )  # fmt: skip


@section(
    "lifestyle_factors",
    english="Lifestyle factors",
    norwegian="Levevaner",
    meaning="Tobacco and other stimuli, food, supplements and physical activity.",
    wire="lifestyleFactors",
)
class LifestyleFactors(Content):
    stimuli: list[Stimulus] | None = fact(
        "Stimuli", "Nytelsesmidler", "Tobacco, alcohol and other stimuli, one entry each.",
        "Røyk, snus, alkohol og andre rusmidler.",
        PERSONAL, wire="stimuli", topic="stimuli", escalation=MORE_THAN_TOBACCO,
    )  # fmt: skip
    note: str | None = note(
        "Merknad", "A note about her lifestyle.", "Det som er skrevet om levevanene dine."
    )  # fmt: skip
    diet: str | None = fact(
        "Diet", "Kosthold", "What she eats, or does not eat, as far as it matters for the pregnancy.",
        "Hva du spiser til vanlig.",
        PERSONAL, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    supplements: str | None = fact(
        "Supplements", "Kosttilskudd", "Which dietary supplements she takes.",
        "Kosttilskudd du tar, for eksempel vitamin D eller jern.",
        PERSONAL, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    physical_activity: str | None = fact(
        "Physical activity", "Fysisk aktivitet", "How physically active she is.", "Hvor mye du beveger deg og trener.",
        PERSONAL, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
