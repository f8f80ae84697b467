"""The two passkey ceremonies (WebAuthn level 3): make one, sign in with one. User verification is required.

Challenges are used once: a signed-in person's lies with their notes, a visitor's is stored nowhere (challenges.py).
A raw credential of a browser may carry PRF secrets in
its extension results: a body that holds any is refused, so that none can reach this program's memory or logs.
"""

import json
from typing import Any

from flask import request
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from ..core.desk import Desk
from ..core.errors import DeskError
from ..models.office_and_cases import Passkey, Staff
from . import challenges
from .page_state import note, take_note

# COSE, a point of P-256 whose key was thrown away: a signature of an unknown passkey is checked too, in the same time.
NOBODYS_KEY = bytes.fromhex(
    "a5010203262001215820a7a84d184f8cf2bc6c666ec1f8f113e820b5bbe18f5014108cbde5af20c4533922"
    "5820cbccef619b10453d4876aa5ce000b019e143d3a2c0aec9918082d666bd25b4b4"
)


def origin(desk: Desk) -> str:
    """The origin passkeys belong to: the configured address, else the one this page came from."""
    return (desk.config.desk_url or request.host_url).rstrip("/")


def rp_id(desk: Desk) -> str:
    return origin(desk).split("://", 1)[1].split(":", 1)[0]


def offer_new(desk: Desk, person: Any, session: str) -> Any:
    """Options to make a passkey for a signed-in person."""
    mine = Passkey.select().where(Passkey.staff == person.id)
    options = generate_registration_options(
        rp_id=rp_id(desk),
        rp_name="Sotto",
        user_name=person.name,
        user_id=person.id.encode()[:64],
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.id)) for row in mine],
    )
    note(session, "passkey_new", bytes_to_base64url(options.challenge), desk.clock())
    return json.loads(options_to_json(options))


def keep_new(desk: Desk, person: Any, session: str, credential: Any, label: str) -> None:
    """Keep the passkey a browser made. Raises DeskError passkey_refused."""
    challenge = take_note(session, "passkey_new")
    _refuse_secrets(credential)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge or ""),
            expected_rp_id=rp_id(desk),
            expected_origin=origin(desk),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DeskError("passkey_refused", type(error).__name__) from None
    id_ = bytes_to_base64url(made.credential_id)
    with desk.write():
        if (
            Passkey.select().where(Passkey.id == id_).exists()
        ):  # an id is one passkey's, whosever (level 3, 7.1)
            raise DeskError("passkey_refused", "known")
        Passkey.create(
            id=id_,
            staff=person.id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            label=label[:60],
            made_at=desk.now(),
        )


def offer_sign_in(desk: Desk, session: str) -> Any:
    """Options to sign in. No list of credentials: the browser knows its own, and we tell nobody who has one."""
    options = generate_authentication_options(
        rp_id=rp_id(desk),
        challenge=challenges.make(session),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(options_to_json(options))


def check_sign_in(desk: Desk, session: str, credential: Any) -> str:
    """Whose passkey signed the challenge. Raises DeskError passkey_refused."""
    _refuse_secrets(credential)
    challenge = _challenge_of(credential)
    if not challenges.holds(session, challenge):
        raise DeskError("passkey_refused")
    here = Staff.select(Staff.id).where(Staff.active)
    row = Passkey.get_or_none((Passkey.id == str(credential.get("id", ""))) & Passkey.staff.in_(here))
    try:
        seen = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id(desk),
            expected_origin=origin(desk),
            credential_public_key=NOBODYS_KEY if row is None else bytes(row.public_key),
            credential_current_sign_count=0 if row is None else row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DeskError("passkey_refused", type(error).__name__) from None
    if row is None or not challenges.use(challenge):
        raise DeskError("passkey_refused", "answered before")
    with desk.write():
        Passkey.update(sign_count=seen.new_sign_count).where(Passkey.id == row.id).execute()
    return str(row.staff)


def _challenge_of(credential: Any) -> bytes:
    """What the browser says it was asked; empty when that cannot be read."""
    try:
        content = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        return base64url_to_bytes(content["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""


def _refuse_secrets(credential: Any) -> None:
    if not isinstance(credential, dict) or credential.get("clientExtensionResults"):
        raise DeskError("malformed")
