"""A subscription as operations: its opening, its events, each through the gate anew and each in the ledger."""

from datetime import datetime

from graphql import ExecutionResult, GraphQLError, OperationType

from app.domain.changes import Change
from app.domain.errors import RecordRefusal
from app.domain.telling import next_turn
from app.execution.admission import check_role
from app.execution.operation import Answer, Operation
from resolvers.changes import sequence_of
from resolvers.errors import request_error


class StreamedOperation(Operation):
    """An operation asked for over a stream. A subscription is opened, and then made anew for each of its events."""

    @property
    def is_subscription(self) -> bool:
        return self.node.operation is OperationType.SUBSCRIPTION

    def again(self) -> "StreamedOperation":
        """The same, at this moment."""
        return StreamedOperation(self.services, self.viewer, self.document, self.request, self.variables)

    def check_role(self) -> None:
        """Raise TransportRefusal for a role that takes part no longer."""
        check_role(self.viewer, self.services.enabled_roles(self.policy))

    async def open(self) -> Answer | None:
        """Open the subscription; the refusal when it may not be. Both are written down.

        Raises TransportRefusal when the token does not cover it, or the ledger cannot be written.
        """
        problem = None if len(self.plan.root_fields) == 1 else request_error("BAD_USER_INPUT", "Ask for one field.")
        refusal = await self._refuse(problem)
        if refusal is not None:
            return refusal
        if not await self.passes():
            return await self.refused()
        await self._note_if_anybody(ExecutionResult(None, None))
        return None

    async def passes(self) -> bool:
        """Whether the gate lets this viewer follow her at this moment."""
        self._why_not: GraphQLError | None = None
        self.context = await self._context(self._patient())
        try:
            self.after  # noqa: B018  # a wrong one is refused as the card is
            self.context.grant()
        except RecordRefusal as refusal:
            place = [self.plan.root_fields[0].response_key]
            self._why_not = GraphQLError(refusal.message, path=place, original_error=refusal)
        return self._why_not is None

    async def refused(self) -> Answer:
        """The answer after the gate has said no, written down."""
        assert self._why_not is not None  # `passes` has said no
        result = ExecutionResult(None, [self._why_not])
        await self._note_if_anybody(result)
        return self._body(result)

    async def _note_if_anybody(self, result: ExecutionResult) -> None:
        patient = self._patient()
        if patient is not None:
            await self._note(self._entry(patient, result))

    async def tell(self, event: Change, followed: str) -> Answer | None:
        """The answer to one event; None when this viewer, who follows this card, is not told of it."""
        patient = self._patient()
        self.context = await self._context(patient)
        self.context.event = event
        return await self._executed(patient) if self.context.is_event_told(followed) else None

    @property
    def after(self) -> int | None:
        """The sequence to begin after; None to begin with what happens next. Raises RecordRefusal BAD_USER_INPUT."""
        given = next(iter(self.plan.given(self.variables)), {})
        return sequence_of(given.get("after"))

    @property
    def patient_id(self) -> str:
        """Whom the store names so, of an operation that the gate has let pass."""
        assert self.found is not None  # the gate has seen to it
        return self.found.patient.patient_id

    @property
    def record_id(self) -> str | None:
        """The active card, if she has one."""
        return self.found.card.head.record_id if self.found and self.found.card else None

    @property
    def next_turn(self) -> datetime:
        """When to look again though nothing happens: the token expires, the gate's answer may change by itself, or
        another policy comes into force."""
        turn = next_turn(self.found.patient, self.now) if self.found else None
        turns = (self.viewer.expires_at, turn, self.services.policies.next_turn(self.now))
        return min(at for at in turns if at is not None)
