"""What printed pages need besides Typst itself: fonts, formulas, cards, and card text as data for the layouts."""
