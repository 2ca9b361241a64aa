"""Single statements straight through the driver: one way to the database and back, and committed when it returns.

Opening a card and writing a visit are one statement each, asked for all day long. For those the engine's own machinery
(transactions, results, a greenlet for each call) costs more than the statement; everything else goes through it.
"""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

STATEMENTS_KEPT: Final = 2_048
DIALECT: Final = asyncpg_dialect()  # type: ignore[no-untyped-call]  # it has no types

Rows = Sequence[Mapping[Any, Any]]


class DirectFailure(Exception):
    """The driver failed. It would quote what was to be stored; this names the kind of failure and nothing else.

    `code`: PostgreSQL's own code (SQLSTATE), such as 23505; None when the connection failed.
    """

    def __init__(self, kind: str, code: str | None) -> None:
        super().__init__(f"{kind} {code or ''}".strip())
        self.code = code


class Direct:
    """The driver's own connections, the one given back last taken first. What is prepared on one stays so: they are
    given back without a reset, which is right because nothing but single statements is ever sent on them."""

    def __init__(self, url: URL, size: int, settings: Mapping[str, str]) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._settings = dict(settings)
        self._free: list[_Opened] = []
        self._turns = asyncio.Semaphore(size)

    async def rows(self, statement: Any, values: Mapping[str, Any], *, may_repeat: bool = False) -> Rows:
        """Run one statement. `may_repeat`: it changes nothing, so it is sent once more when the connection was lost.

        Raises DirectFailure.
        """
        text, names, fixed = _prepared(statement)
        arguments = [values[name] if name in values else fixed[name] for name in names]
        try:
            return await self._fetch(text, arguments)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            code = getattr(error, "sqlstate", None)
            if not may_repeat or code not in CONNECTION_LOST:
                raise DirectFailure(type(error).__name__, code) from None
        return await self.rows(statement, values)

    async def _fetch(self, text: str, arguments: list[Any]) -> Rows:
        async with self._turns:
            opened = self._open_one() or _Opened(await self._connect())
            try:
                found = await opened.fetch(text, arguments)
            except BaseException:
                # Also when the caller has gone: the answer that is still on its way must reach nobody else.
                opened.connection.terminate()
                raise
            self._free.append(opened)
            return found

    def _open_one(self) -> "_Opened | None":
        """A connection that nobody has closed meanwhile, as far as is known; None when there is none."""
        while self._free:
            opened = self._free.pop()
            if not opened.connection.is_closed():
                return opened
        return None

    async def _connect(self) -> Any:
        return await asyncpg.connect(self._url, server_settings=self._settings, statement_cache_size=0)

    async def close(self) -> None:
        """Close all connections."""
        while self._free:
            self._free.pop().connection.terminate()


class _Opened:
    """A connection, with the statements that have been prepared on it; those used lately are kept."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._statements: OrderedDict[str, Any] = OrderedDict()
        self._names = itertools.count()

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Rows:
        statement = self._statements.get(text)
        if statement is None:
            # One without a name is forgotten by the server with the next, and planned anew every time.
            name = f"helsekort_{next(self._names)}"
            statement = self._statements[text] = await self.connection.prepare(text, name=name)
            if len(self._statements) > STATEMENTS_KEPT:
                self._statements.popitem(last=False)
        else:
            self._statements.move_to_end(text)
        found: Rows = await statement.fetch(*arguments)
        return found


CONNECTION_LOST: Final = frozenset({None, "57P01", "57P02", "57P03", "08003", "08006"})
"""SQLSTATE of a connection that is gone, or whose server went; None: the driver noticed it itself."""


@lru_cache(STATEMENTS_KEPT)
def _prepared(statement: Any) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
    """The statement's text, its parameters in order, and the values of those that are written into it."""
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    return compiled.string, tuple(compiled.positiontup or ()), compiled.params
