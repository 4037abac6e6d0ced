//! Widths of texts, so that none leaves its box.
//!
//! The widths are those of `DejaVu` Sans, which is wider than Helvetica, Arial and Liberation Sans: whichever of them a viewer
//! takes, the text fits.

/// Widths of the characters from the blank to `~`, in thousandths of the font size.
const PLAIN: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The same in bold.
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];

/// Width of other characters: as wide as most ideographs, and wider than most letters.
const OTHER: u16 = 1050;
/// What stands for the rest of a text that is shortened.
const REST: char = '…';

/// A font: its size in pixels, and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Font {
    /// Size in pixels.
    pub(crate) size: f64,
    /// Whether it is bold.
    pub(crate) bold: bool,
}

impl Font {
    /// The width of a character in pixels.
    fn character(self, character: char) -> f64 {
        let table = if self.bold { &BOLD } else { &PLAIN };
        let at = usize::try_from(u32::from(character).wrapping_sub(32)).unwrap_or(usize::MAX);
        f64::from(table.get(at).copied().unwrap_or(OTHER)) * self.size / 1000.0
    }

    /// The width of a text in pixels.
    pub(crate) fn width(self, text: &str) -> f64 {
        text.chars().map(|character| self.character(character)).sum()
    }

    /// The text in lines that are no wider than `most` pixels, if no word is.
    pub(crate) fn wrap(self, text: &str, most: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if self.width(line) + self.width(" ") + self.width(word) <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.shorten(word, most)),
            }
        }
        lines
    }

    /// The text, or its beginning and `…` where it is wider than `most` pixels.
    pub(crate) fn shorten(self, text: &str, most: f64) -> String {
        let (mut width, rest) = (0.0, self.character(REST));
        // The length of the longest beginning behind which `…` has room.
        let mut fits = 0;
        for (at, character) in text.char_indices() {
            width += self.character(character);
            if width > most {
                let beginning = text.get(..fits).unwrap_or_default().trim_end();
                return format!("{beginning}{REST}");
            }
            if width + rest <= most {
                fits = at + character.len_utf8();
            }
        }
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 10.0, bold: false };

    #[test]
    fn a_text_that_is_too_wide_is_shortened_to_its_width() {
        assert_eq!(FONT.shorten("lif", 100.0), "lif");
        let long = "x".repeat(5000);
        let short = FONT.shorten(&long, 100.0);
        assert!(short.ends_with('…') && FONT.width(&short) <= 100.0, "{short}");
        assert_eq!(FONT.shorten("a", 0.0), "…");
    }
}
