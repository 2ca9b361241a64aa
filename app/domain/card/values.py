"""The value types of the card: values that only make sense whole, such as a code with its system."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.domain.code_systems import CODE_SYSTEMS, CodeSystem
from app.domain.described import DescribedEnum


class Value(BaseModel):
    """A value type: its members are parts of one fact, not facts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class CodedValue(Value):
    """A code from a national code system."""

    code: Annotated[str, Field(min_length=1, max_length=64, description="The code in its code system.")]
    display: Annotated[str | None, Field(max_length=256, description="What the code stands for, in Norwegian.")] = None
    code_system: Annotated[
        str | None, Field(max_length=64, description="The code system's literal on the wire, such as VOLVEN_9043.")
    ] = None


class BloodPressure(Value):
    """A blood pressure, systolic over diastolic. UCUM mm[Hg]."""

    # two or three digits each: the national format has no others

    systolic_mmhg: Annotated[int, Field(ge=10, lt=1000, description="Systolic pressure. Unit: mmHg.")]
    diastolic_mmhg: Annotated[int, Field(ge=10, lt=1000, description="Diastolic pressure. Unit: mmHg.")]


class InSystem:
    """Marks a coded value with its code system: fills in display and system, refuses another system and, where the
    list is complete, an unknown code."""

    def __init__(self, system_id: str) -> None:
        self.system: CodeSystem = CODE_SYSTEMS[system_id]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return handler(Annotated[source, AfterValidator(self._check)])

    def _check(self, value: CodedValue) -> CodedValue:
        system = self.system
        if value.code_system not in (None, system.literal):
            raise PydanticCustomError("wrong_code_system", "code system must be {system}", {"system": system.literal})
        known = system.find(value.code)
        if known is None and system.complete:
            raise PydanticCustomError("unknown_code", "unknown code in {system}", {"system": system.literal})
        display = value.display if value.display is not None else (known.norwegian if known else None)
        return CodedValue(code=value.code, display=display, code_system=system.literal)


Language = Annotated[CodedValue, InSystem("volven_3303")]
Country = Annotated[CodedValue, InSystem("volven_9043")]
CivilStatus = Annotated[CodedValue, InSystem("volven_8724")]
BirthStatusCode = Annotated[CodedValue, InSystem("volven_8522")]
PresentationLie = Annotated[CodedValue, InSystem("volven_8534")]
PresentationAtBirth = Annotated[CodedValue, InSystem("volven_8531")]
LabourStart = Annotated[CodedValue, InSystem("volven_8526")]
OperativeDelivery = Annotated[CodedValue, InSystem("volven_8527")]
BirthTear = Annotated[CodedValue, InSystem("volven_8529")]
StimulusType = Annotated[CodedValue, InSystem("volven_8536")]
StimulusFrequency = Annotated[CodedValue, InSystem("volven_8537")]

Number = int | float
"""A decimal number; keeps 38 and 38.0 as they were written."""


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("no_such_time", "a time needs an offset")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("no_such_time", "there is no such time in UTC") from None


Instant = Annotated[datetime, AfterValidator(_in_utc)]
"""A point in time, kept in UTC."""


class BloodGroup(DescribedEnum):
    """The ABO blood group. Norwegian: ABO-blodtype."""

    A = "A", "Blood group A."
    B = "B", "Blood group B."
    AB = "AB", "Blood group AB."
    O = "O", "Blood group O."  # noqa: E741 - the blood group's name


class RhesusD(DescribedEnum):
    """The RhD type. Norwegian: RhD-status."""

    POSITIVE = "POSITIVE", "RhD positive."
    NEGATIVE = "NEGATIVE", "RhD negative."


class DipstickResult(DescribedEnum):
    """A urine dipstick reading. Norwegian: resultat av urinstrimmel; Volven 8340."""

    NEGATIVE = "NEGATIVE", "Negative. Norwegian: negativ."
    TRACE = "TRACE", "Trace. Norwegian: spor."
    ONE_PLUS = "ONE_PLUS", "1+."
    TWO_PLUS = "TWO_PLUS", "2+."
    THREE_PLUS = "THREE_PLUS", "3+."
