"""Give segments that were catalogued before the stage of personal data, in batches; safe to run again."""

from django.db import migrations
from django.utils import timezone

_BATCH = 1_000
_CATALOGUE, _PERSONAL, _DONE, _PENDING = "catalogue", "personal", "done", "pending"  # as this version has them


def add_stage(apps, _editor):
    stages = apps.get_model("archive", "SegmentStage")
    catalogued = stages.objects.filter(stage=_CATALOGUE, state=_DONE).order_by("segment_id")
    last, now = None, timezone.now()
    while True:
        rows = catalogued if last is None else catalogued.filter(segment_id__gt=last)
        batch = list(rows.values_list("segment_id", flat=True)[:_BATCH])
        if not batch:
            return
        stages.objects.bulk_create(
            (stages(segment_id=found, stage=_PERSONAL, state=_PENDING, changed_at=now) for found in batch),
            ignore_conflicts=True,
        )
        last = batch[-1]


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_personal_data")]

    operations = [migrations.RunPython(add_stage, migrations.RunPython.noop)]
