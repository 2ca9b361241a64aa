"""History: every version of every item, who wrote it and when, and what changed with it.

What changed is worked out between what this viewer may see of two versions, so that a change of a fact that is
withheld from her is not told.
"""

from collections.abc import Mapping
from typing import Final

HISTORY: Final = "history"
"""The field of a section's type that gives its versions. A released fact of an earlier version stands under it."""

CONTENT: Final = "content"
"""The field of a version that gives the item as it was."""

PROVENANCE_OF_VERSION: Final[Mapping[str, str]] = {
    "version": "version",
    "at": "last_updated_at",
    "by": "last_updated_by",
    "entered_in_error": "entered_in_error",
}
"""What a version tells of itself, and the fact of the provenance that it is."""
