//! Addresses of the cameras that jAER recorded.
//!
//! Source: iniVation, "AEDAT 1.0" and "AEDAT 2.0". A DVS128 has bit 0 for the polarity, bits 1 to 7 for x, 8 to 14 for y and
//! 15 for an external event. A DAVIS has bit 31 for samples of frames and of the inertial sensor, bits 22 to 30 for y, 12 to
//! 21 for x, 11 for the polarity and 10 for an external event. Row 0 is at the bottom.

use serde::Serialize;

use crate::Size;
use crate::finding::Kind;

/// A camera whose addresses are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Camera {
    /// DVS128, 128 x 128 pixels.
    Dvs128,
    /// DAVIS208, 208 x 192 pixels.
    Davis208,
    /// DAVIS240, 240 x 180 pixels.
    Davis240,
    /// DAVIS346, 346 x 260 pixels.
    Davis346,
    /// DAVIS640, 640 x 480 pixels.
    Davis640,
}

impl Camera {
    /// All cameras.
    pub const ALL: [Self; 5] =
        [Self::Dvs128, Self::Davis208, Self::Davis240, Self::Davis346, Self::Davis640];

    /// Returns its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dvs128 => "dvs128",
            Self::Davis208 => "davis208",
            Self::Davis240 => "davis240",
            Self::Davis346 => "davis346",
            Self::Davis640 => "davis640",
        }
    }

    /// Returns the camera of a name, or the one that a longer name begins with, such as `Davis240C`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|camera| name.starts_with(camera.name()))
    }

    /// Returns the size of its sensor.
    #[must_use]
    pub fn size(self) -> Size {
        let (width, height) = match self {
            Self::Dvs128 => (128, 128),
            Self::Davis208 => (208, 192),
            Self::Davis240 => (240, 180),
            Self::Davis346 => (346, 260),
            Self::Davis640 => (640, 480),
        };
        Size { width, height }
    }

    /// Takes an address apart: a pixel with its polarity, or the number of a thing that is no change.
    pub(crate) fn read(self, address: u32) -> Result<(u16, u16, bool), usize> {
        if self == Self::Dvs128 {
            if address >> 16 != 0 {
                return Err(BEYOND);
            }
            if address >> 15 != 0 {
                return Err(EXTERNAL);
            }
            return Ok((
                (address >> 1 & 0x7F) as u16,
                (address >> 8 & 0x7F) as u16,
                address & 1 != 0,
            ));
        }
        if address >> 31 != 0 {
            return Err(SAMPLE);
        }
        if address >> 10 & 1 != 0 {
            return Err(EXTERNAL);
        }
        Ok(((address >> 12 & 0x3FF) as u16, (address >> 22 & 0x1FF) as u16, address >> 11 & 1 != 0))
    }
}

const EXTERNAL: usize = 0;
const SAMPLE: usize = 1;
const BEYOND: usize = 2;
/// The counter of time wrapped around.
pub(crate) const AROUND: usize = 3;

/// What a word is that is no change of a pixel.
pub(crate) fn name(word: usize) -> (Kind, &'static str) {
    match word {
        EXTERNAL => (Kind::OtherData, "external events"),
        SAMPLE => (Kind::OtherData, "samples of frames or of the inertial sensor"),
        BEYOND => (Kind::Unknown, "addresses beyond the 16 bits of a DVS128"),
        _ => (Kind::Wrapped, "times of 32 bits wrapped around"),
    }
}
