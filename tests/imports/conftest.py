"""Where the rows of files go."""

import pytest

from tests.factories import Tenant


@pytest.fixture
def kind(tenant: Tenant) -> str:
    return tenant.data_type()


@pytest.fixture
def hub(tenant: Tenant) -> str:
    return tenant.hub()
