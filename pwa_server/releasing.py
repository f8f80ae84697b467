"""`sotto release` and `sotto check-release`: sign the phone app's files here, compare a live site with them."""

import ssl
from pathlib import Path

import httpx

from sync.signing import SignKey

from .bounded_http import Unbounded, ask
from .config import BadSetting
from .keyfiles import write_secret
from .phone import release as releases
from .program_files import ROOT

SECONDS = 20.0
MOST_FILE = 16 * 1024 * 1024  # bytes


def sign_release(key_file: Path, root: Path = ROOT, file: Path | None = None) -> tuple[Path, int]:
    """Write release.sig beside the files, or as `file`. A missing key is made. Raises BadSetting.

    Returns the file and how many files were signed.
    """
    release = releases.build_release(root)
    write_secret(key_file, releases.new_key())
    file = file or root / releases.SIGNATURE_FILE
    file.write_bytes(releases.sign(release.list_bytes, _key(key_file)))
    return file, len(release.files)


def compare(
    url: str, ca: Path | None = None, root: Path = ROOT, signature: Path | None = None
) -> tuple[int, list[str]]:
    """(number of files, how the site at `url` differs from the files here). Raises BadSetting if it is not reached.

    If a signature lies beside the files, or is named as `signature`, the site must be signed by the same key.
    """
    release = releases.build_release(root)
    carried = signature or root / releases.SIGNATURE_FILE
    key = releases.verify_release(release.list_bytes, carried.read_bytes()) if carried.exists() else None
    trust = ssl.create_default_context(cafile=str(ca) if ca else None)
    with httpx.Client(base_url=url, timeout=SECONDS, verify=trust) as site:

        def fetch(path: str) -> bytes | None:
            try:
                answer = ask(site, "GET", path, MOST_FILE)
            except Unbounded as error:
                raise BadSetting(f"{url}{path} is no file of ours: {error}.") from error
            except httpx.HTTPError as error:
                raise BadSetting(
                    f"{url} was not reached ({type(error).__name__}). Is the address right?"
                ) from error
            return answer.content if answer.status_code == 200 else None

        return len(release.files), releases.check(release, fetch, key)


def _key(file: Path) -> SignKey:
    try:
        return releases.read_key(file)
    except ValueError as error:
        raise BadSetting(f"{file} is no P-256 private key (PEM); name another file, or a new one.") from error
