//! What a name that is not known most likely means.

/// The candidate that is nearest to a name, if one is near enough to be meant.
///
/// ```
/// assert_eq!(nirkit::suggest::nearest("nrose", ["norse", "sinabs"]), Some("norse"));
/// assert_eq!(nirkit::suggest::nearest("brian", ["norse", "sinabs"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two names of which one begins with the other are near, whatever the length of the rest.
    const NEAR: f64 = 0.6;
    let likeness = |candidate: &str| {
        if !name.is_empty() && (candidate.starts_with(name) || name.starts_with(candidate)) {
            return 0.99;
        }
        strsim::normalized_damerau_levenshtein(name, candidate)
    };
    let scored = candidates.into_iter().map(|candidate| (likeness(candidate), candidate));
    let best = scored.fold(None, |best: Option<(f64, &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.filter(|(likeness, _)| *likeness >= NEAR).map(|(_, candidate)| candidate)
}

/// "did you mean ...?", if a candidate is near.
#[must_use]
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|meant| format!("did you mean `{meant}`?"))
}
