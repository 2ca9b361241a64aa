"""Programs: what has been worked out about an operation, and the functions that put its answer together.

Kept by (view, document, operation, outcome of @skip and @include), bounded, the least recently used leaving first. A
card's function is kept beside it by (profile, blocks): access is decided when it is made.
"""

import asyncio
import inspect
import itertools
from collections import OrderedDict
from collections.abc import Awaitable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import ExecutionResult
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

from app.domain.gate import Grant, Withheld, elevation_for, not_available
from app.domain.ledger import CASELOAD
from app.domain.policy import Profile
from app.domain.record import FoundCard
from app.execution.called import CommandCall
from app.execution.compiler import Argued, Compiled, Opened, Place, check_covered, compiled_card, compiled_value
from app.execution.documents import Document
from app.execution.listing import compiled_list
from app.execution.plan import ACTIVE_CARD_FIELDS, Plan, plan
from app.execution.selected import NotCovered, Selected, selected
from app.observability import PLANS, PROGRAMS, log
from resolvers import limits
from resolvers.commands import COMMANDS
from resolvers.context import OpenedCard, OperationContext, Places, Selection
from resolvers.planned import PlannedExecutor
from resolvers.views import view_for

VARIANTS_MAX: Final = 64
"""Functions for one card field: as many as situations it is asked in, blocks included."""
RELEASED_MAX: Final = 256
CONDITIONS_MAX: Final = 3
COMPILED: Final = PLANS.labels("compiled")
DISCARDED: Final = PLANS.labels("discarded")
HIT: Final = PROGRAMS.labels("hit")
MISS: Final = PROGRAMS.labels("miss")
NO_SECTIONS: Final[Mapping[str, Any]] = {}


@dataclass
class Prepared:
    """What is known of an operation. `program`: None where graphql-core runs it."""

    plan: Plan
    program: "Program | None" = None
    seen: int = 0
    is_settled: bool = False


class Programs:
    """The programs of one process.

    An operation gets its program when it is asked for the second time: making one takes longer than answering once.
    """

    def __init__(self, *, size: int = limits.PROGRAM_CACHE_SIZE, made_at: float = 2) -> None:
        self._kept: OrderedDict[Any, Prepared] = OrderedDict()
        self._size, self._made_at = size, made_at
        self._registered: dict[Any, Prepared] = {}
        self.hits = self.misses = self.uncovered = 0

    def keep(self, document: Document) -> None:
        """Make the programs of a registered document now, and keep them for good."""
        for name, outcome in itertools.product(document.operations, _outcomes(document)):
            key = (document.kind, document.hash, name, outcome)
            if key not in _MADE:
                variables = VariableValues({}, dict(zip(document.conditions, outcome, strict=True)))
                made = Prepared(planned(document, name, variables), is_settled=True)
                made.program = self._made(made.plan, document, name, variables)
                _MADE[key] = made
            self._registered[key] = _MADE[key]

    def prepared(self, document: Document, operation_name: str | None, variables: VariableValues) -> Prepared:
        """The plan of an operation, and its program when it has one. Raises KeyError for an unknown operation."""
        outcome = tuple(variables.coerced.get(name) for name in document.conditions)
        key = (document.kind, document.hash, operation_name, outcome)
        registered = self._registered.get(key)
        if registered is not None:
            self._hit()
            return registered
        found = self._kept.get(key)
        if found is not None and found.is_settled:
            self._hit()
            self._kept.move_to_end(key)
            return found
        self.misses += 1
        MISS.inc()
        if found is None:
            found = self._kept[key] = Prepared(planned(document, operation_name, variables))
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        found.seen += 1
        if found.seen < self._made_at:
            return found
        found.program = self._made(found.plan, document, operation_name, variables)
        found.is_settled = True
        return found

    def _hit(self) -> None:
        self.hits += 1
        HIT.inc()

    def _made(
        self, plan: Plan, document: Document, operation_name: str | None, variables: VariableValues
    ) -> "Program | None":
        operation = document.operations[operation_name]
        try:
            roots = selected(view_for(document.kind).graphql, operation, document.fragments, variables)
            return Program(plan, roots)
        except NotCovered:
            self.uncovered += 1
        except Exception as error:  # of whatever kind: there is an answer without a program, too
            log.error("no_program", kind=type(error).__name__)
        return None


