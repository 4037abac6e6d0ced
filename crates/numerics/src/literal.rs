//! Python literals, as `ast.literal_eval` reads them: what the header of a `.npy` file is made of.
//!
//! Whatever is not understood is refused, so nothing is taken that Python would not take.

/// Literals inside each other; Python has a bound as well.
const DEPTH: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A text.
    Text(String),
    /// `True` or `False`.
    Truth(bool),
    /// A whole number; `None` when it is beyond all that a shape can have.
    Whole(Option<i128>),
    /// `(1, 2)`.
    Tuple(Vec<Literal>),
    /// `[1, 2]`.
    List(Vec<Literal>),
    /// `{1: 2}`, in the order of the text.
    Dictionary(Vec<(Literal, Literal)>),
    /// A fraction, `None`, bytes, a set.
    Other,
}

/// Returns the value of a whole text; `None` when it is no literal. With `long`, whole numbers may end in
/// `L`, as Python 2 wrote them.
#[must_use]
pub fn parse(text: &str, long: bool) -> Option<Literal> {
    let mut parser = Parser { rest: text.trim_start_matches([' ', '\t']), long, depth: 0 };
    let found = parser.value()?;
    parser.space();
    parser.rest.is_empty().then_some(found)
}

struct Parser<'a> {
    rest: &'a str,
    long: bool,
    depth: usize,
}

impl Parser<'_> {
    /// Steps over spaces, line ends and comments.
    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// Steps over a sign, and spaces before it, if it comes next.
    fn sign(&mut self, sign: char) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self) -> Option<Literal> {
        self.space();
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let found = match self.rest.chars().next()? {
            '(' => self.round(),
            '[' => self.list(),
            '{' => self.curly(),
            '-' | '+' => self.signed(),
            '0'..='9' | '.' => self.number(),
            '\'' | '"' => self.text(),
            _ => self.word(),
        };
        self.depth -= 1;
        found
    }

    /// Values separated by commas, up to `end`; and whether there was a comma at all.
    fn values(&mut self, end: char) -> Option<(Vec<Literal>, bool)> {
        let mut values = Vec::new();
        let mut comma = false;
        while !self.sign(end) {
            if !values.is_empty() && !comma {
                return None;
            }
            values.push(self.value()?);
            let separated = self.sign(',');
            comma |= separated;
            if !separated {
                return self.sign(end).then_some((values, comma));
            }
        }
        Some((values, comma))
    }

    fn round(&mut self) -> Option<Literal> {
        self.sign('(');
        let (mut values, comma) = self.values(')')?;
        // Without a comma, parentheses only hold a value together.
        if values.len() == 1 && !comma { values.pop() } else { Some(Literal::Tuple(values)) }
    }

    fn list(&mut self) -> Option<Literal> {
        self.sign('[');
        Some(Literal::List(self.values(']')?.0))
    }

    fn curly(&mut self) -> Option<Literal> {
        self.sign('{');
        let mut entries = Vec::new();
        while !self.sign('}') {
            let key = self.value()?;
            if !self.sign(':') {
                // A set; it is no dictionary, which is all that matters.
                if !entries.is_empty() || (!self.sign(',') && !self.rest.starts_with('}')) {
                    return None;
                }
                return self.values('}').map(|_| Literal::Other);
            }
            entries.push((key, self.value()?));
            if !self.sign(',') {
                return self.sign('}').then_some(Literal::Dictionary(entries));
            }
        }
        Some(Literal::Dictionary(entries))
    }

    fn signed(&mut self) -> Option<Literal> {
        let negative = self.sign('-');
        if !negative {
            self.sign('+');
        }
        self.space();
        match self.rest.chars().next()? {
            '0'..='9' | '.' => {}
            _ => return None,
        }
        match self.number()? {
            Literal::Whole(number) if negative => {
                Some(Literal::Whole(number.map(|number| -number)))
            }
            number => Some(number),
        }
    }

    fn number(&mut self) -> Option<Literal> {
        let end = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.');
        let len = self.rest.find(end).unwrap_or(self.rest.len());
        let (mut word, rest) = self.rest.split_at(len);
        self.rest = rest;
        if self.long {
            word = word.strip_suffix('L').unwrap_or(word);
        }
        if let Some(whole) = whole(word) {
            return Some(whole);
        }
        // Imaginary numbers end in `j`.
        let number = word.strip_suffix(['j', 'J']);
        let is_decimal = number.is_some() || word.contains(['.', 'e', 'E']);
        let number = digits(number.unwrap_or(word), 10)?;
        (is_decimal && number.parse::<f64>().is_ok()).then_some(Literal::Other)
    }

    fn word(&mut self) -> Option<Literal> {
        let end = |c: char| !(c.is_alphanumeric() || c == '_');
        let len = self.rest.find(end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(len);
        let quoted = rest.starts_with(['\'', '"']);
        let found = match word {
            "True" => Literal::Truth(true),
            "False" => Literal::Truth(false),
            "None" => Literal::Other,
            "u" | "U" if quoted => {
                self.rest = rest;
                return self.text();
            }
            _ => return None,
        };
        self.rest = rest;
        (!quoted).then_some(found)
    }

    /// Texts side by side are one.
    fn text(&mut self) -> Option<Literal> {
        let mut text = String::new();
        loop {
            self.quoted(&mut text)?;
            self.space();
            if !self.rest.starts_with(['\'', '"']) {
                return Some(Literal::Text(text));
            }
        }
    }

    fn quoted(&mut self, text: &mut String) -> Option<()> {
        let quote = self.rest.chars().next()?;
        let triple = quote.to_string().repeat(3);
        let end = if self.rest.starts_with(&triple) { triple } else { quote.to_string() };
        self.rest = &self.rest[end.len()..];
        loop {
            if let Some(rest) = self.rest.strip_prefix(&end) {
                self.rest = rest;
                return Some(());
            }
            let found = self.rest.chars().next()?;
            self.rest = &self.rest[found.len_utf8()..];
            match found {
                '\\' => text.push(self.escaped()?),
                '\n' | '\r' if end.len() == 1 => return None,
                '\0' => return None,
                other => text.push(other),
            }
        }
    }

    /// What follows a backslash. Only the escapes that stand for themselves or for two hexadecimal
    /// digits are known; no name of an element type needs another.
    fn escaped(&mut self) -> Option<char> {
        let found = self.rest.chars().next()?;
        self.rest = &self.rest[found.len_utf8()..];
        match found {
            '\\' | '\'' | '"' => Some(found),
            'n' => Some('\n'),
            't' => Some('\t'),
            'x' => {
                let digits = self.rest.get(..2)?;
                self.rest = &self.rest[2..];
                let digits = digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(digits)?;
                u8::from_str_radix(digits, 16).ok().map(char::from)
            }
            _ => None,
        }
    }
}

