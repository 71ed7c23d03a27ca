"""The search for arithmetic: which figures of an article belong to one relation.

Belongs here: language and layout as evidence, one module a family of relations. Arithmetic is evidence too: where words
leave several candidates, the one that holds is meant. A relation that does *not* hold is claimed only where the
words leave no other reading, or where a single slip of the hand explains it. Does not belong here: verdicts (judge.py).
"""
