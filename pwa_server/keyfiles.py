"""Key files: written once, readable by their owner alone, on the disk before anyone relies on them."""

import os
from pathlib import Path


def write_secret(file: Path, content: bytes) -> bool:
    """False if the file is there already: a key is never written over."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return True


def write_vapid_key(file: Path) -> bool:
    """A P-256 key for web push (RFC 8292), PEM. False if the file is there already."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return write_secret(file, pem)
