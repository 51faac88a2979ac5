"""Reading the size of a PNG, JPEG or GIF from its first bytes, as Telegram must to take a photo."""

import struct

from bot.sandbox.model import Json, StoredFile


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels, or None if this is no picture we know."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + int(struct.unpack(">H", data[position + 2 : position + 4])[0])
    return None


def photo_sizes(stored: StoredFile) -> list[Json] | None:
    """Return the Bot API's list of `PhotoSize`, or None if the file is no picture."""
    size = picture_size(stored.content)
    if size is None:
        return None
    return [
        {
            "file_id": stored.id,
            "file_unique_id": stored.unique_id,
            "width": size[0],
            "height": size[1],
            "file_size": len(stored.content),
        }
    ]
