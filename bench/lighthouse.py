"""Lighthouse over the phone app's first screen, as a phone meets it: its own slow phone and slow line, simulated."""

from __future__ import annotations

import json
import os
import subprocess

from bench.chromium import CHROMIUM
from bench.peers import CACHE

VERSION = "lighthouse@13.5.0"
HERE = CACHE / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices")


def install() -> None:
    """Nothing if it is there already."""
    stamp = HERE / "installed"
    if stamp.exists() and stamp.read_text() == VERSION:
        return
    print("Getting Lighthouse from npm (once) …", flush=True)
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / "package.json").write_text('{"name":"lighthouse-here","private":true}')
    environ = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}
    command = ("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", VERSION)
    subprocess.run(command, cwd=HERE, check=True, env=environ)
    stamp.write_text(VERSION)


def scores(url: str) -> tuple[dict[str, float], list[str]]:
    """({category: 0 to 100}, what was found wanting)."""
    assert CHROMIUM, "Chromium is needed"
    command = [
        "node_modules/.bin/lighthouse",
        url,
        "--quiet",
        "--output=json",
        "--output-path=stdout",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-background-networking",
    ]
    environ = os.environ | {"CHROME_PATH": CHROMIUM}
    told = subprocess.run(command, cwd=HERE, check=True, env=environ, capture_output=True, timeout=300).stdout
    report = json.loads(told)
    wanting = [
        f"{id_}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for category in CATEGORIES
        for id_ in (ref["id"] for ref in report["categories"][category]["auditRefs"] if ref["weight"])
        if (audit := report["audits"][id_])["score"] is not None and audit["score"] < 0.9
    ]
    return {name: 100 * (report["categories"][name]["score"] or 0) for name in CATEGORIES}, wanting
