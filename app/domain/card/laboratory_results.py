"""Laboratory results. One value a test and pregnancy: a repeated test replaces the value, the versions keep the old."""

from datetime import date

from app.domain.card.declaration import (
    TEXT_MAX_LENGTH,
    Content,
    Mark,
    Sensitivity,
    Term,
    fact,
    group,
    note,
    section,
)
from app.domain.card.values import BloodGroup, Number, RhesusD

ORDINARY, PERSONAL, INTIMATE = Sensitivity.ORDINARY, Sensitivity.PERSONAL, Sensitivity.INTIMATE

RESULT = "True: positive; false: negative; not recorded: not taken."


class BloodType(Content):
    """The woman's blood type."""

    abo: BloodGroup | None = fact(
        "ABO blood group", "ABO-blodtype", "Her ABO blood group.", "Blodtypen din: A, B, AB eller O.",
        ORDINARY, wire="aboType", topic="blood_type", terms=(Term("NLK", "NPU58582"), Term("LOINC", "883-9")),
    )  # fmt: skip
    rhesus_d: RhesusD | None = fact(
        "RhD type", "Mors RhD-status", "Her RhD type.", "Om blodet ditt er rhesus positivt eller negativt.",
        ORDINARY, wire="rhesusDType", topic="blood_type", terms=(Term("NLK", "NPU21917"), Term("LOINC", "10331-7")),
    )  # fmt: skip


class GlucoseTolerance(Content):
    """The glucose tolerance test."""

    fasting_glucose_mmol_per_l: Number | None = fact(
        "Fasting glucose", "Fastende glukose", "Glucose before the glucose load, fasting.",
        "Blodsukkeret ditt før du drakk sukkeroppløsningen.",
        ORDINARY, wire="fastingGlucoseLevel", unit="mmol/L", positive=True, plausible=(1, 40),
        terms=(Term("SNOMED CT", "271062006"),),
    )  # fmt: skip
    two_hour_glucose_mmol_per_l: Number | None = fact(
        "Glucose after two hours", "Glukose etter 2 timer", "Glucose two hours after the glucose load.",
        "Blodsukkeret ditt to timer etter at du drakk sukkeroppløsningen.",
        ORDINARY, wire="post2hGlucoseLevel", unit="mmol/L", positive=True, plausible=(1, 40),
        terms=(Term("SNOMED CT", "49167009"),),
    )  # fmt: skip
    tested_on: date | None = fact(
        "Date of the glucose load", "Dato for glukosebelastning", "The day of the glucose tolerance test.",
        "Dagen du tok sukkerbelastningen.",
        ORDINARY, wire="testDate",
    )  # fmt: skip


