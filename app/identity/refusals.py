"""The ways a caller is turned away before any card is looked at, with status, code and WWW-Authenticate challenge.

The code is coarse and public, the reason fine and internal: a partner can mend a client, an attacker learns nothing.
No message says what a token contained.
"""

from typing import Final

from app.domain.errors import TransportRefusal

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""All that may sign a token. `none` and the HMAC family are absent, whatever an issuer's metadata offers."""


def unauthenticated() -> TransportRefusal:
    """No credentials at all. The challenge names the one scheme to use, in development too."""
    challenge = f'DPoP algs="{" ".join(ALGORITHMS)}"'
    return TransportRefusal(401, "UNAUTHENTICATED", "Sign in first.", reason="NO_TOKEN", challenge=challenge)


def invalid_token(reason: str) -> TransportRefusal:
    """The token, or the header that carries it, is not acceptable (RFC 6750, RFC 9449)."""
    message = "The access token is not accepted."
    return TransportRefusal(401, "INVALID_TOKEN", message, reason=reason, challenge='DPoP error="invalid_token"')


def invalid_proof(reason: str) -> TransportRefusal:
    """The proof that the sender holds the token's key is missing or bad (RFC 9449)."""
    message = "The proof of possession is not accepted."
    challenge = 'DPoP error="invalid_dpop_proof"'
    return TransportRefusal(401, "INVALID_DPOP_PROOF", message, reason=reason, challenge=challenge)


def nonce_wanted(nonce: str) -> TransportRefusal:
    """The proof must be made with this nonce (RFC 9449)."""
    message = "Make the proof with the nonce of the header DPoP-Nonce."
    challenge, headers = 'DPoP error="use_dpop_nonce"', {"dpop-nonce": nonce}
    return TransportRefusal(401, "USE_DPOP_NONCE", message, challenge=challenge, headers=headers)


def insufficient_assurance(acr_values: str) -> TransportRefusal:
    """Signed in, but not securely enough; the challenge asks for a step up (RFC 9470)."""
    challenge = f'DPoP error="insufficient_user_authentication", acr_values="{acr_values}"'
    message = "Sign in at the highest level of security."
    return TransportRefusal(401, "INSUFFICIENT_ASSURANCE", message, challenge=challenge)


def insufficient_scope(scope: str) -> TransportRefusal:
    """The token is good and does not cover this operation."""
    challenge = f'DPoP error="insufficient_scope", scope="{scope}"'
    return TransportRefusal(403, "INSUFFICIENT_SCOPE", "The token does not cover this operation.", challenge=challenge)


def attest_refused(code: str, message: str) -> TransportRefusal:
    """The attest of the trust framework is missing or unfit. The answer must carry `Cache-Control: no-store`."""
    return TransportRefusal(403, code, message, challenge='DPoP error="insufficient_authorization_details"')


def actor_not_permitted(reason: str) -> TransportRefusal:
    """No role can be made of this token, or the role is not part of the trial."""
    return TransportRefusal(403, "ACTOR_NOT_PERMITTED", "This caller has no access.", reason=reason)
