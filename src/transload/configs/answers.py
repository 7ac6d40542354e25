"""The answers to requests about configs: the kinds differ in their bodies alone."""

from datetime import datetime

from fastapi import Request, Response

from transload.accounts.model import Actor
from transload.configs.model import Config
from transload.configs.run import Configs, NewConfig
from transload.configs.wire import FOUND, ConfigParameters, config_object
from transload.web.envelope import success
from transload.web.paging import page_list


def listed(configs: Configs, actor: Actor, request: Request, asked: ConfigParameters) -> Response:
    """Give a page of the configs."""
    total, found = configs.find_page(actor, asked.to_query())
    page = page_list(request, asked, [config_object(config) for config in found], total)
    return success(message=FOUND, code=200, data=page)


def shown(configs: Configs, actor: Actor, config_id: str) -> Response:
    """Give a config."""
    return _answer(configs.get(actor, config_id), FOUND)


def created(configs: Configs, actor: Actor, new: NewConfig, now: datetime) -> Response:
    """Create a config."""
    config = configs.create(actor, new, now)
    return _answer(config, f"{config.kind.label} has been added successfully.", 201)


def replaced(
    configs: Configs, actor: Actor, config_id: str, new: NewConfig, now: datetime
) -> Response:
    """Change all of a config."""
    config = configs.replace(actor, config_id, new, now)
    return _answer(config, f"{config.kind.label} has been updated successfully.")


def deleted(configs: Configs, actor: Actor, config_id: str, now: datetime) -> Response:
    """Delete a config."""
    config = configs.delete(actor, config_id, now)
    return _answer(config, f"{config.kind.label} has been deleted successfully.")


def _answer(config: Config, message: str, code: int = 200) -> Response:
    return success(status=code, message=message, code=code, data=config_object(config))
