"""Rules of the guidelines that cannot be asked, because the card has no place for what they look at. Nothing is guessed
in their place; the catalogue names them, so that nobody takes their silence for "normal"."""

from typing import Final

from app.domain.clinical.catalogue import NotOnTheCard

SYMPTOMS: Final = "Symptoms are not recorded on the card."

NOT_ON_THE_CARD: Final = (
    NotOnTheCard("BP-6", ("NGF-PE", "ISSHP"), SYMPTOMS),
    NotOnTheCard("BP-7", ("OURS",), SYMPTOMS),
    NotOnTheCard("HB-4", ("NGF-AN",), "Hemoglobin after the birth is not recorded on the card."),
    NotOnTheCard(
        "FH-4", ("WHO-ANC",), "That no heartbeat was found is not told apart from none having been listened for."
    ),
    NotOnTheCard("FM-1", ("NGF-LL",), "Fewer movements than usual are not recorded on the card."),
    NotOnTheCard("FM-4", ("HD-FO",), "Fewer movements than usual are not recorded on the card."),
    NotOnTheCard(
        "FP-2", ("UNVERIFIED",), "No code for a transverse or oblique lie is known in the national code system."
    ),
    NotOnTheCard("FW-1", ("GORDIJN", "NGF-FGR"), "Flow and centiles of the hospital's own curve are not on the card."),
    NotOnTheCard("FW-2", ("GORDIJN", "NGF-FGR"), "Flow and centiles of the hospital's own curve are not on the card."),
    NotOnTheCard("IN-5", ("WHO-ANC",), "Temperature is not recorded on the card."),
    NotOnTheCard("HX-2", ("UNVERIFIED",), "Whether miscarriages followed each other is not recorded on the card."),
    NotOnTheCard("ME-1", ("RBUP",), "Scores of mental health are not recorded on the card."),
    NotOnTheCard("ME-2", ("RBUP",), "Scores of mental health are not recorded on the card."),
    NotOnTheCard("VI-1", ("HD-SVO",), "What she tells of violence is not recorded, and only a person may act on it."),
    NotOnTheCard("DS-1", ("WHO-ANC",), SYMPTOMS),
    NotOnTheCard("DS-2", ("WHO-ANC",), SYMPTOMS),
    NotOnTheCard("DS-3", ("UNVERIFIED",), SYMPTOMS),
    NotOnTheCard(
        "EW-1", ("NGF-EW",), "The hospital's warning chart is not on the card, and its limits are not public."
    ),
    NotOnTheCard("RH-4", ("RHD",), "Bleeding, injury and procedures are not recorded on the card."),
    NotOnTheCard("RH-7", ("RHD",), "The child's blood type is not recorded on the card."),
    NotOnTheCard("DT-2", ("OURS",), "Which event of an assisted conception its day marks is not recorded."),
    NotOnTheCard("SF-10", ("OURS",), "Whether she measured herself is not recorded on the card."),
)
