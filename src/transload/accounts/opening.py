"""Single sign-on as the settings have it."""

from importlib import import_module

from transload.accounts.single_sign_on import Admission, IdentityProvider, SingleSignOn
from transload.clock import Clock
from transload.db.engine import Database
from transload.errors import StartupError
from transload.settings import Settings


def open_single_sign_on(settings: Settings, database: Database, clock: Clock) -> SingleSignOn:
    """Give single sign-on, with a provider where one is set up.

    What it takes is imported only then. Raises StartupError where that is not installed, and where
    the settings leave no way to sign in.
    """
    if not settings.oidc_issuer:
        if not settings.passwords:
            raise StartupError(
                "TRANSLOAD_PASSWORDS=false asks for single sign-on: set TRANSLOAD_OIDC_ISSUER."
            )
        return SingleSignOn(database=database)
    try:
        oidc = import_module("transload.accounts.oidc")
    except ModuleNotFoundError as error:
        raise StartupError(
            "TRANSLOAD_OIDC_ISSUER asks for what single sign-on takes: install transload[oidc]."
        ) from error
    provider: IdentityProvider = oidc.OpenIdProvider.of(settings, clock)
    return SingleSignOn(
        database=database,
        admission=Admission.of(settings),
        provider=provider,
        name=settings.oidc_name,
    )
