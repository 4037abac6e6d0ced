//! Runs of targets that see a source through elements of the kernel that stand next to each other.

use super::KernelAxis;

/// For each row of sources, the rows of targets that see it, in runs in which targets as well as
/// elements of the kernel stand next to each other; for columns likewise.
///
/// The next target sees a source through an element that lies a stride before. So the elements of the
/// kernel are kept by their remainder of the stride, the last one first.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    ends: Vec<usize>,
    list: Vec<Run>,
    /// Element of the kernel at each place.
    pub(super) order: Vec<usize>,
    /// Place of each element.
    pub(super) places: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// First target.
    pub(super) to: u16,
    /// First place in the kernel.
    pub(super) from: u16,
    pub(super) len: u16,
}

impl Runs {
    pub(super) fn new(axis_of_kernel: KernelAxis) -> Self {
        let mut order: Vec<usize> = (0..axis_of_kernel.kernel).collect();
        order.sort_by_key(|&k| (k % axis_of_kernel.stride, axis_of_kernel.kernel - k));
        let mut places = vec![0; axis_of_kernel.kernel];
        for (place, &k) in order.iter().enumerate() {
            places[k] = place;
        }
        let (mut ends, mut list) = (Vec::new(), Vec::<Run>::new());
        for source in 0..axis_of_kernel.input {
            let first = list.len();
            let mut seen: Vec<(usize, usize)> = axis_of_kernel.windows_over(source).collect();
            seen.sort_by_key(|&(_, to)| to);
            for (to, from) in seen.into_iter().map(|(k, to)| (to as u16, places[k] as u16)) {
                match list[first..].last_mut() {
                    Some(run) if (run.to + run.len, run.from + run.len) == (to, from) => {
                        run.len += 1;
                    }
                    _ => list.push(Run { to, from, len: 1 }),
                }
            }
            ends.push(list.len());
        }
        Self { ends, list, order, places }
    }

    #[inline(always)]
    pub(super) fn at(&self, source: usize) -> &[Run] {
        let start = if source == 0 { 0 } else { self.ends[source - 1] };
        &self.list[start..self.ends[source]]
    }
}
