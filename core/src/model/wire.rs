//! The bundle's payload as protobuf messages, before anything in it is believed. A number in use is never used again;
//! numbers that are not listed are skipped, so a later writer may add some.

/// The payload.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Bundle {
    #[prost(message, optional, tag = "1")]
    pub(super) manifest: Option<Manifest>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) onnx: Vec<u8>,
    /// One per moment, in the order of [`crate::habits::Moment::ALL`].
    #[prost(message, repeated, tag = "3")]
    pub(super) calibration: Vec<Calibration>,
    /// A table as UTF-8.
    #[prost(bytes = "vec", tag = "4")]
    pub(super) start_weights: Vec<u8>,
    #[prost(message, repeated, tag = "5")]
    pub(super) golden: Vec<Golden>,
    /// From format 2 on.
    #[prost(message, optional, tag = "6")]
    pub(super) members: Option<Members>,
}

/// What the model is, and what it was learned on.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Manifest {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) version: String,
    /// [`INT8`] or [`FP32`].
    #[prost(int32, tag = "3")]
    pub(super) arithmetic: i32,
    #[prost(bytes = "vec", tag = "4")]
    pub(super) feature_schema: Vec<u8>,
    #[prost(uint32, tag = "5")]
    pub(super) features: u32,
    #[prost(uint32, tag = "6")]
    pub(super) shortlist: u32,
    #[prost(bytes = "vec", repeated, tag = "7")]
    pub(super) learned_on: Vec<Vec<u8>>,
    #[prost(uint64, tag = "8")]
    pub(super) seed: u64,
    #[prost(uint32, optional, tag = "9")]
    pub(super) held_out_fold: Option<u32>,
}

/// The arithmetic of 8-bit integers.
pub(super) const INT8: i32 = 1;
/// The arithmetic of 32-bit floats.
pub(super) const FP32: i32 = 2;

/// A moment's calibration.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Calibration {
    #[prost(float, tag = "1")]
    pub(super) trust: f32,
    #[prost(float, tag = "2")]
    pub(super) top: f32,
    #[prost(float, tag = "3")]
    pub(super) slope: f32,
}

/// An input of the model and what it must answer.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Golden {
    #[prost(uint32, tag = "1")]
    pub(super) rows: u32,
    #[prost(float, repeated, tag = "2")]
    pub(super) features: Vec<f32>,
    #[prost(float, repeated, tag = "3")]
    pub(super) correction: Vec<f32>,
    /// Where there are members.
    #[prost(message, optional, tag = "4")]
    pub(super) members: Option<MembersGolden>,
}

/// The members beside the graph.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Members {
    /// One per moment.
    #[prost(message, repeated, tag = "1")]
    pub(super) weights: Vec<Weights>,
    #[prost(message, optional, tag = "2")]
    pub(super) trees: Option<Trees>,
    #[prost(message, optional, tag = "3")]
    pub(super) sequence: Option<Sequence>,
    #[prost(message, optional, tag = "4")]
    pub(super) router: Option<Router>,
}

/// A moment's factors.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Weights {
    #[prost(float, tag = "1")]
    pub(super) mlp: f32,
    #[prost(float, tag = "2")]
    pub(super) trees: f32,
    #[prost(float, tag = "3")]
    pub(super) sequence: f32,
}

/// As [`super::Trees`].
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Trees {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) nodes: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) columns: Vec<u8>,
    #[prost(float, repeated, tag = "3")]
    pub(super) thresholds: Vec<f32>,
    #[prost(bytes = "vec", tag = "4")]
    pub(super) left: Vec<u8>,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) right: Vec<u8>,
    #[prost(float, repeated, tag = "6")]
    pub(super) leaves: Vec<f32>,
}

/// As [`super::Sequence`].
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Sequence {
    #[prost(uint32, tag = "1")]
    pub(super) width: u32,
    #[prost(uint32, tag = "2")]
    pub(super) heads: u32,
    #[prost(uint32, tag = "3")]
    pub(super) layers: u32,
    #[prost(uint32, tag = "4")]
    pub(super) hidden: u32,
    /// Two's complement.
    #[prost(bytes = "vec", tag = "5")]
    pub(super) weights: Vec<u8>,
    #[prost(float, repeated, tag = "6")]
    pub(super) scales: Vec<f32>,
    #[prost(float, repeated, tag = "7")]
    pub(super) floats: Vec<f32>,
}

/// As [`super::Router`], one value per moment.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Router {
    #[prost(float, repeated, tag = "1")]
    pub(super) certainty: Vec<f32>,
    #[prost(message, repeated, tag = "2")]
    pub(super) weights: Vec<Weights>,
}

/// What the members read besides features, and what they must answer.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct MembersGolden {
    /// The place in [`crate::habits::Moment::ALL`].
    #[prost(uint32, tag = "1")]
    pub(super) moment: u32,
    #[prost(float, repeated, tag = "2")]
    pub(super) log_mix: Vec<f32>,
    #[prost(uint32, repeated, tag = "3")]
    pub(super) recency: Vec<u32>,
    /// Three bytes for each opening, the oldest first.
    #[prost(bytes = "vec", tag = "4")]
    pub(super) history: Vec<u8>,
    #[prost(uint32, tag = "5")]
    pub(super) gap: u32,
    #[prost(uint32, tag = "6")]
    pub(super) time: u32,
    #[prost(float, repeated, tag = "7")]
    pub(super) trees: Vec<f32>,
    #[prost(float, repeated, tag = "8")]
    pub(super) sequence: Vec<f32>,
    #[prost(float, repeated, tag = "9")]
    pub(super) answer: Vec<f32>,
}
