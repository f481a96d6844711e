import Foretap
