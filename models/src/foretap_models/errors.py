"""What can go wrong, as one hierarchy. No message holds a person's data: only columns, places and counts."""


class ModelsError(Exception):
    """Anything that this package refuses.

    Attributes:
        may_pass: whether it may go well when tried again.
    """

    may_pass = False


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


class EngineError(ModelsError):
    """An engine that cannot be started, or of which a worker died."""


class PlaceError(ModelsError):
    """A place that no file can be read from, or written to."""


class QualityError(ModelsError):
    """A data set that its quality thresholds refuse."""


class TransformationError(ModelsError):
    """An outlier rule or a binning that does not fit the data."""


class VersionError(ModelsError):
    """A version of a data set that cannot be made, or that is not there."""


class DamagedStoreError(ModelsError):
    """A part or a manifest of a store that is not what was written."""


class LakeError(ModelsError):
    """A lake that is not laid out as one, or that lacks what is asked of it."""


class UploadsError(ModelsError):
    """A receiver's lake that is not laid out as one, or that lacks what is asked of it."""


class UploadsSchemaError(UploadsError):
    """What `foretap` says of uploads is not what this package knows."""


class UploadsFileError(UploadsError):
    """A file of uploads that is damaged. No message holds anything of a row."""


class UploadsColumnError(UploadsFileError):
    """A column is not there, has another type, or empty cells."""


class UploadsValueError(UploadsFileError):
    """A row with a value that the receiver does not take; it is named by its number alone."""


class TooFewPhonesError(UploadsError):
    """Values that too few phones sent, so that nothing may be learned from them."""


class CacheError(ModelsError):
    """A training cache that `prepare` did not write, or that lacks what is asked of it."""


class ConfigError(ModelsError):
    """A configuration with an unknown key, a missing one or a value out of its range."""


class ProvenanceError(ModelsError):
    """Data of which neither their sources nor the configuration say what they are."""


class TuneError(ModelsError):
    """A search space that cannot be meant, or a file of trials that belongs to another search."""


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
    """`foretap judge` is of another version than this package."""


class ReplayError(ModelsError):
    """A replay that cannot be read, or that is of other questions than those judged."""


class HeldOutError(ModelsError):
    """A model would be judged on people it learned from, or there is nobody to judge it on."""


class BusyError(ModelsError):
    """Another process holds the lock."""

    may_pass = True


class MissingForetapError(ModelsError):
    """The command line `foretap` is nowhere to be found."""


class ForetapError(ModelsError):
    """The command line `foretap` refused what it was given."""


class ForetapDiedError(ModelsError):
    """The command line `foretap` could not be started, or was ended."""

    may_pass = True


class BundleFileError(ModelsError):
    """A file that is no bundle, or a damaged one."""


class RegistryError(ModelsError):
    """Anything that the registry refuses. Nothing has changed then."""


class NoRegistryError(RegistryError):
    """There is no registry at this place."""


class RegistryStoreError(RegistryError):
    """MLflow cannot be reached, or refuses what it is asked."""

    may_pass = True


class UnknownVersionError(RegistryError):
    """No version of this name is registered."""


class VersionNameError(RegistryError):
    """A name that is taken or not of the form `v1.0`, or a bundle that is registered with this evaluation already."""


class UnsignedDecisionError(RegistryError):
    """A decision without a name or without a reason."""


class EvidenceError(RegistryError):
    """An evaluation that is missing, unreadable, or not that of the bundle."""


class GateError(RegistryError):
    """An evaluation below what the configuration asks for."""


class TransitionError(RegistryError):
    """A step that a version cannot take from where it is."""


class AuditError(RegistryError):
    """The audit log is broken, or the registry is not as the log says."""


class StepError(ModelsError):
    """A step of the pipeline that failed, as often as it was tried."""


class WorkdirError(ModelsError):
    """A folder that holds no run of the pipeline, or another one's."""


class AlertError(ModelsError):
    """A drift alert that is not as a monitor writes it."""


class PublishError(ModelsError):
    """Anything that the publisher refuses. What phones are served is as it was then."""


class SigningKeyError(PublishError):
    """A key that cannot sign here. No message holds any of a private key."""


class RepositoryError(PublishError):
    """A repository that is not as the publisher left it, or that lacks what is asked of it."""


class ThresholdError(PublishError):
    """Fewer keys signed than must."""


class NotApprovedError(PublishError):
    """A model that nobody approved, or that was revoked."""


class RolloutError(PublishError):
    """Arms or shares that cannot be meant."""


class ReportsError(PublishError):
    """Reports of phones that cannot be read, that are too few, or that speak against going on."""


class ProposalError(PublishError):
    """A file to be signed that is not what it says, or that no longer follows on the repository."""
