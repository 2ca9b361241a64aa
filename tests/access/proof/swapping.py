"""Another policy put into the running gateway, and taken out again: into its services, and into the views of callers."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any
from unittest.mock import patch

import strawberry
from graphql import GraphQLSchema

from app.domain import policy as policies
from app.domain.card.declaration import Fact, declared_in
from app.domain.dated_policies import Policies
from app.domain.policy import Policy
from app.domain.viewer import CALLER_KIND_OF, CallerKind
from app.execution.documents import Documents
from resolvers import views
from resolvers.views import View, view_for
from tests.access.proof.mutants import Mutant
from tests.world import World


@contextmanager
def swapped(world: World, mutant: Mutant) -> Iterator[Policy]:
    """The gateway under a changed policy. Views that may look otherwise under it are made anew."""
    services = world.services
    before = services.policies, services.programs, services.documents
    with _declaring(mutant.fact):
        changed = Policy(mutant.document)
        services.policies, services.programs = Policies([changed]), None
        services.documents = Documents(hide_suggestions=False)
        with _viewed_by(changed, _kinds_concerned(mutant)):
            try:
                yield changed
            finally:
                services.policies, services.programs, services.documents = before


@contextmanager
def _declaring(fact: tuple[type[Any], str, Fact] | None) -> Iterator[None]:
    """One fact declared otherwise, wherever a profile is made."""
    if fact is None:
        yield
        return
    owner, name, changed = fact

    @cache
    def declared(model: type[Any]) -> Sequence[Any]:
        members = declared_in(model)
        if model is not owner:
            return members
        return tuple(replace(one, declared=changed) if one.name == name else one for one in members)

    with patch.object(policies, "declared_in", declared):
        yield


def _kinds_concerned(mutant: Mutant) -> Collection[CallerKind]:
    """Whose view may be another one. One role's change does not change a view that it shares with roles that see all."""
    kinds = [CALLER_KIND_OF[mutant.role]] if mutant.role else list(CallerKind)
    return [kind for kind in kinds if kind is not CallerKind.CLINICIAN or not (mutant.role or mutant.fact)]


@contextmanager
def _viewed_by(policy: Policy, kinds: Collection[CallerKind]) -> Iterator[None]:
    made = [(view_for(kind), view_for(kind).graphql, kind) for kind in kinds]
    try:
        with (
            patch.object(views.contract, "stated_by", lambda role, kind: policy.writing(role, None).facts.get(kind)),
            patch.object(views, "_readable_paths", _readable(policy)),
        ):
            for view, _, kind in made:
                _look(view, views._Narrowing(_whole(), kind).schema())
        yield
    finally:
        for view, schema, _ in made:
            _look(view, schema)


@cache
def _whole() -> GraphQLSchema:
    """Everything that was declared, before anything is left out for anybody."""
    made = strawberry.Schema(views.Query, views.Mutation, views.Subscription, config=views._config())
    return made._schema


def _look(view: View, schema: Any) -> None:
    view._schema = schema


def _readable(policy: Policy) -> Any:
    """As the gateway reckons it, of the roles of one kind alone: reckoning it for all of them takes long."""

    def readable(kind: CallerKind | None) -> frozenset[str]:
        roles = [role for role, caller in CALLER_KIND_OF.items() if caller is kind]
        profiles = [profile for role in roles for profile in policy._every_profile(role)]
        return frozenset(
            path for profile in profiles for path, decision in profile.decisions.items() if decision.allowed
        )

    return readable
