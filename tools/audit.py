"""`python -m tools.audit FILE…`: the locked dependencies against a list of known faults, without a network.

FILE is in the OSV format (https://ossf.github.io/osv-schema/): a record, a list of them, `{"vulns":[…]}`, or a ZIP or
folder of such files, as osv.dev offers them for each ecosystem (PyPI, npm). It is fetched on a machine that has a line.
Ends with 0 when nothing is known, 1 when something is, 2 when a file cannot be read.
"""

import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
Record = dict[str, Any]


class Package(NamedTuple):
    ecosystem: str  # PyPI or npm, as OSV writes them
    name: str
    version: str
    lock: str


def locked(root: Path = ROOT) -> list[Package]:
    """Everything the locks name, the program itself left out."""
    return [*_python(root / "uv.lock", root), *_npm(root, "tests/js"), *_npm(root, "tools/vendor")]


def _python(lock: Path, root: Path) -> Iterator[Package]:
    for one in tomllib.loads(lock.read_text("utf-8"))["package"]:
        if "version" in one and not {"editable", "virtual"} & one["source"].keys():
            yield Package("PyPI", _plain("PyPI", one["name"]), one["version"], str(lock.relative_to(root)))


def _npm(root: Path, folder: str) -> Iterator[Package]:
    lock = root / folder / "package-lock.json"
    for place, one in json.loads(lock.read_text("utf-8"))["packages"].items():
        if place and "version" in one:
            name = one.get("name") or place.rpartition("node_modules/")[2]
            yield Package("npm", name, one["version"], str(lock.relative_to(root)))


def records(file: Path) -> Iterator[Record]:
    """Every record in a file, a ZIP or a folder. Raises OSError, ValueError."""
    if file.is_dir():
        for inside in sorted(file.rglob("*.json")):
            yield from records(inside)
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".json"):
                    yield from _in(json.loads(archive.read(name)))
    else:
        yield from _in(json.loads(file.read_bytes()))


def _in(told: Any) -> Iterator[Record]:
    many = told.get("vulns", [told]) if isinstance(told, dict) else told
    if not isinstance(many, list) or not all(isinstance(one, dict) and "id" in one for one in many):
        raise ValueError("no OSV records")
    yield from many


def faults(packages: list[Package], known: Iterator[Record]) -> list[tuple[Package, str, str]]:
    """(package, id of the fault, what it is in a line) of each that is locked in a version it is known in."""
    here: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        here.setdefault(package[:2], []).append(package)
    found = []
    for record in known:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", []):
            said = affected.get("package", {})
            key = (said.get("ecosystem", ""), _plain(said.get("ecosystem", ""), said.get("name", "")))
            found += [
                (package, str(record["id"]), str(record.get("summary", "")))
                for package in here.get(key, ())
                if _is_in(package.version, affected)
            ]
    return sorted(set(found))


def _is_in(version: str, affected: Record) -> bool:
    if version in affected.get("versions", ()):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one.get("type") in ("ECOSYSTEM", "SEMVER")]
    return any(_in_range(version, one.get("events", ())) for one in ranges)


def _in_range(version: str, events: list[dict[str, str]]) -> bool:
    """A version that no order can place counts as known: a person looks at it."""
    inside = False
    try:
        here = Version(version)
        for event in sorted(events, key=lambda event: _order(next(iter(event.values())))):
            ((kind, at),) = event.items()
            if kind == "introduced" and here >= _order(at):
                inside = True
            elif (kind == "fixed" and here >= _order(at)) or (kind == "last_affected" and here > _order(at)):
                inside = False
    except InvalidVersion:
        return True
    return inside


def _order(text: str) -> Version:
    return Version(text)


def _plain(ecosystem: str, name: str) -> str:
    """One spelling of a name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name


def main(files: list[str]) -> int:
    if not files:
        print(__doc__)
        return 2
    packages, count = locked(), 0
    found: list[tuple[Package, str, str]] = []
    for file in files:
        try:
            known = list(records(Path(file)))
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            print(f"{file}: {error}", file=sys.stderr)
            return 2
        count += len(known)
        found += faults(packages, iter(known))
    for package, id_, summary in found:
        print(f"{package.name} {package.version} ({package.lock}): {id_} {summary}".rstrip())
    print(f"{len(packages)} packages, {count} known faults read, {len(found)} of them here")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
