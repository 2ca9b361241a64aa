"""Whom a computed value is told to: the woman or health personnel, what they may read of the card, in which words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry

from app.domain.clinical.catalogue import FUTURE, Audience, sources_known
from app.domain.clinical.chart import FACTS
from app.domain.clinical.words import Wording, explained
from app.domain.gate import Grant
from app.domain.plain_log import Language
from app.domain.viewer import CallerKind, Role
from resolvers.access import described, graphql_enum, open_to

COMPUTED_READERS: Final = open_to(CallerKind.CITIZEN, CallerKind.CLINICIAN)
AT_HOSPITAL: Final = frozenset({Role.HOSPITAL, Role.IMAGING_AND_OTHER})

graphql_enum(Language)

Tongue = Annotated[
    Language,
    strawberry.argument(
        description="In which language. Health personnel are told in clinical words, in bokmål for nynorsk too."
    ),
]


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody whom a card was opened for."""

    grant: Grant

    @property
    def is_the_woman(self) -> bool:
        return self.grant.viewer.kind is CallerKind.CITIZEN

    @property
    def audience(self) -> Audience:
        """Among whom alerts reach them."""
        if self.is_the_woman:
            return Audience.WOMAN
        return Audience.HOSPITAL if self.grant.viewer.role in AT_HOSPITAL else Audience.PRIMARY_CARE

    def gives(self, path: str) -> bool:
        """Whether they may read a fact in full, whatever is recorded. Of days to come a chart has none."""
        return self.grant.gives(path) and not any(each in self.grant.profile.partial for each in _escalated(path))

    def wording(self, language: Language) -> Wording:
        """Plain words for the woman, clinical ones for health personnel."""
        if self.is_the_woman:
            return Wording(language.value)
        return Wording.CLINICAL_EN if language is Language.EN else Wording.CLINICAL_NB


def _escalated(path: str) -> Iterator[str]:
    """The fact and what it stands inside, as far as values of it are more sensitive."""
    names = path.split(".")
    for length in range(2, len(names) + 1):
        declared = FACTS.get(".".join(names[:length]))
        escalation = declared.fact.escalation if declared else None
        if escalation is not None and escalation.rule != FUTURE:
            yield ".".join(names[:length])


def _explained(root: Any, language: Tongue = Language.NB) -> str:
    listener: Listener = root["listener"]
    return explained(root["explained_by"], listener.wording(language))


def explanation_field() -> Any:
    """The field that says in words what a computed value is. Its source has `listener` and `explained_by`."""
    return described(
        "What this is and what it rests on: for the woman in plain words, for health personnel in clinical ones.",
        resolver=_explained, gives=str,
    )  # fmt: skip


@strawberry.type(description="A published source. Norwegian: kilde.")
class ClinicalSource:
    name: str = described("Its short name here.")
    reference: str = described("What it is.")


def as_sources(names: tuple[str, ...]) -> list[Mapping[str, str]]:
    """Sources with what they are."""
    return [{"name": name, "reference": sources_known()[name]} for name in names]
