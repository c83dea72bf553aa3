"""Printed forms before a judge from outside: the validator in the PyPI package `page-validation`.

It tests all conditions of PDF/UA-1 and of PDF/A-2a that a program can decide, and is itself tested with the files with
which veraPDF is; veraPDF needs Java. Our own checker (tools/pdfua) knows more of order, language and bookmarks.
"""

from __future__ import annotations

import re

import everything
import page
from printed import print_deck
from test_pdfua import MUTANTS, changed
from test_print_accessible import documents, everywhere

from deckgen.jobs import PrintJob

STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\n")
LENGTHS = "PDFA2A-STREAM-LENGTH-001"
# What our checker refuses and no validator does: it is for people to decide, or said nowhere in the standard.
OURS = {
    "11-007", "16-001", "16-002", "25-001", "bookmarks", "scripts", "paint order", "tab order", "empty heading", "silent link",
}  # fmt: skip


def has_true_lengths(data: bytes) -> bool:
    """Whether every stream ends where it says. The validator counts a carriage return at the end of one as no part of it."""
    found = list(STREAM.finditer(data))
    return bool(found) and all(data.startswith(b"\nendstream", each.end() + int(each[1])) for each in found)


@everywhere
def test_a_validator_finds_nothing_wrong(deck: str, job: PrintJob) -> None:
    """Every printed form is valid PDF/UA-1 and PDF/A-2a."""
    for data in documents(deck, job).values():
        for profile, least in (("ua1", 100), ("2a", 150)):
            report = page.validate_pdf_bytes(data, profile=profile)
            problems = [f"{each.rule_id}: {each.message}" for each in report.failures if each.rule_id != LENGTHS]
            assert (problems, report.rules.total > least, has_true_lengths(data)) == ([], True, True)


def test_the_validator_is_awake() -> None:
    """It refuses what our checker refuses, but for what is no condition of the standard."""
    good = print_deck(everything.page(), jobs=(PrintJob("handout"),))["handout-a4"]
    refused = {
        checkpoint
        for checkpoint, change in MUTANTS
        if not page.is_pdf_compliant_bytes(changed(good, change), profile="ua1")
    }
    assert {checkpoint for checkpoint, _ in MUTANTS} - refused == OURS
