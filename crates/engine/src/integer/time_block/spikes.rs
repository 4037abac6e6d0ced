//! Spikes: the channels of a signal that spiked in each step, and how often.

use super::CHUNK;

/// A channel, by its place, and its number of spikes.
pub(crate) type Spike = (u32, i32);

/// The spikes of a signal in the steps of a block and in so many steps before it.
#[derive(Clone, Debug)]
pub(crate) struct Spikes {
    list: Vec<Spike>,
    len: usize,
    /// Where the spikes of each row begin; the last entry is the end.
    starts: Vec<usize>,
    /// The most spikes of a channel in each row.
    most: Vec<i32>,
    /// Rows that stand before those of a block.
    reach: usize,
}

impl Spikes {
    /// A signal that was silent so far, and is remembered for so many steps.
    pub(crate) fn new(reach: usize) -> Self {
        let (starts, most) = (vec![0; reach + 1], vec![0; reach]);
        Self { list: Vec::new(), len: 0, starts, most, reach }
    }

    /// A list without memory.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
        self.starts.truncate(1);
        self.most.clear();
    }

    /// Begins a block: what is older than is remembered goes.
    pub(crate) fn begin_block(&mut self) {
        let gone = self.most.len() - self.reach;
        let first = self.starts[gone];
        self.list.copy_within(first..self.len, 0);
        self.len -= first;
        self.most.drain(..gone);
        self.starts.drain(..gone);
        self.starts.iter_mut().for_each(|start| *start -= first);
    }

    /// Lists the next row.
    #[inline(always)]
    pub(crate) fn list(&mut self, row: &[i32]) {
        if self.list.len() < self.len + row.len() {
            self.list.resize((self.len + row.len()).next_power_of_two(), (0, 0));
        }
        let (mut len, mut most) = (self.len, 0);
        let room = &mut self.list[..];
        for first in (0..row.len()).step_by(CHUNK) {
            let counts = &row[first..row.len().min(first + CHUNK)];
            let mut any = 0;
            for &count in counts {
                any |= count;
            }
            if any == 0 {
                continue;
            }
            for lane in 0..counts.len() {
                // Written always and kept only if it is one, so that there is no branch.
                let count = counts[lane];
                room[len] = ((first + lane) as u32, count);
                len += usize::from(count != 0);
                most = most.max(count.abs());
            }
        }
        self.len = len;
        self.most.push(most);
        self.starts.push(len);
    }

    /// The spikes of a row; the block begins after those that are remembered.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &[Spike] {
        &self.list[self.starts[row]..self.starts[row + 1]]
    }

    /// The row of the first step of a block.
    #[inline(always)]
    pub(crate) fn first(&self) -> usize {
        self.reach
    }

    /// The most spikes of a channel in some rows.
    #[inline(always)]
    pub(crate) fn most(&self, rows: std::ops::Range<usize>) -> i32 {
        let mut most = 0;
        for &row in &self.most[rows] {
            most = most.max(row);
        }
        most
    }
}
