"""Indexes that queries at a million messages need, and none that nothing uses: docs/decisions/0027-postgresql-at-scale.md."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from archive.migrations._indexes import AddIndexWhileWorking, DropIndexesOfFields


def owner(to, related_name, on_delete=django.db.models.deletion.CASCADE, **options):
    """Return a foreign key without an index of its own: a constraint begins with it."""
    return models.ForeignKey(to=to, related_name=related_name, on_delete=on_delete, db_index=False, **options)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("archive", "0011_served_database")]

    operations = [
        AddIndexWhileWorking(
            "participant", models.Index(fields=["address", "message"], name="messages_of_an_address")
        ),
        AddIndexWhileWorking("participant", models.Index(fields=["domain", "message"], name="messages_of_a_domain")),
        AddIndexWhileWorking(
            "message", models.Index(fields=["id"], name="messages_not_found", condition=~Q(searchable="yes"))
        ),
        AddIndexWhileWorking(
            "sighting", models.Index(fields=["source", "captured_at"], name="sightings_of_a_source")
        ),
        AddIndexWhileWorking("sighting", models.Index(fields=["custodian"], name="sightings_of_a_custodian")),
        AddIndexWhileWorking("sighting", models.Index(fields=["import_key"], name="sightings_of_an_import")),
        AddIndexWhileWorking("parttext", models.Index(fields=["outcome"], name="texts_by_outcome")),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                DropIndexesOfFields("message", ["rfc_message_id", "date", "captured_at", "searchable"]),
                DropIndexesOfFields("sighting", ["source", "custodian", "sha256", "import_key"]),
                DropIndexesOfFields("participant", ["message", "address", "domain"]),
                DropIndexesOfFields("part", ["message", "sha256"]),
                DropIndexesOfFields("parttext", ["outcome"]),
                DropIndexesOfFields("segmentstage", ["segment"]),
                DropIndexesOfFields("heldsighting", ["hold"]),
                DropIndexesOfFields("disposalitem", ["disposal"]),
                DropIndexesOfFields("personalfinding", ["part"]),
                DropIndexesOfFields("threadkey", ["key"], like_only=True),
            ],
            state_operations=[
                migrations.AlterField("message", "rfc_message_id", models.CharField(max_length=998, blank=True)),
                migrations.AlterField("message", "date", models.DateTimeField(null=True)),
                migrations.AlterField("message", "captured_at", models.DateTimeField()),
                migrations.AlterField(
                    "message",
                    "searchable",
                    models.CharField(
                        max_length=8,
                        choices=[
                            ("waiting", "waiting for the index"),
                            ("yes", "searchable"),
                            ("failed", "not searchable"),
                        ],
                        default="waiting",
                    ),
                ),
                migrations.AlterField("sighting", "source", models.CharField(max_length=200)),
                migrations.AlterField("sighting", "custodian", models.CharField(max_length=320, blank=True)),
                migrations.AlterField("sighting", "sha256", models.CharField(max_length=64)),
                migrations.AlterField("sighting", "import_key", models.CharField(max_length=64, blank=True)),
                migrations.AlterField("participant", "message", owner("archive.message", "participants")),
                migrations.AlterField("participant", "address", models.CharField(max_length=500, blank=True)),
                migrations.AlterField("participant", "domain", models.CharField(max_length=255, blank=True)),
                migrations.AlterField("part", "message", owner("archive.message", "parts")),
                migrations.AlterField("part", "sha256", models.CharField(max_length=64)),
                migrations.AlterField("parttext", "outcome", models.CharField(max_length=12)),
                migrations.AlterField("segmentstage", "segment", owner("archive.segment", "stages")),
                migrations.AlterField(
                    "heldsighting", "hold", owner("archive.hold", "covered", django.db.models.deletion.PROTECT)
                ),
                migrations.AlterField(
                    "disposalitem", "disposal", owner("archive.disposal", "items", django.db.models.deletion.PROTECT)
                ),
                migrations.AlterField(
                    "personalfinding", "part", owner("archive.part", "personal_findings", null=True)
                ),
            ],
        ),
    ]
