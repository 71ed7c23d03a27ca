"""Dagster: assets, checks, partitions, resources, jobs, sensors. Thin: call one function, store, say what happened.

Belongs here: everything that names Dagster, together with `definitions.py` and `run.py`.
Does not belong here: rules of any kind; they are in the modules above.
"""
