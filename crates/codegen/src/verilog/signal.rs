//! Wires and constants, each extended or cut to the bits that its reader asks for.

use crate::range::interval::Interval;

/// A number of the design: a wire or a constant, with the bounds of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    /// Name of the wire; empty for a constant.
    pub(crate) name: String,
    pub(crate) range: Interval,
    /// Bits of the wire.
    bits: u32,
    signed: bool,
}

impl Signal {
    /// A wire that is as wide as its numbers need.
    pub(crate) fn wire(name: impl Into<String>, range: Interval) -> Self {
        Self { name: name.into(), range, bits: range.bits(), signed: range.is_signed() }
    }

    /// A wire of so many bits.
    pub(crate) fn register(name: impl Into<String>, bits: u32, signed: bool) -> Self {
        let range =
            if signed { Interval::of_bits(bits) } else { Interval { low: 0, high: i64::MAX } };
        Self { name: name.into(), range, bits, signed }
    }

    pub(crate) fn constant(number: i64) -> Self {
        Self::wire("", Interval::point(number))
    }

    /// Bits of the register that holds the numbers.
    pub(crate) fn bits(&self) -> u32 {
        self.bits
    }

    /// Bits of two's complement.
    pub(crate) fn signed_bits(&self) -> u32 {
        self.bits + u32::from(!self.signed)
    }

    /// Whether a reader of so many bits leaves some of the wire unread.
    pub(crate) fn is_cut(&self, bits: u32) -> bool {
        !self.name.is_empty() && bits < self.bits
    }

    /// The lowest bits of the two's complement.
    pub(crate) fn at(&self, bits: u32) -> String {
        if self.name.is_empty() {
            return literal(bits, self.range.low);
        }
        let name = &self.name;
        if bits == self.bits {
            name.clone()
        } else if bits < self.bits {
            format!("{name}[{}:0]", bits - 1)
        } else if self.signed {
            format!("{{{{{}{{{name}[{}]}}}}, {name}}}", bits - self.bits, self.bits - 1)
        } else {
            format!("{{{}'d0, {name}}}", bits - self.bits)
        }
    }

    /// The same, as a signed operand.
    pub(crate) fn signed_at(&self, bits: u32) -> String {
        format!("$signed({})", self.at(bits))
    }
}

/// A constant of so many bits.
pub(crate) fn literal(bits: u32, number: i64) -> String {
    if number >= 0 && bits <= 32 && number < 1 << bits.min(31) {
        return format!("{bits}'d{number}");
    }
    format!("{bits}'h{:x}", masked(bits, number))
}

/// The lowest bits of the two's complement.
pub(crate) fn masked(bits: u32, number: i64) -> u64 {
    number as u64 & (u64::MAX >> (64 - bits.clamp(1, 64)))
}

/// The range of a declaration: `[7:0]`.
pub(crate) fn range(bits: u32) -> String {
    format!("[{}:0]", bits.max(1) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wires_are_extended_by_their_sign_and_cut_from_above() {
        let signed = Signal::wire("a", Interval { low: -8, high: 7 });
        assert_eq!([signed.at(4), signed.at(3)], ["a", "a[2:0]"]);
        assert_eq!(signed.at(6), "{{2{a[3]}}, a}");
        let unsigned = Signal::wire("b", Interval { low: 0, high: 7 });
        assert_eq!(unsigned.at(6), "{3'd0, b}");
        assert_eq!((signed.signed_bits(), unsigned.signed_bits()), (4, 4));
    }

    #[test]
    fn constants_are_sized() {
        assert_eq!(
            [literal(8, 5), literal(8, -5), literal(64, -1)],
            ["8'd5", "8'hfb", "64'hffffffffffffffff"]
        );
        assert_eq!(
            [literal(31, (1 << 31) - 1), literal(63, i64::MAX)],
            ["31'd2147483647", "63'h7fffffffffffffff"]
        );
    }
}
