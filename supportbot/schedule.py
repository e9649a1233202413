"""Schedule: which task the clock rings for, and how often.

A round that waited behind a long document is worthless: it expires before the next one rings.
"""

from typing import Any

SECONDS = {
    "knowledge.ingestion.tasks.reconcile_ingestion": 10.0,
    "knowledge.sources.tasks.start_syncs": 10.0,
    "knowledge.reembedding.tasks.reconcile_embedding_sets": 30.0,
    "chat.evaluation.tasks.reconcile_runs": 30.0,
    "chat.evaluation.tasks.check_all_suggestions": 300.0,
    "knowledge.curated.tasks.make_curated_vectors": 60.0,
    "knowledge.curated.tasks.compare_curated_answers": 30.0,
    "knowledge.ingestion.tasks.record_heartbeat": 10.0,
    "chat.mail.tasks.notice_and_send": 10.0,
    "chat.mail.tasks.fetch_mail": 30.0,
    "chat.privacy.tasks.erase_what_is_old": 3600.0,
}
SCHEDULE: dict[str, Any] = {
    task.rpartition(".")[2].replace("_", "-"): {
        "task": task,
        "schedule": seconds,
        "options": {"expires": seconds},
    }
    for task, seconds in SECONDS.items()
}
