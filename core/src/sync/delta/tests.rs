use std::io::Write;

use super::*;
use proptest::prelude::*;

/// A message with one string of bytes, as a bundle's payload has it, after as many bytes as come before that.
fn bundle(graph: &[u8], table: &[u8]) -> Vec<u8> {
    let mut file = vec![7; 40];
    for (tag, bytes) in [(0x12, graph), (0x22, table)] {
        file.push(tag);
        let seven = |shift: usize| u8::try_from(bytes.len() >> shift & 0x7f).expect("7 bits");
        file.extend([seven(0) | 0x80, seven(7) | 0x80, seven(14)]);
        file.extend(bytes);
    }
    file
}

/// Numbers without order.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

/// As 8-bit weights are after further training: `share` of 100 moved by one or two.
fn retrained(weights: &[u8], share: u8) -> Vec<u8> {
    let moved = noise(9, weights.len());
    let step = noise(11, weights.len());
    let by = |place: usize| if moved[place] % 100 < share { [1, 255, 2, 254][usize::from(step[place] % 4)] } else { 0 };
    weights.iter().enumerate().map(|(place, weight)| weight.wrapping_add(by(place))).collect()
}

fn packed(base: &[u8], result: &[u8]) -> Vec<u8> {
    let file = Delta::between(base, result).expect("made");
    let back = Delta::parse(&file).expect("a delta").apply(base).expect("applied");
    assert!(back == result, "another result");
    file
}

#[test]
fn weights_that_moved_by_little_pack_into_little_though_a_table_before_them_has_another_length() {
    let weights = noise(1, 80_000);
    let (old, table) = (bundle(&weights, b"a table of the old release"), [b't'; 5_000]);
    for (share, most) in [(3, 10), (27, 26), (85, 50)] {
        let new = bundle(&retrained(&weights, share), &table);
        let delta = packed(&old, &new);
        assert!(delta.len() * 100 <= new.len() * most, "{share} %: {} of {}", delta.len(), new.len());
    }
}

#[test]
fn the_same_file_is_next_to_nothing_and_another_one_is_as_long_as_itself() {
    let (old, new) = (bundle(&noise(1, 50_000), b""), bundle(&noise(2, 50_000), b""));
    assert!(packed(&old, &old).len() < 100);
    let other = packed(&old, &new).len();
    assert!((50_000..51_000).contains(&other), "{other}");
    for (base, result) in [(&b""[..], &old[..]), (&old, b""), (b"", b""), (b"a", b"b")] {
        packed(base, result);
    }
}

#[test]
fn a_delta_for_another_base_gives_another_file_or_none() {
    let (old, other) = (bundle(&noise(1, 9_000), b""), bundle(&noise(3, 9_000), b""));
    let new = bundle(&retrained(&noise(1, 9_000), 20), b"");
    let file = packed(&old, &new);
    let delta = Delta::parse(&file).expect("a delta");
    assert!(delta.apply(&other).map_or(true, |result| result != new));
    assert!(delta.apply(&old[..100]).is_err(), "its segments reach outside");
}

#[test]
fn what_is_no_delta_is_refused_by_name() {
    let base = bundle(&noise(1, 900), b"");
    let file = packed(&base, &bundle(&noise(1, 901), b""));
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = file.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let refused = |file: &[u8]| Delta::parse(file).err();
    assert_eq!(refused(&[0; MAX_BUNDLE_BYTES + 1]), Some(DeltaError::TooLarge));
    assert_eq!(refused(b"FORETAPDELTA"), Some(DeltaError::NotADelta));
    assert_eq!(refused(&with(0, b"f")), Some(DeltaError::NotADelta));
    assert_eq!(refused(&with(12, &[0])), Some(DeltaError::NotADelta));
    assert_eq!(refused(&with(12, &[2])), Some(DeltaError::NewerFormat { found: 2, supported: 1 }));
    let beyond = u32::try_from(MAX_BUNDLE_BYTES + 1).expect("small").to_le_bytes();
    assert_eq!(refused(&with(13, &beyond)), Some(DeltaError::TooLarge));
    assert_eq!(refused(&with(17, &1_025_u32.to_le_bytes())), Some(DeltaError::TooLarge));
    assert_eq!(refused(&with(17, &0_u32.to_le_bytes())), Some(DeltaError::Segments));
    assert_eq!(refused(&file[..20]), Some(DeltaError::NotADelta));
}

