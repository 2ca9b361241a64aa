"""The routes by which a fact could be reached: what each says of each fact to one who asks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLSchema

from app.domain.card.sections import SECTIONS
from app.domain.caseload import FACTS_OF_LINE
from app.domain.policy import PROVENANCE, declared_paths
from resolvers.views import view_for
from tests.access.proof import documents, letters
from tests.access.proof.columns import Column
from tests.access.proof.letters import Letters
from tests.whole_card import CANARY, texts_in
from tests.world import WHOLE_RECORD, World


class NotAnswered(AssertionError):
    """The gateway itself has failed."""


@dataclass
class Asker:
    """Asks as one column, with one token for each woman."""

    world: World
    column: Column
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> GraphQLSchema:
        return view_for(self.column.kind).graphql

    async def body(self, query: str, **variables: Any) -> dict[str, Any]:
        """The body of an answer about this column's woman."""
        woman = self.column.woman(self.world)
        if woman not in self.tokens:
            self.tokens[woman] = self.column.token(self.world)
        named = {"patient": woman} if "$patient" in query else {}
        response = await self.world.client.post(
            "/graphql", json={"query": query, "variables": named | variables},
            headers={"authorization": f"Bearer {self.tokens[woman]}"},
        )  # fmt: skip
        if response.status_code >= 500:
            raise NotAnswered(response.text)
        found: dict[str, Any] = response.json()
        return found

    async def card(self, query: str) -> Any:
        """What is under `card` in the answer; None where the gateway gave nothing."""
        return ((await self.body(query)).get("data") or {}).get("card")


NOT_OF_THE_WRITER: Final = (f"{PROVENANCE}.lastUpdatedBy.treatmentFacilityName",)
"""What is recorded of authors elsewhere and not of who changed the cards here."""

Route = Callable[[Asker], Awaitable[Letters | None]]
"""Gives the letters of the facts it reaches; None where a caller has no such route."""


async def direct(asker: Asker) -> Letters:
    if not documents.has_card(asker.schema):
        return letters.everywhere(letters.NOT_IN_SCHEMA)
    return letters.of_card(await asker.card(documents.direct(asker.schema, asker.column.kind)), asker.schema)


async def in_fragments(asker: Asker) -> Letters:
    card = await asker.card(documents.in_fragments(asker.schema, asker.column.kind))
    return letters.of_card(card, asker.schema)


async def under_aliases(asker: Asker) -> Letters:
    """Facts that no section of a document holds are told by another; provenance stands in all of them."""
    found: Letters = {}
    for query in documents.under_aliases(asker.schema, asker.column.kind):
        card = documents.unaliased(await asker.card(query))
        if card is None:
            return letters.everywhere(letters.NO_CARD)
        asked = [path for path in declared_paths() if path.split(".")[0] in (*card, PROVENANCE)]
        for path, letter in letters.of_card(card, asker.schema, asked).items():
            if found.get(path, letters.SILENT) == letters.SILENT:
                found[path] = letter
    nowhere = (path for path in declared_paths() if not letters.is_in_schema(path, asker.schema))
    return found | dict.fromkeys(nowhere, letters.NOT_IN_SCHEMA)


async def in_the_last_item(asker: Asker) -> Letters:
    card = await asker.card(documents.direct(asker.schema, asker.column.kind))
    repeated = {section.graphql_name for section in SECTIONS.values() if section.repeated}
    asked = [path for path in declared_paths() if path.split(".")[0] in repeated]
    if card is None:
        return dict.fromkeys(asked, letters.NO_CARD)
    assert all(len(card[name]) == 2 for name in repeated if card.get(name)), "the one entered in error is not shown"
    return letters.of_card(letters.last_items(card), asker.schema, asked)


async def in_history(asker: Asker) -> Letters | None:
    query = documents.past(asker.schema, asker.column.kind)
    if query is None:
        return None
    card = await asker.card(query)
    return letters.of_card(card and letters.as_it_was(card), asker.schema)


