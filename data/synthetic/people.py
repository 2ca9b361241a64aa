"""Names, places and work of people who do not exist. Every surname says that it is made up."""

from typing import Final

SURNAMES: Final = (
    "Eksempel", "Syntetisk", "Testesen", "Prøvesen", "Modellsen", "Oppdiktet", "Testdal", "Prøvestad", "Eksempelvik",
    "Fantasi", "Testmoen", "Prøvehaug",
)  # fmt: skip

GIVEN_NAMES: Final = (
    "Anna", "Astrid", "Aurora", "Berit", "Camilla", "Elin", "Emma", "Eva", "Frida", "Guro", "Hanne", "Hilde", "Ida",
    "Inger", "Jenny", "Julie", "Karoline", "Kristin", "Lea", "Lise", "Malin", "Maria", "Mari", "Nina", "Nora", "Oda",
    "Ragnhild", "Randi", "Sara", "Selma", "Silje", "Siri", "Sofie", "Solveig", "Thea", "Tiril", "Tone", "Tuva",
    "Vilde", "Åse",
)  # fmt: skip

OTHER_GIVEN_NAMES: Final = {
    "PL": ("Agnieszka", "Katarzyna", "Magdalena", "Zofia"),
    "LT": ("Austeja", "Egle", "Rasa"),
    "SE": ("Ebba", "Linnéa", "Alva"),
    "SO": ("Amina", "Hodan", "Sahra"),
    "SY": ("Rana", "Nour", "Layla"),
    "ER": ("Selam", "Feven", "Rahel"),
    "UA": ("Oksana", "Olena", "Iryna"),
    "PK": ("Ayesha", "Sana", "Hina"),
    "PH": ("Maricel", "Jasmine", "Angel"),
    "TH": ("Malee", "Ploy", "Suda"),
}
"""Given names by country of birth."""

ORIGINS: Final = (
    (("NO", "NOB", False), 0.742), (("PL", "POL", False), 0.035), (("PL", "POL", True), 0.02),
    (("LT", "LIT", False), 0.018), (("SE", "SWE", False), 0.025), (("SO", "SOM", True), 0.022),
    (("SY", "ARA", True), 0.026), (("ER", "TIR", True), 0.018), (("UA", "UKR", True), 0.03),
    (("PK", "URD", False), 0.02), (("PH", "TGL", False), 0.02), (("TH", "THA", False), 0.014),
    (("NO", "NNO", False), 0.01),
)  # fmt: skip
"""Country of birth, language, need of an interpreter; with how many in a hundred."""

ASIA_AND_AFRICA: Final = frozenset({"SO", "SY", "ER", "PK", "PH", "TH"})
"""Countries of birth from where the guideline advises glucose tests."""

CO_PARENT_NAMES: Final = (
    "Anders", "Bjørn", "Eirik", "Emil", "Håkon", "Jonas", "Kristian", "Lars", "Magnus", "Martin", "Nils", "Ola",
    "Per", "Sander", "Simen", "Tobias", "Marit", "Line",
)  # fmt: skip

WORK: Final = (
    ("Butikkmedarbeider, varehandel", "Testby Dagligvare", "Videregående skole"),
    ("Sykepleier, helsetjenesten", "Prøveheimen sykehjem", "Universitet eller høyskole, bachelor"),
    ("Lærer, grunnskolen", "Eksempelvik skole", "Universitet eller høyskole, master"),
    ("Ingeniør, kraftbransjen", "Modellkraft AS", "Universitet eller høyskole, master"),
    ("Barnehagelærer, barnehage", "Tommelomten barnehage", "Universitet eller høyskole, bachelor"),
    ("Elektriker, byggebransjen", "Prøvestrøm AS", "Videregående skole, fagbrev"),
    ("Regnskapsfører, kontor", "Eksempelregnskap AS", "Universitet eller høyskole, bachelor"),
    ("Renholder, renhold", "Blankt Eksempel AS", "Grunnskole"),
    ("Frisør, egen virksomhet", "Salong Syntetisk", "Videregående skole, fagbrev"),
    ("Jurist, offentlig forvaltning", "Testby kommune", "Universitet eller høyskole, master"),
    ("Bussjåfør, transport", "Prøveruten AS", "Videregående skole, fagbrev"),
    ("Utvikler, informasjonsteknologi", "Tenkt Data AS", "Universitet eller høyskole, master"),
)
"""Occupation and industry, workplace, education."""

STREETS: Final = ("Prøveveien", "Testgata", "Eksempelbakken", "Modellstien", "Syntetveien", "Liksomsvingen")
PLACES: Final = (("0009", "Testby"), ("0013", "Prøvebygda"), ("0021", "Eksempelvik"), ("0034", "Modelldalen"))
"""Postal codes and places that are not in use."""

CIVIL_STATUS: Final = (("1", 0.48), ("2", 0.45), ("5", 0.04), ("4", 0.03))
"""Codes of Volven 8724."""


def phone(digits: int) -> str:
    """A phone number nobody can have: no Norwegian number begins with 000."""
    return f"+47 000 {digits // 1000 % 100:02d} {digits % 1000:03d}"
