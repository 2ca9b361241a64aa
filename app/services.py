"""The rooms joined: what an operation needs, made once from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from app.domain.choices import Choices
from app.domain.dated_policies import NoPolicyInForce, Policies, shipped_policies
from app.domain.policy import Policy
from app.domain.policy_document import PolicyError
from app.domain.ports import Cards, Caseloads, Commands, Consents, Histories, Reports
from app.domain.viewer import Role
from app.execution.admission import Admission
from app.execution.attested import AttestedPatients
from app.execution.clients import Clients
from app.execution.documents import Documents
from app.execution.programs import Programs
from app.execution.rates import Rates
from app.execution.refusals import Refusals
from app.execution.shadow import Shadow
from app.execution.trusted import TrustedDocuments
from app.identity.claims import IssuerKind
from app.identity.development_issuer import DevelopmentIssuer
from app.identity.fetched_keys import FetchedKeys, KeysByMetadata
from app.identity.keys import KeySource, StaticKeys
from app.identity.known_viewers import KnownViewers
from app.identity.nonces import Nonces
from app.identity.proofs import ProofTerms, ProofVerifier
from app.identity.tokens import AccessTokenVerifier, TrustedIssuer
from app.keys import ConfigurationError, Keys, load_keys
from app.settings import Settings
from data.aggregates import StoredReports
from data.attests import StoredAttests
from data.blocks import StoredBlocks
from data.cards import StoredCards
from data.caseload_pages import StoredCaseloads
from data.change_feed import ChangeFeed
from data.choosing import Choosing
from data.consents import StoredConsents
from data.corrections import StoredCorrections
from data.database import Database
from data.elevations import StoredElevations
from data.history import StoredHistories
from data.identity_numbers import PatientKeys
from data.ledger import ChainedLedger
from data.log_exports import StoredLogExports
from data.lookups import StoredLookups
from data.organisations import EnrolledOrganisations
from data.proofs import StoredProofs
from data.reviews import StoredReviews
from data.synthetic.organisations import ORGANISATIONS
from data.writing import StoredCommands

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Services:
    """Everything one process needs to answer. Without `programs` all is answered by graphql-core.

    extra_roles   that take part here, besides those of the policy
    shadow        another policy that is tried beside the one in force, where the operator wants it
    """

    settings: Settings
    clock: Clock
    policies: Policies
    extra_roles: frozenset[Role]
    shadow: Shadow | None
    database: Database
    patient_keys: PatientKeys
    cards: Cards
    histories: Histories
    caseloads: Caseloads
    consents: Consents
    commands: Commands
    choices: Choices
    reports: Reports
    ledger: ChainedLedger
    changes: ChangeFeed
    organisations: EnrolledOrganisations
    verifier: AccessTokenVerifier
    proofs: ProofVerifier
    seen_proofs: StoredProofs
    issuer: DevelopmentIssuer | None
    documents: Documents
    programs: Programs | None
    trusted: TrustedDocuments
    clients: Clients
    admission: Admission
    viewers: KnownViewers
    refusals: Refusals

    @property
    def policy(self) -> Policy:
        """The policy in force at this moment. What takes longer than a moment goes by the one it began with."""
        return self.policies.at(self.clock())

    def enabled_roles(self, policy: Policy) -> frozenset[Role]:
        """The roles that take part by a policy."""
        return policy.enabled_roles | self.extra_roles

    async def start(self) -> None:
        """Be ready for requests. In development the invented units are enrolled, whatever the store holds."""
        await self.ledger.start()
        await self.changes.start()
        if self.settings.is_development:
            await self.organisations.enrol(ORGANISATIONS)

    async def close(self) -> None:
        await self.changes.close()
        await self.refusals.close()
        await self.seen_proofs.close()
        await self.admission.close()
        await self.ledger.close()
        await self.database.close()


def make_services(settings: Settings, clock: Clock = system_clock) -> Services:
    """Join the rooms. Raises ConfigurationError when a key or an issuer is missing, or a file is not as it must be."""
    keys = load_keys(settings)
    database = _database(settings)
    patient_keys = PatientKeys(keys.patient_lookup, keys.patient_sealing)
    ledger, changes = ChainedLedger(database, keys.ledger), ChangeFeed(database)
    policies, seen_proofs = _policies(settings, clock()), StoredProofs(database)
    issuer = DevelopmentIssuer(settings.data_dir) if settings.is_development else None
    return Services(
        settings=settings, clock=clock, policies=policies, extra_roles=settings.extra_roles,
        shadow=_shadow(settings, policies),
        database=database, patient_keys=patient_keys, cards=StoredCards(database, patient_keys),
        histories=StoredHistories(database), caseloads=StoredCaseloads(database, patient_keys),
        consents=StoredConsents(database, patient_keys, ledger, clock, changes, settings.minimum_age),
        commands=StoredCommands(database, patient_keys, ledger, changes.announce), ledger=ledger, changes=changes,
        reports=StoredReports(database), choices=_choices(Choosing(database, patient_keys, ledger, changes.announce)),
        organisations=EnrolledOrganisations(database), verifier=_verifier(settings, issuer, clock), issuer=issuer,
        proofs=ProofVerifier(_proof_terms(settings, keys), seen_proofs), seen_proofs=seen_proofs,
        documents=Documents(hide_suggestions=not settings.is_development),
        programs=Programs(), clients=Clients(), viewers=KnownViewers(), refusals=Refusals(ledger),
        admission=_admission(settings, database, patient_keys),
        trusted=TrustedDocuments.from_file(settings.trusted_documents),
    )  # fmt: skip


def _policies(settings: Settings, now: datetime) -> Policies:
    """The policies that come with the gateway. In production none holds before its day."""
    try:
        policies = shipped_policies(first_holds_before=settings.is_development)
        policies.at(now)
    except (PolicyError, NoPolicyInForce) as error:
        raise ConfigurationError(str(error)) from error
    return policies


def _shadow(settings: Settings, policies: Policies) -> Shadow | None:
    if settings.shadow_policy is None:
        return None
    try:
        return Shadow(policies.find(settings.shadow_policy))
    except PolicyError as error:
        raise ConfigurationError(f"HELSEKORT_SHADOW_POLICY: {error}") from error


def _admission(settings: Settings, database: Database, patient_keys: PatientKeys) -> Admission:
    per_person, per_client = settings.person_operations_per_minute, settings.client_operations_per_minute
    return Admission(
        Rates(per_person, per_client, patient_keys.key), AttestedPatients(StoredAttests(database), patient_keys),
        StoredLookups(database), settings.status_lookups_per_minute,
    )  # fmt: skip


def _choices(choosing: Choosing) -> Choices:
    return Choices(
        StoredBlocks(choosing),
        StoredElevations(choosing),
        StoredCorrections(choosing),
        StoredReviews(choosing),
        StoredLogExports(choosing),
    )


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.effective_database_url, pool_size=settings.database_pool_size)
    except ValueError as error:
        raise ConfigurationError(f"HELSEKORT_DATABASE_URL: {error}") from error


def _proof_terms(settings: Settings, keys: Keys) -> ProofTerms:
    return ProofTerms(
        address=settings.graphql_url, max_age_seconds=settings.proof_max_age_seconds,
        skew_seconds=settings.proof_skew_seconds, nonces=Nonces(keys.ledger) if settings.proof_nonce else None,
    )  # fmt: skip


def _key_source(issuer: str, jwks: str | None, settings: Settings) -> KeySource:
    """An issuer's keys from a file, or fetched and kept fresh from an https address."""
    if jwks is not None and not jwks.startswith("https://"):
        return StaticKeys.from_file(Path(jwks))
    client, stale_seconds = httpx.AsyncClient(timeout=5.0), settings.stale_keys_max_hours * 3600
    if jwks is None:
        return KeysByMetadata(issuer, client, stale_seconds=stale_seconds)
    return FetchedKeys(jwks, client, stale_seconds=stale_seconds)


_ISSUER_KINDS: Final = {
    "helseid": IssuerKind.HELSEID,
    "citizen": IssuerKind.ID_PORTEN,
    "helsenorge": IssuerKind.HELSENORGE,
    "oversight": IssuerKind.OVERSIGHT,
}


def _verifier(settings: Settings, issuer: DevelopmentIssuer | None, clock: Clock) -> AccessTokenVerifier:
    trusted = list(issuer.trusted_issuers()) if issuer else []
    for setting, kind in _ISSUER_KINDS.items():
        name, jwks = getattr(settings, f"{setting}_issuer"), getattr(settings, f"{setting}_jwks")
        if name is not None:
            trusted.append(TrustedIssuer(name, kind, _key_source(name, jwks, settings)))
    return AccessTokenVerifier(
        trusted, settings.audience, leeway_seconds=settings.clock_leeway_seconds,
        max_lifetime_seconds=settings.token_max_lifetime_seconds, clock=clock,
    )  # fmt: skip
