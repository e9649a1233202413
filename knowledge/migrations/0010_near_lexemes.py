from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Reverse


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0009_languages_of_a_shelf'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='lexemestatistic',
            index=models.Index(fields=['lexeme'], opclasses=['varchar_pattern_ops'], name='lexeme_forwards'),
        ),
        migrations.AddIndex(
            model_name='lexemestatistic',
            index=models.Index(OpClass(Reverse('lexeme'), name='text_pattern_ops'), name='lexeme_backwards'),
        ),
    ]
