"""Editions: what was published, what has changed since, whether that is safe for students, and what comes next.

`ledger` is the file; `standing` is the deck in the ledger's terms; `changes` compares the two; `safety` judges;
`review` does all that for one deck; `plan` gives versions and times; `news` puts it into words. Data flows in that
order.
"""
