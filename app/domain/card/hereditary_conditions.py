"""Hereditary conditions in the family; they concern other people too."""

from app.domain.card.declaration import Content, Mark, Sensitivity, Term, fact, note, section

PERSONAL, INTIMATE = Sensitivity.PERSONAL, Sensitivity.INTIMATE


@section(
    "hereditary_conditions",
    english="Hereditary conditions",
    norwegian="Arvelige sykdommer",
    meaning="Hereditary conditions in her family or the other parent's.",
    wire="geneticDisorders",
)
class HereditaryConditions(Content):
    none_known: bool | None = fact(
        "None known", "Ingen kjente arvelige sykdommer",
        "Whether no hereditary condition is known; false does not say that there is one.",
        "Om det ikke er noen kjente arvelige sykdommer i familien.",
        PERSONAL, wire="noneKnown",
    )  # fmt: skip
    parents_are_relatives: bool | None = fact(
        "Parents are relatives", "Foreldre er i slekt", "Whether the child's parents are related by blood.",
        "Om du og den andre forelderen er i slekt.",
        INTIMATE, wire="parentsAreRelatives", terms=(Term("SNOMED CT", "842009"),),
    )  # fmt: skip
    hip_dysplasia_in_family: bool | None = fact(
        "Hip dysplasia in the family", "Hofteleddsdysplasi i familien",
        "Whether hip dysplasia runs in the family; says nothing about the woman herself.",
        "Om noen i familien er født med hofter som går lett ut av ledd.",
        PERSONAL, wire="hipDysplasia",
    )  # fmt: skip
    other_hereditary_condition: bool | None = fact(
        "Other hereditary condition", "Annen arvelig sykdom", "Whether another hereditary condition is known.",
        "Om det er en annen sykdom som går i arv i familien.",
        PERSONAL, wire="other",
    )  # fmt: skip
    births_in_family_note: str | None = note(
        "Fødsler hos mor eller søster", "A note about how births went for her mother or sisters.",
        "Det som er skrevet om fødslene til moren din eller søstrene dine.", wire=None, mark=Mark.PAPER,
    )  # fmt: skip
    note: str | None = note(
        "Merknad om arvelige sykdommer", "A note about hereditary conditions; concerns other people too.",
        "Det som er skrevet om sykdom i familien.",
    )  # fmt: skip
