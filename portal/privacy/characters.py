"""What a cell of a spreadsheet carries besides its text: marks nobody sees, dots and dashes of every make."""

_INVISIBLE_RANGES = (
    (0x00, 0x08),  # control characters that are not blanks
    (0x0E, 0x1B),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),
    (0x115F, 0x1160),  # Hangul fillers
    (0x180B, 0x180E),
    (0x200B, 0x200F),  # zero-width blanks, joiners, direction marks
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE01EF),
)

NO_INVISIBLE: dict[int, None] = {code: None for first, last in _INVISIBLE_RANGES for code in range(first, last + 1)}
"""For ``str.translate``: drops what has no width; blanks are left to ``str.split``."""

DOTS = "·•.・‧⋅∙\uff0e﹒\uff65\u0387●◦˙․⸱⸳ㆍꞏᐧ᛫\uff61。"
"""Every mark that stands for the dot of a 少数民族 name (U+00B7 in the standard)."""

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63"
