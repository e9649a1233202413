from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0010_near_lexemes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='apitoken',
            name='scope',
            field=models.CharField(choices=[('ask', 'Ask: search and get answers, from what customers may read'), ('read', 'Read'), ('write', 'Read and write')], default='read', max_length=10),
        ),
    ]
