"""One operation from question to answer: plan, gate, one read, execution, ledger; then, and only then, release."""

import asyncio
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, TypeVar

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationType,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.values import VariableValues

from app.domain.commands import Recorded
from app.domain.elevations import with_elevation
from app.domain.errors import Refusal, TransportRefusal
from app.domain.ledger import LISTS, Entry, LedgerEntry, Outcome
from app.domain.policy import declared_paths
from app.domain.record import Found
from app.domain.viewer import CallerKind, Viewer
from app.execution.admission import STANDS_ALONE, check_role, check_scopes
from app.execution.documents import Document
from app.execution.entries import Entries
from app.execution.looking_up import LookedUp, have_turned, is_none_of_its_business, look_up
from app.execution.mutations import to_its_end
from app.execution.outcomes import in_order, outcome_of, reason_of
from app.execution.plan import Plan
from app.execution.programs import Program, planned
from app.execution.released import released_facts, released_of_written
from app.execution.turned_away import CLIENTS_MISTAKE, note_broken_off, note_not_asked, note_refused, note_too_many
from app.observability import PLANS, log
from app.services import Services
from data.identity_numbers import date_of_birth
from resolvers import limits
from resolvers.commands import COMMANDS
from resolvers.context import OperationContext
from resolvers.errors import (
    NULL_VALUE,
    from_resolver,
    is_clients_mistake,
    request_error,
    variable_error,
    withheld_errors,
)
from resolvers.planned import NOTHING_YET, PlannedExecutor
from resolvers.views import view_for


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent, taken apart.

    query        the document's text, or None where it is only named
    document_id  what the client calls the document; at least one of the two is there
    """

    query: str | None
    operation_name: str | None
    variables: Mapping[str, Any]
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status and a GraphQL response."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """Of the first error."""
        return str(self.body["errors"][0]["extensions"]["code"])


async def answer(services: Services, viewer: Viewer, request: Request) -> Answer:
    """Answer one operation. Raises TransportRefusal when no GraphQL answer is due (scope, ledger unavailable)."""
    made = await prepared(Operation, services, viewer, request)
    return made if isinstance(made, Answer) else await made.run()


AnOperation = TypeVar("AnOperation", bound="Operation")


async def prepared(
    kind: type[AnOperation], services: Services, viewer: Viewer, request: Request
) -> "Answer | AnOperation":
    """What `operation_of` gives; that it is not run is written down."""
    try:
        made = operation_of(kind, services, viewer, request)
    except TransportRefusal as refusal:
        await note_too_many(services, viewer, refusal)
        raise
    if isinstance(made, Answer):
        await note_not_asked(services, viewer, made.code)
    return made


def operation_of(
    kind: type[AnOperation], services: Services, viewer: Viewer, request: Request
) -> "Answer | AnOperation":
    """What was asked for, checked as far as can be without looking anybody up; or why it is not run.

    Raises TransportRefusal 429 RATE_LIMITED.
    """
    services.admission.admit(viewer)
    text = services.trusted.text(request.query, request.document_id, any_other=services.settings.documents_are_free)
    if isinstance(text, GraphQLError):
        return _refused(400, [text])
    document = services.documents.get(viewer.kind, text)
    if document.errors:
        return _refused(400, document.errors)
    operation = document.operations.get(request.operation_name)
    if operation is None or document.tree is None or document.costs is None:
        return _refused(400, [request_error("OPERATION_NOT_FOUND", "Name one of the document's operations.")])
    variables = document.coerced(request.operation_name, request.variables)
    if isinstance(variables, list):
        tells_names = services.documents.tells_names
        return _refused(400, [variable_error(error, tells_names=tells_names) for error in variables])
    try:
        if (too_high := document.costs.refusal(operation, variables)) is not None:
            return _refused(400, [too_high])
        return kind(services, viewer, document, request, variables)
    except GraphQLError:  # a variable that may be null, where it is used as one that may not
        return _refused(400, [request_error("BAD_USER_INPUT", NULL_VALUE)])


def _refused(status: int, errors: Any) -> Answer:
    return Answer(status, {"errors": [error.formatted for error in errors]})


class Operation:
    """One operation of one viewer, to be run once."""

    def __init__(
        self, services: Services, viewer: Viewer, document: Document, request: Request, variables: VariableValues
    ) -> None:
        self.services, self.viewer, self.document, self.request = services, viewer, document, request
        self.node, self.schema = document.operations[request.operation_name], view_for(viewer.kind).graphql
        self.variables = variables
        self.plan, self.program = self._planned()
        self.named_patients = self.plan.named_patients(variables)
        self.executor: PlannedExecutor | None = None
        self.concealed: str | None = None
        self.now: datetime = services.clock()
        self.policy = services.policies.at(self.now)
        self.selection = self.plan.selection_on(self.now, variables)
        self.event_id = str(uuid.uuid4())
        self.entries = Entries(
            viewer=viewer, keys=services.patient_keys, policy=self.policy.name, node=self.node,
            document_hash=document.hash, event_id=self.event_id, at=self.now,
        )  # fmt: skip

    def _planned(self) -> tuple[Plan, Program | None]:
        name, programs = self.request.operation_name, self.services.programs
        if programs is None:
            return planned(self.document, name, self.variables), None
        prepared = programs.prepared(self.document, name, self.variables)
        return prepared.plan, prepared.program

    @property
    def root_names(self) -> list[str]:
        return [root.name for root in self.plan.root_fields]

    async def run(self) -> Answer:
        """Answer it. Raises TransportRefusal as `answer` does, and when its client runs too much at once already."""
        try:
            with self.services.clients.place(self.viewer):
                return await self._refuse(self._problem()) or await self._run(self._patient())
        except Exception as error:
            await note_broken_off(self, error)
            raise

    async def _refuse(self, problem: GraphQLError | None) -> Answer | None:
        """What is not run at all, written down.

        Raises TransportRefusal when the token does not cover it, its attest is for another patient, a system has asked
        about too many, or the caller's role takes part no longer.
        """
        admission, viewer = self.services.admission, self.viewer
        check_role(viewer, self.services.enabled_roles(self.policy))
        if problem is not None:
            refused = _refused(400, [problem])
            await note_refused(self, refused.code)
            return refused
        await admission.count_lookup(viewer, self.named_patients, self.now)
        check_scopes(viewer, self.node.operation, self.root_names)
        await admission.check_patients(viewer, self.named_patients, self.now)
        return None

    async def _run(self, patient: str | None) -> Answer:
        self.context = await self._context(patient)
        try:
            answer = await self._executed(patient)
        except BaseException:
            if self.node.operation is OperationType.QUERY:  # a command may outlive its caller
                self._let_go()
            raise
        self._let_go()
        return answer

    def _let_go(self) -> None:
        """Operation, context and executor know one another: left so, an answer would stay until somebody looks for
        garbage."""
        del self.context
        if self.executor is not None:
            self.executor.let_go()

    async def _executed(self, patient: str | None) -> Answer:
        result = in_order(await self._execute(self.context))
        if self.context.looked_again and have_turned(
            self.context.looked_up, await self._look_up(self.context.number, ())
        ):
            # Half of it was read before she withdrew, say. All of it is asked anew, and refused as a whole.
            self.context = await self._context(patient)
            result = in_order(await self._execute(self.context))
        self._log_faults(result)
        if patient is not None and (self.context.noted is None or result.errors):
            await self._note(self._entry(patient, result))
        listed, told_of, reports = self.context.listed, self.context.told_of, self.context.reports_read
        if listed or told_of or reports:
            told = starmap(self._entry_of_told, told_of.items())
            await self._note(*self.entries.of_listed(listed), *told, *self.entries.of_reports(reports))
        elif patient is None and (self.context.searched is not None or result.errors):
            await self._note_of_nobody(result)
        if self.services.shadow is not None:
            self.services.shadow.decide(self)
        return self._body(result)

    def _body(self, result: ExecutionResult) -> Answer:
        errors = [from_resolver(error, self.event_id) for error in result.errors or ()]
        if self.context.withheld:
            errors += withheld_errors(self.context.untold())
        body: dict[str, Any] = {"data": result.data}
        if errors:
            body["errors"] = [error.formatted for error in errors]
        if self.services.settings.tells_cost and self.document.costs is not None:
            body["extensions"] = {"cost": self.document.costs.told(self.node, self.variables, result.data)}
        return Answer(200, body)

    def _problem(self) -> GraphQLError | None:
        if self.node.operation is OperationType.SUBSCRIPTION:
            return request_error("OPERATION_NOT_SUPPORTED", "Subscriptions do not go over this route.")
        if len(self.named_patients) > 1:
            return request_error("MULTIPLE_PATIENTS", "One operation concerns one woman.")
        names = [name for name in self.root_names if name != "me"]
        if len(names) > 1 and (lists := [name for name in LISTS if name in names]):
            return request_error(STANDS_ALONE[lists[0]], f"`{lists[0]}` is asked for by itself, and one at a time.")
        if self.plan.misplaced_history:
            return request_error("BAD_USER_INPUT", "Only what is read on a card has a history, and a version has none.")
        if self.node.operation is OperationType.MUTATION and len(self.plan.root_fields) > 1:
            return request_error("MULTIPLE_COMMANDS", "One operation makes one change.")
        return None

    def _patient(self) -> str | None:
        """Whose card the operation is about: a citizen's own, or the one that is named."""
        if self.viewer.kind in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE):
            own = [root for root in self.plan.root_fields if root.name != "me"]
            return self.viewer.subject_number if own else None
        return next(iter(self.named_patients), None)

    async def _context(self, patient: str | None) -> OperationContext:
        looked_up = await self._look_up(patient, self.plan.kinds) if patient and not self._is_command else None
        services, self.found = self.services, looked_up if isinstance(looked_up, Found) else None
        return OperationContext(
            viewer=self.viewer, policy=self.policy, now=self.now, patient_number=patient, looked_up=looked_up,
            known_as=services.patient_keys.patient_id(patient) if patient else None,
            born_on=date_of_birth(patient) if patient and self.found else None, selection=self.selection,
            cards=services.cards, histories=services.histories, caseloads=services.caseloads, reports=services.reports,
            consents=services.consents, commands=services.commands, ledger=services.ledger, choices=services.choices,
            self_registration=services.settings.self_registration, minimum_age=services.settings.minimum_age,
            organisations=services.organisations, changes=services.changes, actor_key=self.entries.actor_key,
            entry_for_write=self._entry_for_write, concealed=self.concealed,
            emergency_staff_by_unit=services.settings.emergency_staff_by_unit,
        )  # fmt: skip

    @property
    def _is_command(self) -> bool:
        """Whether the card is written: then it is looked up where it is written, holding it."""
        return any(root.name in COMMANDS for root in self.plan.root_fields)

    async def _look_up(self, patient: str, kinds: Collection[str]) -> LookedUp:
        services, actor_key = self.services, self.entries.actor_key
        found = await look_up(services, self.viewer, actor_key, patient, kinds, self.now)
        if isinstance(found, Found) and is_none_of_its_business(services, self.viewer, found):
            self.concealed = "NOT_FOLLOWED_BY_THIS_UNIT"
            return None
        return found

    async def _execute(self, context: OperationContext) -> ExecutionResult:
        self.executor = PlannedExecutor(
            self.schema, {}, dict(self.document.fragments), None, context, self.node, self.variables,
            default_field_resolver, default_type_resolver, default_field_resolver,
            hide_suggestions=True, program=self.program,
        )  # fmt: skip
        if self.program is None:
            PLANS.labels("core").inc()
        started = self.executor.execute_operation()
        if isinstance(started, ExecutionResult):
            return started
        try:
            async with asyncio.timeout(limits.EXECUTION_MAX_SECONDS):
                is_mutation = self.node.operation is OperationType.MUTATION
                return await (asyncio.shield(to_its_end(started)) if is_mutation else started)
        except TimeoutError as error:
            raise TransportRefusal(503, "EXECUTION_TOO_SLOW", "The answer took too long; nothing is shown.") from error

    def _log_faults(self, result: ExecutionResult) -> None:
        for error in result.errors or ():
            if not isinstance(error.original_error, Refusal) and not is_clients_mistake(error.original_error):
                # Not the path: its aliases are the client's own words.
                fields = [node.name.value for node in error.nodes or () if isinstance(node, FieldNode)]
                kind = type(error.original_error).__name__
                log.error("resolver_failed", event_id=self.event_id, fields=fields, kind=kind)

    async def _note(self, *entries: Entry) -> None:
        try:
            await self.services.ledger.append(*entries)
        except Exception as error:
            log.error("ledger_unavailable", event_id=self.event_id, kind=type(error).__name__)
            message = "The access log cannot be written; nothing is shown."
            raise TransportRefusal(503, "AUDIT_UNAVAILABLE", message) from error

    def _entry(self, patient: str, result: ExecutionResult) -> LedgerEntry:
        """The ledger entry of this operation."""
        released = released_facts(self.plan, result.data, self._released())
        withheld = self._withheld()
        causes = [error.original_error for error in result.errors or ()]
        failed = any(not isinstance(cause, Refusal) and not is_clients_mistake(cause) for cause in causes)
        refusal = next((reason_of(cause) for cause in causes if isinstance(cause, Refusal)), None)
        refusal = refusal or self.context.not_written or self.context.concealed
        gave_nothing_for_a_reason = bool(causes) or self.context.not_written is not None
        held_back = bool(withheld or causes) or self.context.held_back
        outcome = outcome_of(bool(released) or not gave_nothing_for_a_reason, held_back, failed)
        made = self.entries.about(
            patient, self.found, outcome, refusal,
            released=released, withheld=withheld, seen_change=self._seen_change(released),
            searched=self.context.searched,
        )  # fmt: skip
        if self.context.command_grant is not None:
            made = self.entries.granted(made, self.context.command_grant)
        return with_elevation(made, self.context.elevated)

    async def _note_of_nobody(self, result: ExecutionResult) -> None:
        """Of what concerns no woman: that the ledger was searched, or that nothing was given."""
        causes = [error.original_error for error in result.errors or ()]
        refusal = next((reason_of(cause) for cause in causes if isinstance(cause, Refusal)), None)
        if self.context.searched is None:
            if refusal is not None and refusal != CLIENTS_MISTAKE:
                await note_refused(self, refusal)
            return
        await self._note(self.entries.of_nobody(
            Outcome.REFUSED if causes else Outcome.ALLOWED, refusal,
            released=() if causes else tuple(root.name for root in self.plan.root_fields if root.name != "me"),
            searched=self.context.searched,
        ))  # fmt: skip

    def _withheld(self) -> tuple[str, ...]:
        reasons = {why for withheld in self.context.withheld.values() for why, _ in withheld}
        return tuple(sorted(f"{why.path}: {why.reason}" for why in reasons)) if reasons else ()

    def _released(self) -> Mapping[str, Collection[str]]:
        """What a program has told already of what it put into the answer."""
        return self.executor.released if self.executor else NOTHING_YET

    def _entry_of_told(self, patient_id: str, by: str) -> LedgerEntry:
        """The entry about a woman whom those who oversee were told of."""
        return self.entries.of(patient_id, None, Outcome.ALLOWED, released=(by,))

    def _seen_change(self, released: tuple[str, ...]) -> int | None:
        """Up to which change the active card was when something of it was shown; None when nothing was.

        Who wrote a change, told in a list or a stream of changes, is nothing of the card.
        """
        if (
            not self.plan.shows_card
            or self.found is None
            or self.found.card is None
            or declared_paths().isdisjoint(released)
        ):
            return None
        return self.found.card.head.last_change or 0

    def _entry_for_write(
        self, patient_id: str, written: tuple[str, ...], recorded: Recorded | None = None
    ) -> LedgerEntry:
        if recorded is None:
            made = self.entries.of(patient_id, self.found, Outcome.ALLOWED, written=written)
        else:
            shown = released_of_written(self.plan, recorded)
            made = self.entries.of_written(patient_id, recorded, written=written, released=shown)
        self.context.noted = made
        return made
