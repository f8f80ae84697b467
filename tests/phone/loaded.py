"""What the phone app loads, found by following its own references from the page on: links, imports, CSS imports."""

import posixpath
import re

JS = re.compile(
    r"""(?:^|[^.\w])(?:import|export)\b[^;'"()]*?from\s*["']([^"']+)["']|(?:^|\s)import\s*["']([^"']+)["']"""
)
LATER = re.compile(r"""\bimport\(\s*["']([^"']+)["']\s*\)|new URL\(\s*["']([^"']+)["']""")
CSS = re.compile(r"""@import\s+(?:url\()?["']?([^"')]+)|url\(\s*["']?([^"')]+)""")
PAGE = re.compile(r"""(?:href|src)="([^"]+)\"""")
COMMENTS = re.compile(r"/\*.*?\*/|(?m:^\s*//[^\n]*$)", re.DOTALL)


def references(url, data, later=True):
    """URL paths that this file names."""
    text = data.decode("utf-8", "replace")
    if url.endswith(".js"):
        text = COMMENTS.sub("", text)
        found = JS.findall(text) + (LATER.findall(text) if later else [])
    elif url.endswith(".css"):
        found = CSS.findall(COMMENTS.sub("", text))
    elif url == "/phone/":
        found = [(path, "") for path in PAGE.findall(text)]
    else:
        return set()
    names = {a or b for a, b in found}
    return {
        posixpath.normpath(posixpath.join(posixpath.dirname(url), name))
        for name in names
        if not name.startswith("data:")
    }


def reached(files, start, later=True):
    """Every URL path reached from `start`, whether it is in `files` or not."""
    seen, waiting = set(), [start]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        if url in files:
            waiting += references(url, files[url], later)
    return seen
