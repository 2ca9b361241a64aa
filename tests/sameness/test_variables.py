"""Variables are coerced by functions made for them as graphql-core coerces them, and what does not fit is told as it does."""

import random
from typing import Any

import pytest
from graphql import OperationType
from graphql.execution.values import get_variable_values

from app.domain.viewer import CallerKind
from app.execution.documents import Documents
from app.execution.variables import ERRORS_MAX
from resolvers.views import view_for
from tests.sameness.documents import draw
from tests.sameness.values import scalars

OF = scalars(("17849644092",))
MISFITS = (None, True, 3, 2**40, 1.5, float("inf"), "", "2026-02-30", "NEGATIVE", [], [[]], {}, {"of": "no type"})


def spoilt(dice: random.Random, value: Any) -> Any:
    """The same with something at some place in it that may not fit there."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        name = dice.choice(list(value))
        return {**value, name: spoilt(dice, value[name])}
    if isinstance(value, list) and value and dice.random() < 0.8:
        return [*value[1:], spoilt(dice, value[0])]
    return dice.choice(MISFITS)


@pytest.mark.parametrize("caller", [CallerKind.CLINICIAN, CallerKind.CITIZEN])
def test_variables_are_coerced_as_graphql_core_does(caller: CallerKind) -> None:
    """Whatever is sent: the same values from the same sources, or the same errors."""
    schema, seen = view_for(caller).graphql, {VALUES: 0, ERRORS: 0}
    for seed in range(300):
        dice = random.Random(f"variables {seed}")
        drawn = draw(schema, dice, dice.randint(1, 30), OF, dice.choice((OperationType.QUERY, OperationType.MUTATION)))
        document = Documents(hide_suggestions=False).get(caller, drawn.text)
        for name, operation in document.operations.items():
            given = drawn.values(dice, OF)
            given = spoilt(dice, given) if given and dice.random() < 0.5 else given
            sent = given if isinstance(given, dict) else {}
            expected = get_variable_values(schema, operation.variable_definitions or (), sent, ERRORS_MAX)
            coerced = document.coerced(name, sent)
            assert told(coerced) == told(expected), (drawn.text, sent)
            seen[told(coerced)[0]] += 1
    assert min(seen.values()) > 20


VALUES, ERRORS = "values", "errors"


def told(coerced: Any) -> tuple[str, Any]:
    if isinstance(coerced, list):
        return ERRORS, [error.message for error in coerced]
    return VALUES, (coerced.coerced, {name: source.value for name, source in coerced.sources.items()})
