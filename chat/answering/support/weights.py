"""Weights: how much each sign of support counts.

Fitted by logistic regression (``bench.truth --fit``), both sides counting the same, on sentences
that are no passage's own and have no fact wrong: those of one half of the documents of nine
public sets, reworded by rule or written by people, against invented steps and the marks of
neighbouring passages. At ``ENOUGH`` 6 of 180 invented
steps of the fit still stood. Figures to report come from the other half.
"""

INTERCEPT = -4.59
CLAUSE = 4.93  # per share of the words of the least covered clause that are met: an invented step has few
PASSAGE = 3.49  # per share of all words that stand anywhere in the passage
STRANGE_NAME = -1.07  # for each name that nobody knows, up to three
ENOUGH = 0.4  # probability from which on a sentence is shown

NAME_WEIGHT = 2.5  # of a name, among words of 1 to 2
LIGHT_WEIGHT = 0.5
NEAR = 0.75  # share of its words in a passage that says otherwise, from which on a sentence falls
FOREIGN_COSINE = (
    0.86  # of a sentence with one in another language; not fitted, E5's translations lie above it
)
