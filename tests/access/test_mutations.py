"""The tests of access would notice: policies that differ in one cell are tried against the running API."""

from pathlib import Path

from tests.access.mutations import judged, sample, told
from tests.access.proof.judging import KILLED, SURVIVED

CHANGES = 40


async def test_a_change_of_one_cell_is_noticed(tmp_path: Path) -> None:
    """Some of all changes; `make mutations` tries every one."""
    verdicts = await judged(sample(CHANGES), folder=tmp_path)
    assert not [one for one in verdicts if one.verdict == SURVIVED], told(verdicts)
    assert sum(one.verdict == KILLED for one in verdicts) >= CHANGES // 3
