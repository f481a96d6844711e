//! The payloads as protobuf, made from `proto/sync.proto`, before anything in them is believed.
#![expect(unreachable_pub, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/foretap.sync.rs"));
