"""The seam to graphql-core: an executor that runs what was made for the operation, where there is such a thing."""

from collections.abc import Awaitable, Collection, Mapping
from typing import Any, Protocol

from graphql import ExecutionResult, Executor, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path

NOTHING_YET: Mapping[str, Any] = {}


class Running(Protocol):
    """What was made for an operation."""

    def run(self, executor: "PlannedExecutor") -> ExecutionResult | Awaitable[ExecutionResult]: ...


class PlannedExecutor(Executor[Any]):
    """graphql-core's executor with a program in front of it.

    A program knows only success. When it meets anything else it says `by_graphql_core`, and what the root fields'
    resolvers have given already (or raised) is gone on with: no resolver of a root field runs twice.

    program     what was made for this operation; None: graphql-core runs it
    context     the operation's, at hand before graphql-core's own is
    variables   likewise
    outcomes    by response key of a root field, what its resolver gave, or the exception it raised
    released    by response key of a root field, the facts that the program has put into the answer
    """

    outcomes: Mapping[str, Any] = NOTHING_YET
    released: Mapping[str, Collection[str]] = NOTHING_YET

    def __init__(self, *given: Any, program: Running | None = None, **options: Any) -> None:
        self.program = program
        self.context, self.variables = given[4], given[6]
        self._given: Any = (given, options)
        if program is None:
            self.prepare()

    def prepare(self) -> None:
        """Make all of graphql-core's executor ready: a program may do without."""
        if self._given is not None:
            (given, options), self._given = self._given, None
            super().__init__(*given, **options)

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The answer, or an awaitable of it."""
        return super().execute_operation(serially) if self.program is None else self.program.run(self)

    def by_graphql_core(self, outcomes: Mapping[str, Any]) -> Any:
        """The same without the program."""
        self.prepare()
        self.outcomes = outcomes
        return super().execute_operation()

    def let_go(self) -> None:
        """Nothing more is asked of this executor."""
        vars(self).clear()

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,
    ) -> Any:
        """A field's value; of a root field whose resolver has run, from what that gave."""
        if path.prev is not None or path.key not in self.outcomes:
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        nodes = [details.node for details in field_details_list]
        definition = parent_type.fields[nodes[0].name.value]
        info = self.build_resolve_info(definition, nodes, parent_type, path)
        outcome = self.outcomes[str(path.key)]
        try:
            return self.complete_value(definition.type, field_details_list, info, path, outcome, position_context)
        except Exception as error:
            self.handle_field_error(error, definition.type, field_details_list, path)
            return None
