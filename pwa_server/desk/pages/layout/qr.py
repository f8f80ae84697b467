"""A QR code as one SVG path (ISO/IEC 18004: byte mode, level M), for an authenticator app to read at set-up.

Only what that needs: versions 1 to 14, up to 362 bytes. Drawn on the server, because the secret it carries must
not pass through any other program.
"""

# version: (data codewords, codewords of error correction a block, blocks of each length)
LEVEL_M = {
    1: (16, 10, (1, 0)),
    2: (28, 16, (1, 0)),
    3: (44, 26, (1, 0)),
    4: (64, 18, (2, 0)),
    5: (86, 24, (2, 0)),
    6: (108, 16, (4, 0)),
    7: (124, 18, (4, 0)),
    8: (154, 22, (2, 2)),
    9: (182, 22, (3, 2)),
    10: (216, 26, (4, 1)),
    11: (254, 30, (1, 4)),
    12: (290, 22, (6, 2)),
    13: (334, 22, (8, 1)),
    14: (365, 24, (4, 5)),
}
ALIGNMENT = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
    11: (6, 30, 54),
    12: (6, 32, 58),
    13: (6, 34, 62),
    14: (6, 26, 46, 66),
}
MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)

EXP = [1] * 512
for _i in range(1, 512):
    EXP[_i] = EXP[_i - 1] << 1 ^ (0x11D if EXP[_i - 1] & 0x80 else 0)
LOG = {EXP[i]: i for i in range(255)}

Square = list[list[int | None]]


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules as an SVG path in units of one module, and the size with the quiet zone of four."""
    square = qr_square(text)
    parts = [
        f"M{c + 4} {r + 4}h1v1h-1z" for r, row in enumerate(square) for c, dark in enumerate(row) if dark
    ]
    return "".join(parts), len(square) + 8


def qr_square(text: str) -> list[list[int]]:
    """The modules, 1 for dark. Raises ValueError when the text is too long."""
    data = text.encode()
    version = next((v for v in LEVEL_M if len(data) + (2 if v < 10 else 3) <= LEVEL_M[v][0]), None)
    if version is None:
        raise ValueError("too long for this QR code")
    bits = _bits(_codewords(data, version))
    best: list[list[int]] | None = None
    least = 0
    for mask in range(8):
        square = _draw(version, bits, mask)
        if best is None or _penalty(square) < least:
            best, least = square, _penalty(square)
    assert best is not None  # noqa: S101 - eight masks were tried
    return best


def _codewords(data: bytes, version: int) -> list[int]:
    room, check, (short, long) = LEVEL_M[version]
    head = f"0100{len(data):0{8 if version < 10 else 16}b}"
    stream = head + "".join(f"{byte:08b}" for byte in data)
    stream += "0" * min(4, room * 8 - len(stream))
    stream += "0" * (-len(stream) % 8)
    words = [int(stream[i : i + 8], 2) for i in range(0, len(stream), 8)]
    words += [(0xEC, 0x11)[i % 2] for i in range(room - len(words))]
    size, blocks, place = room // (short + long), [], 0
    for i in range(short + long):
        length = size + (1 if i >= short else 0)
        blocks.append(words[place : place + length])
        place += length
    checks = [_reed_solomon(block, check) for block in blocks]
    longest = max(len(block) for block in blocks)
    mixed = [block[i] for i in range(longest) for block in blocks if i < len(block)]
    return mixed + [block[i] for i in range(check) for block in checks]


def _reed_solomon(block: list[int], count: int) -> list[int]:
    generator = [1]
    for i in range(count):
        generator = [
            (generator[j] if j < len(generator) else 0) ^ (_times(generator[j - 1], EXP[i]) if j else 0)
            for j in range(len(generator) + 1)
        ]
    rest = block + [0] * count
    for i in range(len(block)):
        if factor := rest[i]:
            for j, term in enumerate(generator):
                rest[i + j] ^= _times(term, factor)
    return rest[len(block) :]


def _times(a: int, b: int) -> int:
    return 0 if a == 0 or b == 0 else EXP[LOG[a] + LOG[b]]


def _bits(words: list[int]) -> list[int]:
    return [word >> i & 1 for word in words for i in range(7, -1, -1)]


def _draw(version: int, bits: list[int], mask: int) -> list[list[int]]:
    size = version * 4 + 17
    square: Square = [[None] * size for _ in range(size)]
    for r, c in ((0, 0), (0, size - 7), (size - 7, 0)):
        _finder(square, r, c)
    for r in ALIGNMENT[version]:
        for c in ALIGNMENT[version]:
            if square[r][c] is None:
                _alignment(square, r, c)
    for i in range(8, size - 8):
        square[6][i] = square[i][6] = (i + 1) % 2
    square[size - 8][8] = 1
    _format(square, mask)
    if version >= 7:
        _version(square, version)
    _fill(square, bits, mask)
    return [[int(bool(module)) for module in row] for row in square]


def _finder(square: Square, top: int, left: int) -> None:
    for r in range(-1, 8):
        for c in range(-1, 8):
            if 0 <= top + r < len(square) and 0 <= left + c < len(square):
                ring = max(abs(r - 3), abs(c - 3))
                square[top + r][left + c] = int(ring in (0, 1, 3))


def _alignment(square: Square, r: int, c: int) -> None:
    for i in range(-2, 3):
        for j in range(-2, 3):
            square[r + i][c + j] = int(max(abs(i), abs(j)) != 1)


def _format(square: Square, mask: int) -> None:
    size, value = len(square), mask  # level M is 00
    rest = value << 10
    for i in range(4, -1, -1):
        if rest >> (i + 10) & 1:
            rest ^= 0x537 << i
    word = (value << 10 | rest) ^ 0x5412
    for i in range(15):
        bit = word >> i & 1
        r = i if i < 6 else i + 1 if i < 8 else size - 15 + i
        square[r][8] = bit
        c = size - 1 - i if i < 8 else 7 if i == 8 else 14 - i
        square[8][c] = bit


def _version(square: Square, version: int) -> None:
    size, rest = len(square), version << 12
    for i in range(5, -1, -1):
        if rest >> (i + 12) & 1:
            rest ^= 0x1F25 << i
    word = version << 12 | rest
    for i in range(18):
        square[i // 3][size - 11 + i % 3] = square[size - 11 + i % 3][i // 3] = word >> i & 1


def _fill(square: Square, bits: list[int], mask: int) -> None:
    size, place = len(square), 0
    for pair, right in enumerate(c for c in range(size - 1, 0, -2)):
        column = right if right > 6 else right - 1
        rows = range(size - 1, -1, -1) if pair % 2 == 0 else range(size)
        for r in rows:
            for c in (column, column - 1):
                if c >= 0 and square[r][c] is None:
                    bit = bits[place] if place < len(bits) else 0
                    square[r][c] = bit ^ int(MASKS[mask](r, c))
                    place += 1


def _penalty(square: list[list[int]]) -> int:
    size, total = len(square), 0
    lines = [*square, *[list(column) for column in zip(*square, strict=True)]]
    for line in lines:
        run = 1
        for a, b in zip(line, [*line[1:], -1], strict=True):
            if a == b:
                run += 1
            else:
                total += run - 2 if run >= 5 else 0
                run = 1
        text = "".join(map(str, line))
        total += 40 * (text.count("00001011101") + text.count("10111010000"))
    for r in range(size - 1):
        for c in range(size - 1):
            total += 3 * (square[r][c] == square[r][c + 1] == square[r + 1][c] == square[r + 1][c + 1])
    dark = sum(map(sum, square)) * 100 // size**2
    return total + 10 * (abs(dark - 50) // 5)
