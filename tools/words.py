"""Writes sync/words.json, the two word lists behind enrolment words and passphrases (SPEC 8.5).

The lists are BIP-39's, 2,048 words each: made so that no two begin alike when read aloud. The
Japanese list is published decomposed (NFKD); a keyboard types it composed, so it is kept NFKC.
"""

import hashlib
import importlib.metadata
import json
import unicodedata
from pathlib import Path

import mnemonic

ROOT = Path(__file__).resolve().parent.parent
LISTS = {"ja": "japanese.txt", "en": "english.txt"}


def read_list(name: str) -> list[str]:
    text = (Path(mnemonic.__file__).parent / "wordlist" / name).read_text("utf-8")
    words = [unicodedata.normalize("NFKC", word) for word in text.split()]
    if len(set(words)) != 2048:
        raise SystemExit(f"{name} does not hold 2,048 different words")
    return words


def main() -> None:
    lists = {lang: read_list(name) for lang, name in LISTS.items()}
    target = ROOT / "sync/words.json"
    target.write_text(json.dumps(lists, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    keep_licence(hashlib.sha256(target.read_bytes()).hexdigest())
    print("sync/words.json", target.stat().st_size, "bytes")


def keep_licence(sha256: str) -> None:
    """Enter the lists in VENDOR.json, and their licence text beside the others."""
    about = importlib.metadata.distribution("mnemonic")
    licence = next(file for file in about.files or [] if file.name.upper().startswith("LICENSE"))
    text = "licences/mnemonic.txt"
    (ROOT / "static/vendor" / text).write_text(licence.read_text(), "utf-8")
    listed = ROOT / "static/vendor/VENDOR.json"
    vendor = json.loads(listed.read_text("utf-8"))
    package = {"name": "mnemonic", "version": about.version, "licence": "MIT", "text": text}
    vendor["files"] = [entry for entry in vendor["files"] if entry["file"] != "sync/words.json"] + [
        {"file": "sync/words.json", "sha256": sha256, "packages": [package]}
    ]
    listed.write_text(json.dumps(vendor, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
