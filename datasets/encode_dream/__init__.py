"""The ENCODE-DREAM challenge of 2017: who binds where in cell types not seen in training."""

from tfbs.datasets.catalogue import FAMILIES, TaskEntry, TaskFamily

VERSION = "1.0.0"
CITATION = "ENCODE-DREAM in vivo TF Binding Site Prediction Challenge (2017), syn6131484"
_BUILDER = "tfbs.datasets.encode_dream.encode_dream_dataset_builder:Builder"


def _entry(config: str) -> TaskEntry:
    from tfbs.datasets.encode_dream.assignment import assignment

    asked = assignment(config)
    return TaskEntry(
        dataset="encode_dream",
        config=asked.config,
        version=VERSION,
        description=asked.description,
        citation=CITATION,
        builder=_BUILDER,
        needs_files=True,
    )


FAMILIES.add(
    "encode_dream",
    TaskFamily(
        dataset="encode_dream",
        version=VERSION,
        description="the ENCODE-DREAM challenge; SOURCE is official, open or uniform",
        build_command="tfbs data build encode_dream/SOURCE-FACTOR[-within|-family]",
        builder=_BUILDER,
        citation=CITATION,
        member="SOURCE-FACTOR[-within|-family]",
        entry=_entry,
    ),
)
