"""The static report: what the warehouse holds, as pages that open from disk, offline.

Belongs here: reading the rows (`rows.py`), making pages of them (`pages.py`, `templates/`) with
charts (`charts.py`, `drawing.py`), how values are written (`written.py`), writing the files (`build.py`).
Does not belong here: judging anything; what is shown stands in the warehouse.
"""
