"""The due date that counts, those it supersedes, and how far along she is on any day."""

from datetime import date
from typing import Annotated, Any

import strawberry

from app.domain.card.provenance import Author
from app.domain.clinical.dating import Dating, Estimate, dating
from app.domain.clinical.settings import DEFAULT_SETTINGS
from app.domain.clinical.weeks import countdown, trimester, week_of
from app.domain.gestation import DueDateBasis, gestational_age
from resolvers.access import described, graphql_enum
from resolvers.card import shared_type
from resolvers.changes import AUTHOR_PATH
from resolvers.clinical.charts import documents_until
from resolvers.clinical.listener import COMPUTED_READERS, Listener, explanation_field
from resolvers.context import OpenedCard

graphql_enum(DueDateBasis)

AuthorType: Any = shared_type(Author, AUTHOR_PATH)
OnDay = Annotated[date | None, strawberry.argument(description="Which day; left out: today.")]


@strawberry.type(description="How far along she is on a day, counted from the due date: it is day 283.")
class DayOfPregnancy:
    on: date = described("The day.")
    weeks: int = described("Completed weeks.")
    days: int = described("Days beyond them, 0 to 6.")
    ordinal_week: int = described("The week she is in, one more than those completed.")
    basis: DueDateBasis = described("What the due date rests on.")
    trimester: int = described("The trimester, 1 to 3: the second begins at 13 completed weeks, the third at 28.")
    days_left: int = described("Days to the due date; 0 from then on.")
    days_past: int = described("Days since the due date; 0 until then.")
    percent: int = described("How much of the 283 days has gone by, at most 100.")
    explanation = explanation_field()


@strawberry.type
class _DueDate:
    due_on: date = described("The day. Norwegian: termindato.")
    basis: DueDateBasis = described("What it rests on.")
    facts: list[str] = described("Paths of the facts it is taken from.", usual_items=2)
    scanned_on: date | None = described(
        "The day of the ultrasound examination, where it rests on one that is recorded."
    )
    is_certain: bool | None = described("Whether she is certain of her last period; null where that is not recorded.")
    author: AuthorType | None = described("Who wrote the facts.")


@strawberry.type(description="A due date that another one supersedes. Norwegian: tidligere termin.")
class SupersededDueDate(_DueDate):
    days_later: int = described("By how many days it is later than the one that counts; negative: earlier.")


def _on_a_day(root: Any, on: OnDay = None) -> Any:
    return day_of_pregnancy(root["dating"], on or root["today"], root["listener"])


@strawberry.type(description="How the pregnancy is dated: the due date that counts. Norwegian: termin.")
class PregnancyDating(_DueDate):
    superseded: list[SupersededDueDate] = described(
        "The due dates it supersedes, the one that would count next first.", usual_items=3
    )
    explanation = explanation_field()

    gestational_age = described(
        "How far along she is on any day; null outside the pregnancy. Norwegian: svangerskapslengde.",
        resolver=_on_a_day, gives=DayOfPregnancy | None,
    )  # fmt: skip


def pregnancy_dating(root: Any) -> Any:
    """The dating of what was released; null when nothing of that dates the card."""
    card: OpenedCard = root
    found = dating(documents_until(card, "dating", card.grant.today))
    return None if found is None else _shown(found, card)


def _shown(found: Dating, card: OpenedCard) -> dict[str, Any]:
    listener = Listener(card.grant)
    return {
        **_estimate(found.counts),
        "superseded": [
            {**_estimate(other), "days_later": found.days_apart(other)} for other in found.superseded
        ],
        "dating": found,
        "today": card.grant.today,
        "listener": listener,
        "explained_by": f"DATED_{found.counts.due.basis}",
    }  # fmt: skip


def _estimate(one: Estimate) -> dict[str, Any]:
    return {
        "due_on": one.due.on, "basis": one.due.basis, "facts": list(one.facts), "scanned_on": one.scanned_on,
        "is_certain": one.is_certain, "author": one.author,
    }  # fmt: skip


def day_of_pregnancy(found: Dating | None, on: date, listener: Listener) -> dict[str, Any] | None:
    """How far along she is on a day; None outside the pregnancy and where nothing dates it."""
    age = None if found is None else gestational_age(found.counts.due, on)
    if found is None or age is None:
        return None
    days, left = found.days_on(on), countdown(found.counts.due.on, on)
    return {
        "on": on, "weeks": age.weeks, "days": age.days, "ordinal_week": week_of(days).ordinal, "basis": age.basis,
        "trimester": trimester(days, DEFAULT_SETTINGS.trimesters), "days_left": left.days_left,
        "days_past": left.days_past, "percent": left.percent, "listener": listener, "explained_by": "DAY_OF_PREGNANCY",
    }  # fmt: skip


def dating_fields() -> dict[str, Any]:
    """The card's fields for it."""
    return {
        "dating": described(
            "The due date that counts, who gave it, and how far along she is. Norwegian: termin.",
            resolver=pregnancy_dating, gives=PregnancyDating | None, callers=COMPUTED_READERS,
        )
    }  # fmt: skip
