"""The registered documents: known by a hash of their text, and in production the only ones that are run.

A client names one instead of sending it, or sends it whole. Nothing is registered by being sent.

Persisted documents: https://github.com/graphql/graphql-over-http, appendix "Persisted Documents" (draft).
Apollo's form: https://www.apollographql.com/docs/apollo-server/performance/apq, without its automatic registration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import GraphQLError

from app.execution.documents import sha256_of
from app.keys import ConfigurationError
from resolvers.errors import request_error

PREFIX: Final = "sha256:"
APOLLO_MEMBER: Final = "extensions.persistedQuery"
APOLLO_VERSION: Final = 1


class MalformedMember(Exception):
    """A member of a request is not what it must be."""

    def __init__(self, member: str, must_be: str) -> None:
        super().__init__(f"`{member}` must be {must_be}")
        self.member, self.must_be = member, must_be


def asked_document(members: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The text and the identifier of the document a request is about, at least one of them.

    The identifier stands in `documentId` or, as Apollo's clients send it, in `extensions.persistedQuery`. Raises
    MalformedMember.
    """
    text, id_ = members.get("query"), members.get("documentId")
    if not isinstance(id_, str | None):
        raise MalformedMember("documentId", "text")
    hash_ = _apollo_hash(members.get("extensions"))
    if id_ is not None and hash_ is not None and id_.removeprefix(PREFIX) != hash_:
        raise MalformedMember("documentId", f"the same document as in `{APOLLO_MEMBER}`")
    named = id_ if id_ is not None else hash_
    if not isinstance(text, str) and not (text is None and named is not None):
        raise MalformedMember("query", "text")
    return text, named


def _apollo_hash(extensions: Any) -> str | None:
    """Raises MalformedMember. Members beyond the two are the client's own business."""
    if not isinstance(extensions, dict | None):
        raise MalformedMember("extensions", "an object")
    found = (extensions or {}).get("persistedQuery")
    if found is None:
        return None
    is_ours = isinstance(found, dict) and found.get("version") == APOLLO_VERSION
    if not is_ours or not isinstance(found.get("sha256Hash"), str):
        raise MalformedMember(APOLLO_MEMBER, f"an object with `version` {APOLLO_VERSION} and `sha256Hash`")
    hash_: str = found["sha256Hash"]
    return hash_


@dataclass(frozen=True, slots=True)
class TrustedDocuments:
    """The texts of the registered documents, by the sha256 of each in lower-case hex."""

    texts: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_file(cls, path: Path) -> "TrustedDocuments":
        """Raises ConfigurationError when the file is not there, or not as `helsekort documents register` leaves it."""
        try:
            found = orjson.loads(path.read_bytes())
        except OSError as error:
            raise _broken(path, "cannot be read") from error
        except ValueError as error:
            raise _broken(path, "is not JSON") from error
        if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
            raise _broken(path, "is not one object of texts by their sha256")
        for digest, text in found.items():
            if digest != sha256_of(text):
                raise _broken(path, f"holds a text under {digest} that has another sha256")
        return cls(found)

    def text(self, text: str | None, id_: str | None, *, any_other: bool) -> str | GraphQLError:
        """The text of the document that is asked for by its text, its identifier, or both; or why it is not run.

        any_other    whether a text is run that is not registered
        """
        if text is None:
            known = self.texts.get((id_ or "").removeprefix(PREFIX))
            return request_error("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound") if known is None else known
        if id_ is None and any_other:
            return text
        digest = sha256_of(text)
        if id_ is not None and id_.removeprefix(PREFIX) != digest:
            return request_error("DOCUMENT_ID_MISMATCH", "The document has another hash than it is called by.")
        if not any_other and digest not in self.texts:
            return request_error("DOCUMENT_NOT_TRUSTED", "Only registered documents are run here.")
        return text


def _broken(path: Path, how: str) -> ConfigurationError:
    return ConfigurationError(f"HELSEKORT_TRUSTED_DOCUMENTS: {path.name} {how}")
