"""Synthetic women into the store: the cast one by one, the population in bulk.

The population comes in batches of whole women, each stored in one transaction, on all processors. Women are known by
their identity numbers, so a run that was stopped goes on where it stopped, and a run with more women adds the new
ones. The keys over identity numbers stay in this process: workers are given numbers that are sealed already.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from typing import Final

from sqlalchemy import select, text

from app.domain.consent import ConsentState
from data.consents import BY_HERSELF
from data.database import Database
from data.declaring import table_of
from data.documents import to_json
from data.identity_numbers import PatientKeys
from data.organisations import EnrolledOrganisations
from data.patients import add_consent_events, find_patients, new_patient_row, register, set_blocks, set_person_status
from data.representations import note_power, powers_of
from data.storing import store
from data.synthetic.alert_cast import ALERT_CAST
from data.synthetic.batches import Batch, begin_work, store_batch, work
from data.synthetic.cast import CAST, CastMember, Situation
from data.synthetic.cast_powers import GIVER_NUMBER, REPRESENTATIVE_NUMBER, power_of_attorney
from data.synthetic.numbers import number_of
from data.synthetic.organisations import ORGANISATIONS
from data.tables import Patient

WOMEN_AT_ONCE: Final = 250

PATIENT = table_of(Patient)

Progress = Callable[[int, int], None]
"""Called with how many women are in the store, and how many there will be."""


async def seed(
    database: Database,
    keys: PatientKeys,
    *,
    women: int,
    seed: int,
    as_of: date,
    on_progress: Progress | None = None,
    processes: int | None = None,
) -> int:
    """Store the first `women` women of the population `seed`; returns how many of them were new.

    The schema must be there. When it is stopped, whole women stay and the same call goes on. `processes` is the number
    of workers on PostgreSQL, by default one for each processor; SQLite has one writer, which is this process.
    """
    report = on_progress or (lambda done, of: None)
    done = added = 0
    async with _storing(database, processes or os.cpu_count() or 1) as (begin, at_once):
        under_way: set[asyncio.Future[int]] = set()
        for first in range(0, women, WOMEN_AT_ONCE):
            indexes = range(first, min(first + WOMEN_AT_ONCE, women))
            batch = await _missing(database, keys, seed, indexes, as_of)
            done += len(indexes) - len(batch.women)
            if batch.women:
                under_way.add(asyncio.ensure_future(begin(batch)))
            if len(under_way) >= at_once:
                finished, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                added += sum(one.result() for one in finished)
            report(done + added, women)
        for one in asyncio.as_completed(under_way):
            added += await one
            report(done + added, women)
    if added:
        async with database.transaction() as connection:
            await connection.execute(text("ANALYZE"))
    return added


async def _missing(database: Database, keys: PatientKeys, seed: int, indexes: range, as_of: date) -> Batch:
    """Those of some women who are not in the store yet."""
    women = [(index, *number_of(seed, index, as_of)) for index in indexes]
    number_keys = [keys.key(number) for _, number, _ in women]
    query = select(PATIENT.c.number_key).where(PATIENT.c.number_key.in_(number_keys))
    async with database.connection() as connection:
        known = set((await connection.execute(query)).scalars())
    missing = (woman for woman, key in zip(women, number_keys, strict=True) if key not in known)
    return Batch(
        seed, as_of, tuple((index, born_on, new_patient_row(keys, number)) for index, number, born_on in missing)
    )


@asynccontextmanager
async def _storing(database: Database, processes: int) -> AsyncIterator[tuple[Callable[[Batch], Awaitable[int]], int]]:
    """What stores a batch, and how many batches it takes at once."""
    if database.is_sqlite or processes == 1:
        yield (lambda batch: store_batch(database, batch)), 1
        return
    url = database.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=begin_work, initargs=(url,))
    loop = asyncio.get_running_loop()
    try:
        yield (
            (lambda batch: loop.run_in_executor(pool, work, batch)),
            processes + 1,
        )  # one waits, so that no worker does
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


async def load_cast(database: Database, keys: PatientKeys, as_of: date) -> int:
    """Enrol the organisations and store those of the cast who are not there yet; returns how many were new."""
    added = await _load_missing(database, keys, as_of, CAST)
    if not await powers_of(database, keys, GIVER_NUMBER):
        await note_power(database, keys, GIVER_NUMBER, power_of_attorney(keys.key(REPRESENTATIVE_NUMBER), as_of))
    return added


async def load_alert_cast(database: Database, keys: PatientKeys, as_of: date) -> int:
    """Store those of the second cast who are not there yet; returns how many were new."""
    return await _load_missing(database, keys, as_of, ALERT_CAST)


async def _load_missing(database: Database, keys: PatientKeys, as_of: date, members: Sequence[CastMember]) -> int:
    await EnrolledOrganisations(database).enrol(ORGANISATIONS)
    willing = [member for member in members if not member.never_consented]
    missing = [member for member in willing if not await _is_there(database, keys, member)]
    for member in missing:
        await _load(database, keys, member, member.on(as_of))
    return len(missing)


async def _is_there(database: Database, keys: PatientKeys, member: CastMember) -> bool:
    """Whether a woman of the cast was loaded before, whatever has become of her card."""
    async with database.transaction() as connection:
        known = (await find_patients(database, connection, keys, [member.number])).get(member.number)
    return known is not None and known.consent.state is not ConsentState.NONE


async def _load(database: Database, keys: PatientKeys, member: CastMember, situation: Situation) -> None:
    """Her protection and her blocks come before her card, so that it is never there without them."""
    number, given_at = member.number, situation.consent_given_at
    assert given_at is not None  # who never consented is not loaded
    protection, deceased_on = situation.protection, situation.deceased_on
    await set_person_status(database, keys, number, protection=protection, deceased_on=deceased_on)
    await set_blocks(database, keys, number, situation.blocks)
    if situation.withdrawal is None:
        await store(database, keys, [(number, given_at, record) for record in situation.records])
        return
    withdrawn_at, receipt = situation.withdrawal.withdrawn_at, to_json(asdict(situation.withdrawal))
    async with database.transaction() as connection:
        patient_id = (await register(database, connection, keys, [number]))[number].patient_id
        await add_consent_events(connection, ConsentState.ACTIVE, BY_HERSELF, {patient_id: given_at})
        await add_consent_events(connection, ConsentState.WITHDRAWN, BY_HERSELF, {patient_id: withdrawn_at}, receipt)
