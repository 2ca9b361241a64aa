"""What is worked out looks at nothing but the facts it declares: without all others it comes out the same."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from app.domain.card.declaration import camel
from app.domain.card.sections import SECTIONS
from app.domain.clinical.birthplace import BirthplaceFacts
from app.domain.clinical.birthplace_facts import recorded
from app.domain.clinical.body import body_mass
from app.domain.clinical.chart import FACTS, Chart
from app.domain.clinical.dating import dating
from app.domain.clinical.evaluation import evaluate
from app.domain.clinical.growth import fundal_heights
from app.domain.clinical.looked_at import KINDS_LOOKED_AT, LOOKED_AT
from app.domain.clinical.parity import parity
from app.domain.clinical.postpartum_facts import recorded_birth
from app.domain.clinical.programme import programme
from app.domain.clinical.registry import PROGRAMME
from app.domain.clinical.rules.weight import weights
from app.domain.clinical.timeline import moments
from app.domain.policy import PROVENANCE
from data.documents import as_document, latest_versions
from data.synthetic.cast import CAST
from data.synthetic.cast_plans import born_on
from tests.world import TODAY

WORKED_OUT: dict[str, Callable[[Chart], Any]] = {
    "dating": lambda chart: dating(chart.documents),
    "alerts": evaluate,
    "unansweredRules": evaluate,
    "programme": lambda chart: programme(chart, PROGRAMME),
    "growth": lambda chart: (
        fundal_heights(chart.documents, chart.dating), body_mass(chart), weights(chart),
        [each.content.get("estimated_fetal_weight_g") for scan in chart.items("ultrasound_examinations")
         for each in scan.entries("fetal_measurements")],
    ),
    "bodyMassIndex": body_mass,
    "parity": lambda chart: parity(chart.documents),
    "birthplace": lambda chart: recorded(chart.documents, chart.dating, TODAY, BirthplaceFacts()),
    "postpartumFollowUp": recorded_birth,
    "timeline": lambda chart: moments(chart, programme(chart, PROGRAMME), evaluate(chart).alerts),
}  # fmt: skip
"""By field of the card, what stands behind it."""


def documents_of(slug: str) -> list[dict[str, Any]]:
    """The documents of every card of a woman of the cast."""
    member = next(member for member in CAST if member.slug == slug)
    found = []
    for record in member.on(TODAY).records:
        documents: dict[str, Any] = {}
        for item in latest_versions(record.items):
            if SECTIONS[item.kind].repeated:
                documents.setdefault(item.kind, []).append(as_document(item))
            else:
                documents[item.kind] = as_document(item)
        found.append(documents)
    return found


def only(paths: Iterable[str], documents: dict[str, Any]) -> dict[str, Any]:
    """The documents with these facts and no others."""
    wanted = set(paths)
    return {kind: _only(wanted, SECTIONS[kind].graphql_name, document) for kind, document in documents.items()}


def _only(wanted: set[str], path: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_only(wanted, path, each) for each in value]
    if not isinstance(value, dict) or path in wanted:
        return value
    return {
        name: inner if name == PROVENANCE else _only(wanted, f"{path}.{camel(name)}", inner)
        for name, inner in value.items()
        if name == PROVENANCE or _leads_to(wanted, f"{path}.{camel(name)}")
    }


def _leads_to(wanted: set[str], path: str) -> bool:
    return any(each == path or each.startswith(f"{path}.") for each in wanted)


@pytest.mark.parametrize("field", WORKED_OUT)
def test_without_all_other_facts_it_comes_out_the_same(field: str) -> None:
    """For every card of the cast; so whoever is told what these facts are is told of all that is looked at."""
    cards = 0
    for member in CAST:
        for documents in documents_of(member.slug):
            whole, cut = (
                WORKED_OUT[field](Chart.of(each, TODAY, born_on=born_on(member.number)))
                for each in (documents, only(LOOKED_AT[field], documents))
            )
            assert whole == cut, member.slug
            cards += 1
    assert cards > 15


def test_every_field_declares_facts_that_exist() -> None:
    """Each path is a fact of the card, none twice; the sections are those they stand in."""
    assert set(WORKED_OUT) == set(LOOKED_AT) == set(KINDS_LOOKED_AT)
    for field, paths in LOOKED_AT.items():
        assert len(paths) == len(set(paths))
        assert {*paths} <= {*FACTS}
        assert KINDS_LOOKED_AT[field] == {FACTS[path].section.kind for path in paths}
