//! What surrounds a place in a template: the `if`, `with` and `range` that led there, and what a variable was set to.
//!
//! Read from the text, for hints only: what runs is the compiler's business.

/// An action that is open at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block<'t> {
    /// `if`, `with`, `range`, `define` or `block`.
    pub(super) keyword: &'t str,
    /// Its pipeline; of an `if` with `else if`s those that did not hold come before it.
    pub(super) conditions: Vec<&'t str>,
    /// The line of the last of them, from 1.
    pub(super) line: usize,
}

/// Returns the actions that are open at a byte of a template, the outermost first.
pub(super) fn around(text: &str, at: usize) -> Vec<Block<'_>> {
    let mut open: Vec<Block<'_>> = Vec::new();
    for (line, action) in actions(text, at) {
        let (keyword, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
        let rest = rest.trim();
        match keyword {
            "if" | "with" | "range" | "define" | "block" => {
                open.push(Block { keyword, conditions: vec![rest], line });
            }
            "else" => {
                if let (Some(block), Some((_, condition))) = (open.last_mut(), rest.split_once(char::is_whitespace)) {
                    block.conditions.push(condition.trim());
                    block.line = line;
                }
            }
            "end" => _ = open.pop(),
            _ => {}
        }
    }
    open
}

/// Returns what a variable was last set to before a byte of a template, with the line.
pub(super) fn assigned<'t>(text: &'t str, at: usize, variable: &str) -> Option<(usize, &'t str)> {
    let value = |action: &'t str| {
        let rest = action.strip_prefix(variable)?.trim_start();
        rest.strip_prefix(":=").or_else(|| rest.strip_prefix('=')).map(str::trim)
    };
    // Such as `$a = required "…" $a`, which is where the message comes from, says nothing.
    let says_something = |value: &str| value.contains(".Values") || !value.contains(variable);
    let found = actions(text, at).filter_map(|(line, action)| Some((line, value(action)?)));
    found.filter(|(_, value)| says_something(value)).last()
}

/// Walks over the actions that end before a byte, with their lines and without white space, trim marks and comments.
fn actions(text: &str, at: usize) -> impl Iterator<Item = (usize, &str)> {
    let text = text.get(..at).unwrap_or(text);
    let (mut from, mut line) = (0, 1);
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find("{{")?;
            let end = start + end_of_action(&text[start..])?;
            line += text[from..start].matches('\n').count();
            let own = line;
            line += text[start..end].matches('\n').count();
            from = end;
            let action = text[start + 2..end - 2].trim_start_matches('-').trim_end_matches('-').trim();
            if !action.starts_with("/*") {
                return Some((own, action));
            }
        }
    })
}

/// Returns where an action ends, beyond texts that hold what looks like its end.
fn end_of_action(action: &str) -> Option<usize> {
    let bytes = action.as_bytes();
    let mut quote = None;
    let mut at = 2;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'"'), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (None, byte @ (b'"' | b'`')) => quote = Some(byte),
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{{- if .a -}}\n{{ with \"}}\" }}{{ end }}{{/* if */}}\n{{ if .b }}\n{{ else if\n .c }}\n{{ else }}\nHERE {{ end }}{{ end }}";

    #[test]
    fn what_is_open_is_found() {
        let found = around(TEXT, TEXT.find("HERE").unwrap());
        let shown: Vec<_> = found.iter().map(|block| (block.keyword, block.conditions.clone(), block.line)).collect();
        assert_eq!(shown, [("if", vec![".a"], 1), ("if", vec![".b", ".c"], 4)]);
        assert!(around(TEXT, TEXT.len()).is_empty());
    }

    #[test]
    fn what_a_variable_is_set_to_is_found() {
        let text = "{{ $a := .Values.x }}\n{{- $ab := 1 }}{{ $a = required \"x\" $a }} HERE";
        assert_eq!(assigned(text, text.len(), "$a"), Some((1, ".Values.x")));
        assert_eq!(assigned(text, text.len(), "$b"), None);
    }
}