/// A delta of one segment that stands for itself.
fn of_frame(result: usize, frame: &[u8]) -> Vec<u8> {
    let length = u32::try_from(result).expect("small").to_le_bytes();
    [MAGIC, &[FORMAT][..], &length, &1_u32.to_le_bytes(), &NOWHERE.to_le_bytes(), &length, frame].concat()
}

/// Bytes in a frame that asks for a window of so many bits.
fn frame(bytes: &[u8], window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
    encoder.window_log(window_log).expect("a window");
    encoder.include_contentsize(false).expect("said");
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

#[test]
fn a_frame_holds_what_it_says_within_its_window_and_nothing_after_it() {
    let unpacked = |result, frame: &[u8]| Delta::parse(&of_frame(result, frame)).expect("a delta").apply(b"");
    let zeros = vec![0; 5_000_000];
    assert_eq!(unpacked(1_000, &frame(&zeros[..1_000], 20)), Ok(vec![0; 1_000]));
    let bomb = frame(&zeros, 20);
    assert!(bomb.len() < 1_000);
    assert_eq!(unpacked(1_000, &bomb), Err(DeltaError::Contents), "more than it says");
    assert_eq!(unpacked(1_000, &frame(&zeros[..999], 20)), Err(DeltaError::Contents), "less");
    assert_eq!(unpacked(1_000, &frame(&zeros[..1_000], 21)), Err(DeltaError::Contents), "a larger window");
    let twice = [frame(&zeros[..500], 20), frame(&zeros[..500], 20)].concat();
    assert_eq!(unpacked(1_000, &twice), Err(DeltaError::Contents), "two frames");
    let after = [frame(&zeros[..1_000], 20), vec![0]].concat();
    assert_eq!(unpacked(1_000, &after), Err(DeltaError::Contents), "a byte after it");
    assert_eq!(unpacked(1_000, &frame(&zeros[..1_000], 20)[..8]), Err(DeltaError::Contents), "cut off");
}

proptest! {
    #[test]
    fn segments_anywhere_stay_within_the_base(
        base in proptest::collection::vec(any::<u8>(), 0..300),
        segments in proptest::collection::vec((prop_oneof![0..400_u32, Just(NOWHERE), any::<u32>()], 0..50_u32), 0..8),
    ) {
        let result: u32 = segments.iter().map(|(_, length)| length).sum();
        let count = u32::try_from(segments.len()).expect("few").to_le_bytes();
        let mut file = [MAGIC, &[FORMAT][..], &result.to_le_bytes(), &count].concat();
        segments.iter().for_each(|(base, length)| file.extend([base.to_le_bytes(), length.to_le_bytes()].concat()));
        file.extend(frame(&vec![1; result as usize], 20));
        let made = Delta::parse(&file).expect("it adds up").apply(&base);
        let is_within = |(from, length): &(u32, u32)| *from == NOWHERE || *from as usize + *length as usize <= base.len();
        prop_assert_eq!(made.is_ok(), segments.iter().all(is_within));
    }

    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Delta::parse(&[&MAGIC[..], &[FORMAT], &tail].concat()).map(|delta| delta.apply(b"base"));
    }

    #[test]
    fn a_delta_with_a_bit_turned_gives_another_file_or_none(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (old, new) = (bundle(&noise(1, 700), b"old"), bundle(&retrained(&noise(1, 700), 20), b"newer"));
        let mut file = packed(&old, &new);
        let at = at.index(file.len());
        file[at] ^= 1 << bit;
        if let Ok(result) = Delta::parse(&file).and_then(|delta| delta.apply(&old)) {
            prop_assert!(result.len() <= MAX_BUNDLE_BYTES);
        }
    }

    #[test]
    fn any_two_files_have_a_delta(old in proptest::collection::vec(any::<u8>(), 0..400), new in proptest::collection::vec(any::<u8>(), 0..400)) {
        packed(&old, &new);
    }
}
