from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gdpr", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="request",
            name="left_files_at",
            field=models.DateTimeField(null=True),
        ),
    ]
