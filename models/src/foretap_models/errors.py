"""What can go wrong, as one hierarchy. No message holds a person's data: only columns, places and counts."""


class ModelsError(Exception):
    """Anything that this package refuses."""


class FeaturesFileError(ModelsError):
    """A features file that is not as `foretap features` writes it."""


class MissingColumnError(FeaturesFileError):
    """A column is not there."""


class ColumnTypeError(FeaturesFileError):
    """A column has another type, or empty cells."""


class MetadataError(FeaturesFileError):
    """The key-value metadata is missing or malformed."""


class SchemaMismatchError(FeaturesFileError):
    """The features are not those that were expected."""


class BrokenQueryError(FeaturesFileError):
    """The rows of a query are not consecutive, not in order, or contradict each other."""


class TargetError(FeaturesFileError):
    """A query has two targets, or its target is not where the mixer's rank says."""


class ShortlistError(FeaturesFileError):
    """A shortlist is not the mixer's first candidates, which would leak the target."""


class PastError(FeaturesFileError):
    """The last openings before a query, or its candidates' order of last use, are such as no log gives."""


class NonFiniteError(FeaturesFileError):
    """A feature or a log-probability is infinite or not a number."""


class CacheError(ModelsError):
    """A training cache that `prepare` did not write, or that lacks what is asked of it."""


class ConfigError(ModelsError):
    """A configuration with an unknown key, a missing one or a value out of its range."""


class ModelFileError(ModelsError):
    """A model file that `train` did not write, or that does not fit the data."""


class QuantiseError(ModelsError):
    """A network whose integers would leave the range in which float32 is exact."""


class GraphError(ModelsError):
    """A written graph that another runtime reads differently."""


class MembersError(ModelsError):
    """Members beside a bundle's graph that no phone would take."""


class PartsError(ModelsError):
    """A parts directory that cannot be written."""


class AnswersError(ModelsError):
    """Answers that do not fit each other or their queries."""


class JudgeError(ModelsError):
    """`foretap judge` refuses, or is another version than this package knows."""


class JudgeMissingError(JudgeError):
    """`foretap`, which judges, is not here."""


class HeldOutError(ModelsError):
    """A model would be judged on people it learned from, or there is nobody to judge it on."""
