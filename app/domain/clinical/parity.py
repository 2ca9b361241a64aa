"""How many times she has been pregnant and how many children she has borne. Nothing else follows from the counters.

Rule GP-1: what is left over between the counters is never computed, shown or passed on. Induced abortions are not
written on the card, and the remainder would tell of one. Helsedirektoratet, antenatal guideline; practice of the card.
"""

from dataclasses import dataclass

from app.domain.clinical.certainty import Certainty, above, any_of
from app.domain.clinical.standing import Documents, section

_ENDINGS = (
    "number_of_previous_live_births",
    "number_of_stillbirths_from_22_weeks",
    "number_of_spontaneous_miscarriages",
    "number_of_ectopic_pregnancies",
)
_BIRTHS = _ENDINGS[:2]
_PREGNANCIES = "number_of_previous_pregnancies"


@dataclass(frozen=True, slots=True)
class Parity:
    """What the counters say of her; None for what they do not.

    gravida         pregnancies, the present one included
    para            children borne before, twins counted as two: shown as earlier births
    has_not_borne   whether this is her first birth
    """

    gravida: int | None
    para: int | None
    has_not_borne: Certainty


def parity(documents: Documents) -> Parity:
    """Gravida and para of a card."""
    counters = section(documents, "previous_pregnancies")
    pregnancies = counters.get(_PREGNANCIES)
    births = [counters.get(name) for name in _BIRTHS]
    return Parity(
        gravida=None if pregnancies is None else pregnancies + 1,
        para=None if None in births else sum(number or 0 for number in births),
        has_not_borne=_has_not_borne(pregnancies, births),
    )


def counters_do_not_add_up(documents: Documents) -> Certainty:
    """GP-2: the counters together exceed her pregnancies: a mistake, or twins before. A data-quality rule of ours.

    A yes is certain as soon as those that are recorded exceed them. It says nothing of by how much, and a no
    nothing of what is left.
    """
    counters = section(documents, "previous_pregnancies")
    pregnancies, endings = counters.get(_PREGNANCIES), [counters.get(name) for name in _ENDINGS]
    if pregnancies is None:
        return Certainty.UNKNOWN
    exceeded = sum(number or 0 for number in endings) > pregnancies
    return Certainty.of(True if exceeded else None if None in endings else False)


def _has_not_borne(pregnancies: int | None, births: list[int | None]) -> Certainty:
    """One recorded birth is enough for a no, no pregnancy before for a yes."""
    has_borne = any_of(above(number, 0) for number in births)
    if has_borne is Certainty.UNKNOWN and pregnancies == 0:
        return Certainty.TRUE
    return ~has_borne
