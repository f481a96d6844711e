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

#[test]
fn a_frame_that_unpacks_to_more_than_it_says_ends_there() {
    let bomb = zstd::bulk::compress(&vec![0; 200 << 20], 19).expect("packed");
    assert!(bomb.len() < 20_000);
    let mut file = MAGIC.to_vec();
    file.push(FORMAT);
    file.extend(1_000_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    file.extend(NOWHERE.to_le_bytes());
    file.extend(1_000_u32.to_le_bytes());
    file.extend(bomb);
    assert_eq!(Delta::parse(&file).expect("a delta").apply(b""), Err(DeltaError::Contents));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(base in proptest::collection::vec(any::<u8>(), 0..300), tail in proptest::collection::vec(any::<u8>(), 0..300)) {
        let file = [&MAGIC[..], &[FORMAT], &tail].concat();
        if let Ok(delta) = Delta::parse(&file) {
            let _ = delta.apply(&base);
        }
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
