"""The antenatal programme for one woman: what is due, done or overdue, and the next visit."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import strawberry

from app.domain.clinical.catalogue import Evidence
from app.domain.clinical.chart import Chart
from app.domain.clinical.programme import Doer, EntryKind, EntryState, Planned, next_visit, programme, shown
from app.domain.clinical.registry import PROGRAMME
from app.domain.clinical.words import called
from app.domain.plain_log import Language
from resolvers.access import described, graphql_enum
from resolvers.clinical.charts import AsOf, chart_for
from resolvers.clinical.listener import (
    COMPUTED_READERS,
    ClinicalSource,
    Listener,
    Tongue,
    as_sources,
    explanation_field,
)
from resolvers.context import OpenedCard

graphql_enum(EntryKind, name="ProgrammeEntryKind")
graphql_enum(EntryState, name="ProgrammeEntryState")
graphql_enum(Doer, name="ProgrammeDoer")


def _called(root: Any, language: Tongue = Language.NB) -> str | None:
    listener: Listener = root["listener"]
    return called(root["entry_id"], listener.wording(language))


@strawberry.type(description="One entry of the antenatal programme. Norwegian: punkt i svangerskapsprogrammet.")
class ProgrammeEntry:
    entry_id: str = described("The entry, as `helsekort rules` lists it.")
    version: int = described("The entry's version.")
    kind: EntryKind = described("What kind of thing it is.")
    name = described("What it is called.", resolver=_called, gives=str)
    state: EntryState = described("Where it stands on the day that is asked about.")
    from_on: date = described("The first day of its time, by the due date that counts.")
    to_on: date = described("The last day of its time.")
    done_on: date | None = described("The day it was done, where it was.")
    doers: list[Doer] = described("Who does it.", usual_items=1)
    evidence: Evidence = described("How well its window is known.")
    sources: list[ClinicalSource] = described("Where it comes from.", usual_items=2)
    private: bool = described("Whether a person brings it up with her alone; it is never shown to her here.")


@strawberry.type(
    description="The programme of this pregnancy; empty without a due date and when it is over. Norwegian: "
    "svangerskapsprogrammet."
)
class AntenatalProgramme:
    entries: list[ProgrammeEntry] = described("Its entries.", usual_items=30)
    next_visit: ProgrammeEntry | None = described("The first visit that is neither done nor past.")
    explanation = explanation_field()


def antenatal_programme(root: Any, as_of: AsOf = None) -> Any:
    """The programme, as far as it rests on facts that this viewer may all read."""
    card: OpenedCard = root
    listener = Listener(card.grant)
    planned = planned_for(chart_for(card, "programme", as_of), listener)
    upcoming = next_visit(planned)
    return {
        "entries": shown_entries(planned, listener),
        "next_visit": shown_entry(upcoming, listener) if upcoming else None,
        "listener": listener, "explained_by": "PROGRAMME",
    }  # fmt: skip


def planned_for(chart: Chart, listener: Listener) -> list[Planned]:
    """The entries that are shown to somebody."""
    return shown(programme(chart, PROGRAMME), listener.gives, to_the_woman=listener.is_the_woman)


def shown_entries(planned: Iterable[Planned], listener: Listener) -> list[dict[str, Any]]:
    """Entries as sources of their fields."""
    return [shown_entry(each, listener) for each in planned]


def shown_entry(planned: Planned, listener: Listener) -> dict[str, Any]:
    """One of them."""
    entry = planned.entry
    return {
        "entry_id": entry.id, "version": entry.version, "kind": entry.kind, "state": planned.state,
        "from_on": planned.from_on, "to_on": planned.to_on, "done_on": planned.done_on, "doers": list(entry.doers),
        "evidence": entry.evidence, "sources": as_sources(entry.sources), "private": entry.private,
        "listener": listener,
    }  # fmt: skip


def programme_fields() -> dict[str, Any]:
    """The card's field for it."""
    return {
        "programme": described(
            "The antenatal programme for her: what is due, done, overdue or not for her. Norwegian: "
            "svangerskapsprogrammet.",
            resolver=antenatal_programme, gives=AntenatalProgramme, callers=COMPUTED_READERS,
        )
    }  # fmt: skip
