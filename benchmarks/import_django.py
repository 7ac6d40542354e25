"""A peer: django-import-export, in bulk and with its loader that keeps what exists in memory."""

from pathlib import Path

import django  # type: ignore[import-untyped]  # it has no types of its own
from django.conf import settings  # type: ignore[import-untyped]  # likewise

from benchmarks import peer

_BATCH = 1_000


def write(store: str, file: str) -> None:
    """Import a file into an SQLite file."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": store}},
        INSTALLED_APPS=["import_export"],
        USE_TZ=False,
    )
    django.setup()
    # Django's models are made of settings: nothing of it can be imported before these.
    from django.core.validators import RegexValidator  # type: ignore[import-untyped]  # noqa: PLC0415
    from django.db import connection, models  # type: ignore[import-untyped]  # noqa: PLC0415
    from import_export import resources  # type: ignore[import-untyped]  # noqa: PLC0415
    from import_export.instance_loaders import (  # type: ignore[import-untyped]  # noqa: PLC0415
        CachedInstanceLoader,
    )
    from tablib import Dataset  # type: ignore[import-untyped]  # noqa: PLC0415

    from benchmarks.import_files import CITIES, import_fields  # noqa: PLC0415

    class Outlet(models.Model):  # type: ignore[misc]  # noqa: DJ008 - nobody prints one
        data_id = models.CharField(max_length=100, primary_key=True)
        name = models.CharField(max_length=200)
        city = models.CharField(max_length=50, choices=[(city, city) for city in CITIES])
        visits = models.FloatField(null=True)
        turnover = models.FloatField(null=True)
        is_active = models.BooleanField(null=True)
        opened = models.DateField(null=True)
        seen = models.DateTimeField(null=True)
        phone = models.CharField(
            max_length=40, validators=[RegexValidator(r"^\+?[0-9][0-9 ()./-]{1,38}$")]
        )
        place = models.CharField(
            max_length=60, validators=[RegexValidator(r"^-?\d+\.\d+,-?\d+\.\d+$")]
        )
        note = models.TextField(null=True, blank=True)  # noqa: DJ001 - no value is none
        region = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001 - likewise

        class Meta:
            app_label = "bench"

    class OutletResource(resources.ModelResource):  # type: ignore[misc]
        class Meta:
            model = Outlet
            import_id_fields = ("data_id",)
            instance_loader_class = CachedInstanceLoader
            use_bulk = True
            batch_size = _BATCH
            skip_diff = True
            skip_unchanged = False
            clean_model_instances = True
            force_init_instance = False

    names = [field.name for field in Outlet._meta.fields]  # noqa: SLF001 - Django's own way
    assert len(names) == len(import_fields())  # noqa: S101 - a benchmark's check
    with connection.schema_editor() as editor:
        editor.create_model(Outlet)
    kind = Path(file).suffix.removeprefix(".")
    content = Path(file).read_text("utf-8") if kind == "csv" else Path(file).read_bytes()
    data = Dataset().load(content, format=kind)
    data.headers = names
    outcome = OutletResource().import_data(data, raise_errors=True)
    assert not outcome.has_errors()  # noqa: S101 - a benchmark's check
    assert Outlet.objects.count() == len(data)  # noqa: S101 - a benchmark's check


if __name__ == "__main__":
    peer.run(write)
