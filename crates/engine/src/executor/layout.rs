//! How the channels of a signal lie in memory.

/// An order of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// As they are numbered.
    Plain,
    /// Pixel by pixel, the channels of a pixel side by side, so that a kernel adds to all of them at
    /// once.
    ByPixel {
        /// Channels of a pixel.
        channels: usize,
        /// Pixels.
        pixels: usize,
    },
}

impl Layout {
    /// Where a channel lies.
    #[inline(always)]
    pub(crate) fn place(self, channel: usize) -> usize {
        match self {
            Self::Plain => channel,
            Self::ByPixel { channels, pixels } => (channel % pixels) * channels + channel / pixels,
        }
    }

    /// Which channel lies at a place.
    #[inline(always)]
    pub(crate) fn channel(self, place: usize) -> usize {
        match self {
            Self::Plain => place,
            Self::ByPixel { channels, pixels } => (place % channels) * pixels + place / channels,
        }
    }

    /// A list by channel, in the order of places.
    pub(crate) fn arrange<T: Copy>(self, list: &[T]) -> Vec<T> {
        (0..list.len()).map(|place| list[self.channel(place)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_channels_are_inverse() {
        let layout = Layout::ByPixel { channels: 3, pixels: 4 };
        assert_eq!([0, 4, 8, 1].map(|channel| layout.place(channel)), [0, 1, 2, 3]);
        assert!((0..12).all(|channel| layout.channel(layout.place(channel)) == channel));
    }
}
