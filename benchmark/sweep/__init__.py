"""Searching hyperparameters, priors and regimes on validation, with Optuna."""
