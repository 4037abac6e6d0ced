//! Arrays of numbers as they cross between a driver and the suite.

use nirkit::numerics::Tensor;
use serde_json::Value;

/// A dense array in C order, time first: (T, *shape).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array {
    /// Lengths of the axes; the first one counts steps.
    pub shape: Vec<usize>,
    /// The numbers; NaN where there is none.
    pub values: Vec<f64>,
}

/// Axes that an array can have, as in numpy.
const MOST_AXES: usize = 32;

impl Array {
    /// Returns zeros of this shape.
    #[must_use]
    pub fn zeros(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), values: vec![0.0; shape.iter().product()] }
    }

    /// Returns the numbers of a tensor; `None` for complex numbers.
    #[must_use]
    pub fn of_tensor(tensor: &Tensor) -> Option<Self> {
        let values = tensor.to_f64()?.into_owned();
        Some(Self { shape: tensor.shape().to_vec(), values })
    }

    /// Returns the array of nested lists of numbers. `null` stands for NaN, `true` for 1.
    ///
    /// # Errors
    ///
    /// Lists of different lengths in one axis, and anything that is no number.
    pub fn of_json(value: &Value) -> Result<Self, String> {
        let mut shape = Vec::new();
        let mut at = value;
        while let Value::Array(items) = at {
            shape.push(items.len());
            match items.first() {
                Some(first) if shape.len() < MOST_AXES => at = first,
                _ => break,
            }
        }
        let mut array = Self { shape, values: Vec::new() };
        array.append(value, 0)?;
        Ok(array)
    }

    fn append(&mut self, value: &Value, axis: usize) -> Result<(), String> {
        match (value, self.shape.get(axis)) {
            (Value::Array(items), Some(&len)) if items.len() == len => {
                items.iter().try_for_each(|item| self.append(item, axis + 1))
            }
            (Value::Array(_), _) => Err("its lists have different lengths in one axis".to_owned()),
            (_, Some(_)) => Err("a list has numbers and lists side by side".to_owned()),
            (Value::Number(number), None) => {
                self.values.push(number.as_f64().unwrap_or(f64::NAN));
                Ok(())
            }
            (Value::Bool(truth), None) => {
                self.values.push(f64::from(u8::from(*truth)));
                Ok(())
            }
            (Value::Null, None) => {
                self.values.push(f64::NAN);
                Ok(())
            }
            (other, None) => Err(format!("{other} is no number")),
        }
    }

    /// Returns the array as nested lists; `null` stands for what is not finite.
    #[must_use]
    pub fn to_json(&self) -> Value {
        fn nested(shape: &[usize], values: &[f64]) -> Value {
            match shape {
                [] => match values.first() {
                    // Counts are written as whole numbers.
                    Some(&x) if x.fract() == 0.0 && x.abs() < 9e15 => Value::from(x as i64),
                    Some(&x) => Value::from(x),
                    None => Value::Null,
                },
                [len, rest @ ..] => {
                    let each: usize = rest.iter().product();
                    let part = |at: usize| {
                        nested(rest, values.get(at * each..(at + 1) * each).unwrap_or_default())
                    };
                    Value::Array((0..*len).map(part).collect())
                }
            }
        }
        nested(&self.shape, &self.values)
    }

    /// Number of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    /// Number of channels in a step.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// Sum of all numbers.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.values.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<Array, String> {
        Array::of_json(&serde_json::from_str(text).expect("JSON"))
    }

    #[test]
    fn lists_become_an_array_and_back() {
        let array = json("[[0, 1, 2.5], [true, 0, 1]]").expect("an array");
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(array.values, [0.0, 1.0, 2.5, 1.0, 0.0, 1.0]);
        assert_eq!(array.to_json().to_string(), "[[0,1,2.5],[1,0,1]]");
        assert!(json("[[null]]").expect("an array").values[0].is_nan());
    }

    #[test]
    fn what_is_no_array_is_told() {
        for (text, says) in [
            ("[[1], [1, 2]]", "different lengths"),
            ("[[1], 2]", "side by side"),
            ("[\"a\"]", "no number"),
            ("{}", "no number"),
            ("[1, [2]]", "different lengths"),
        ] {
            let error = json(text).expect_err("no array");
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
