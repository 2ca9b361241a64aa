"""Consent over HTTP: given, withdrawn, and what withdrawal leaves."""

import hashlib
import json

from sqlalchemy import inspect, text

from tests.graphql.test_card import CARD
from tests.world import World

CONSENT = "{ consent { given state changedAt } }"
WITHDRAW = "mutation { withdrawConsent { withdrawnAt cardsDeleted itemsDeleted versionsDeleted receiptHash } }"
GIVE = "mutation { giveConsent { given state changedAt } }"


async def test_she_gives_consent_and_sees_it(world: World) -> None:
    """A woman nobody knew yet consents; giving it again changes nothing."""
    assert (await world.data("randi", CONSENT))["consent"] == {"given": False, "state": "NONE", "changedAt": None}
    first = (await world.data("randi", GIVE))["giveConsent"]
    assert (first["given"], first["state"]) == (True, "ACTIVE")
    assert (await world.data("randi", GIVE))["giveConsent"] == first
    assert (await world.data("randi", CONSENT))["consent"] == first


async def test_withdrawal_deletes_every_version_of_every_card(world: World) -> None:
    """Nothing with her records' ids is left in any table but the ledger, which holds no values."""
    records = [record.record_id for record in world.situation("ida").records]
    assert len(records) == 2
    receipt = (await world.data("ida", WITHDRAW))["withdrawConsent"]
    assert receipt["cardsDeleted"] == 2
    assert receipt["versionsDeleted"] >= receipt["itemsDeleted"] > 20
    assert await tables_with(world, records) <= {"ledger_entry"}


async def tables_with(world: World, record_ids: list[str]) -> set[str]:
    async with world.services.database.connection() as connection:
        tables = await connection.run_sync(
            lambda sync: {t: [c["name"] for c in inspect(sync).get_columns(t)] for t in inspect(sync).get_table_names()}
        )
        found = set()
        for table, columns in tables.items():
            for column in columns:
                condition = " OR ".join(f"CAST({column} AS TEXT) LIKE '%{record_id}%'" for record_id in record_ids)
                if (await connection.execute(text(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"))).first():
                    found.add(table)
    return found


async def test_the_receipt_can_be_checked(world: World) -> None:
    """Its hash is SHA-256 over its other members."""
    receipt = (await world.data("kari", WITHDRAW))["withdrawConsent"]
    at = receipt["withdrawnAt"].replace("Z", "+00:00")
    members = {
        "cards_deleted": receipt["cardsDeleted"], "items_deleted": receipt["itemsDeleted"],
        "versions_deleted": receipt["versionsDeleted"], "withdrawn_at": at,
    }  # fmt: skip
    expected = hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    assert receipt["receiptHash"] == expected


async def test_after_withdrawal_the_door_is_closed_and_the_log_stays(world: World) -> None:
    """Read at once refused; she still reads who looked before."""
    await world.data("gp", CARD, patient=world.number("kari"))
    await world.data("kari", WITHDRAW)
    body = (await world.ask("gp", CARD, patient=world.number("kari"))).json()
    assert body["errors"][0]["extensions"]["code"] == "CONSENT_MISSING"
    assert (await world.ask("kari", "{ myCard { status } }")).json()["data"] == {"myCard": None}
    log = (await world.data("kari", "{ accessLog { edges { node { role outcome } } } }"))["accessLog"]["edges"]
    assert {"role": "GP", "outcome": "ALLOWED"} in [edge["node"] for edge in log]


async def test_withdrawing_what_was_never_given_says_so(world: World) -> None:
    """CONSENT_MISSING, and nothing happens."""
    body = (await world.ask("randi", WITHDRAW)).json()
    assert body["data"] == {"withdrawConsent": None}
    assert body["errors"][0]["extensions"]["code"] == "CONSENT_MISSING"


async def test_consent_given_again_starts_without_a_card(world: World) -> None:
    """New consent, no old data."""
    await world.data("kari", WITHDRAW)
    await world.data("kari", GIVE)
    body = (await world.ask("kari", "{ myCard { status } }")).json()
    assert body["errors"][0]["extensions"]["code"] == "RECORD_NOT_AVAILABLE"


async def test_a_protected_woman_gets_a_neutral_no(world: World) -> None:
    """No card can be made for her, and the answer does not say why."""
    body = (await world.ask("sunniva", GIVE)).json()
    assert body["errors"][0]["extensions"]["code"] == "RECORD_CANNOT_BE_CREATED"


async def test_nobody_else_can_touch_consent(world: World) -> None:
    """A clinician's schema has no such command."""
    for persona in ("gp", "secretary", "auditor", "ehr", "representative"):
        response = await world.ask(persona, WITHDRAW)
        assert response.status_code in (400, 403)
        assert "data" not in response.json()


async def test_a_change_of_consent_is_in_the_ledger_with_it(world: World) -> None:
    """One entry, in the same transaction, naming what was written."""
    await world.data("kari", WITHDRAW)
    (entry,) = await world.ledger_entries("kari")
    assert entry["operation_kind"] == "mutation"
    assert "consent" in " ".join(entry["written"])


async def test_one_operation_makes_one_change(world: World) -> None:
    """Give and withdraw in one document are refused together."""
    response = await world.ask("kari", "mutation { giveConsent { given } withdrawConsent { cardsDeleted } }")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "MULTIPLE_COMMANDS"


async def test_she_and_the_auditor_read_how_consent_changed_and_nobody_else(world: World) -> None:
    """Given and withdrawn, with times; a clinician's schema has only whether it is in force."""
    await world.data("randi", GIVE)
    await world.data("randi", WITHDRAW)
    hers = (await world.data("randi", "{ consent { history { state at } } }"))["consent"]["history"]
    assert [event["state"] for event in hers] == ["ACTIVE", "WITHDRAWN"]
    query = "query($patient: NationalIdentityNumber!) { consent(patient: $patient) { history { state at } } }"
    assert (await world.data("auditor", query, patient=world.number("randi")))["consent"]["history"] == hers
    assert (await world.ask("gp", query, patient=world.number("randi"))).status_code == 400
