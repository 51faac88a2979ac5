"""Sealing: a group's own key is kept encrypted, with a secret from the host's configuration."""

from __future__ import annotations

from ledger.errors import LedgerError


class KeyUnreadable(LedgerError):
    """A kept key cannot be read: the host's secret is missing, or is another one than it was sealed with."""


class Vault:
    """Seals and opens groups' keys. Without a ``secret`` it keeps none."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    @property
    def is_open(self) -> bool:
        """Whether keys can be kept."""
        return self._secret is not None

    def seal(self, key: str) -> str:
        """The key, encrypted."""
        raise NotImplementedError

    def unseal(self, sealed: str) -> str:
        """The key again. Raises :class:`KeyUnreadable`."""
        raise NotImplementedError
