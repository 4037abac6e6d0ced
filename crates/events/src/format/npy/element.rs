//! The fields of a row, and the types of their numbers.

use half::f16;
use nirkit_numerics::decimal;
use nirkit_numerics::literal::Literal;

use super::super::columns::Number;
use crate::error::ReadError;

/// Bytes of a row at most.
const MOST_ROW: usize = 1 << 12;

/// The type of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// `i`, `u`, `f` or `b`.
    pub(super) kind: u8,
    pub(super) size: usize,
    is_big: bool,
}

impl Element {
    /// The type of a description: `<f4`.
    pub(super) fn of(descr: &str) -> Option<Self> {
        let (order, name) = match descr.as_bytes() {
            [order @ (b'<' | b'>' | b'|' | b'='), name @ ..] => (*order, name),
            name => (b'=', name),
        };
        let [kind, size] = *name else { return None };
        let size = usize::from(size.checked_sub(b'0')?);
        let is_known = match kind {
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'f' => matches!(size, 2 | 4 | 8),
            b'b' => size == 1,
            _ => false,
        };
        let is_big = order == b'>' || (matches!(order, b'=' | b'|') && cfg!(target_endian = "big"));
        is_known.then_some(Self { kind, size, is_big })
    }

    /// The number that bytes mean.
    pub(super) fn read(self, bytes: &[u8]) -> Number {
        let mut wide = [0; 8];
        for (place, byte) in wide.iter_mut().zip(bytes) {
            *place = *byte;
        }
        if self.is_big {
            wide[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        let unused = 64 - 8 * self.size as u32;
        match (self.kind, self.size) {
            (b'i', _) => Number::Whole((bits << unused) as i64 >> unused),
            (b'f', 2) => Number::Real(f16::from_bits(bits as u16).to_f64()),
            (b'f', 4) => Number::Real(decimal::of_single(f32::from_bits(bits as u32))),
            (b'f', _) => Number::Real(f64::from_bits(bits)),
            (b'b', _) => Number::Whole(i64::from(bits != 0)),
            _ => i64::try_from(bits).map_or(Number::Real(bits as f64), Number::Whole),
        }
    }
}

/// A field of a row.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) element: Element,
    pub(super) start: usize,
}

/// The fields of a row, and the bytes of a row.
pub(super) fn fields(descr: Option<&Literal>) -> Result<(Vec<Field>, usize), ReadError> {
    let unsupported = |what: &str| {
        let help = "a table of events has the fields x, y, t and p, whole numbers or fractions";
        ReadError::unsupported(what, help)
    };
    let described = match descr {
        Some(Literal::List(described)) => described,
        Some(Literal::Text(descr)) => {
            let element =
                Element::of(descr).ok_or_else(|| unsupported("the array holds no numbers"))?;
            return Ok((vec![Field { name: String::new(), element, start: 0 }], element.size));
        }
        _ => return Err(unsupported("the header names no type")),
    };
    let (mut fields, mut row) = (Vec::new(), 0_usize);
    for field in described {
        let Literal::Tuple(parts) = field else {
            return Err(unsupported("a field of the header is no tuple"));
        };
        let [Literal::Text(name), Literal::Text(descr)] = parts.as_slice() else {
            return Err(unsupported("a field of the array is no single number"));
        };
        // numpy writes gaps between fields as fields without a name.
        if let Some(gap) = descr.strip_prefix("|V").and_then(|gap| gap.parse::<usize>().ok()) {
            row = row.saturating_add(gap);
            continue;
        }
        let element = Element::of(descr)
            .ok_or_else(|| unsupported(&format!("the field {name:?} has the type {descr:?}")))?;
        fields.push(Field { name: name.clone(), element, start: row });
        row = row.saturating_add(element.size);
    }
    if fields.is_empty() || row > MOST_ROW {
        return Err(unsupported(&format!("a row has {} fields and {row} bytes", fields.len())));
    }
    Ok((fields, row))
}
