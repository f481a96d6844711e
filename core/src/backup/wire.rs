//! The messages of an export as protobuf, before anything in them is believed. A number in use is never used again;
//! numbers that are not listed are skipped, so a later writer may add some. Kinds and categories have the log's numbers.

/// The first message.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Head {
    /// The newest schema of logs that the writer knew.
    #[prost(uint32, tag = "1")]
    pub(super) schema: u32,
    #[prost(uint64, tag = "2")]
    pub(super) controls: u64,
    #[prost(uint64, tag = "3")]
    pub(super) events: u64,
    #[prost(bool, tag = "4")]
    pub(super) is_whole: bool,
    #[prost(uint64, tag = "5")]
    pub(super) purged: u64,
    /// A checkpoint, with its own format number.
    #[prost(bytes = "vec", tag = "6")]
    pub(super) habits: Vec<u8>,
    /// Whether events of hidden items were left out.
    #[prost(bool, tag = "7")]
    pub(super) has_left_out: bool,
    /// Of a snapshot alone, 32 bytes each, one after the other.
    #[prost(bytes = "vec", tag = "8")]
    pub(super) tokens: Vec<u8>,
}

/// A moment.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Moment {
    #[prost(int64, tag = "1")]
    pub(super) at_ms: i64,
    #[prost(sint32, tag = "2")]
    pub(super) utc_offset_min: i32,
}

/// An item.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Item {
    #[prost(string, tag = "1")]
    pub(super) id: String,
    #[prost(uint32, tag = "2")]
    pub(super) profile: u32,
}

/// A decision of the person.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Control {
    #[prost(message, optional, tag = "1")]
    pub(super) at: Option<Moment>,
    #[prost(int64, tag = "2")]
    pub(super) kind: i64,
    #[prost(message, optional, tag = "3")]
    pub(super) item: Option<Item>,
    #[prost(bytes = "vec", optional, tag = "4")]
    pub(super) salt: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "5")]
    pub(super) digest: Option<Vec<u8>>,
    #[prost(int64, optional, tag = "6")]
    pub(super) value: Option<i64>,
    #[prost(sint32, optional, tag = "7")]
    pub(super) value_offset_min: Option<i32>,
}

/// An event.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Event {
    #[prost(message, optional, tag = "1")]
    pub(super) at: Option<Moment>,
    #[prost(int64, tag = "2")]
    pub(super) kind: i64,
    #[prost(message, optional, tag = "3")]
    pub(super) item: Option<Item>,
    #[prost(string, optional, tag = "4")]
    pub(super) surface: Option<String>,
    #[prost(int64, optional, tag = "5")]
    pub(super) position: Option<i64>,
    #[prost(int64, optional, tag = "6")]
    pub(super) propensity: Option<i64>,
    #[prost(string, optional, tag = "7")]
    pub(super) place: Option<String>,
    #[prost(int64, optional, tag = "8")]
    pub(super) label: Option<i64>,
    #[prost(int64, optional, tag = "9")]
    pub(super) network: Option<i64>,
    #[prost(string, optional, tag = "10")]
    pub(super) access_point: Option<String>,
    #[prost(int64, optional, tag = "11")]
    pub(super) battery: Option<i64>,
    #[prost(int64, optional, tag = "12")]
    pub(super) audio: Option<i64>,
}
