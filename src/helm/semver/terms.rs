//! [`terms`]: the comparisons of a constraint as they are written.
//!
//! Masterminds/semver finds them with regular expressions. What those accept can be read from left to right without going
//! back, as no part can begin with what the part before it may go on with.

/// One comparison as it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Term<'t> {
    pub(super) operator: &'t str,
    /// The whole version, as in the expression `v?N(\.N)?(\.N)?(-P)?(\+P)?`.
    pub(super) version: &'t str,
    /// `N`: digits or wildcards.
    pub(super) major: &'t str,
    /// `.N`, or nothing.
    pub(super) minor: &'t str,
    pub(super) patch: &'t str,
    /// `-P`, or nothing.
    pub(super) prerelease: &'t str,
}

const OPERATORS: &[&str] = &["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"];

/// Returns the comparisons of a group, which spaces or commas separate; `None` where there is anything else.
pub(super) fn terms(text: &str) -> Option<Vec<Term<'_>>> {
    let mut reader = Reader { text, at: 0 };
    let mut found = Vec::new();
    reader.skip(is_space);
    loop {
        found.push(reader.term()?);
        let spaces = reader.skip(is_space);
        if reader.rest().is_empty() {
            return Some(found);
        }
        if reader.take(b',') {
            reader.skip(is_space);
        } else if spaces == 0 {
            return None;
        }
    }
}

/// Go's `\s`, which has no vertical tab.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes all bytes of a sort, and returns how many there were.
    fn skip(&mut self, is_of_sort: impl Fn(u8) -> bool) -> usize {
        let count = self.rest().bytes().take_while(|byte| is_of_sort(*byte)).count();
        self.at += count;
        count
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.rest().as_bytes().first() == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn term(&mut self) -> Option<Term<'t>> {
        let start = self.at;
        self.skip(|byte| b"=!<>~^".contains(&byte));
        let operator = self.since(start);
        if !OPERATORS.contains(&operator) {
            return None;
        }
        self.skip(is_space);
        let start = self.at;
        self.take(b'v');
        let major = self.number()?;
        let minor = self.further_number()?;
        let patch = self.further_number()?;
        let prerelease = self.identifiers(b'-')?;
        self.identifiers(b'+')?;
        Some(Term { operator, version: self.since(start), major, minor, patch, prerelease })
    }

    fn number(&mut self) -> Option<&'t str> {
        let start = self.at;
        let length = self.skip(|byte| byte.is_ascii_digit() || b"|xX*".contains(&byte));
        (length > 0).then(|| self.since(start))
    }

    /// `(\.N)?`
    fn further_number(&mut self) -> Option<&'t str> {
        let start = self.at;
        if self.take(b'.') {
            self.number()?;
        }
        Some(self.since(start))
    }

    /// `(-I(\.I)*)?`
    fn identifiers(&mut self, sign: u8) -> Option<&'t str> {
        let start = self.at;
        if self.take(sign) {
            loop {
                if self.skip(|byte| byte.is_ascii_alphanumeric() || byte == b'-') == 0 {
                    return None;
                }
                if !self.take(b'.') {
                    break;
                }
            }
        }
        Some(self.since(start))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPERATOR: &str = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
    const VERSION: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
    const SPACE: &str = r"[\t\n\f\r ]";

    /// What the expressions of the Go library find.
    fn matched(text: &str) -> Option<Vec<Term<'_>>> {
        let regex = |expression: String| regex::Regex::new(&expression).unwrap();
        let term = format!("({OPERATOR}){SPACE}*({VERSION}){SPACE}*");
        if !regex(format!("^({SPACE}*{term})((?:{SPACE}+|,{SPACE}*){term})*$")).is_match(text) {
            return None;
        }
        let one = regex(format!("^{SPACE}*({OPERATOR}){SPACE}*({VERSION}){SPACE}*$"));
        let found = regex(format!("({OPERATOR}){SPACE}*({VERSION})"));
        let of = |text| {
            let captures = one.captures(text).unwrap();
            let part = |index: usize| captures.get(index).map_or("", |found| found.as_str());
            Term {
                operator: part(1),
                version: part(2),
                major: part(3),
                minor: part(4),
                patch: part(5),
                prerelease: part(6),
            }
        };
        Some(found.find_iter(text).map(|found| of(found.as_str())).collect())
    }

    proptest! {
        #[test]
        fn finds_what_the_expressions_find(text in "[<>=!~^, ]{0,3}[v1x*|.\\-+a ]{0,6}(,? {0,2}[>=~^]{0,2} ?v?[1x](\\.[1x*]){0,3}(-[a1.\\-]{1,3})?(\\+[a1.]{1,3})? ?){0,3}") {
            prop_assert_eq!(terms(&text), matched(&text), "{:?}", text);
        }
    }
}
