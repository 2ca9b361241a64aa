"""Every setting: its environment variable, its default, its meaning. Read once, then frozen."""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.viewer import Role


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


TRUSTED_DOCUMENTS: Final = Path(__file__).with_name("trusted_documents.json")


class Settings(BaseSettings):
    """Settings from `HELSEKORT_…` environment variables."""

    model_config = SettingsConfigDict(env_prefix="HELSEKORT_", frozen=True, extra="ignore")

    profile: RunProfile = Field(RunProfile.DEVELOPMENT, description="development or production")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
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
    self_registration: bool = Field(
        False, description="whether the woman may register facts herself: true or false; off until the pilot decides"
    )
    audience: str = Field("nhn:maternity-gateway", description="the only audience accepted in tokens")
    helseid_issuer: str | None = Field(None, description="issuer of professionals' tokens, exact")
    helseid_jwks: str | None = Field(None, description="its public keys: a JWKS file, or an https address")
    citizen_issuer: str | None = Field(None, description="issuer of citizens' tokens, exact")
    citizen_jwks: str | None = Field(None, description="its public keys: a JWKS file, or an https address")
    oversight_issuer: str | None = Field(None, description="issuer of auditors' and evaluators' tokens, exact")
    oversight_jwks: str | None = Field(None, description="its public keys: a JWKS file, or an https address")
    patient_lookup_key: SecretStr | None = Field(None, description="32 bytes in hex: keyed look-up of identity numbers")
    patient_sealing_key: SecretStr | None = Field(None, description="32 bytes in hex: encryption of identity numbers")
    ledger_key: SecretStr | None = Field(None, description="32 bytes in hex: keyed hash of the ledger's chains")
    trusted_documents: Path = Field(
        TRUSTED_DOCUMENTS, description="file of the registered documents; default: the one that comes with the gateway"
    )
    tell_cost: bool = Field(True, description="whether answers tell their cost, in development only: true or false")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING, ERROR")

    @field_validator("enabled_roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(Role(name.strip()) for name in value.split(",") if name.strip())

    @property
    def is_development(self) -> bool:
        return self.profile is RunProfile.DEVELOPMENT

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
    def _names_both_issuer_and_keys(self) -> Self:
        for name in ("helseid", "citizen", "oversight"):
            if (getattr(self, f"{name}_issuer") is None) != (getattr(self, f"{name}_jwks") is None):
                raise ValueError(f"{name}_issuer and {name}_jwks_file go together")
        return self