class DatedResult(Content):
    """One laboratory result with its date. All of it is intimate: it can be any test."""

    analyte: str | None = fact(
        "Analyte", "Analyse", "What was measured, as a code of the Norwegian laboratory code system (NLK).",
        "Koden for det prøven ble undersøkt for.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    taken_on: date | None = fact(
        "Sample taken", "Prøvedato", "The day the sample was taken.", "Dagen prøven ble tatt.",
        INTIMATE, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    value: str | None = fact(
        "Result", "Svar", "The result as the laboratory wrote it.", "Det prøven viste.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    unit: str | None = fact(
        "Unit", "Enhet", "The unit of the result, as the laboratory wrote it.", "Enheten svaret er oppgitt i.",
        INTIMATE, max_length=64, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    note: str | None = note(
        "Merknad til prøvesvaret", "A note about this result.", "Det som er skrevet om dette prøvesvaret.",
        wire=None, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip


class LaboratoryReport(Content):
    """A laboratory report carried with the card. All of it is intimate: it can be about any test."""

    title: str | None = fact(
        "Title", "Tittel", "What the report is called.", "Navnet på svarrapporten.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip
    issued_on: date | None = fact(
        "Issued", "Utstedt", "The day the report was issued.", "Dagen svaret ble gitt.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
    reference: str | None = fact(
        "Reference", "Referanse", "Where the report is kept: an identifier or address, never the report itself.",
        "Hvor svarrapporten ligger.",
        INTIMATE, max_length=TEXT_MAX_LENGTH, mark=Mark.PAPER,
    )  # fmt: skip


@section(
    "laboratory_results",
    english="Laboratory results",
    norwegian="Anbefalte prøver, prøver ved behov",
    meaning="The tests offered to all and those taken when needed. A yes-or-no result is true for positive, false for "
    "negative and not recorded when the test was not taken.",
    wire="clinicalTests",
)
class LaboratoryResults(Content):
    hemoglobin_first_trimester_g_per_dl: Number | None = fact(
        "Hemoglobin, first trimester", "B-Hemoglobin, 1. trimester", "Hemoglobin in blood in the first trimester.",
        "Blodprosenten din tidlig i svangerskapet.",
        ORDINARY, wire="hemoglobin", unit="g/dL", positive=True, plausible=(4, 20), terms=(Term("NLK", "NOR05172"),),
    )  # fmt: skip
    hemoglobin_third_trimester_g_per_dl: Number | None = fact(
        "Hemoglobin, third trimester", "B-Hemoglobin, 3. trimester", "Hemoglobin in blood in the third trimester.",
        "Blodprosenten din mot slutten av svangerskapet.",
        ORDINARY, wire="hemoglobinAt3rdTrimester", unit="g/dL", positive=True, plausible=(4, 20),
        terms=(Term("NLK", "NOR05172"),),
    )  # fmt: skip
    ferritin_ug_per_l: Number | None = fact(
        "Ferritin", "P/S-Ferritin", "Ferritin in plasma or serum.", "Hvor mye jern du har på lager.",
        ORDINARY, wire="ferritin", unit="ug/L", positive=True, plausible=(1, 1000), terms=(Term("NLK", "NPU19763"),),
    )  # fmt: skip
    hepatitis_b_surface_antigen_positive: bool | None = fact(
        "Hepatitis B surface antigen", "HBV overflateantigen, HBsAg",
        "Surface antigen of the hepatitis B virus in blood. " + RESULT,
        "Om prøven viser at du har hepatitt B.",
        INTIMATE, wire="hbv", terms=(Term("SNOMED CT", "165806002"),),
    )  # fmt: skip
    hepatitis_b_core_antibody_positive: bool | None = fact(
        "Hepatitis B core antibody", "P-Hepatitt B-virus core-antistoff",
        "Antibodies against the core of the hepatitis B virus in plasma. " + RESULT,
        "Om prøven viser at du har eller har hatt hepatitt B.",
        INTIMATE, wire="hbvCore",
    )  # fmt: skip
    hiv_positive: bool | None = fact(
        "HIV", "HIV 1+2 antistoff/antigen", "Antibodies or antigen of HIV 1 and 2. " + RESULT,
        "Om prøven viser at du har hiv.",
        INTIMATE, wire="hiv",
    )  # fmt: skip
    syphilis_positive: bool | None = fact(
        "Syphilis", "Syfilis, Treponema pallidum-antistoff", "Antibodies against Treponema pallidum. " + RESULT,
        "Om prøven viser tegn til syfilis.",
        INTIMATE, wire="syphilis",
    )  # fmt: skip
    blood_type: BloodType | None = group("Blood type", "Blodtype", "The woman's blood type.", wire="aboRh")
    red_cell_antibodies_positive: bool | None = fact(
        "Red cell antibodies", "Blodtypeantistoffer",
        "Antibodies against red blood cells; which antibody stands in the note. " + RESULT,
        "Om blodet ditt har antistoffer som kan påvirke barnet.",
        ORDINARY, wire="bloodAntibodies", topic="blood_type",
    )  # fmt: skip
    chlamydia_positive: bool | None = fact(
        "Chlamydia", "Klamydia", "Chlamydia. " + RESULT, "Om prøven viser at du har klamydia.",
        INTIMATE, wire="chlamydia",
    )  # fmt: skip
    toxoplasmosis_positive: bool | None = fact(
        "Toxoplasmosis", "Toksoplasmose", "Toxoplasmosis; may cover more than one analysis. " + RESULT,
        "Om prøven er positiv for toksoplasmose, en infeksjon fra dyr eller rått kjøtt.",
        ORDINARY, wire="toxoplasmosis",
    )  # fmt: skip
    rubella_antibody_positive: bool | None = fact(
        "Rubella antibody (IgG)", "P-Rubellavirus IgG",
        "IgG antibodies against the rubella virus in plasma. Positive normally means immune, not infected. " + RESULT,
        "Om du har antistoffer mot røde hunder. Da er du vanligvis beskyttet.",
        ORDINARY, wire="rubellaAntigen", terms=(Term("NLK", "NPU12412"),),
    )  # fmt: skip
    hepatitis_c_positive: bool | None = fact(
        "Hepatitis C", "Hepatitt C-antistoff", "Antibodies against the hepatitis C virus. " + RESULT,
        "Om prøven viser at du har eller har hatt hepatitt C.",
        INTIMATE, wire="hepatitisC",
    )  # fmt: skip
    mrsa_vre_esbl_positive: bool | None = fact(
        "MRSA, VRE or ESBL", "MRSA, VRE og/eller ESBL",
        "Bacteria resistant to antibiotics: MRSA, VRE or ESBL; the card does not say which. " + RESULT,
        "Om du har bakterier som mange antibiotika ikke virker på.",
        PERSONAL, wire="mrsaVreEsbl",
    )  # fmt: skip
    hba1c_mmol_per_mol: int | None = fact(
        "HbA1c", "B-HbA1c", "HbA1c in blood: the mean glucose of the last weeks.",
        "Hvordan blodsukkeret ditt har vært i gjennomsnitt de siste ukene.",
        ORDINARY, wire="bHbA1c", unit="mmol/mol", positive=True, plausible=(15, 150), terms=(Term("NLK", "NPU27300"),),
    )  # fmt: skip
    glucose_tolerance: GlucoseTolerance | None = group(
        "Glucose tolerance test", "Glukosebelastning", "The glucose tolerance test.", wire="glucoseTolerance"
    )
    gonorrhea_positive: bool | None = fact(
        "Gonorrhea", "Gonoré", "Gonorrhea. " + RESULT, "Om prøven viser at du har gonoré.",
        INTIMATE, wire="gonorrhea",
    )  # fmt: skip
    cytomegalovirus_positive: bool | None = fact(
        "Cytomegalovirus", "Cytomegalovirus", "Cytomegalovirus. " + RESULT,
        "Om prøven er positiv for cytomegalovirus (CMV), et virus som kan smitte barnet.",
        ORDINARY, wire="cytomegaloVirus",
    )  # fmt: skip
    asymptomatic_bacteriuria_positive: bool | None = fact(
        "Asymptomatic bacteriuria", "Asymptomatisk bakteriuri",
        "Bacteria in the urine without symptoms; no longer a routine test since June 2022. " + RESULT,
        "Om du har bakterier i urinen uten å merke det.",
        ORDINARY, wire="asymptomaticBacteriuria",
    )  # fmt: skip
    group_b_streptococcus_positive: bool | None = fact(
        "Group B streptococcus", "Gruppe B-streptokokker", "Group B streptococcus. " + RESULT,
        "Om du har en bakterie (GBS) som kan smitte barnet under fødselen.",
        ORDINARY, wire="groupBStreptococci",
    )  # fmt: skip
    note: str | None = note(
        "Merknad om kliniske prøver", "A note about the tests, not tied to one of them.",
        "Det som er skrevet om prøvene dine.",
    )  # fmt: skip
    dated_results: list[DatedResult] | None = fact(
        "Dated results", "Prøvesvar med dato", "Single results with the day the sample was taken, repeats included.",
        "Prøvesvarene dine, med datoen hver prøve ble tatt.",
        INTIMATE, mark=Mark.PAPER_UNVERIFIED,
    )  # fmt: skip
    reports: list[LaboratoryReport] | None = fact(
        "Laboratory reports", "Laboratoriesvar", "Laboratory reports carried with the card.",
        "Svarrapporter fra laboratoriet.",
        INTIMATE, mark=Mark.PAPER,
    )  # fmt: skip
