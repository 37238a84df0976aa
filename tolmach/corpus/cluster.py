"""Ray Data distributes blocks over the actors of a cluster, or of a Ray that is started here."""

import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

from common.extras import require_extra
from tolmach.corpus.folder import BlockReport
from tolmach.corpus.plan import read_plan
from tolmach.corpus.worker import BlockWorker, CorpusJob

LOCAL: Final = "local"


def run_on_ray(job: CorpusJob, numbers: Sequence[int], workers: int | None, address: str) -> Iterator[BlockReport]:
    """Do blocks with Ray; yield the report of each as it is done.

    Input and output must have the same paths on all machines.

    Args:
        job: What is to be done.
        numbers: The blocks.
        workers: Number of actors; None for one on each core of the cluster.
        address: Address of a cluster, or `LOCAL` to start Ray here.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    require_extra("cluster")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # it warns of its own ways with actors
    import ray  # noqa: PLC0415 - loaded when used
    from ray.data import ActorPoolStrategy, DataContext  # noqa: PLC0415

    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address == LOCAL:
        ray.init(num_cpus=workers, include_dashboard=False, **quiet)
    else:
        ray.init(address=address, **quiet)
    DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        have: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        gpus = 1 if have.get("GPU") and job.models and not job.models.server and job.models.device != "cpu" else 0
        actors = workers or max(1, int(have["GPU"] if gpus else have["CPU"]))
        rows = ray.data.from_items([{"number": number} for number in numbers], override_num_blocks=len(numbers))
        done = rows.map_batches(
            RayWorker,
            fn_constructor_args=(job,),
            batch_size=1,
            compute=ActorPoolStrategy(size=min(actors, len(numbers))),
            num_cpus=1,
            num_gpus=gpus,
        )
        for row in done.iter_rows():
            yield row["report"]
    finally:
        ray.shutdown()


class RayWorker:
    """Does the blocks that Ray sends, by their numbers.

    Args:
        job: What is to be done.
    """

    def __init__(self, job: CorpusJob) -> None:
        self._worker = BlockWorker(job)
        self._plan = {block.number: block for block in read_plan(job.folder.plan)}

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[BlockReport]]:
        """Do the blocks of a batch."""
        return {"report": [self._worker.do(self._plan[int(number)]) for number in batch["number"]]}
