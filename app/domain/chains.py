"""The ledger's chains: each entry carries the keyed hash of the one before, so that a changed, removed or reordered one
shows (`broken_links`). A chain is one process's, and is gone on with by nobody else.

What was removed because its time was over leaves a `Gap`: sealed with the same key, it says where the chain goes on.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

GENESIS: Final = "0" * 64
"""What the first entry of a chain carries as the hash before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One stored entry with its place in a chain."""

    chain: str
    sequence: int
    entry: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends, kept apart from the entries so that a cut-off tail shows."""

    chain: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries of a chain that were removed when their time was over, from the first to the last.

    hash_before   of the entry before the first
    hash_after    of the last, which the next entry follows
    """

    chain: str
    first: int
    last: int
    hash_before: str
    hash_after: str
    seal: str


def link(key: bytes, chain: str, sequence: int, entry: str, previous_hash: str) -> Link:
    """Append an entry to a chain."""
    return Link(chain, sequence, entry, previous_hash, hash_of(key, chain, sequence, entry, previous_hash))


def hash_of(key: bytes, chain: str, sequence: int, entry: str, previous_hash: str) -> str:
    """What makes an entry fast to its place in a chain, and to all before it."""
    text = f"{chain}\n{sequence}\n{previous_hash}\n{entry}".encode()
    return hmac.digest(key, text, "sha256").hex()


def gap(key: bytes, chain: str, first: int, last: int, hash_before: str, hash_after: str) -> Gap:
    """Say that these entries were removed, sealed."""
    text = f"removed\n{chain}\n{first}\n{last}\n{hash_before}\n{hash_after}".encode()
    return Gap(chain, first, last, hash_before, hash_after, hmac.digest(key, text, "sha256").hex())


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold, and what is wrong there."""

    chain: str
    sequence: int
    what: str


def broken_links(key: bytes, links: Iterable[Link], heads: Iterable[Head], gaps: Iterable[Gap] = ()) -> Iterator[Break]:
    """Check whole chains. `links` come ordered by chain and sequence; nothing is yielded when all is well."""
    walk = _Walk(key, {(gap.chain, gap.first): gap for gap in gaps})
    for found in links:
        yield from walk.follow(found)
    yield from walk.end({head.chain: head for head in heads})


class _Walk:
    """How far each chain was followed."""

    def __init__(self, key: bytes, gaps: dict[tuple[str, int], Gap]) -> None:
        self.key, self.gaps = key, gaps
        self.ends: dict[str, Head] = {}

    def follow(self, found: Link) -> Iterator[Break]:
        """Go on to the next entry."""
        yield from self._over_gaps(found.chain)
        before = self._end(found.chain)
        if found.sequence != before.sequence + 1:
            yield Break(found.chain, before.sequence + 1, "an entry is missing")
        elif found.previous_hash != before.hash:
            yield Break(found.chain, found.sequence, "the entry does not follow the one before")
        remade = hash_of(self.key, found.chain, found.sequence, found.entry, found.previous_hash)
        if not hmac.compare_digest(remade, found.hash):
            yield Break(found.chain, found.sequence, "the entry was changed")
        self.ends[found.chain] = Head(found.chain, found.sequence, found.hash)

    def end(self, heads: dict[str, Head]) -> Iterator[Break]:
        """Compare where the chains end with where they should."""
        for chain in heads.keys() | {chain for chain, _ in self.gaps}:
            yield from self._over_gaps(chain)
        for chain, head in heads.items():
            end = self._end(chain)
            if end.sequence < head.sequence:
                yield Break(chain, head.sequence, "entries at the end are missing")
            elif (end.sequence, end.hash) != (head.sequence, head.hash):
                yield Break(chain, head.sequence, "the chain's end is not the one noted")
        for chain in self.ends.keys() - heads.keys():
            yield Break(chain, 1, "the chain's end was never noted")

    def _end(self, chain: str) -> Head:
        return self.ends.get(chain) or Head(chain, 0, GENESIS)

    def _over_gaps(self, chain: str) -> Iterator[Break]:
        while found := self.gaps.get((chain, self._end(chain).sequence + 1)):
            sealed = gap(self.key, chain, found.first, found.last, found.hash_before, found.hash_after)
            if found.hash_before != self._end(chain).hash or found.last < found.first:
                yield Break(chain, found.first, "what was removed does not follow the entry before")
            if not hmac.compare_digest(sealed.seal, found.seal):
                yield Break(chain, found.first, "the seal on what was removed does not hold")
            self.ends[chain] = Head(chain, max(found.first, found.last), found.hash_after)


def unmet_anchors(anchors: Iterable[Head], links: dict[tuple[str, int], str], gaps: Iterable[Gap]) -> Iterator[Break]:
    """Compare with heads that were noted outside, earlier. `links`: the hashes that stand at their places now."""
    removed = list(gaps)
    for anchor in anchors:
        standing = links.get((anchor.chain, anchor.sequence))
        if standing is None:
            within = [one for one in removed if one.chain == anchor.chain and one.first <= anchor.sequence <= one.last]
            ends_so = any(one.last > anchor.sequence or one.hash_after == anchor.hash for one in within)
            if not ends_so:
                yield Break(anchor.chain, anchor.sequence, "the anchored entry is missing")
        elif standing != anchor.hash:
            yield Break(anchor.chain, anchor.sequence, "the entry is not the one that was anchored")
