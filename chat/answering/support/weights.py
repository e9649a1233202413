"""Weights: how much each sign of support counts.

Fitted by logistic regression (``bench.truth --count 400 --fit``), both sides counting the same and a
sentence by people as four, on sentences that are no passage's own and have no fact wrong: those of
one half of the documents of nine public sets, reworded by rule or written by people, against
invented steps and the marks of neighbouring passages. At ``ENOUGH`` 7 of 400 invented steps of the fit
still stood, and 45 of 342 sentences by people fell. Figures to report come from the other half.
"""

INTERCEPT = -6.29
CLAUSE = 5.96  # per share of the words of the least covered clause that are met: an invented step has few
PASSAGE = 4.29  # per share of all words that stand anywhere in the passage
STRANGE_NAME = -1.36  # for each name that nobody knows, up to three
UNMET = 0.17  # per weight of words not met: the same share is surer in a long sentence than in a short one
MOST_UNMET = 14  # without a bound twenty-six words that nobody said would bear themselves out
OF_TWO = -0.69  # when it takes two passages
EDITION = "2"  # raised when sentences fall that stood before: answers remembered from then are made anew
ENOUGH = 0.5  # probability from which on a sentence is shown
# A sentence of three words of which one is missing says another thing. Of 84 sentences that a small model put
# in its own words this stops two, both wrong; of 364 true ones of the bench it costs two.
SHORT, SHORT_NEEDS = 3, 0.8  # content words; share of them
SHORT_AT_MOST = 0.25  # probability without them; a judge may still be asked

NAME_WEIGHT = 2.5  # of a name, among words of 1 to 2
LIGHT_WEIGHT = 0.5
NEAR = 0.75  # share of its words in a passage that says otherwise, from which on a sentence falls
# How like a sentence in another language has to be, 0 being unrelated and 1 the same (a cosine of .86 with
# E5, whose translations lie above it); not fitted.
FOREIGN_LIKENESS = 0.46
