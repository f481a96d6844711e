//! A batch as protobuf, made from `proto/upload.proto`, before anything in it is believed.
#![expect(unreachable_pub, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/foretap.upload.rs"));
