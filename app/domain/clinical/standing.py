"""What stands on a card: the contents of its documents without what was entered in error, and who wrote them."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.gate import entered_in_error
from app.domain.policy import PROVENANCE

Document = Mapping[str, Any]
"""The content of one item, facts by Python name with JSON values, its provenance among them."""

Documents = Mapping[str, Any]
"""By kind: the document of a section, or the documents of a repeated one's items. What is missing is not recorded."""


def section(documents: Documents, kind: str) -> Document:
    """A section with one item; empty when it was never written or was entered in error."""
    found: Document | None = documents.get(kind)
    return {} if found is None or entered_in_error(found) else found


def items(documents: Documents, kind: str) -> Sequence[Document]:
    """The items of a repeated section that were not entered in error."""
    return [item for item in documents.get(kind) or () if not entered_in_error(item)]


def author(document: Document) -> Document | None:
    """Who wrote this version of an item; None when that is not recorded."""
    written_by: Document | None = (document.get(PROVENANCE) or {}).get("last_updated_by")
    return written_by
