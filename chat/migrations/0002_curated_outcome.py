from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='citation',
            name='url',
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='citation',
            name='document_id',
            field=models.UUIDField(blank=True, db_index=True, null=True),
        ),
        migrations.AlterField(
            model_name='citation',
            name='version_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='outcome',
            field=models.CharField(blank=True, choices=[('answered', 'Answered'), ('curated', 'Curated answer'), ('declined', 'Declined'), ('clarified', 'Clarified'), ('stopped', 'Stopped'), ('failed', 'Failed')], max_length=10),
        ),
    ]
