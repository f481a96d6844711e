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
}
