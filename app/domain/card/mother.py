"""Who the pregnant woman is: name, address, language, work, home."""

from app.domain.card.declaration import TEXT_MAX_LENGTH, Content, Mark, Sensitivity, fact, note, section
from app.domain.card.values import CivilStatus, Country, Language

ADMINISTRATIVE, PERSONAL, WHEREABOUTS = Sensitivity.ADMINISTRATIVE, Sensitivity.PERSONAL, Sensitivity.WHEREABOUTS


@section(
    "mother",
    english="The woman",
    norwegian="Mor / den gravide",
    meaning="Who the pregnant woman is. Her national identity number is never part of the card.",
    wire="mother",
)
class Mother(Content):
    name: str | None = fact(
        "Name", "Navn", "Her full name.", "Navnet ditt.",
        ADMINISTRATIVE, wire="name", max_length=TEXT_MAX_LENGTH, mark=Mark.OFFICIAL,
    )  # fmt: skip
    address: str | None = fact(
        "Address", "Adresse", "Street address of her home.", "Gateadressen der du bor.",
        WHEREABOUTS, wire="address", topic="address", max_length=TEXT_MAX_LENGTH, mark=Mark.OFFICIAL,
    )  # fmt: skip
    postal_code: str | None = fact(
        "Postal code", "Postnummer", "Norwegian postal code of her home; leading zeros matter.", "Postnummeret ditt.",
        WHEREABOUTS, wire="postNumber", topic="address", max_length=16,
    )  # fmt: skip
    postal_place: str | None = fact(
        "Postal place", "Poststed", "Postal place of her home.", "Poststedet ditt.",
        WHEREABOUTS, wire="postName", topic="address", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
    employed_last_6_months: bool | None = fact(
        "Employed in the last six months", "Yrkesaktiv siste 6 måneder",
        "Whether she has been in paid work during the last six months.",
        "Om du har vært i arbeid de siste seks månedene.",
        PERSONAL, wire="employedLast6Months",
    )  # fmt: skip
    employment_percent: int | None = fact(
        "Employment percentage", "Stillingsprosent",
        "How much of a full position she works; zero is a valid answer.", "Hvor stor stilling du har, i prosent.",
        PERSONAL, wire="employmentPercentage", unit="%", minimum=0, maximum=100,
    )  # fmt: skip
    occupation_and_industry: str | None = fact(
        "Occupation and industry", "Yrke og bransje", "Her occupation and the industry she works in.",
        "Yrket ditt og bransjen du jobber i.",
        PERSONAL, wire="occupationAndIndustry", max_length=TEXT_MAX_LENGTH,
    )  # fmt: skip
    language: Language | None = fact(
        "Language", "Språk", "The language she speaks best.", "Språket du helst vil snakke.",
        ADMINISTRATIVE, wire="language",
    )  # fmt: skip
    country_of_birth: Country | None = fact(
        "Country of birth", "Fødeland / landbakgrunn", "The country she was born in.", "Landet du er født i.",
        PERSONAL, wire="countryOfBirth",
    )  # fmt: skip
    needs_interpreter: bool | None = fact(
        "Needs an interpreter", "Behov for tolk", "Whether she needs an interpreter at her visits.",
        "Om du trenger tolk på kontrollene.",
        ADMINISTRATIVE, wire="needsLanguageInterpreter",
    )  # fmt: skip
    lives_with_co_parent: bool | None = fact(
        "Lives with the co-parent", "Bor sammen med medforelder",
        "Whether she lives with the child's other parent. Says nothing about who that is.",
        "Om du bor sammen med barnets andre forelder.",
        PERSONAL, wire="cohabitingCoparent", topic="cohabitation",
    )  # fmt: skip
    lives_with_co_parent_note: str | None = note(
        "Merknad om boforhold med medforelder", "A note about living with the co-parent; concerns another person too.",
        "Det som er skrevet om hvordan dere bor.", wire="cohabitingCoparentNote",
    )  # fmt: skip
    phone: str | None = fact(
        "Phone", "Telefon", "Her phone number.", "Telefonnummeret ditt.",
        WHEREABOUTS, max_length=32, mark=Mark.PAPER,
    )  # fmt: skip
    civil_status: CivilStatus | None = fact(
        "Civil status", "Sivilstand", "Her civil status.", "Sivilstanden din.",
        PERSONAL, mark=Mark.PAPER,
    )  # fmt: skip
    education_level: str | None = fact(
        "Education level", "Utdanning", "Her highest completed education.", "Den høyeste utdanningen du har fullført.",
        PERSONAL, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    workplace: str | None = fact(
        "Workplace", "Arbeidssted", "Where she works.", "Stedet du jobber.",
        WHEREABOUTS, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    paternity_declared_in_pregnancy: bool | None = fact(
        "Parenthood declared in pregnancy", "Erklæring om farskap eller medmorskap utfylt i svangerskapet",
        "Whether the declaration of paternity or co-motherhood was completed during the pregnancy.",
        "Om erklæringen om farskap eller medmorskap er fylt ut.",
        PERSONAL, mark=Mark.PAPER,
    )  # fmt: skip
