"""The timeline of a chart: in order, each moment in a place of its own, nothing to come when the pregnancy is over."""

from datetime import date

from app.domain.clinical.chart import Chart
from app.domain.clinical.evaluation import evaluate
from app.domain.clinical.programme import programme
from app.domain.clinical.registry import PROGRAMME
from app.domain.clinical.timeline import Moment, MomentKind, moments
from tests.domain.clinical.test_looked_at import documents_of
from tests.world import TODAY


def timeline(slug: str, as_of: date = TODAY, ended_on: date | None = None) -> list[Moment]:
    chart = Chart.of(documents_of(slug)[0], as_of, ended_on=ended_on)
    return moments(chart, programme(chart, PROGRAMME), evaluate(chart).alerts)


def test_moments_stand_in_order_each_in_its_own_place() -> None:
    """By day and kind; a page can begin after any of them."""
    found = timeline("kari")
    places = [moment.place for moment in found]
    assert places == sorted(places)
    assert len(places) == len(set(places))
    assert [moment.on for moment in found] == sorted(moment.on for moment in found)


def test_a_visit_stands_there_once() -> None:
    """As the item it is, not again as an entry of the programme."""
    found = [moment for moment in timeline("kari") if moment.kind in (MomentKind.DONE, MomentKind.VISIT)]
    assert len({moment.on for moment in found if moment.kind is MomentKind.VISIT}) > 2
    assert not [moment for moment in found if moment.planned and moment.planned.entry.id.startswith("V2")]


def test_nothing_is_to_come_once_the_pregnancy_is_over() -> None:
    """What was done stays; milestones, plans and alerts are gone."""
    kinds = {moment.kind for moment in timeline("kari", ended_on=TODAY)}
    assert kinds == {MomentKind.VISIT, MomentKind.ULTRASOUND}
