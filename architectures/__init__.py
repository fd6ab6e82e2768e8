"""Placeholder."""

if __name__ != "tfbs.architectures":
    raise ImportError(
        "this folder is the package tfbs.architectures; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )
