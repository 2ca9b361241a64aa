"""The birth plan: what the woman wishes for the birth."""

from app.domain.card.declaration import Content, Mark, note, section


@section(
    "birth_plan",
    english="Birth plan",
    norwegian="Fødeplan",
    meaning="What she wishes for the birth, from the continuation sheet of the paper card.",
    wire=None,
)
class BirthPlan(Content):
    wishes_note: str | None = note(
        "Ønsker for fødselen", "What she wishes for the birth, in her own words or the midwife's.",
        "Det du ønsker for fødselen.", wire=None, mark=Mark.PAPER,
    )  # fmt: skip
