"""How the scene travels through python-telegram-bot to the handler that takes the update."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from telegram.ext import Application, CallbackContext

from bot.delivery.api import Api
from bot.edge.scene import Scene

current_scene: ContextVar[Scene] = ContextVar("current_scene")
"""The scene of the update that this task handles."""


class Carrier(CallbackContext[Api, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """python-telegram-bot's context, which holds the scene; handlers get the scene alone."""

    scene: Scene

    @classmethod
    def from_update(cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]) -> Carrier:
        """The context of the update that is being handled in this task."""
        carrier = super().from_update(update, application)
        carrier.scene = current_scene.get()
        return carrier
