"""Reading a request's parameters: JSON, url-encoded and multipart bodies, and the query string.

The first two are read by hand, because every message passes here.
"""

import json
from urllib.parse import parse_qsl

from python_multipart.multipart import MultipartParser, parse_options_header

from bot.sandbox.errors import bad_request
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Upload


def read_body(query: bytes, content_type: bytes, body: bytes) -> tuple[JsonObject, dict[str, Upload]]:
    """Return the raw parameters and the uploaded files of one request."""
    values: JsonObject = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
    if not body:
        return values, {}
    if content_type.startswith(b"application/x-www-form-urlencoded"):
        values.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return values, {}
    if content_type.startswith(b"application/json"):
        values.update(_read_json(body))
        return values, {}
    if content_type.startswith(b"multipart/form-data"):
        fields, files = read_multipart(content_type, body)
        values.update(fields)
        return values, files
    return values, {}


def _read_json(body: bytes) -> JsonObject:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise bad_request("can't parse JSON in the request's body")
    return parsed


class _Parts:
    """Collects the parts of a multipart body as the parser finds them."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.files: dict[str, Upload] = {}
        self._header = (b"", b"")
        self._headers: dict[bytes, bytes] = {}
        self._data = bytearray()

    def begin(self) -> None:
        self._headers = {}
        self._data = bytearray()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self.files[name] = (options[b"filename"].decode("utf-8", "replace"), bytes(self._data))
        else:
            self.fields[name] = self._data.decode("utf-8", "replace")


def read_multipart(content_type: bytes, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """Return the text fields and the files of a multipart body."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise bad_request("multipart boundary is missing")
    parts = _Parts()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_field,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
        },
    )
    parser.write(body)
    parser.finalize()
    return parts.fields, parts.files
