"""How the bot gets its updates: by asking, or at its own address."""

import re

from bot.sandbox.core import Core
from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.model import Json
from bot.sandbox.params import Params
from bot.sandbox.webhook import check_webhook_url

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(core: Core, params: Params) -> Json:
    """getUpdates: long polling; a higher offset confirms everything below it."""
    if core.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    updates = core.world.updates
    updates.allow(params.items("allowed_updates"))
    limit = params.integer("limit")
    limit = 100 if limit is None or not 1 <= limit <= 100 else limit
    wait_seconds = min(max(params.integer("timeout") or 0, 0), 50)
    return await updates.fetch(params.integer("offset") or 0, limit, wait_seconds)


async def set_webhook(core: Core, params: Params) -> Json:
    """setWebhook: an empty url takes it away."""
    url = params.text("url") or ""
    secret = params.text("secret_token")
    if url:
        check_webhook_url(url)
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    most = params.integer("max_connections") or 40
    if not 1 <= most <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    updates = core.world.updates
    updates.allow(params.items("allowed_updates"))
    if params.flag("drop_pending_updates"):
        updates.clear()
    updates.close()
    await core.webhook.set(url, secret, most)
    return True


async def delete_webhook(core: Core, params: Params) -> Json:
    """deleteWebhook: what waits stays, unless asked otherwise."""
    await core.webhook.set("", None, 40)
    if params.flag("drop_pending_updates"):
        core.world.updates.clear()
    return True


def get_webhook_info(core: Core, _params: Params) -> Json:
    """getWebhookInfo."""
    return core.webhook.info()
