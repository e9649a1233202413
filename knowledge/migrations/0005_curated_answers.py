from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0004_curation'),
    ]

    operations = [
        migrations.AddField(
            model_name='curatedanswer',
            name='confirmed',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='curatedanswer',
            name='warned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.document'),
        ),
        migrations.AddField(
            model_name='curatedanswer',
            name='warning_key',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='curatedquestion',
            name='wording',
            field=models.CharField(db_index=True, default='', editable=False, max_length=1000),
        ),
    ]
