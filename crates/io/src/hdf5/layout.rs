//! Numbers that are not laid out as the machine has them: where their bits are, and their values.

use half::f16;
use nirkit_numerics::{ByteOrder, DType};

/// How a number lies in the bits of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Bytes of an element, at most 8.
    pub(super) size: u8,
    pub(super) kind: Kind,
}

/// The kinds of numbers with a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer(Integer),
    Float(Float),
}

impl From<Integer> for Kind {
    fn from(integer: Integer) -> Self {
        Self::Integer(integer)
    }
}

impl From<Float> for Kind {
    fn from(float: Float) -> Self {
        Self::Float(float)
    }
}

/// An integer of fewer bits than its element has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integer {
    /// The bit at which it begins, from the lowest.
    pub(super) offset: u8,
    pub(super) precision: u8,
    pub(super) signed: bool,
}

/// A floating-point number whose leading bit is left out. Bits are counted from the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Float {
    /// The first bit that counts, and how many do. HDF5 counts the other places from bit 0 all the same.
    pub(super) offset: u16,
    pub(super) precision: u16,
    pub(super) sign: u8,
    pub(super) exponent: u8,
    pub(super) exponent_bits: u8,
    pub(super) mantissa: u8,
    pub(super) mantissa_bits: u8,
    pub(super) bias: u32,
}

/// The IEEE types with their bits of mantissa and their bias.
const IEEE: [(DType, u8, u32); 3] =
    [(DType::F16, 10, 15), (DType::F32, 23, 127), (DType::F64, 52, 1023)];

impl Float {
    /// The layout of an IEEE type.
    pub(super) fn ieee(dtype: DType) -> Self {
        let found = IEEE.iter().find(|(ieee, ..)| *ieee == dtype);
        let (dtype, mantissa_bits, bias) = found.copied().unwrap_or(IEEE[2]);
        let bits = 8 * dtype.size() as u8;
        Self {
            offset: 0,
            precision: u16::from(bits),
            sign: bits - 1,
            exponent: mantissa_bits,
            exponent_bits: bits - 1 - mantissa_bits,
            mantissa: 0,
            mantissa_bits,
            bias,
        }
    }

    /// Whether all fields lie below the last bit that counts of an element of this many bytes, and none on another.
    pub(super) fn check(&self, size: u32) -> Result<(), String> {
        let bits = 8 * u64::from(size);
        let end = u32::from(self.offset) + u32::from(self.precision);
        let fields = [
            (self.sign, 1),
            (self.exponent, self.exponent_bits),
            (self.mantissa, self.mantissa_bits),
        ];
        let mut taken = 0_u128;
        let apart = fields.iter().all(|&(at, count)| {
            let field = (1_u128 << count.min(127)) - 1;
            let fits = count > 0 && u32::from(at) + u32::from(count) <= end.min(128);
            let field = if fits { field << at } else { 0 };
            let free = fits && taken & field == 0;
            taken |= field;
            free
        });
        if apart && u64::from(end) <= bits {
            return Ok(());
        }
        Err(format!("the fields of a floating-point type do not fit into {bits} bits"))
    }

    /// The first IEEE type, of at least as many bytes, that holds every value: h5py's choice.
    pub(super) fn narrowest(&self, size: u32) -> Option<DType> {
        let bias = i64::from(self.bias);
        let above = 1_i64.checked_shl(u32::from(self.exponent_bits))? - bias - 1;
        let holds = |&&(dtype, mantissa_bits, ieee_bias): &&(DType, u8, u32)| {
            let (most, least) = (i64::from(ieee_bias) + 1, 1 - i64::from(ieee_bias));
            dtype.size() >= size as usize
                && self.mantissa_bits <= mantissa_bits
                && above <= most
                && 1 - bias >= least
        };
        (self.exponent_bits < 32).then(|| IEEE.iter().find(holds).map(|(dtype, ..)| *dtype))?
    }

