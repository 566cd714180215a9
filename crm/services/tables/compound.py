"""The container of Office 97–2003 ([MS-CFB]): chains of sectors, which a damaged file may close to a ring."""

import struct
from array import array
from pathlib import Path

_LAST_SECTOR = 0xFFFFFFFA  # numbers above have a meaning of their own, such as the end of a chain


def is_sound(path):
    """Whether each chain of the file comes to an end. calamine follows a ring for ever."""
    content = Path(path).read_bytes()
    if len(content) < 512:
        return False
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in (9, 12):
        return False
    first_small, _count, first_more, _count = struct.unpack_from("<4I", content, 60)

    def sector(number):
        start = (number + 1) << shift
        data = content[start : start + (1 << shift)]
        return array("I", data[: len(data) // 4 * 4])

    tables = [number for number in struct.unpack_from("<109I", content, 76) if number < _LAST_SECTOR]
    seen = set()
    while first_more < _LAST_SECTOR:
        if first_more in seen or not (more := sector(first_more)):
            return False
        seen.add(first_more)
        tables += [number for number in more[:-1] if number < _LAST_SECTOR]
        first_more = more[-1]
    following = array("I")
    for number in dict.fromkeys(tables):
        following += sector(number)
    return _ends(following) and _ends(_along(following, first_small, sector))


def _along(following, number, sector):
    numbers = array("I")
    while number < len(following):
        numbers += sector(number)
        number = following[number]
    return numbers


def _ends(following):
    """Whether no number leads back to itself, given which number follows each."""
    walked_by = array("I", bytes(4 * len(following)))
    for walk, start in enumerate(range(len(following)), 1):
        number = start
        while number < len(following) and not walked_by[number]:
            walked_by[number] = walk
            number = following[number]
        if number < len(following) and walked_by[number] == walk:
            return False
    return True
