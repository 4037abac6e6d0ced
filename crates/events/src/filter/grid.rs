//! A value for each pixel, for as many pixels as events have shown.

/// Pixels at most.
pub(super) const MOST: usize = 1 << 24;

/// A value for each pixel. It grows as places are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid<T> {
    width: usize,
    height: usize,
    values: Vec<T>,
}

impl<T: Clone + Default> Grid<T> {
    /// Returns the value of a pixel; `None` where that would take too many pixels.
    pub fn at(&mut self, x: u16, y: u16) -> Option<&mut T> {
        let (x, y) = (usize::from(x), usize::from(y));
        if x >= self.width || y >= self.height {
            self.grow(x + 1, y + 1)?;
        }
        self.values.get_mut(y * self.width + x)
    }

    /// Makes room, for somewhat more than is asked for.
    fn grow(&mut self, width: usize, height: usize) -> Option<()> {
        let room = |old: usize, new: usize| if new > old { new.next_multiple_of(64) } else { old };
        let (width, height) = (room(self.width, width), room(self.height, height));
        if width * height > MOST {
            return None;
        }
        let mut values = vec![T::default(); width * height];
        for (y, row) in self.values.chunks_exact(self.width.max(1)).enumerate() {
            values[y * width..][..self.width].clone_from_slice(row);
        }
        (self.width, self.height, self.values) = (width, height, values);
        Some(())
    }

    /// Returns all pixels: column, row, value.
    pub fn cells(&self) -> impl Iterator<Item = (u16, u16, &T)> {
        let cell =
            |(index, value)| ((index % self.width) as u16, (index / self.width) as u16, value);
        self.values.iter().enumerate().map(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_are_while_it_grows() {
        let mut grid = Grid::<u32>::default();
        for (x, y) in [(0, 0), (3, 70), (200, 1), (5, 300)] {
            *grid.at(x, y).unwrap() += u32::from(x) + u32::from(y) + 1;
        }
        let found: Vec<_> =
            grid.cells().filter(|(_, _, value)| **value > 0).map(|(x, y, v)| (x, y, *v)).collect();
        assert_eq!(found, [(0, 0, 1), (200, 1, 202), (3, 70, 74), (5, 300, 306)]);
        assert!(grid.at(65535, 65535).is_none());
        assert_eq!(grid.at(3, 70), Some(&mut 74));
    }
}