    /// The value of the bits of an element. Nothing is rounded, as the type was chosen to hold it.
    fn value(&self, bits: u64) -> f64 {
        let field = |at: u8, count: u8| bits >> at & ((1 << count) - 1);
        let negative = field(self.sign, 1) == 1;
        let exponent = field(self.exponent, self.exponent_bits);
        let mantissa = field(self.mantissa, self.mantissa_bits);
        let highest = (1 << self.exponent_bits) - 1;
        let magnitude = match (exponent, mantissa) {
            (exponent, 0) if exponent == highest => f64::INFINITY,
            // As HDF5 has it: every bit of the mantissa set.
            (exponent, _) if exponent == highest => f64::from_bits(0x7fff_ffff_ffff_ffff),
            (0, mantissa) => self.scaled(mantissa, 1),
            (exponent, mantissa) => self.scaled(mantissa | 1 << self.mantissa_bits, exponent),
        };
        if negative { -magnitude } else { magnitude }
    }

    fn scaled(&self, mantissa: u64, exponent: u64) -> f64 {
        let power = exponent as i64 - i64::from(self.bias) - i64::from(self.mantissa_bits);
        // A power of two below those of normal numbers is taken in two steps, each of them exact.
        let first = power.max(-1000);
        mantissa as f64 * power_of_two(first) * power_of_two(power - first)
    }
}

/// 2 to a power between -1022 and 1023.
fn power_of_two(power: i64) -> f64 {
    f64::from_bits(((power + 1023) as u64) << 52)
}

impl Integer {
    fn value(self, bits: u64) -> u64 {
        let unused = 64 - u32::from(self.precision);
        let raised = bits >> self.offset << unused;
        if self.signed { ((raised as i64) >> unused) as u64 } else { raised >> unused }
    }
}

impl Layout {
    /// Elements as they are stored, as elements of a type of ours, both in a byte order.
    pub(super) fn convert(&self, stored: &[u8], dtype: DType, order: ByteOrder) -> Vec<u8> {
        let size = usize::from(self.size);
        let mut converted = Vec::with_capacity(stored.len() / size * dtype.size());
        for element in stored.chunks_exact(size) {
            let mut word = [0; 8];
            word[..size].copy_from_slice(element);
            if order == ByteOrder::Big {
                word[..size].reverse();
            }
            let mut word = self.word(u64::from_le_bytes(word), dtype).to_le_bytes();
            let word = &mut word[..dtype.size()];
            if order == ByteOrder::Big {
                word.reverse();
            }
            converted.extend_from_slice(word);
        }
        converted
    }

    /// The bits of a number of ours.
    fn word(&self, bits: u64, dtype: DType) -> u64 {
        match (self.kind, dtype) {
            (Kind::Integer(integer), _) => integer.value(bits),
            (Kind::Float(float), DType::F16) => f16::from_f64(float.value(bits)).to_bits().into(),
            (Kind::Float(float), DType::F32) => (float.value(bits) as f32).to_bits().into(),
            (Kind::Float(float), _) => float.value(bits).to_bits(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ieee_layout_has_the_values_of_the_machine() {
        for value in [1.5_f32, -0.0, f32::MAX, f32::MIN_POSITIVE, 1e-45, f32::NEG_INFINITY] {
            let found = Float::ieee(DType::F32).value(value.to_bits().into());
            assert_eq!(found.to_bits(), f64::from(value).to_bits());
        }
        for value in [0.1_f64, f64::MAX, -5e-324, f64::MIN_POSITIVE] {
            let found = Float::ieee(DType::F64).value(value.to_bits());
            assert_eq!(found.to_bits(), value.to_bits());
        }
    }

    #[test]
    fn a_size_that_no_number_has_is_no_small_one() {
        // Eight times as many bits do not fit into 32 bits.
        let float = Float::ieee(DType::F32);
        assert_eq!(float.check(3 + (1 << 29)), Ok(()));
        assert_eq!(float.narrowest(3 + (1 << 29)), None);
        assert!(float.check(3).is_err());
    }

    #[test]
    fn an_integer_keeps_its_sign() {
        let twelve = Integer { offset: 4, precision: 12, signed: true };
        assert_eq!(twelve.value(0xffb0) as i64, -5);
        assert_eq!(Integer { signed: false, ..twelve }.value(0xffb7), 0xffb);
    }
}
