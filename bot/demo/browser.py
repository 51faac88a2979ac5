"""A member's browser, as far as the story needs one: it opens a page, reads it, and fills in and sends its one form."""

from __future__ import annotations

from html.parser import HTMLParser
from types import TracebackType

import httpx

from bot.demo.actors import StoryWentWrong


class Browser:
    """One tab. ``headings``: what the page says loudest; ``links``: where it leads, by what is written on them."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(follow_redirects=True, trust_env=False, timeout=60)
        self._address = ""
        self._page = _Page()

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def headings(self) -> list[str]:
        """The headings and warnings, in order."""
        return self._page.headings

    @property
    def links(self) -> dict[str, str]:
        """The addresses by the words on the links."""
        return self._page.links

    async def open(self, url: str) -> None:
        """Goes to an address, wherever it leads on."""
        self._arrive(await self._client.get(url))

    async def submit(self, **typed: str) -> None:
        """Fills in these fields of the form and sends it."""
        unknown = typed.keys() - self._page.fields.keys()
        if unknown:
            raise StoryWentWrong(f"the page asks for no {', '.join(sorted(unknown))}")
        self._arrive(await self._client.post(self._address, data=self._page.fields | typed))

    def _arrive(self, answer: httpx.Response) -> None:
        self._address, self._page = str(answer.url), _Page()
        self._page.feed(answer.text)


class _Page(HTMLParser):
    """What stands on a page. Its first button is the one that Enter would press."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.links: dict[str, str] = {}
        self.fields: dict[str, str] = {}
        self._open = ""
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "h1" or given.get("role") == "alert":
            self._open = "heading"
            self.headings.append("")
        elif tag == "a":
            self._open, self._href = "link", given.get("href", "")
        elif tag in ("input", "button") and "name" in given:
            self.fields.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h1", "p", "a"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "heading":
            self.headings[-1] += data
        elif self._open == "link":
            self.links[data] = self._href
