"""How it is run and measured: training, evaluation, explanations, suites, records."""

if __name__ != "tfbs.benchmark":
    raise ImportError(
        "this folder is the package tfbs.benchmark; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )
