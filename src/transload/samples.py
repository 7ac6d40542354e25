"""Synthetic outlets: sample records that look like real ones, the same for the same seed."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from transload.data_types.model import Field, FieldType

CHANNELS = ("Minimarket", "Supermarket", "Traditional", "Pharmacy", "Wholesale")
_STREETS = ("Jl. Merdeka", "Jl. Sudirman", "Jl. Gajah Mada", "Jl. Diponegoro", "Jl. Ahmad Yani")
_CITIES = ("Jakarta", "Surabaya", "Bandung", "Medan", "Semarang", "Makassar", "Denpasar")
_NAMES = ("Sumber Rejeki", "Maju Jaya", "Berkah", "Sinar Abadi", "Toko Kita", "Warung Bu Sri")
_NOTES = (
    None,
    "Opens late on Sundays",
    "Asks for <samples> & posters",
    "Owner: Müller & Ng",
    "=1+1",
)
_FIRST_VISIT = datetime(2024, 1, 1)  # noqa: DTZ001 - stored times are UTC, without a zone
_DAYS = 700


def outlet_fields() -> list[Field]:
    """Give the fields of the sample data type: 12, of every common kind."""
    return [
        Field(id="dataId", title="Outlet ID", type=FieldType.STRING, is_key=True, is_required=True),
        Field(id="name", title="Name", type=FieldType.STRING, is_required=True),
        Field(id="address", title="Address", type=FieldType.STRING),
        Field(id="city", title="City", type=FieldType.STRING),
        Field(id="phone", title="Phone", type=FieldType.PHONE),
        Field(id="coordinate", title="Coordinate", type=FieldType.COORDINATE),
        Field(id="channel", title="Channel", type=FieldType.OPTION, options=CHANNELS),
        Field(id="creditLimit", title="Credit limit", type=FieldType.NUMBER),
        Field(id="active", title="Active", type=FieldType.BOOLEAN),
        Field(id="opened", title="Opened", type=FieldType.DATE),
        Field(id="lastVisit", title="Last visit", type=FieldType.DATE_TIME),
        Field(id="note", title="Note", type=FieldType.STRING),
    ]


def outlets(count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Give `count` outlets; the first ones are the same for every count."""
    chance = random.Random(seed)  # noqa: S311 - samples, not secrets
    for number in range(count):
        visit = _FIRST_VISIT + timedelta(seconds=chance.randrange(_DAYS * 86_400))
        yield {
            "dataId": f"{number:010d}",
            "name": f"{chance.choice(_NAMES)} {chance.randrange(1_000)}",
            "address": f"{chance.choice(_STREETS)} No. {chance.randrange(1, 400)}",
            "city": chance.choice(_CITIES),
            "phone": f"+62{chance.randrange(10**9, 10**10)}",
            "coordinate": f"{chance.uniform(-9, -5):.6f},{chance.uniform(95, 141):.6f}",
            "channel": chance.choice(CHANNELS),
            "creditLimit": chance.randrange(10**8) / 100,
            "active": chance.random() < 0.9,  # noqa: PLR2004 - nine in ten
            "opened": (visit - timedelta(days=chance.randrange(_DAYS))).strftime("%Y-%m-%d"),
            "lastVisit": visit.strftime("%Y-%m-%d %H:%M:%S"),
            "note": chance.choice(_NOTES),
        }
