"""Japanese and English say the same things with the same slots."""

import re

import pytest

from pwa_server.program_files import ROOT
from pwa_server.texts import CATALOGUES, FOLDER, catalogue, has, slots, t


def _base(key: str) -> str:
    return key.removesuffix(".one").removesuffix(".other")


def test_both_languages_have_the_same_keys():
    japanese, english = ({_base(key) for key in catalogue(lang)} for lang in ("ja", "en"))
    assert sorted(japanese ^ english) == []


def test_every_text_fills_the_same_slots_in_both_languages():
    japanese, english = catalogue("ja"), catalogue("en")
    wrong = []
    for key, text in english.items():
        twin = japanese.get(key) or japanese.get(f"{_base(key)}.other") or japanese[_base(key)]
        wanted, got = slots(text), slots(twin)
        if key.endswith(".one"):
            wanted, got = wanted - {"count"}, got - {"count"}
        if wanted != got:
            wrong.append((key, wanted ^ got))
    assert wrong == []


def test_no_text_is_empty_and_none_is_left_untranslated():
    for lang in ("ja", "en"):
        assert [key for key, text in catalogue(lang).items() if not text.strip()] == []
    kana = [
        key
        for key, text in catalogue("en").items()
        if any("ぁ" <= c <= "ヿ" for c in text) and "lang" not in key
    ]
    assert kana == []


def test_each_catalogue_lies_in_both_languages():
    for name in CATALOGUES:
        assert (FOLDER / "ja" / f"{name}.json").exists() == (FOLDER / "en" / f"{name}.json").exists(), name


def test_a_missing_slot_or_key_is_a_fault_and_not_a_blank():
    with pytest.raises(KeyError):
        t("ja", "no.such.key")
    with pytest.raises(KeyError):
        t("ja", "cli.port_taken")


LITERAL = re.compile(r"""\bt\(\s*"([a-z][\w-]*(?:\.[\w-]+)+)"\s*[,)]""")


def test_every_key_that_pages_name_is_there():
    """Pages say "unknown kind" for a code nobody knows; a key of ours that is missing must not hide behind that."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "pwa_server/desk").rglob("*.py")]
    named = {key for file in files for key in LITERAL.findall(file.read_text("utf-8"))}
    assert len(named) > 500
    assert sorted(key for key in named if not has("ja", key)) == []


def test_plural_follows_the_count():
    texts = catalogue("en")
    plural = [key.removesuffix(".other") for key in texts if key.endswith(".other")]
    plural = [key for key in plural if f"{key}.one" in texts and slots(texts[f"{key}.other"]) == {"count"}]
    assert plural
    for key in plural:
        assert t("en", key, count=1) == texts[f"{key}.one"].replace("{count}", "1")
        assert t("en", key, count=0) == texts[f"{key}.other"].replace("{count}", "0")
