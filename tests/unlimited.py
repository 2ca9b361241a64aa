"""For tests that ask thousands of questions: nobody is turned away for how often, or about whom, she asks."""

from collections.abc import Collection
from datetime import datetime

from app.domain.viewer import Viewer
from app.execution.admission import Admission


class Everybody(Admission):
    """Lets everybody ask as often as she likes, with one token about any woman."""

    def __init__(self) -> None:
        pass

    def admit(self, viewer: Viewer) -> None:
        return

    async def count_lookup(self, viewer: Viewer, patients: Collection[str], now: datetime) -> None:
        return

    async def check_patients(self, viewer: Viewer, patients: Collection[str], now: datetime) -> None:
        return

    async def close(self) -> None:
        return
