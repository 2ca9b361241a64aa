"""A bare ASGI application that sends the card's one statement and returns what it read; the yardstick of `make bench`."""

import sys
from typing import Any

import uvicorn
from sqlalchemy import bindparam, text

from app.domain.card.sections import SECTIONS
from app.services import make_services
from app.settings import Settings
from data.synthetic.cast import CAST

READ = text("""
    SELECT p.consent_state, p.blocks, r.record_id, s.kind, s.document FROM patient p
    LEFT JOIN maternity_record r ON r.patient_id = p.patient_id AND r.status = 'ACTIVE'
    LEFT JOIN section s ON s.record_id = r.record_id AND s.kind IN :kinds
    WHERE p.number_key = :key
""").bindparams(bindparam("kinds", expanding=True))

HOME_PAGE_KINDS = ("pregnancy", "antenatal_visits", "symphysis_fundal_heights", "laboratory_results", "care_contacts")


def application() -> Any:
    """Reads the body, sends the statement, returns the documents side by side. No token, no GraphQL, no ledger."""
    services = make_services(Settings())
    key = services.patient_keys.key(CAST[0].number)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        kinds = tuple(SECTIONS) if b"birthPlan" in body else HOME_PAGE_KINDS
        async with services.database.connection() as connection:
            rows = (await connection.execute(READ, {"key": key, "kinds": kinds})).all()
        documents = ",".join(f'"{row.kind}":{row.document}' for row in rows if row.kind)
        answer = f"{{{documents}}}".encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(), port=int(sys.argv[1]), log_level="error", access_log=False, loop="uvloop", http="httptools"
    )
