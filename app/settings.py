"""Every setting: its environment variable, its default, its meaning. Read once, then frozen."""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.viewer import Role
from app.domain.write_gate import MINIMUM_AGE


class RunProfile(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


DEVELOPMENT_ROLES = frozenset(
    {
        Role.REPRESENTATIVE,
        Role.PUBLIC_HEALTH_NURSE,
        Role.IMAGING_AND_OTHER,
        Role.HEALTH_SECRETARY,
        Role.SECRETARY,
    }
)
"""Roles that wait for the pilot's decision and are on in development, so that they can be tried."""


ISSUERS: Final = ("helseid", "citizen", "helsenorge", "oversight")
"""By whom tokens are issued: `…_issuer` and `…_jwks` of each."""

KEYS_OF_AN_ISSUER: Final = "its public keys: a JWKS file or an https address; default: where its metadata says"

GRAPHQL_PATH: Final = "/graphql"
ANY_ADDRESS: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not listened on

TRUSTED_DOCUMENTS: Final = Path(__file__).with_name("trusted_documents.json")


class Settings(BaseSettings):
    """Settings from `HELSEKORT_…` environment variables."""

    model_config = SettingsConfigDict(env_prefix="HELSEKORT_", frozen=True, extra="ignore")

    profile: RunProfile = Field(RunProfile.DEVELOPMENT, description="development or production")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    public_url: str | None = Field(
        None, description="where callers reach the gateway, such as https://helsekort.example; in development here"
    )
    data_dir: Path = Field(Path(".helsekort"), description="folder of the SQLite file and the development keys")
    database_url: str | None = Field(
        None, description="sqlite:///… or postgresql://…; default: a SQLite file in the data folder"
    )
    database_pool_size: int = Field(
        10, ge=1, description="connections to PostgreSQL per process, for transactions and for single statements each"
    )
    enabled_roles: Annotated[frozenset[Role] | None, NoDecode] = Field(
        None, description="comma-separated roles to enable beyond the policy's; default: all in development, none else"
    )
    shadow_policy: str | None = Field(
        None, description="name of a policy that is tried beside the one in force: where it would differ is counted"
    )
    self_registration: bool = Field(
        False, description="whether the woman may register facts herself: true or false; off until the pilot decides"
    )
    emergency_staff_by_unit: bool = Field(
        False, description="whether her access log names staff of emergency units by the unit alone: true or false"
    )
    minimum_age: int = Field(
        MINIMUM_AGE, ge=0, le=120, description="years a woman must be old to give consent and have a card opened"
    )
    audience: str = Field("nhn:maternity-gateway", description="the only audience accepted in tokens")
    helseid_issuer: str | None = Field(None, description="issuer of professionals' tokens, exact")
    helseid_jwks: str | None = Field(None, description=KEYS_OF_AN_ISSUER)
    citizen_issuer: str | None = Field(None, description="issuer of citizens' tokens, exact")
    citizen_jwks: str | None = Field(None, description=KEYS_OF_AN_ISSUER)
    helsenorge_issuer: str | None = Field(
        None, description="issuer of Helsenorge's tokens, whose pid is the person represented, exact"
    )
    helsenorge_jwks: str | None = Field(None, description=KEYS_OF_AN_ISSUER)
    oversight_issuer: str | None = Field(None, description="issuer of auditors' and evaluators' tokens, exact")
    oversight_jwks: str | None = Field(None, description=KEYS_OF_AN_ISSUER)
    allow_bearer: bool | None = Field(
        None, description="whether tokens are taken without proof, in development only: true or false; default: true"
    )
    proof_max_age_seconds: int = Field(10, ge=1, le=60, description="how old a proof of possession may be, 1 to 60")
    proof_skew_seconds: int = Field(
        5, ge=0, le=10, description="how far a proof's clock may be from ours, either way, 0 to 10"
    )
    proof_nonce: bool = Field(
        False, description="whether proofs must hold a nonce that the gateway has given out: true or false"
    )
    client_ids: Annotated[frozenset[str] | None, NoDecode] = Field(
        None, description="comma-separated ids of the clients that take part; default: any client of a trusted issuer"
    )
    stale_keys_max_hours: int = Field(
        24,
        ge=0,
        le=168,
        description="how long an issuer's keys serve beyond their day when it does not answer, 0 to 168",
    )
    token_max_lifetime_seconds: int = Field(3600, ge=60, le=3600, description="longest life of a token, 60 to 3600")
    clock_leeway_seconds: int = Field(5, ge=0, le=10, description="how far an issuer's clock may be from ours, 0 to 10")
    patient_lookup_key: SecretStr | None = Field(None, description="32 bytes in hex: keyed look-up of identity numbers")
    patient_sealing_key: SecretStr | None = Field(None, description="32 bytes in hex: encryption of identity numbers")
    ledger_key: SecretStr | None = Field(None, description="32 bytes in hex: keyed hash of the ledger's chains")
    usage_kept_years: float = Field(
        5, ge=3, description="years that the ledger keeps who saw a card, counted from the card's end; at least 3"
    )
    security_kept_years: float = Field(
        2, gt=0, le=2, description="years that the ledger keeps who was turned away with no woman named; at most 2"
    )
    person_operations_per_minute: int = Field(
        600, ge=0, description="operations a minute of one person through one client, in each process; 0 for no limit"
    )
    client_operations_per_minute: int = Field(
        60_000,
        ge=0,
        description="operations a minute of one client, of all its users, in each process; 0 for no limit",
    )
    status_lookups_per_minute: int = Field(
        60, ge=1, description="women that a system without a person may ask about in a minute, over all processes"
    )
    status_for_own_patients_only: bool = Field(
        False,
        description="whether a system is told only of women whose card its own unit follows: true or false; "
        "of others it is told that there is no card",
    )
    trusted_documents: Path = Field(
        TRUSTED_DOCUMENTS, description="file of the registered documents; default: the one that comes with the gateway"
    )
    tell_cost: bool = Field(True, description="whether answers tell their cost, in development only: true or false")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING, ERROR")

    @field_validator("enabled_roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        return frozenset(Role(name) for name in _listed(value)) if isinstance(value, str) else value

    @field_validator("client_ids", mode="before")
    @classmethod
    def _split_clients(cls, value: object) -> object:
        return frozenset(_listed(value)) if isinstance(value, str) else value

    @property
    def is_development(self) -> bool:
        return self.profile is RunProfile.DEVELOPMENT

    @property
    def takes_bearer(self) -> bool:
        """Whether tokens are taken that are bound to no key."""
        return self.is_development and self.allow_bearer is not False

    @property
    def base_url(self) -> str:
        """Where callers reach the gateway, without a slash behind."""
        host = "localhost" if self.host in ANY_ADDRESS else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def graphql_url(self) -> str:
        """The address of /graphql as callers know it, and as their proofs name it."""
        return self.base_url + GRAPHQL_PATH

    @property
    def documents_are_free(self) -> bool:
        """Whether documents are run that nobody registered."""
        return self.is_development

    @property
    def tells_cost(self) -> bool:
        return self.is_development and self.tell_cost

    @cached_property
    def extra_roles(self) -> frozenset[Role]:
        if self.enabled_roles is not None:
            return self.enabled_roles
        return DEVELOPMENT_ROLES if self.is_development else frozenset()

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'helsekort.db'}"

    @model_validator(mode="after")
    def _names_the_issuers_of_keys(self) -> Self:
        for name in ISSUERS:
            issuer, keys = getattr(self, f"{name}_issuer"), getattr(self, f"{name}_jwks")
            if keys is not None and issuer is None:
                raise ValueError(f"{name}_jwks are the keys of {name}_issuer, which is not set")
            if issuer is not None and keys is None and not issuer.startswith("https://"):
                raise ValueError(f"{name}_issuer has no https metadata; set {name}_jwks")
        return self

    @model_validator(mode="after")
    def _limits_persons_where_it_limits_clients(self) -> Self:
        if self.client_operations_per_minute and not self.person_operations_per_minute:
            raise ValueError(
                "client_operations_per_minute needs person_operations_per_minute: one user could use up all"
            )
        return self


def _listed(value: str) -> list[str]:
    """The members of a comma-separated list."""
    return [name for member in value.split(",") if (name := member.strip())]
