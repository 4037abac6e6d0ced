//! The lzf filter of h5py (number 32000), which the HDF5 reader does not bring along.
//!
//! The format is that of `LibLZF`: a control byte below 32 starts a run of literal bytes; any other
//! starts a copy of bytes that were put out before.

/// Number of the filter in the registry of the HDF Group.
pub(super) const FILTER: u16 = 32_000;

/// Decodes one chunk to at most `limit` bytes.
///
/// # Errors
///
/// Says what is wrong when the input ends too early, points before the start of the output, or
/// decodes to more than `limit` bytes.
pub(super) fn decode(input: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let mut output = Vec::with_capacity(limit.min(input.len().saturating_mul(4)));
    let mut rest = input;
    while let Some((&control, after)) = rest.split_first() {
        rest = if control < 32 {
            literals(usize::from(control) + 1, after, &mut output)?
        } else {
            copy(control, after, &mut output)?
        };
        if output.len() > limit {
            return Err(format!("an lzf chunk decodes to more than its {limit} bytes"));
        }
    }
    Ok(output)
}

/// Appends the next `count` bytes of the input.
fn literals<'a>(count: usize, rest: &'a [u8], output: &mut Vec<u8>) -> Result<&'a [u8], String> {
    let (run, rest) = rest.split_at_checked(count).ok_or_else(cut_off)?;
    output.extend_from_slice(run);
    Ok(rest)
}

/// Appends bytes of the output once more. Source and target may overlap, which repeats a pattern.
fn copy<'a>(control: u8, rest: &'a [u8], output: &mut Vec<u8>) -> Result<&'a [u8], String> {
    let mut rest = rest;
    let mut count = usize::from(control >> 5) + 2;
    if count == 9 {
        let (&more, after) = rest.split_first().ok_or_else(cut_off)?;
        count += usize::from(more);
        rest = after;
    }
    let (&low, rest) = rest.split_first().ok_or_else(cut_off)?;
    let distance = (usize::from(control & 31) << 8) + usize::from(low) + 1;
    let start = output.len().checked_sub(distance).ok_or_else(|| {
        format!("an lzf copy reaches {distance} bytes back, there are {}", output.len())
    })?;
    for index in start..start + count {
        let byte = output.get(index).copied().unwrap_or_default();
        output.push(byte);
    }
    Ok(rest)
}

fn cut_off() -> String {
    "an lzf chunk ends in the middle".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Inputs and outputs worked out by hand from the format's description.

    #[test]
    fn literals_and_copies_decode() {
        assert_eq!(decode(&[2, b'a', b'b', b'c'], 99).unwrap(), b"abc");
        // Three literals, then 3 bytes from 3 back.
        assert_eq!(decode(&[2, b'a', b'b', b'c', 1 << 5, 2], 99).unwrap(), b"abcabc");
        // One literal, then 9 + 4 bytes from 1 back: a run.
        assert_eq!(decode(&[0, b'x', 7 << 5, 4, 0], 99).unwrap(), [b'x'; 14]);
    }

    #[test]
    fn damage_is_an_error() {
        assert!(decode(&[2, b'a'], 99).unwrap_err().contains("ends in the middle"));
        assert!(decode(&[0, b'a', 7 << 5], 99).unwrap_err().contains("ends in the middle"));
        assert!(
            decode(&[0, b'a', 1 << 5, 9], 99).unwrap_err().contains("10 bytes back, there are 1")
        );
        assert!(
            decode(&[0, b'x', 7 << 5, 255, 0], 99).unwrap_err().contains("more than its 99 bytes")
        );
    }
}