_MADE: Final[dict[Any, Prepared]] = {}
"""Of registered documents, which are files: made once in a process, whatever runs in it."""


def _outcomes(document: Document) -> Iterator[tuple[bool, ...]]:
    """Every outcome that @skip and @include of a document can have, unless they are too many to be made beforehand."""
    if len(document.conditions) <= CONDITIONS_MAX:
        yield from itertools.product((False, True), repeat=len(document.conditions))


def planned(document: Document, operation_name: str | None, variables: VariableValues) -> Plan:
    assert document.tree is not None  # only what is valid is planned
    return plan(view_for(document.kind).graphql, document.tree, document.operations[operation_name], variables)


class Program:
    """The functions of one operation, root field by root field."""

    def __init__(self, plan: Plan, roots: tuple[Selected, ...]) -> None:
        """Raises NotCovered."""
        for root in roots:
            check_covered(root)
        self.roots = tuple(
            _card_or_value(root, plan.selection.get(root.key)) if root.definition else _Named(root) for root in roots
        )

    def run(self, executor: PlannedExecutor) -> ExecutionResult | Awaitable[ExecutionResult]:
        """The answer. What is not success is graphql-core's to say."""
        outcomes = {root.key: root.begin(executor) for root in self.roots if isinstance(root, _Value)}
        waited = {key: outcome for key, outcome in outcomes.items() if inspect.isawaitable(outcome)}
        return self._waiting(executor, outcomes, waited) if waited else self._completed(executor, outcomes)

    async def _waiting(
        self, executor: PlannedExecutor, outcomes: dict[str, Any], waited: Mapping[str, Awaitable[Any]]
    ) -> ExecutionResult:
        if len(waited) == 1:
            ((key, only),) = waited.items()
            try:
                outcomes[key] = await only
            except Exception as error:
                outcomes[key] = error
        else:
            outcomes |= zip(waited, await asyncio.gather(*waited.values(), return_exceptions=True), strict=True)
        completed = self._completed(executor, outcomes)
        return await completed if inspect.isawaitable(completed) else completed

    def _completed(
        self, executor: PlannedExecutor, outcomes: dict[str, Any]
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        released: dict[str, Collection[str]] = {}
        try:
            data = {root.key: root.finish(executor, outcomes, released) for root in self.roots}
        except Exception:  # of whatever kind: it is met again, and told as the specification says
            DISCARDED.inc()
            rerun: ExecutionResult | Awaitable[ExecutionResult] = executor.by_graphql_core(outcomes)
            return rerun
        COMPILED.inc()
        executor.released = released
        return ExecutionResult(data, None)


def _card_or_value(root: Selected, selection: Selection | None) -> "_Card | _Value":
    is_card = root.name in ACTIVE_CARD_FIELDS and selection is not None
    if is_card and not selection.asks_past and not selection.told:  # type: ignore[union-attr]  # looked at above
        assert selection is not None
        return _Card(root, selection)
    return _Command(root) if root.name in COMMANDS else _Value(root)


class _Named:
    """`__typename` of the root."""

    def __init__(self, root: Selected) -> None:
        self.key, self._name = root.key, root.parent.name

    def finish(self, executor: PlannedExecutor, outcomes: Mapping[str, Any], released: Any) -> Any:
        return self._name


class _Value:
    """A root field whose resolver gives a value."""

    def __init__(self, root: Selected) -> None:
        assert root.definition is not None  # a `_Named` otherwise
        self.key, self._root, self._definition = root.key, root, root.definition
        self._compiled = compiled_list(root) if root.name == CASELOAD else compiled_value(root)

    def begin(self, executor: PlannedExecutor) -> Any:
        """What the resolver gives: a value, an awaitable, or the exception it raised."""
        root, definition = self._root, self._definition
        path = Path(None, root.key, root.parent.name)
        executor.prepare()
        try:
            info = executor.build_resolve_info(definition, list(root.nodes), root.parent, path)
            arguments = (
                get_argument_values(definition, root.nodes[0], executor.variable_values) if definition.args else {}
            )
            resolve = definition.resolve or executor.field_resolver
            return resolve(executor.root_value, info, **arguments)
        except Exception as error:
            return error

    def finish(self, executor: PlannedExecutor, outcomes: Mapping[str, Any], released: Any) -> Any:
        outcome = outcomes[self.key]
        if isinstance(outcome, Exception):
            raise outcome
        return self._compiled.run(outcome, _argued(self._compiled.argued, executor.variables))


class _Command(_Value):
    """A root field that writes the card."""

    def __init__(self, root: Selected) -> None:
        super().__init__(root)
        self._call = CommandCall(root)

    def begin(self, executor: PlannedExecutor) -> Any:
        """As of any value, past Strawberry's own way to the resolver."""
        try:
            return self._call.begin(executor.context, executor.variables)
        except Exception as error:
            return error


def _argued(argued: tuple[Argued, ...], variables: VariableValues) -> list[dict[str, Any]]:
    return [one.values(variables) for one in argued]


class _Card:
    """A root field that gives the active card, straight from its documents."""

    def __init__(self, root: Selected, selection: Selection) -> None:
        self.key, self._root, self._selection = root.key, root, selection
        self._places = frozenset(place for places in selection.fact_paths.values() for place in places)
        self._variants: dict[Any, Variant] = {}

    def finish(self, executor: PlannedExecutor, outcomes: Any, released: dict[str, Collection[str]]) -> Any:
        context: OperationContext = executor.context
        grant = context.grant()
        found = context.found.card if context.found else None
        if found is None:
            raise not_available("NO_ACTIVE_CARD")
        variant = self.variant(grant)
        context.withheld[self.key] = variant.withheld
        answer, released[self.key] = variant.answer(found, grant, executor.variables)
        return answer

    def variant(self, grant: Grant) -> "Variant":
        """The function for this grant."""
        blocks = tuple(sorted((kind, elevation_for(block)) for kind, block in grant.blocked.items()))
        key = (id(grant.profile), blocks)
        found = self._variants.get(key)
        if found is None:
            if len(self._variants) >= VARIANTS_MAX:
                self._variants.clear()
            found = self._variants[key] = self._made(grant)
        return found

    def _made(self, grant: Grant) -> "Variant":
        given = {kind: _given(grant, kind) for kind in grant.profile.releases}
        compiled = compiled_card(self._root, Opened(given, grant.erroneous_items), self._places)
        paths: dict[Place, list[str]] = {}
        for path, places in self._selection.fact_paths.items():
            for place in places:
                paths.setdefault(place, []).append(path)
        withheld = self._selection.withheld_by(grant)
        return Variant(
            grant.profile, frozenset(grant.blocked), withheld, compiled,
            tuple(tuple(paths[place]) for place in compiled.places), tuple(why for why, _ in withheld),
        )  # fmt: skip


def _given(grant: Grant, kind: str) -> Any:
    release = grant.profile.releases[kind]
    return None if kind in grant.blocked or not release.members else release


@dataclass
class Variant:
    """A card field's function for one situation.

    withheld   what is selected and not given
    paths      by flag of the function, the facts it tells of
    entries    what is withheld, without the places
    """

    profile: Profile
    closed: frozenset[str]
    withheld: list[tuple[Withheld, Places]]
    compiled: Compiled
    paths: tuple[tuple[str, ...], ...]
    entries: tuple[Withheld, ...]
    _released: dict[tuple[bool, ...], tuple[str, ...]] = field(default_factory=dict)

    def serves(self, grant: Grant) -> bool:
        """Whether it was made for this grant; of the documents it gives what that covers and nothing else."""
        return self.profile is grant.profile and self.closed == grant.blocked.keys()

    def answer(self, found: FoundCard, grant: Grant, variables: VariableValues) -> tuple[Any, tuple[str, ...]]:
        """The answer, and the facts that are in it."""
        card = OpenedCard(found.head, NO_SECTIONS, self.entries, grant.withheld_by_patient, grant)
        arguments = _argued(self.compiled.argued, variables)
        documents = found.sections.for_shaping(grant, self)
        answer, flags = self.compiled.run(card, documents, grant.today, arguments)
        return answer, self._facts(flags)

    def _facts(self, flags: tuple[bool, ...]) -> tuple[str, ...]:
        found = self._released.get(flags)
        if found is None:
            if len(self._released) >= RELEASED_MAX:
                self._released.clear()
            there = {path for paths, is_there in zip(self.paths, flags, strict=True) if is_there for path in paths}
            found = self._released[flags] = tuple(sorted(there))
        return found