async def in_change_feed(asker: Asker) -> Letters | None:
    """Who wrote what; the facts that the writer of the one change has."""
    query = documents.feed(asker.schema, asker.column.kind)
    if query is None:
        return None
    asked = [path for path in declared_paths() if path.startswith(f"{PROVENANCE}.lastUpdatedBy.")]
    found = await asker.body(query)
    page = (found.get("data") or {}).get("card")
    if page is None:
        return dict.fromkeys(asked, letters.NO_CARD)
    authors = [{PROVENANCE: {"lastUpdatedBy": change["by"]}} for change in page["changes"] if change["section"]]
    assert authors, "the change of a section that everybody sees something of is not told"
    reasons = {error["extensions"]["fact"]: error["extensions"]["reason"] for error in found.get("errors", ())}
    said = {path: letters.letter(letters.has_value(authors, path.split(".")), reasons.get(path)) for path in asked}
    return {path: letter for path, letter in said.items() if path not in NOT_OF_THE_WRITER or letter != letters.SILENT}


async def in_caseload(asker: Asker) -> Letters | None:
    """The line of the card that every unit follows."""
    if "caseload" not in asker.schema.query_type.fields:  # type: ignore[union-attr]  # a view has queries
        return None
    asked = {fact: name for name, facts in FACTS_OF_LINE.items() for fact in facts}
    found = await asker.card(documents.CASELOAD.replace("caseload", "card: caseload"))
    if found is None:
        return dict.fromkeys(asked, letters.NO_CARD)
    (line,) = (edge["node"] for edge in found["edges"] if edge["node"]["recordId"].startswith(WHOLE_RECORD[:-1]))
    reasons = {entry["path"]: entry["reason"] for entry in line["withheld"]}
    return {path: letters.letter(line[name] is not None, reasons.get(path)) for path, name in asked.items()}


async def in_errors(asker: Asker) -> Letters:
    """What a document is told that does not ask what is withheld; no text of the card is in it."""
    found = await asker.body(documents.careless(asker.schema, asker.column.kind))
    errors = found.get("errors", [])
    assert not [text for text in texts_in(errors) if CANARY in text], "an error quotes the card"
    card = (found.get("data") or {}).get("card")
    told = [{"path": one["extensions"].get("fact"), "reason": one["extensions"].get("reason")} for one in errors]
    return letters.of_card(card and card | {"withheld": told}, asker.schema)


async def in_withheld(asker: Asker) -> Letters:
    """What `withheld` says by itself. What it does not name is given, and in full."""
    card = await asker.card(documents.direct(asker.schema, asker.column.kind))
    told = letters.of_card(card and {"withheld": card["withheld"]}, asker.schema)
    return {path: letters.GIVEN if found == letters.SILENT else found for path, found in told.items()}


async def in_ledger(asker: Asker) -> Letters:
    """What the entry about the look says was shown, and what was not."""
    await direct(asker)
    entry = await asker.world.last_ledger_entry()
    reasons = dict(said.split(": ") for said in entry["withheld"])
    if entry["outcome"] == "REFUSED":
        return letters.everywhere(letters.NO_CARD)
    return {
        path: letters.letter(path in entry["released"], reasons.get(path))
        for path in declared_paths()
        if letters.is_in_schema(path, asker.schema)
    }


async def on_earlier_card(asker: Asker) -> Letters | None:
    query = documents.earlier(asker.schema, asker.column.kind)
    if query is None:
        return None
    cards = await asker.card(query)
    return letters.of_card(cards[0] if cards else None, asker.schema)


ROUTES: Final[Mapping[str, Route]] = {
    "fragment": in_fragments, "alias": under_aliases, "last item": in_the_last_item, "history": in_history,
    "change feed": in_change_feed, "caseload": in_caseload, "error text": in_errors, "withheld": in_withheld,
    "ledger": in_ledger,
}  # fmt: skip
"""Beside the direct one, with which all of them must agree."""
