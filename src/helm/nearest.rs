//! Finds what a person meant by a word that does not exist.

/// Returns the word that is nearest, if one is near enough to have been meant.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let (edits, found) = known.into_iter().map(|candidate| (distance(word, candidate), candidate)).min()?;
    (edits <= 1 + found.len() / 4).then_some(found)
}

/// Counts the letters to add, drop, change or swap, without regard to case and to `-` and `_`.
fn distance(left: &str, right: &str) -> usize {
    let fold = |text: &str| -> Vec<char> {
        text.to_lowercase().chars().filter(|letter| !matches!(letter, '-' | '_')).take(64).collect()
    };
    let (left, right) = (fold(left), fold(right));
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let mut best = (previous[column] + usize::from(letter != other))
                .min(previous[column + 1] + 1)
                .min(current[column] + 1);
            if row > 0 && column > 0 && *letter == right[column - 1] && left[row - 1] == *other {
                best = best.min(before_previous[column - 1] + 1);
            }
            current.push(best);
        }
        before_previous = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or_default()
}
