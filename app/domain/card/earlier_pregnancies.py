"""Earlier pregnancies one by one, as the paper card lists them. Induced abortions are never recorded."""

from app.domain.card.declaration import Content, Mark, Sensitivity, fact, note, section
from app.domain.card.values import BirthTear, LabourStart, OperativeDelivery, PresentationAtBirth
from app.domain.described import DescribedEnum

PERSONAL = Sensitivity.PERSONAL


class ChildSex(DescribedEnum):
    """A child's sex. Norwegian: barnets kjønn."""

    FEMALE = "FEMALE", "A girl. Norwegian: jente."
    MALE = "MALE", "A boy. Norwegian: gutt."
    UNDETERMINED = "UNDETERMINED", "Not determined at birth. Norwegian: ikke fastslått."


@section(
    "earlier_pregnancies",
    english="Earlier pregnancies",
    norwegian="Tidligere svangerskap og fødsler",
    meaning="Her earlier pregnancies one by one, one item a child. Induced abortions are never recorded, here or "
    "anywhere on the card, and must not be derived from what is.",
    wire=None,
    repeated=True,
    noun="earlier_pregnancy",
)
class EarlierPregnancy(Content):
    year: int | None = fact(
        "Year", "År", "The year the pregnancy ended.", "Året svangerskapet tok slutt.",
        PERSONAL, minimum=1900, maximum=2100, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    gestational_age_weeks: int | None = fact(
        "Gestational age, completed weeks", "Svangerskapsuke, fullgåtte uker",
        "Completed weeks when the pregnancy ended.", "Hvor mange hele uker du var på vei.",
        PERSONAL, unit="wk", positive=True, plausible=(1, 45), mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    gestational_age_days: int | None = fact(
        "Gestational age, days", "Dager etter fullgått uke",
        "Days beyond the completed week, 0 to 6. Not recorded counts as 0 only when the week is recorded.",
        "Dager i tillegg til de hele ukene.",
        PERSONAL, unit="d", minimum=0, maximum=6, mark=Mark.PAPER_UNVERIFIED, needs="gestational_age_weeks",
    )  # fmt: skip
    live_born: bool | None = fact(
        "Live born", "Levendefødt", "Whether the child was born alive.", "Om barnet levde da det ble født.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    birth_weight_g: int | None = fact(
        "Birth weight", "Fødselsvekt", "The child's weight at birth.", "Hvor mye barnet veide ved fødselen.",
        PERSONAL, unit="g", positive=True, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    child_sex: ChildSex | None = fact(
        "Child's sex", "Barnets kjønn", "The child's sex.", "Om det ble en jente eller en gutt.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    labour_start: LabourStart | None = fact(
        "Start of labour", "Fødselsstart", "How labour began.", "Hvordan fødselen startet.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    operative_delivery: OperativeDelivery | None = fact(
        "Operative delivery", "Operativ forløsning", "Whether and how the delivery was assisted or operative.",
        "Om barnet ble født med tang, vakuum eller keisersnitt.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    birth_tears: list[BirthTear] | None = fact(
        "Birth tears", "Fødselsrifter", "Tears at the birth; there can be several.",
        "Rifter du fikk da du fødte.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    presentation_at_birth: PresentationAtBirth | None = fact(
        "Presentation at birth", "Fosterpresentasjon ved fødsel", "How the child presented at birth.",
        "Hvordan barnet lå da det ble født.",
        PERSONAL, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    note: str | None = note(
        "Merknad om svangerskapet og fødselen", "A note about this pregnancy and birth, such as complications.",
        "Det som er skrevet om dette svangerskapet.", wire=None, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
