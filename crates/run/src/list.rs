//! Lists of names on a command line.

/// Cuts a list at its commas; `\,` is a comma inside an item.
///
/// ```
/// assert_eq!(nirkit_run::list_items(r"lif1:v,a\,b"), ["lif1:v", "a,b"]);
/// ```
#[must_use]
pub fn list_items(list: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = list.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ',' => items.push(String::new()),
            character => {
                let is_escape = character == '\\' && characters.peek() == Some(&',');
                let character = if is_escape { characters.next() } else { Some(character) };
                if let (Some(item), Some(character)) = (items.last_mut(), character) {
                    item.push(character);
                }
            }
        }
    }
    items
}
