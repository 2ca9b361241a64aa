"""The woman's earlier and present medical conditions."""

from app.domain.card.declaration import Content, Sensitivity, Term, fact, note, section

ORDINARY, PERSONAL, INTIMATE = Sensitivity.ORDINARY, Sensitivity.PERSONAL, Sensitivity.INTIMATE


@section(
    "medical_conditions",
    english="Medical conditions",
    norwegian="Tidligere/nåværende sykdommer",
    meaning="Diseases she has or has had. A tick does not tell an earlier condition from a present one.",
    wire="medicalConditions",
)
class MedicalConditions(Content):
    nothing_particular: bool | None = fact(
        "Nothing in particular", "Ingenting spesielt",
        "Whether there is nothing in particular to note; false does not say that she has a disease.",
        "Om det ikke er noe spesielt å si om helsen din.",
        ORDINARY, wire="nothingParticular",
    )  # fmt: skip
    heart_disease: bool | None = fact(
        "Heart disease", "Hjertesykdom", "Whether she has or has had a heart disease.",
        "Om du har eller har hatt en sykdom i hjertet.",
        ORDINARY, wire="heartDisease", terms=(Term("SNOMED CT", "56265001"),),
    )  # fmt: skip
    high_blood_pressure: bool | None = fact(
        "High blood pressure", "Høyt blodtrykk", "Whether she has or has had high blood pressure.",
        "Om du har eller har hatt for høyt blodtrykk.",
        ORDINARY, wire="highBloodPressure", terms=(Term("SNOMED CT", "38341003"),),
    )  # fmt: skip
    kidney_or_urinary_tract_disease: bool | None = fact(
        "Kidney or urinary tract disease", "Nyre- og/eller urinveissykdom",
        "Whether she has or has had a disease of the kidneys, the urinary tract or both; the card does not say which.",
        "Om du har eller har hatt sykdom i nyrene eller urinveiene.",
        ORDINARY, wire="kidneyUrinaryTractDiseases",
    )  # fmt: skip
    diabetes: bool | None = fact(
        "Diabetes", "Diabetes",
        "Whether she has diabetes. Does not tell diabetes from before the pregnancy and gestational diabetes apart.",
        "Om du har diabetes (sukkersyke).",
        ORDINARY, wire="diabetes", terms=(Term("SNOMED CT", "73211009"),),
    )  # fmt: skip
    allergy_or_asthma: bool | None = fact(
        "Allergy or asthma", "Allergi og/eller astma",
        "Whether she has or has had an allergy, asthma or both; the card does not say which.",
        "Om du har eller har hatt allergi eller astma.",
        ORDINARY, wire="allergiesAsthma",
    )  # fmt: skip
    epilepsy: bool | None = fact(
        "Epilepsy", "Epilepsi", "Whether she has or has had epilepsy.", "Om du har eller har hatt epilepsi.",
        ORDINARY, wire="epilepsy", terms=(Term("SNOMED CT", "84757009"),),
    )  # fmt: skip
    thrombosis: bool | None = fact(
        "Thrombosis or its treatment", "Trombose / trombosebehandling",
        "Whether she has or has had a blood clot, or is or was treated for one.",
        "Om du har hatt blodpropp eller fått behandling for det.",
        ORDINARY, wire="thrombosis", terms=(Term("SNOMED CT", "439127006"),),
    )  # fmt: skip
    autoimmune_disease: bool | None = fact(
        "Autoimmune disease", "Autoimmun sykdom", "Whether she has or has had an autoimmune disease.",
        "Om du har en sykdom der immunforsvaret angriper kroppen.",
        ORDINARY, wire="autoimmuneDisease", terms=(Term("SNOMED CT", "85828009"),),
    )  # fmt: skip
    gynecological_condition: bool | None = fact(
        "Gynecological disease or surgery", "Gynekologisk sykdom, inngrep og/eller operasjon",
        "Whether she has or has had a gynecological disease, procedure or operation; the card does not say which.",
        "Om du har hatt sykdom eller blitt operert i underlivet.",
        PERSONAL, wire="gynecologicalConditions",
    )  # fmt: skip
    mental_health_condition: bool | None = fact(
        "Mental health condition", "Psykisk helse", "Whether she has or has had a mental health condition.",
        "Om du har eller har hatt psykiske plager eller sykdom.",
        INTIMATE, wire="mentalHealth", terms=(Term("SNOMED CT", "74732009"),),
    )  # fmt: skip
    other_condition: bool | None = fact(
        "Other condition", "Annen tidligere eller nåværende sykdom", "Whether she has or has had another disease.",
        "Om du har eller har hatt en annen sykdom.",
        PERSONAL, wire="other",
    )  # fmt: skip
    note: str | None = note(
        "Merknader/annet", "A note about her medical conditions.", "Det som er skrevet om helsen din."
    )
