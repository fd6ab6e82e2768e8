"""Who won: submissions under `entries/`, and what the host found of them under `verdicts/`."""

if __name__ != "tfbs.leaderboards":
    raise ImportError(
        "this folder is the package tfbs.leaderboards; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )
