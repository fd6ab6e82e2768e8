"""The page of all datasets: their README, configs, size and citations, as shipped beside them."""

from __future__ import annotations

from importlib import resources

from tfbs.datasets.catalogue import FAMILIES, TASKS, TaskEntry

_HEAD = """\
# Data

Written by `tfbs list tasks --markdown` from the files beside each dataset. All are TFDS datasets:
`tfds.load("NAME")` works after `import tfbs.datasets`. What a built task holds (splits, balance,
sources, fingerprint) is said by `tfbs data info TASK`, what may leak or mislead by `--audit`.

| dataset | tasks | what it is |
| --- | --- | --- |
"""


def data_page() -> str:
    """Returns the Markdown page of all datasets, in alphabetical order."""
    tasks: dict[str, dict[str, TaskEntry]] = {}
    for name in TASKS:
        tasks.setdefault(TASKS[name].dataset, {})[name] = TASKS[name]
    names = sorted({*tasks, *FAMILIES})
    rows = "".join(_row(name, tasks.get(name, {})) for name in names)
    return _HEAD + rows + "".join(_card(name, tasks.get(name, {})) for name in names)


def _row(dataset: str, tasks: dict[str, TaskEntry]) -> str:
    listed = ", ".join(f"`{name}`" for name in tasks) or f"`{_member(dataset)}`"
    what = _read(dataset, "README.md").partition(".")[0].partition(":")[0]
    return f"| [{dataset}](#{dataset}) | {listed} | {' '.join(what.split())} |\n"


def _member(dataset: str) -> str:
    return f"{dataset}/{FAMILIES[dataset].member or 'NAME'}".replace("|", "/")


def _card(dataset: str, tasks: dict[str, TaskEntry]) -> str:
    parts = [f"\n## {dataset}\n", _read(dataset, "README.md").strip() + "\n"]
    if tasks:
        parts += ["| task | version | description |", "| --- | --- | --- |"]
        parts += [f"| `{n}` | {own.version} | {own.description} |" for n, own in tasks.items()]
        parts.append("")
    tags = (line.partition("#")[0].strip() for line in _read(dataset, "TAGS.txt").splitlines())
    parts.append(f"Tags: {', '.join(f'`{tag}`' for tag in tags if tag)}. To be cited:\n")
    parts += ["```bibtex", _read(dataset, "CITATIONS.bib").strip(), "```"]
    return "\n".join(parts) + "\n"


def _read(dataset: str, name: str) -> str:
    return resources.files(f"tfbs.datasets.{dataset}").joinpath(name).read_text(encoding="utf-8")
