"""Trains, quantises and judges the small network that re-ranks Foretap's shortlist.

Data goes one way: features file -> dataset -> inputs -> network -> train -> model -> quantise -> graph -> parts; a
module uses only those before it.
"""

__version__ = "0.1.0"
