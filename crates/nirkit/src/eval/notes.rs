//! What is to be said of the stimuli of many samples: once, although its numbers differ from sample to sample.

/// Notes that are told one by one.
const MOST: usize = 10;

/// Notes without repetition.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
    /// Notes that are not told.
    left_out: usize,
}

/// A note as it was met first.
struct Note {
    text: String,
    /// How often it was met with other numbers.
    others: usize,
}

impl Notes {
    /// Takes a note down. One that was met with other numbers is counted with the first.
    pub(super) fn tell(&mut self, text: String) {
        let (key, is_full) = (without_numbers(&text), self.notes.len() >= MOST);
        match self.notes.iter_mut().find(|note| without_numbers(&note.text) == key) {
            Some(note) => note.others += usize::from(note.text != text),
            None if is_full => self.left_out += 1,
            None => self.notes.push(Note { text, others: 0 }),
        }
    }

    /// Returns what is to be said.
    pub(super) fn list(self) -> impl Iterator<Item = String> {
        let told = self.notes.into_iter().map(|Note { text, others }| match others {
            0 => text,
            1 => format!("{text} (and once more, with other numbers)"),
            others => format!("{text} (and {others} times more, with other numbers)"),
        });
        let left_out = (self.left_out > 0)
            .then(|| format!("{} further notes on how the samples were read", self.left_out));
        told.chain(left_out)
    }
}

/// A text with a mark for each number; those in names, between backticks, stay.
fn without_numbers(text: &str) -> String {
    let mut is_name = false;
    let mut key = String::with_capacity(text.len());
    for letter in text.chars() {
        is_name ^= letter == '`';
        if is_name || !letter.is_ascii_digit() {
            key.push(letter);
        } else if !key.ends_with('#') {
            key.push('#');
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_told_once_whatever_its_numbers() {
        let mut notes = Notes::default();
        for text in
            ["7 spikes for `a1`", "7 spikes for `a1`", "12 spikes for `a1`", "7 spikes for `a2`"]
        {
            notes.tell(text.to_owned());
        }
        let told: Vec<String> = notes.list().collect();
        assert_eq!(
            told,
            ["7 spikes for `a1` (and once more, with other numbers)", "7 spikes for `a2`"]
        );
    }

    #[test]
    fn notes_beyond_the_first_are_counted() {
        let mut notes = Notes::default();
        for letter in 'a'..='z' {
            notes.tell(letter.to_string());
        }
        assert_eq!(notes.list().last().unwrap(), "16 further notes on how the samples were read");
    }
}
