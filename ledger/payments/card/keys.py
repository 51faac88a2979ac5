"""Secret keys: what looks like one, and sealing. A group's own key is kept encrypted, with a secret from the configuration.

The secret is any text of 32 characters, so it may be a sentence that somebody could guess: scrypt makes every guess at it
slow, once a process. Its salt is fixed because the secret is one for the whole host and there is nowhere to keep a salt but
beside what it protects. From that each group gets an encryption key of its own (HKDF), so that what was sealed for one group
cannot be read as another's, wherever it is copied to. Sealing is Fernet's: encrypted and authenticated.
"""

from __future__ import annotations

import base64
import re
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import LedgerError

SALT = b"cagnotte: groups' own keys, 1"
COST = {"n": 2**14, "r": 8, "p": 5}
"""16 MB and some tenths of a second. (cheatsheetseries.owasp.org, Password Storage: scrypt)"""

_WELL_FORMED = re.compile(r"[sr]k_(?:live|test)_[A-Za-z0-9_]{8,240}")
_LIKE_A_KEY = re.compile(
    r"(?<![a-z0-9])[srp]k_(?:live|test)|[_-](?:live|test)_[a-z0-9]{8}|(?<![a-z0-9])whsec_[a-z0-9]{4}",
    re.IGNORECASE,
)


class KeyUnreadable(LedgerError):
    """A kept key cannot be read: the host's secret is missing, or is another one than it was sealed with."""


class Misfit(StrEnum):
    """What is wrong with a typed key: ``publishable`` (pk_…, made to be public), or simply no key."""

    PUBLISHABLE = "publishable"
    NO_KEY = "no_key"


class InvalidKey(LedgerError):
    """The text is not a secret key of Stripe's."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__()
        self.misfit = misfit


def looks_like_key(text: str) -> bool:
    """Returns whether a text holds what may be a secret of Stripe's, well-formed or mistyped: it must not be kept or
    shown."""
    return _LIKE_A_KEY.search(text) is not None


def well_formed(text: str) -> str:
    """Returns the secret key that was typed, without the blanks around it. Raises :class:`InvalidKey`."""
    key = text.strip()
    if _WELL_FORMED.fullmatch(key):
        return key
    raise InvalidKey(Misfit.PUBLISHABLE if key.lower().startswith("pk_") else Misfit.NO_KEY)


class Vault:
    """Seals and opens groups' keys. Without a ``secret`` it keeps none."""

    def __init__(self, secret: str | None) -> None:
        self._root = None if secret is None else Scrypt(SALT, 32, **COST).derive(secret.encode())

    @property
    def is_open(self) -> bool:
        """Whether keys can be kept."""
        return self._root is not None

    def seal(self, group_id: int, key: str) -> str:
        """Returns the key, encrypted for this group alone. Raises :class:`KeyUnreadable` where keys cannot be kept."""
        return self._of(group_id).encrypt(key.encode()).decode()

    def unseal(self, group_id: int, sealed: str) -> str:
        """Returns the group's key again. Raises :class:`KeyUnreadable`, also for what was sealed for another group."""
        try:
            return self._of(group_id).decrypt(sealed.encode()).decode()
        except (InvalidToken, UnicodeError):
            raise KeyUnreadable from None

    def _of(self, group_id: int) -> Fernet:
        if self._root is None:
            raise KeyUnreadable
        key = HKDFExpand(SHA256(), 32, b"group %d" % group_id).derive(self._root)
        return Fernet(base64.urlsafe_b64encode(key))
