"""Cards as they are opened, to compute from: documents by kind, with provenance where it matters."""

from typing import Any

MIDWIFE = {"name": "Marte Midwife", "profession": "JO"}


def pregnancy(**facts: Any) -> dict[str, Any]:
    """A card with these facts of the pregnancy."""
    return {"pregnancy": facts}


def scan(examined_on: str, **facts: Any) -> dict[str, Any]:
    """One ultrasound examination."""
    return {"examined_on": examined_on, **facts}


def by(author: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A document that somebody wrote."""
    return {**document, "provenance": {"last_updated_by": author}}


def mistaken(document: dict[str, Any]) -> dict[str, Any]:
    """A document that was entered in error."""
    return {**document, "provenance": {"entered_in_error": True}}


def fundal_height(measured_on: str, height_cm: float) -> dict[str, Any]:
    """One symphysis-fundal height."""
    return {"measured_on": measured_on, "symphysis_fundal_height_cm": height_cm}
