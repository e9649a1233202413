from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_curated_outcome'),
    ]

    operations = [
        migrations.AlterField(
            model_name='citation',
            name='document_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='citation',
            index=models.Index(fields=['document_id', '-id'], name='citation_of_document'),
        ),
    ]
