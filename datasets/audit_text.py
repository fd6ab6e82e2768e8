"""The audit of a task in words."""

from __future__ import annotations

from collections.abc import Iterator

from tfbs.datasets.audit import MOST_POSITIONS, WORD, Audit, Duplicates


def audit_lines(audit: Audit) -> Iterator[str]:
    """Yields what `tfbs data info --audit` prints.

    Args:
        audit: Of a task.
    """
    yield "audit"
    for facts in audit.classes:
        low, median, high = facts.length_quantiles
        spread = f"{median:.0f}" if low == high else f"{median:.0f} ({low:.0f} to {high:.0f})"
        yield (
            f"  {facts.split:<10} {facts.label:<8} {facts.n:>11,}  GC {facts.gc_mean:.3f} "
            f"(sd {facts.gc_sd:.3f})  known letters {spread}"
        )
    for found in audit.confounders:
        yield (
            f"  {found.split}: AUROC of GC alone {found.gc_auroc:.3f}, of length alone "
            f"{found.length_auroc:.3f}"
        )
    for undefined in audit.undefined:
        yield f"  {undefined.split}: {undefined.target} is undefined: {undefined.reason}"
    unit = "tiles" if audit.tiles else "sequences"
    for duplicates in audit.duplicates:
        yield f"  duplicates {_where(duplicates)}: {_counts(duplicates, unit)}"
    if not audit.duplicates:
        yield f"  duplicates: none, on either strand, within or between splits ({unit})"
    yield from _shared_lines(audit, unit)


def _where(found: Duplicates) -> str:
    if found.split == found.reference:
        return f"within {found.split}"
    return f"of {found.reference} in {found.split}"


def _counts(found: Duplicates, unit: str) -> str:
    words = f"{found.exact:,} {unit}, {found.reverse_complement:,} more as their reverse complement"
    return f"{words}; {found.relabelled:,} with other labels" if found.relabelled else words


def _shared_lines(audit: Audit, unit: str) -> Iterator[str]:
    for found in audit.shared:
        total = found.same_strand + found.other_strand
        yield (
            f"  shared {WORD}-mers of {found.reference} in {found.split}: "
            f"{found.same_strand:,} of {found.n:,} {unit} on the same strand, "
            f"{found.other_strand:,} more only on the other; {found.bound:,} bound, "
            f"{total - found.bound:,} not"
        )
    sampled = max((found.one_in for found in audit.shared), default=1)
    if sampled > 1:
        yield (
            f"  of splits with more than {MOST_POSITIONS:,} positions one in {sampled} words "
            "was compared"
        )
    if not audit.shared:
        yield f"  shared {WORD}-mers: not looked for, the sequences are shorter"
