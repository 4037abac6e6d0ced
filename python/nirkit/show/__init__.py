"""How graphs and results look: one line, a picture, a plot."""
