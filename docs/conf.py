"""How the documentation site is built: `tox -e docs`, or `sphinx-build -W docs site`."""

import os
from importlib.metadata import version as installed

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

project = "tfbs"
author = "the tfbs authors"
release = version = installed("tfbs")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
html_theme = "furo"
html_title = f"tfbs {version}"
exclude_patterns = ["_build"]

# the pages are read on a code host too: only what both show
myst_heading_anchors = 3
myst_enable_extensions = ["linkify"]

# docstrings are written with single backquotes
default_role = "code"
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True}
copybutton_exclude = ".linenos, .gp, .go"
# `set` is a type, and an attribute of more than one class
suppress_warnings = ["ref.python"]
