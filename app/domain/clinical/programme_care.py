"""The tests, conversations, vaccines, prophylaxis and certificates of the programme."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from app.domain.clinical.catalogue import Evidence
from app.domain.clinical.certainty import Certainty, any_of
from app.domain.clinical.chart import DATING, Chart
from app.domain.clinical.glucose_selection import (
    SELECTED_BY,
    TESTED_ON,
    TOLERANCE_TEST,
    for_early_test,
    for_tolerance_test,
    tolerance_test,
)
from app.domain.clinical.programme import Doer, Entry, EntryKind
from app.domain.clinical.rhesus import FOLLOWED_BY, GIVEN, RhesusState, states
from app.domain.clinical.weeks import in_days
from app.domain.dating import day_of

LABORATORY: Final = "laboratoryResults"
STIMULI: Final = "lifestyleFactors.stimuli"
VACCINES: Final = ("medication.vaccinations.vaccine", "medication.vaccinations.givenOn")
PERTUSSIS: Final = ("kikhoste", "pertussis", "dtp", "tdap", "boostrix")
INFLUENZA: Final = ("influen",)
INFLUENZA_MONTHS: Final = (10, 11, 12, 1, 2, 3)
"""The season as we count it; the vaccine is offered in it, after 12 weeks."""
ENDS: Final = in_days(44)

Done = Callable[[Chart, Entry], date | None]


def recorded(*paths: str) -> Done:
    """Done when all of these are recorded, on the day the last of them was written down."""

    def done(chart: Chart, entry: Entry) -> date | None:
        inputs = [chart.input(path) for path in paths]
        if None in inputs:
            return None
        return max((each.on for each in inputs if each is not None and each.on is not None), default=chart.as_of)

    return done


def answered_yes(path: str) -> Done:
    """Done when the answer is yes: no says that it has not been done."""

    def done(chart: Chart, entry: Entry) -> date | None:
        answer = chart.input(path)
        return (answer.on or chart.as_of) if answer is not None and answer.value is True else None

    return done


def tolerance_tested(chart: Chart, entry: Entry) -> date | None:
    """On the day of the test; where that is not recorded, on the day its values were written down."""
    days = [known.on for known in tolerance_test(chart) if known.on is not None]
    written_on = max(days, default=chart.as_of) if tolerance_test(chart) else None
    return day_of(chart.value(TESTED_ON)) or written_on


def of_stimuli(moment: str) -> tuple[str, ...]:
    """What is recorded of the use of stimuli at a moment."""
    return (f"{STIMULI}.stimulusType", *(f"{STIMULI}.{moment}.{name}" for name in ("frequency", "dailyCount")))


def asked_about_stimuli(moment: str) -> Done:
    """Done when for one stimulus at least something is recorded of that moment."""

    def done(chart: Chart, entry: Entry) -> date | None:
        stimuli: list[dict[str, Any]] = chart.section("lifestyle_factors").get("stimuli") or []
        is_asked = any(stimulus.get(moment) for stimulus in stimuli)
        return chart.written_on.get(STIMULI, chart.as_of) if is_asked else None

    return done


def vaccinated(names: tuple[str, ...]) -> Done:
    """Done when a vaccine of one of these names was given from the entry's first day on."""

    def done(chart: Chart, entry: Entry) -> date | None:
        vaccinations: list[dict[str, Any]] = chart.section("medication").get("vaccinations") or []
        named = (each for each in vaccinations if any(name in (each.get("vaccine") or "").casefold() for name in names))
        days = (day for each in named if (day := day_of(each.get("given_on"))) is not None and day <= chart.as_of)
        return next((day for day in sorted(days) if (chart.gestation_days(day) or 0) >= entry.opens), None)

    return done


def typed(chart: Chart, entry: Entry) -> date | None:
    """On the day of the answer, once the type of every fetus is known."""
    answers = [each.inputs for each in states(chart)]
    days = [given.on for inputs in answers for given in inputs if given.on is not None]
    return max(days, default=chart.as_of) if all(answers) else None


def not_recorded_anywhere(chart: Chart, entry: Entry) -> date | None:
    """The card has no place for it."""
    return None


def in_states(needed: frozenset[RhesusState]) -> Callable[[Chart], Certainty]:
    """For her when a fetus is in one of these states; not known while her own blood type is not."""

    def applies(chart: Chart) -> Certainty:
        known = [each.state for each in states(chart)]
        return any_of(Certainty.of(None if each is RhesusState.NOT_KNOWN else each in needed) for each in known)

    return applies


def in_season(chart: Chart) -> Certainty:
    """In the months influenza goes round."""
    return Certainty.of(chart.as_of.month in INFLUENZA_MONTHS)


TYPING_STATES: Final = frozenset({RhesusState.NEEDS_TYPING})
PROPHYLAXIS_STATES: Final = frozenset({RhesusState.TYPED_POSITIVE, RhesusState.PROPHYLAXIS_GIVEN})


def _entry(id: str, kind: EntryKind, opens: int, closes: int, done: Done, facts: tuple[str, ...], **more: Any) -> Entry:
    usual: dict[str, Any] = {
        "doers": (Doer.PRIMARY_CARE,), "sources": ("HD-SVO",), "evidence": Evidence.TWO_SOURCES,
    }  # fmt: skip
    return Entry(id=id, kind=kind, opens=opens, closes=closes, done=done, facts=(*facts, *DATING), **usual | more)


def _test(id: str, opens: int, closes: int, *paths: str, **more: Any) -> Entry:
    return _entry(id, EntryKind.TEST, opens, closes, recorded(*paths), paths, **more)


def _conversation(id: str, opens: int, closes: int, done: Done, *paths: str, **more: Any) -> Entry:
    return _entry(id, EntryKind.CONVERSATION, opens, closes, done, paths, **more)


def _answer(id: str, opens: int, closes: int, path: str, **more: Any) -> Entry:
    return _conversation(id, opens, closes, answered_yes(path), path, **more)


def _vaccine(id: str, opens: int, names: tuple[str, ...], **more: Any) -> Entry:
    return _entry(id, EntryKind.TREATMENT, opens, ENDS, vaccinated(names), VACCINES, **more)


CARE: Final = (
    _test("BLOOD_TYPE", in_days(6), in_days(13, 6), f"{LABORATORY}.bloodType.abo", f"{LABORATORY}.bloodType.rhesusD"),
    _test("ANTIBODIES", in_days(6), in_days(13, 6), f"{LABORATORY}.redCellAntibodiesPositive"),
    _test("HIV", in_days(6), in_days(13, 6), f"{LABORATORY}.hivPositive"),
    _test("SYPHILIS", in_days(6), in_days(13, 6), f"{LABORATORY}.syphilisPositive"),
    _test("HEPATITIS_B", in_days(6), in_days(13, 6), f"{LABORATORY}.hepatitisBSurfaceAntigenPositive"),
    _test(
        "HEMOGLOBIN_FIRST", in_days(6), in_days(12, 6), f"{LABORATORY}.hemoglobinFirstTrimesterGPerDl",
        made_up_until=in_days(27, 6),
    ),
    _test("FERRITIN", in_days(6), in_days(15, 6), f"{LABORATORY}.ferritinUgPerL"),
    _entry(
        "HBA1C", EntryKind.TEST, in_days(6), in_days(15, 6), recorded(f"{LABORATORY}.hba1cMmolPerMol"),
        (f"{LABORATORY}.hba1cMmolPerMol", *SELECTED_BY), applies=lambda chart: for_early_test(chart).offered,
        sources=("HD-GDM",), made_up_until=in_days(15, 6),
    ),
    _entry(
        "GLUCOSE_TOLERANCE", EntryKind.TEST, in_days(24), in_days(28, 6), tolerance_tested,
        (*TOLERANCE_TEST, *SELECTED_BY), applies=lambda chart: for_tolerance_test(chart).offered,
        sources=("HD-GDM",),
    ),
    _test("HEMOGLOBIN_28", in_days(27), in_days(28, 6), f"{LABORATORY}.hemoglobinThirdTrimesterGPerDl"),
    _entry(
        "FETAL_RHD", EntryKind.TEST, in_days(24), in_days(24, 6), typed, FOLLOWED_BY, applies=in_states(TYPING_STATES),
        sources=("RHD",), made_up_until=in_days(36, 6),
    ),
    _conversation(
        "LIFESTYLE_FIRST", in_days(0), in_days(12, 6), asked_about_stimuli("at_first_visit"),
        *of_stimuli("atFirstVisit"),
    ),
    _conversation(
        "LIFESTYLE_36", in_days(35), in_days(36, 6), asked_about_stimuli("at_week_36"), *of_stimuli("atWeek36")
    ),
    _answer("VIOLENCE", in_days(0), ENDS, "pregnancy.askedAboutViolence", private=True),
    _answer(
        "PRENATAL_DIAGNOSTICS", in_days(0), in_days(13, 6), "pregnancy.informationOnPrenatalDiagnosticsGiven",
        made_up_until=in_days(21, 6),
    ),
    _answer(
        "BIRTH_PREPARATION", in_days(28), in_days(36, 6), "pregnancy.birthPreparationTalkHeld",
        evidence=Evidence.UNVERIFIED,
    ),
    _answer(
        "BREASTFEEDING", in_days(28), in_days(36, 6), "pregnancy.breastfeedingGuidanceGiven",
        evidence=Evidence.UNVERIFIED,
    ),
    _vaccine("PERTUSSIS", in_days(24), PERTUSSIS, sources=("FHI",)),
    _vaccine("INFLUENZA", in_days(12), INFLUENZA, sources=("FHI",), applies=in_season),
    _entry(
        "ANTI_D", EntryKind.TREATMENT, in_days(28), in_days(28, 6), answered_yes(GIVEN), (*FOLLOWED_BY, GIVEN),
        applies=in_states(PROPHYLAXIS_STATES), sources=("RHD",),
    ),
    _entry(
        "CERT-1", EntryKind.CERTIFICATE, in_days(22), ENDS, not_recorded_anywhere, (), sources=("NAV",),
        evidence=Evidence.ONE_SOURCE,
    ),
)  # fmt: skip
"""How long something is made up for is ours wherever it is not the window of a test or of a treatment."""
