"""The child's other parent. A second person's data: intimate as a whole, and without a legal basis the policy keeps
the section off."""

from app.domain.card.declaration import TEXT_MAX_LENGTH, Content, Mark, Sensitivity, fact, section
from app.domain.card.values import Country, Language

INTIMATE = Sensitivity.INTIMATE


@section(
    "co_parent",
    english="Co-parent",
    norwegian="Far/medmor",
    meaning="The child's other parent, as asked about on the paper card. Concerns a second person.",
    wire=None,
)
class CoParent(Content):
    name: str | None = fact(
        "Name", "Navn", "The co-parent's full name.", "Navnet på barnets andre forelder.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    national_identity_number: str | None = fact(
        "National identity number", "Fødselsnummer", "The co-parent's national identity number or D-number.",
        "Fødselsnummeret til barnets andre forelder.",
        INTIMATE, max_length=11, mark=Mark.PAPER,
    )  # fmt: skip
    phone: str | None = fact(
        "Phone", "Telefon", "The co-parent's phone number.", "Telefonnummeret til barnets andre forelder.",
        INTIMATE, max_length=32, mark=Mark.PAPER,
    )  # fmt: skip
    address: str | None = fact(
        "Address", "Adresse", "The co-parent's address.", "Adressen til barnets andre forelder.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    occupation: str | None = fact(
        "Occupation", "Yrke", "The co-parent's occupation.", "Yrket til barnets andre forelder.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    country_of_birth: Country | None = fact(
        "Country of birth", "Fødeland / landbakgrunn", "The country the co-parent was born in.",
        "Landet barnets andre forelder er født i.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
    language: Language | None = fact(
        "Language", "Språk", "The language the co-parent speaks best.",
        "Språket barnets andre forelder helst vil snakke.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
