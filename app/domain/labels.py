"""Withholding labels on single facts (Volven 9603): whom the value is not shown to.

A label is somebody's individual and reasoned decision that came with the card from elsewhere. Nobody can set one here:
the woman reads the same card on Helsenorge, and a "hide this from her" of ours would only seem to hide it.

    label                       woman   representative   clinician                        elevated clinician
    N, NORN_FOR                 shown   shown            shown                            shown
    NORN_EPO/FFL/KUT/ALL        hidden  hidden           shown, and told that it is so    the same
    NORS                        shown   hidden           hidden, and counted              shown
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final

from app.domain.card.declaration import Fact, camel, declared_in
from app.domain.card.provenance import PROVENANCE
from app.domain.card.sections import SECTIONS
from app.domain.described import DescribedEnum
from app.domain.ordering import undated_last
from app.domain.viewer import CallerKind


class WithholdingLabel(DescribedEnum):
    """Volven 9603: whom a value is withheld from."""

    N = "N", "Nobody."
    NORN_ALL = "NORN_ALL", "The woman and everybody who acts for her."
    NORN_EPO = "NORN_EPO", "The woman, by her own wish not to know."
    NORN_FFL = "NORN_FFL", "The woman, because it would endanger life."
    NORN_KUT = "NORN_KUT", "The woman, because it would be clearly inadvisable."
    NORN_FOR = "NORN_FOR", "Her parents."
    NORS = "NORS", "Health personnel: she has closed it."


WITHHELD_FROM_HER: Final = frozenset(
    {
        WithholdingLabel.NORN_ALL,
        WithholdingLabel.NORN_EPO,
        WithholdingLabel.NORN_FFL,
        WithholdingLabel.NORN_KUT,
    }
)
CLOSED: Final = frozenset({WithholdingLabel.NORS})
NOTHING: Final[frozenset[WithholdingLabel]] = frozenset()

BADGE: Final = "withheld_from_patient"
"""Beside an item's provenance, for health personnel: which of its values she does not see."""

Labels = Mapping[str, Mapping[str, Mapping[str, WithholdingLabel]]]
"""By section kind, item and fact (Python name)."""

NO_LABELS: Final[Labels] = {}


def hidden_from(kind: CallerKind, *, elevated: bool) -> frozenset[WithholdingLabel]:
    """The labels whose values are not shown to such a caller."""
    if kind is CallerKind.CITIZEN:
        return WITHHELD_FROM_HER
    if kind is CallerKind.REPRESENTATIVE:
        return WITHHELD_FROM_HER | CLOSED
    return NOTHING if elevated else CLOSED


class LabelledCard:
    """The labels of one card as they concern one caller."""

    __slots__ = ("_hidden", "_labels", "_tells")

    def __init__(self, labels: Labels, caller: CallerKind, *, elevated: bool) -> None:
        self._labels = labels
        self._hidden = hidden_from(caller, elevated=elevated)
        self._tells = caller not in (CallerKind.CITIZEN, CallerKind.REPRESENTATIVE)

    def closed_facts(self, sections: Collection[str] = ()) -> int:
        """How many values she has closed to this caller, but for those of these sections."""
        hidden = self._hidden & CLOSED if self._tells else NOTHING
        return sum(label in hidden for kind, _, label in _each(self._labels) if kind not in sections)

    def hides_of(self, section: str) -> bool:
        """Whether any value of a section is hidden."""
        return any(kind == section and label in self._hidden for kind, _, label in _each(self._labels))

    def documents(self, documents: Mapping[str, Any]) -> dict[str, Any]:
        """A card's documents without what is hidden, and with what is told to health personnel about it."""
        return {kind: self.document(kind, document) for kind, document in documents.items()}

    def document(self, kind: str, document: Any) -> Any:
        """One section's document likewise."""
        if kind not in self._labels or document is None:
            return document
        if isinstance(document, list):
            shown = [self.item(kind, item) for item in document]
            return undated_last(SECTIONS[kind], shown) if self.hides_of(kind) else shown
        return self.item(kind, document)

    def item(self, kind: str, item: dict[str, Any]) -> dict[str, Any]:
        """One item of a section, in whatever version, likewise."""
        provenance = item.get(PROVENANCE.kind) or {}
        labels = self._labels.get(kind, {}).get(provenance.get("item_id", ""))
        if not labels:
            return item
        hidden = {each for fact, label in labels.items() if label in self._hidden for each in _together(kind, fact)}
        left = {name: value for name, value in item.items() if name not in hidden}
        told = [_badge(kind, fact, label) for fact, label in labels.items() if label in WITHHELD_FROM_HER]
        if self._tells and told:
            left[PROVENANCE.kind] = {**provenance, BADGE: told}
        return left


def for_lists(labels: Labels, documents: Mapping[str, Any]) -> Mapping[str, Any]:
    """A card's documents without what she has closed to health personnel: a list is no place to open it."""
    return LabelledCard(labels, CallerKind.CLINICIAN, elevated=False).documents(documents) if labels else documents


def labels_of(stored: Mapping[str, Any]) -> Labels:
    """Labels as they are stored. Raises ValueError for a label that is none: what it hides is not known."""
    return {
        kind: {
            item: {fact: WithholdingLabel(label) for fact, label in labels.items()} for item, labels in items.items()
        }
        for kind, items in stored.items()
    }


def _each(labels: Labels) -> Iterator[tuple[str, str, WithholdingLabel]]:
    for kind, items in labels.items():
        for found in items.values():
            yield from ((kind, fact, label) for fact, label in found.items())


def _badge(kind: str, fact: str, label: WithholdingLabel) -> dict[str, Any]:
    return {"fact": f"{SECTIONS[kind].graphql_name}.{camel(fact)}", "label": label}


@cache
def _together(kind: str, name: str) -> frozenset[str]:
    """A fact, with those it is shown together with or not at all (rule F-8)."""
    bundles = {
        member.name: member.declared.bundle
        for member in declared_in(SECTIONS[kind].model)
        if isinstance(member.declared, Fact)
    }
    bundle = bundles.get(name)
    return frozenset({name, *(other for other, of in bundles.items() if bundle is not None and of == bundle)})
