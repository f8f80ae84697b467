"""An authenticator of WebAuthn level 3 in software: makes a passkey and signs with it, as a browser hands it on."""

import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

VERIFIED, ATTESTED = 0x05, 0x40  # flags: present and verified; a credential is told


class SoftPasskey:
    """One passkey. `id_`: its credential id, which a liar may choose."""

    def __init__(self, origin: str, id_: bytes | None = None) -> None:
        self.origin, self.id = origin, id_ or os.urandom(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def made(self, challenge: str) -> dict[str, Any]:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        told = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(VERIFIED | ATTESTED) + told
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            attestationObject=b64(attestation), clientDataJSON=b64(self._client("webauthn.create", challenge))
        )

    def signed(self, challenge: str) -> dict[str, Any]:
        self.count += 1
        data, client = self._data(VERIFIED), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            authenticatorData=b64(data), clientDataJSON=b64(client), signature=b64(signature)
        )

    def _data(self, flags: int) -> bytes:
        host = self.origin.split("://", 1)[1].split(":", 1)[0]
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, **response: str) -> dict[str, Any]:
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
