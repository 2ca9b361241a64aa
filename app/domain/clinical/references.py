"""The growth references and where they are published. A value is always shown with the reference it was judged by."""

from decimal import Decimal

from app.domain.described import DescribedEnum


class FundalHeightReference(DescribedEnum):
    """The reference a symphysis-fundal height is judged by. The curve of the Norwegian card (Norwegian Institute of
    Public Health; Pay et al. 2013) is not public as numbers and is not among them."""

    INTERGROWTH_21ST = (
        "INTERGROWTH_21ST",
        "INTERGROWTH-21st, an international standard; not the curve of the Norwegian card. "
        "Papageorghiou et al., BMJ 2016;355:i5662.",
    )


class FetalWeightReference(DescribedEnum):
    """The reference an estimated fetal weight is judged by. One hospital's centile is never turned into another's."""

    INTERGROWTH_21ST = (
        "INTERGROWTH_21ST",
        "INTERGROWTH-21st, an international standard. Stirnemann et al., Ultrasound Obstet Gynecol 2017;49:478.",
    )
    INTERGROWTH_21ST_HADLOCK = (
        "INTERGROWTH_21ST_HADLOCK",
        "INTERGROWTH-21st for weights estimated by Hadlock's formula, an international standard. "
        "Stirnemann et al., Ultrasound Obstet Gynecol 2020;56:946.",
    )
    MARSAL = "MARSAL", "Nordic, from ultrasound, per cent deviation. Maršál et al., Acta Paediatr 1996;85:843."


class AspirinLimits(DescribedEnum):
    """How the limits of age and body mass index that count for aspirin are meant."""

    NORWAY = "NORWAY", "Above the limit: Norsk gynekologisk forening."
    NICE = "NICE", "From the limit on: National Institute for Health and Care Excellence, NG133."

    def counts(self, value: float | Decimal, limit: int) -> bool:
        """Whether a value counts against a limit."""
        return value > limit or (self is AspirinLimits.NICE and value == limit)