/// A whole number as Python writes it: decimal, or `0x`, `0o`, `0b` and its digits. `None` for what is none.
fn whole(word: &str) -> Option<Literal> {
    let prefixed = word.get(..2).zip(word.get(2..));
    let (radix, number) = match prefixed {
        Some(("0x" | "0X", number)) => (16, number.strip_prefix('_').unwrap_or(number)),
        Some(("0o" | "0O", number)) => (8, number.strip_prefix('_').unwrap_or(number)),
        Some(("0b" | "0B", number)) => (2, number.strip_prefix('_').unwrap_or(number)),
        _ => (10, word),
    };
    let number = digits(number, radix)?;
    // `010` is no number, `000` is.
    let is_padded = radix == 10 && number.len() > 1 && number.starts_with('0');
    if number.is_empty()
        || !number.chars().all(|digit| digit.is_digit(radix))
        || (is_padded && number.bytes().any(|digit| digit != b'0'))
    {
        return None;
    }
    Some(Literal::Whole(i128::from_str_radix(&number, radix).ok()))
}

/// Digits without the `_` that may stand between two of them; `None` where one stands elsewhere.
fn digits(word: &str, radix: u32) -> Option<String> {
    let is_digit = |at: Option<char>| at.is_some_and(|c| c.is_digit(radix));
    let parts: Vec<&str> = word.split('_').collect();
    let are_between = parts
        .windows(2)
        .all(|pair| is_digit(pair[0].chars().last()) && is_digit(pair[1].chars().next()));
    are_between.then(|| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(number: i128) -> Literal {
        Literal::Whole(Some(number))
    }

    #[test]
    fn literals_are_read_as_python_reads_them() {
        let text = |text: &str| Literal::Text(text.to_owned());
        for (source, expected) in [
            ("(3,)", Literal::Tuple(vec![whole(3)])),
            ("(3)", whole(3)),
            ("()", Literal::Tuple(vec![])),
            ("( 3 , # rows\n 4 )", Literal::Tuple(vec![whole(3), whole(4)])),
            ("-7", whole(-7)),
            ("[1, 2,]", Literal::List(vec![whole(1), whole(2)])),
            ("'a' \"b\"", text("ab")),
            ("u'a'", text("a")),
            (r"'\x3cf4'", text("<f4")),
            ("'''a\n'''", text("a\n")),
            ("{'a': True, }", Literal::Dictionary(vec![(text("a"), Literal::Truth(true))])),
            ("{1, 2}", Literal::Other),
            ("1.5e3", Literal::Other),
            ("1_0.5e3", Literal::Other),
            ("3j", Literal::Other),
            ("0x_1F", whole(31)),
            ("0o17", whole(15)),
            ("0b101", whole(5)),
            ("1_000", whole(1000)),
            ("0_0", whole(0)),
            ("None", Literal::Other),
            ("99999999999999999999999999999999999999999", Literal::Whole(None)),
        ] {
            assert_eq!(parse(source, false), Some(expected), "{source}");
        }
        assert_eq!(parse("(7L,)", true), Some(Literal::Tuple(vec![whole(7)])));
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for source in [
            "(3,,2)",
            "(,)",
            "(3 4)",
            "{'a': 1",
            "{'a'}:",
            "'a",
            "'a\nb'",
            "010",
            "3L",
            "true",
            "1 + 1",
            "f('x')",
            "b'a'",
            "{'a': 1} 2",
            "",
            "\0",
            "'\\N{DIGIT ONE}'",
            "1__0",
            "1_",
            "0_1",
            "0x",
            "0x_",
            "0xg",
            "0b2",
            "0x1L",
            "1_.5",
            "1e_5",
        ] {
            assert_eq!(parse(source, false), None, "{source:?}");
        }
        assert_eq!(parse(&"(".repeat(10_000), false), None);
    }
}
