//! Lines of tables of text (CSV): what stands between cells, which line names the columns, and what is a remark.
//!
//! There is one rule for all tables that are read, whatever reads them.

use std::borrow::Cow;

/// What stands between the cells of a line. The line with the names decides for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// This character.
    Character(char),
    /// Any number of spaces.
    Spaces,
}

/// A cell in quotes that does not end in its line, or that something stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenQuotes;

impl std::fmt::Display for BrokenQuotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("has a quote that is not closed at the end of its cell")
    }
}

impl Separator {
    /// The first of comma, semicolon and tab that the line with the names has, else spaces.
    #[must_use]
    pub fn of(names: &str) -> Self {
        let known = [',', ';', '\t'].into_iter().find(|&separator| names.contains(separator));
        known.map_or(Self::Spaces, Self::Character)
    }

    /// Splits a line into its cells, without the spaces around them. A cell may stand in double quotes, and then hold separators, and
    /// each quote twice.
    ///
    /// ```
    /// use nirkit_numerics::table::Separator;
    ///
    /// let comma = Separator::of("file,label");
    /// assert_eq!(comma.cells("\"b,c.npy\", 0").unwrap(), ["b,c.npy", "0"]);
    /// assert_eq!(Separator::of("t x y").cells("  5  6 7").unwrap(), ["5", "6", "7"]);
    /// ```
    ///
    /// # Errors
    ///
    /// Quotes that are not closed.
    pub fn cells(self, line: &str) -> Result<Vec<Cow<'_, str>>, BrokenQuotes> {
        if line.contains('"') {
            return self.quoted(line);
        }
        let cells: Vec<Cow<'_, str>> = match self {
            Self::Character(separator) => {
                line.split(separator).map(|cell| Cow::Borrowed(cell.trim())).collect()
            }
            Self::Spaces => line.split_whitespace().map(Cow::Borrowed).collect(),
        };
        Ok(cells)
    }

    /// The cells of a line with quotes.
    fn quoted(self, line: &str) -> Result<Vec<Cow<'_, str>>, BrokenQuotes> {
        let is_between = |c: char| match self {
            Self::Character(separator) => c == separator,
            Self::Spaces => c.is_whitespace(),
        };
        let mut cells = Vec::new();
        let mut rest = line;
        loop {
            let is_space = |c: char| c.is_whitespace() && (self == Self::Spaces || !is_between(c));
            rest = rest.trim_start_matches(is_space);
            if self == Self::Spaces && rest.is_empty() {
                return Ok(cells);
            }
            let behind = if let Some(inside) = rest.strip_prefix('"') {
                let (cell, behind) = unquoted(inside)?;
                cells.push(cell);
                let behind =
                    if self == Self::Spaces { behind } else { behind.trim_start_matches(is_space) };
                if behind.chars().next().is_some_and(|c| !is_between(c)) {
                    return Err(BrokenQuotes);
                }
                behind
            } else {
                let end = rest.find(is_between).unwrap_or(rest.len());
                cells.push(Cow::Borrowed(rest[..end].trim()));
                &rest[end..]
            };
            let mut characters = behind.chars();
            if characters.next().is_none() {
                return Ok(cells);
            }
            rest = characters.as_str();
        }
    }
}

/// What a cell in quotes holds, from behind the first one, and what follows the last one.
fn unquoted(inside: &str) -> Result<(Cow<'_, str>, &str), BrokenQuotes> {
    let mut from = 0;
    while let Some(at) = inside[from..].find('"') {
        let end = from + at;
        let behind = &inside[end + 1..];
        if !behind.starts_with('"') {
            let cell = &inside[..end];
            let cell =
                if cell.contains('"') { cell.replace("\"\"", "\"").into() } else { cell.into() };
            return Ok((cell, behind));
        }
        from = end + 2;
    }
    Err(BrokenQuotes)
}

/// Whether a line has no row: it is empty, or a remark behind `#`.
#[must_use]
pub fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// The names of the columns, if a line gives them, and what stands between the cells.
///
/// That is the first line with a row, behind the mark of an encoding if there is one. A remark names columns where `names_columns` says
/// so of its cells, since numpy writes headers behind `#`.
#[must_use]
pub fn header(
    line: &str,
    names_columns: impl Fn(&[String]) -> bool,
) -> Option<(Separator, Vec<String>)> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let of = |line: &str| {
        let separator = Separator::of(line);
        let cells = separator.cells(line.trim_matches(' ')).ok()?;
        Some((separator, cells.into_iter().map(Cow::into_owned).collect::<Vec<String>>()))
    };
    if !is_blank(line) {
        return of(line);
    }
    let names = line.trim_start_matches(['#', ' ']);
    of(names).filter(|(_, names)| names_columns(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_stand_in_quotes() {
        let comma = Separator::Character(',');
        assert_eq!(comma.cells("a, \"b\"\"c,d\" ,,e").unwrap(), ["a", "b\"c,d", "", "e"]);
        assert_eq!(comma.cells("\"\"").unwrap(), [""]);
        assert_eq!(Separator::Spaces.cells(" \"a b\"  c ").unwrap(), ["a b", "c"]);
        assert_eq!(Separator::Character('\t').cells("\t\"a\"\t").unwrap(), ["", "a", ""]);
        for broken in ["\"a", "\"a\"b,c", "\"a\"\""] {
            assert_eq!(comma.cells(broken), Err(BrokenQuotes), "{broken}");
        }
    }

    #[test]
    fn a_header_is_the_first_line_with_a_row_or_a_remark_that_names_columns() {
        let named =
            |line: &str| header(line, |names| names.contains(&"t".to_owned())).map(|found| found.1);
        assert_eq!(named("x,t").unwrap(), ["x", "t"]);
        assert_eq!(named("\u{feff}x;t").unwrap(), ["x", "t"]);
        assert_eq!(named("# x t").unwrap(), ["x", "t"]);
        assert_eq!(named("# made today"), None);
        assert_eq!(named("  "), None);
        assert_eq!(named("file,label").unwrap(), ["file", "label"]);
    }
}
