"""Whether a change of the policy is noticed by anybody who asks the running API."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from app.domain.card.sections import SECTIONS
from app.domain.policy import Policy
from app.domain.viewer import CallerKind, Purpose, Role
from tests.access.proof import documents, routes, writing
from tests.access.proof.columns import OWN, Column, add_whole_cards, all_columns
from tests.access.proof.mutants import DOCUMENT, Mutant
from tests.access.proof.outcomes import Place, has_route, outcomes
from tests.access.proof.routes import Asker, NotAnswered
from tests.access.proof.swapping import swapped
from tests.access.proof.switches import SWITCHES, prepare
from tests.unlimited import Everybody
from tests.world import World

KILLED: Final = "killed"
EQUIVALENT: Final = "equivalent"
NO_ROUTE: Final = "no route"
SURVIVED: Final = "survived"

STATED: Final = "stated"
"""The check of what the woman may state herself, as a command's name."""


@dataclass(frozen=True)
class Check:
    """One question to the running API. `what`: a switch, a command, or one of `direct` and `earlier`."""

    column: Column
    what: str

    @property
    def name(self) -> str:
        return f"{self.what}: {self.column.name}"


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    verdict: str
    by: Check | None = None
    asked: int = 0


@dataclass
class Judge:
    """Asks under the policy in force, once, and under changed ones, again and again."""

    world: World
    _askers: dict[Column, Asker] = field(default_factory=dict)
    _expected: dict[Check, object] = field(default_factory=dict)
    _came_to: dict[Place, object] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Whole cards for everybody, self-registration open, and what comes out under the policy in force."""
        services = self.world.services
        services.programs, services.admission = None, Everybody()
        services.settings = services.settings.model_copy(update={"self_registration": True})
        await add_whole_cards(self.world)
        await prepare(self.world)
        self._came_to = dict(outcomes(services.policy))
        for column in (*all_columns(), *writing.writing_columns()):
            self._askers[column] = Asker(self.world, column)

    async def judge(self, mutant: Mutant) -> Verdict:
        """The first check that breaks kills it. Where none does, it may come to the same; or nobody has a way to ask."""
        checks = list(checks_for(mutant))
        for check in checks:
            await self._expect(check)
        with swapped(self.world, mutant) as policy:
            for place, check in enumerate(checks):
                if await self._breaks(check):
                    return Verdict(mutant, KILLED, check, place + 1)
            return Verdict(mutant, self._why_not(mutant, policy), asked=len(checks))

    async def every_breach(self, mutant: Mutant) -> list[Check]:
        """Every check there is that breaks."""
        for check in all_checks():
            await self._expect(check)
        with swapped(self.world, mutant):
            return [check for check in all_checks() if await self._breaks(check)]

    def _why_not(self, mutant: Mutant, policy: Policy) -> str:
        changed = outcomes(policy, [mutant.role] if mutant.role else Role)
        places = [place for place, came_to in changed.items() if self._came_to.get(place) != came_to]
        if not places:
            return EQUIVALENT
        return SURVIVED if any(has_route(place) for place in places) else NO_ROUTE

    async def _expect(self, check: Check) -> None:
        if check not in self._expected:
            self._expected[check] = await self._ask(check)

    async def _breaks(self, check: Check) -> bool:
        try:
            return await self._ask(check) != self._expected[check]
        except NotAnswered:  # such as an input of which nothing is left: no schema can be made of it
            return True

    async def _ask(self, check: Check) -> object:
        asker = self._askers[check.column]
        if check.what in SWITCHES:
            return await SWITCHES[check.what](asker)
        if check.what == STATED:
            return await writing.facts_stated(asker)
        if check.what in _commands():
            return await writing.attempt(asker, _commands()[check.what])
        if not documents.has_card(asker.schema):
            return None
        return await (routes.direct if check.what == "direct" else routes.on_earlier_card)(asker)


@cache
def _commands() -> dict[str, writing.Command]:
    return {command.name: command for command in writing.commands()}


def all_checks() -> Iterator[Check]:
    """Everything that is asked of anybody."""
    for column in all_columns():
        yield Check(column, "direct")
        yield Check(column, "earlier")
        yield from (Check(column, switch) for switch in SWITCHES)
    for column in writing.writing_columns():
        yield from (Check(column, name) for name, command in _commands().items() if writing.is_asked(column, command))
        if column.kind is CallerKind.CITIZEN:
            yield Check(column, STATED)


def checks_for(mutant: Mutant) -> Iterator[Check]:
    """The checks that a change can break, those that do it oftenest first."""
    if mutant.kind == "writing":
        yield from _of_writing(mutant)
    elif mutant.switch:
        columns = (column for column in all_columns() if mutant.role in (None, column.role))
        yield from (Check(column, mutant.switch) for column in columns)
    else:
        columns = sorted((column for column in all_columns() if _concerns(mutant, column)), key=_readiness)
        yield from (Check(column, "direct") for column in columns)
        earlier = (column for column in columns if DOCUMENT["roles"][column.role.value]["earlier_cards"])
        yield from (Check(column, "earlier") for column in earlier)


def _concerns(mutant: Mutant, column: Column) -> bool:
    if mutant.kind == "own unit" and not column.own_unit:
        return False
    return mutant.role in (None, column.role) and mutant.purpose in (None, column.purpose)


FIRST: Final = (
    (Role.GP, Purpose.COC), (Role.IMAGING_AND_OTHER, Purpose.TREAT), (Role.PUBLIC_HEALTH_NURSE, Purpose.TREAT),
    (Role.REPRESENTATIVE, None), (Role.HEALTH_SECRETARY, Purpose.TREAT),
)  # fmt: skip


def _readiness(column: Column) -> int:
    situation = (column.role, column.purpose)
    return FIRST.index(situation) if situation in FIRST else len(FIRST)


def _of_writing(mutant: Mutant) -> Iterator[Check]:
    on_duty = " at " in mutant.what
    for column in writing.writing_columns():
        if column.role is not mutant.role or (bool(column.persona) != on_duty and mutant.section):
            continue
        if column.kind in OWN:
            yield Check(column, STATED)
        for name, command in _commands().items():
            kind = command.section.kind if command.section else {"o": "opens", "c": "closes"}[name[0]]
            if mutant.section in (None, kind) and writing.is_asked(column, command):
                yield Check(column, name)


assert "opens" not in SECTIONS
