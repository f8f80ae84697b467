"""Turns an error with a stable code into the sentence an operator reads."""

from .texts import has, t


def sentence(lang: str, error: BaseException) -> str:
    """Empty for a fault of ours, which keeps its trace so that it can be mended."""
    code, detail = getattr(error, "code", None), getattr(error, "detail", "")
    if not isinstance(code, str):
        return ""
    key = f"cli.error.{code}"
    if has(lang, key):
        return t(lang, key, detail=detail)
    return f"{code}: {detail}" if detail else code
