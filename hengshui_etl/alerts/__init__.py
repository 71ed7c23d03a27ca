"""Alerts: whoever is on duty hears of what went wrong, once, and again only when something changed.

Belongs here: what is wrong now (subjects.py), what was said of it already (ledger.py), the words (wording.py), the
channels (channels.py), and the one function that brings them together (announce.py).
Does not belong here: judging (relations/, tables/findings.py), when to look (defs/sensors.py, run.py).
"""
