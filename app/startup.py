"""What has to hold before the gateway serves, and what a demonstration puts into an empty store."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from app.domain.gate import OSLO
from app.execution.trusted import PREFIX
from app.keys import ConfigurationError
from app.services import Services, make_services
from app.settings import ISSUERS, Settings
from data.database import Database
from data.migrate import is_current, migrate
from data.patients import anyone_stored
from data.synthetic.seeding import load_cast

NOT_FOR_PRODUCTION: Final = frozenset({"helsekort.example", "helseid-sts.test.nhn.no", "test.idporten.no"})
"""Hosts of issuers that sign for people who do not exist: our own for development, and the test environments."""

NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "glusterfs", "ceph"}
)


def check_production(settings: Settings) -> None:
    """Refuse a production start that could not be safe. Keys are checked where they are loaded."""
    if settings.is_development:
        return
    _check_issuers(settings)
    if settings.allow_bearer:
        raise ConfigurationError("HELSEKORT_ALLOW_BEARER is for development: a stolen token must be worth nothing")
    if not (settings.public_url or "").startswith("https://"):
        raise ConfigurationError("HELSEKORT_PUBLIC_URL must be the https address that callers' proofs name")
    if settings.effective_database_url.startswith("sqlite") and _on_network_disk(_sqlite_path(settings)):
        raise ConfigurationError("SQLite on a network disk loses data; use a local disk or PostgreSQL")


def _check_issuers(settings: Settings) -> None:
    issuers = {name: getattr(settings, f"{name}_issuer") for name in ISSUERS}
    if not any(issuers.values()):
        raise ConfigurationError("no trusted issuer: set HELSEKORT_HELSEID_ISSUER")
    for name, issuer in issuers.items():
        if issuer is not None and NOT_FOR_PRODUCTION.intersection(re.split("[/:]+", issuer)):
            raise ConfigurationError(f"HELSEKORT_{name.upper()}_ISSUER is an issuer for development or test")


def prepare_documents(services: Services) -> None:
    """Read the registered documents, so that the first to ask for one does not wait for it.

    Raises ConfigurationError for one that nobody could send any more: its callers must hear of it before this starts.
    """
    for digest, text in services.trusted.texts.items():
        if not services.documents.prepare(text):
            raise ConfigurationError(
                f"registered document {PREFIX}{digest} is not valid for any kind of caller; "
                "`helsekort documents list --check` tells why"
            )
    if services.programs is not None:
        for _, document in services.documents.prepared():
            services.programs.keep(document)


def _sqlite_path(settings: Settings) -> Path:
    return Path(settings.effective_database_url.split("///", 1)[1]).resolve()


MOUNTS: Final = Path("/proc/mounts")


def _on_network_disk(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether the longest mount point above the path is of a network file system."""
    if not mounts.exists():
        return False
    best, kind = "", ""
    for line in mounts.read_text().splitlines():
        _, mount_point, file_system, *_ = line.split()
        if os.path.commonpath([path, mount_point]) == mount_point and len(mount_point) >= len(best):
            best, kind = mount_point, file_system
    return kind in NETWORK_FILE_SYSTEMS


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[Services]:
    """The services of a command that works on the store, closed at the end. Raises ConfigurationError."""
    services = make_services(settings)
    try:
        if not await services.database.is_reachable():
            raise ConfigurationError("the database cannot be reached; see HELSEKORT_DATABASE_URL")
        yield services
    finally:
        await services.database.close()


async def ready_store(settings: Settings) -> int:
    """Migrate, and load the synthetic women when the store is empty. Returns how many were loaded."""
    async with store_of(settings) as services:
        await migrate_if_needed(services.database)
        if await anyone_stored(services.database):
            return 0
        return await load_cast(services.database, services.patient_keys, services.clock().astimezone(OSLO).date())


async def require_current(database: Database) -> None:
    """Raise ConfigurationError unless the database is migrated; nobody migrates behind the operator's back."""
    if not await is_current(database):
        raise ConfigurationError("the database is not migrated; run `helsekort migrate` (or `helsekort demo`)")


async def migrate_if_needed(database: Database) -> None:
    if not await is_current(database):
        await migrate(database)
