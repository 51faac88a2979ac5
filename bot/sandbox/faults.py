"""Trouble on order, for tests: answers that get lost, come late, or are errors of the server."""

from dataclasses import dataclass

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.world import WorldError

KINDS = frozenset({"drop", "lose", "delay", "error"})


@dataclass(slots=True)
class Fault:
    """One kind of trouble, for the next `count` calls of a method (or of any)."""

    kind: str
    method: str | None = None
    count: int = 1
    seconds: float = 0.0
    code: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    chat_id: int | None = None

    def concerns(self, method: str, chat_id: Json) -> bool:
        """Whether it strikes this call; without a method it spares getUpdates."""
        if self.method is None and method == "getUpdates":
            return False
        named = self.method is None or self.method.lower() == method.lower()
        return named and (self.chat_id is None or self.chat_id == chat_id)


class Faults:
    """The trouble that is still to come.

    `drop` does what was asked and cuts the connection; `lose` cuts it before; `delay` answers late; `error` refuses.
    """

    def __init__(self) -> None:
        self._coming: list[Fault] = []

    def order(self, wanted: JsonObject) -> None:
        """Add trouble described in JSON. Raises: `WorldError` if it is unknown."""
        try:
            fault = Fault(**wanted)  # type: ignore[arg-type]  # checked just below
        except TypeError as error:
            raise WorldError(str(error)) from None
        if fault.kind not in KINDS:
            raise WorldError(f"unknown fault {fault.kind!r}")
        self._coming.append(fault)

    def clear(self) -> None:
        """Forget all trouble."""
        self._coming.clear()

    def take(self, method: str, chat_id: Json) -> Fault | None:
        """Return the trouble that strikes this call, and count it."""
        for fault in self._coming:
            if fault.concerns(method, chat_id):
                fault.count -= 1
                if fault.count <= 0:
                    self._coming.remove(fault)
                return fault
        return None
