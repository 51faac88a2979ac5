"""Telegram's HTML: what it becomes, and what it refuses."""

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.html import parse_html, strip_text

GOOD = [
    ("a &lt;b&gt; &amp; &quot;c&quot; &#233; &#x1F600;", 'a <b> & "c" é 😀', []),
    ("R&D, AT&T; &nbsp; &", "R&D, AT&T; &nbsp; &", []),
    ("<b>a</b>", "a", [("bold", 0, 1)]),
    ("<STRONG>a</strong>", "a", [("bold", 0, 1)]),
    ("😀<i>é😀</i>", "😀é😀", [("italic", 2, 3)]),
    ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    ("<b></b>a", "a", []),
    ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
    ("<s>a</s><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
    ("<code>a</code>", "a", [("code", 0, 1)]),
    ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
    ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
    ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
    ('<a href="https://example.org/?a=1&amp;b=2">a</a>', "a", [("text_link", 0, 1)]),
    ("<a href='not a link'>a</a>", "a", []),
    ('<a href="tg://user?id=5">a</a>', "a", [("text_mention", 0, 1)]),
    ('<tg-time unix="1">a</tg-time>', "a", [("date_time", 0, 1)]),
    ("<b>a</>", "a", [("bold", 0, 1)]),
]


@pytest.mark.parametrize(("source", "text", "entities"), GOOD, ids=[source for source, _, _ in GOOD])
def test_good(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed, found = parse_html(source)
    assert parsed == text
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


BAD = [
    ("é < b", 'Unsupported start tag "" at byte offset 3'),
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
    ("a</b>", "Unexpected end tag at byte offset 1"),
    ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<b>a</b", "Unclosed end tag at byte offset 4"),
    ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 7'),
]


@pytest.mark.parametrize(("source", "reason"), BAD, ids=[source for source, _ in BAD])
def test_bad(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_blanks_around_are_cut_and_entities_follow() -> None:
    text, entities = strip_text(*parse_html("\n <b> a</b> b <i>\n</i>"))
    assert text == "a b"
    assert [(one["offset"], one["length"]) for one in entities] == [(0, 1)]
