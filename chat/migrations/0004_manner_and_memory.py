from django.db import migrations, models
import pgvector.django


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_citations_of_a_document'),
        ('knowledge', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='assistant',
            name='answer_format',
            field=models.CharField(choices=[('auto', 'As the question asks for'), ('short', 'One or two sentences'), ('steps', 'Numbered steps'), ('table', 'A table'), ('json', 'JSON, for programs that ask the API')], default='auto', max_length=10),
        ),
        migrations.AddField(
            model_name='assistant',
            name='persona',
            field=models.CharField(blank=True, help_text='Who it is, such as “Mia, who helps customers of Acme”.', max_length=300),
        ),
        migrations.AddField(
            model_name='assistant',
            name='tone',
            field=models.CharField(choices=[('friendly', 'Friendly'), ('neutral', 'Neutral'), ('formal', 'Formal')], default='friendly', max_length=10),
        ),
        migrations.CreateModel(
            name='RememberedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('circumstances', models.CharField(max_length=64)),
                ('wording', models.CharField(help_text='The question, normalised.', max_length=300)),
                ('question', models.CharField(max_length=300)),
                ('knowledge', models.CharField(max_length=64)),
                ('embedding_set_id', models.BigIntegerField(blank=True, null=True)),
                ('vector', pgvector.django.HalfVectorField(blank=True, null=True)),
                ('events', models.JSONField(default=list)),
                ('text_sha256', models.CharField(db_index=True, max_length=64)),
                ('is_disliked', models.BooleanField(default=False)),
                ('uses', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['-created_at', '-id'], name='remembered_newest')],
                'constraints': [models.UniqueConstraint(fields=('circumstances', 'wording'), name='remembered_once')],
            },
        ),
    ]
