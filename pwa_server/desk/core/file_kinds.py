"""What a file says that it is, by its first bytes. Nothing is taken apart here."""

import re

# What a picture's bytes begin with, of those made anew here and of those that are pictures and cannot be.
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF....WEBP|BM....\0\0\0\0|\0\0[\1\2]\0|II\*\0|MM\0\*|II\+\0|MM\0\+"
    rb"|....ftyp|\0\0\0\x0cjP  |\xff\x4f\xff\x51|\xff\x0a|\0\0\0\x0cJXL |8BPS"
    rb"|\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>/]",
    re.DOTALL,
)
_FILM = re.compile(rb"....ftyp(?:mp4|iso|M4|qt|3g|avc1|mmp4|MSNV|f4v|dash)", re.DOTALL)


def is_picture(content: bytes) -> bool:
    """Whether a file says that it is a picture, of a kind known here or not."""
    return _PICTURE.match(content[:4096]) is not None and _FILM.match(content) is None
