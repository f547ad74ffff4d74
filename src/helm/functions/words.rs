//! sprig's functions that look at words: case styles (huandu/xstrings), abbreviations and wrapping (Masterminds/goutils).

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::{unicode, utf8};
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "abbrev", params: &[Param::Int, Param::Str], variadic: None, body: abbrev },
    Function { name: "abbrevboth", params: &[Param::Int, Param::Int, Param::Str], variadic: None, body: abbrevboth },
    Function { name: "camelcase", params: &[Param::Str], variadic: None, body: camelcase },
    Function { name: "initials", params: &[Param::Str], variadic: None, body: initials },
    Function { name: "kebabcase", params: &[Param::Str], variadic: None, body: kebabcase },
    Function { name: "nospace", params: &[Param::Str], variadic: None, body: nospace },
    Function { name: "snakecase", params: &[Param::Str], variadic: None, body: snakecase },
    Function { name: "swapcase", params: &[Param::Str], variadic: None, body: swapcase },
    Function { name: "title", params: &[Param::Str], variadic: None, body: title },
    Function { name: "untitle", params: &[Param::Str], variadic: None, body: untitle },
    Function { name: "wrap", params: &[Param::Int, Param::Str], variadic: None, body: wrap },
    Function { name: "wrapWith", params: &[Param::Int, Param::Str, Param::Str], variadic: None, body: wrap_with },
];

fn title(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut before = ' ';
    Ok(Value::str(unicode::map(arguments::text(arguments, 0)?, |rune| {
        let mapped = if separates_words(before) { unicode::to_title(rune) } else { rune };
        before = rune;
        mapped
    })))
}

/// Tells whether `strings.Title` begins a word after this rune.
fn separates_words(rune: char) -> bool {
    if rune.is_ascii() {
        !rune.is_ascii_alphanumeric() && rune != '_'
    } else {
        !unicode::is_letter(rune) && !unicode::is_digit(rune) && unicode::is_space(rune)
    }
}

fn untitle(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut at_start = true;
    Ok(Value::str(unicode::map(arguments::text(arguments, 0)?, |rune| {
        if unicode::is_space(rune) {
            at_start = true;
            return rune;
        }
        if std::mem::take(&mut at_start) { unicode::to_lower(rune) } else { rune }
    })))
}

fn swapcase(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut after_space = true;
    Ok(Value::str(unicode::map(arguments::text(arguments, 0)?, |rune| {
        if unicode::is_upper(rune) || unicode::is_title(rune) {
            after_space = false;
            unicode::to_lower(rune)
        } else if unicode::is_lower(rune) {
            if std::mem::take(&mut after_space) { unicode::to_title(rune) } else { unicode::to_upper(rune) }
        } else {
            after_space = unicode::is_space(rune);
            rune
        }
    })))
}

fn initials(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (mut out, mut at_start) = (Vec::new(), true);
    // goutils takes each byte for a rune.
    for rune in arguments::text(arguments, 0)?.iter().map(|&byte| char::from(byte)) {
        if unicode::is_space(rune) {
            at_start = true;
        } else if std::mem::take(&mut at_start) {
            utf8::push(&mut out, rune);
        }
    }
    Ok(Value::str(out))
}

fn nospace(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut kept = 0;
    // As above: a text with spaces in it loses its other non-ASCII characters too.
    for rune in text.iter().map(|&byte| char::from(byte)).filter(|&rune| !unicode::is_space(rune)) {
        utf8::push(&mut out, rune);
        kept += 1;
    }
    Ok(if kept == text.len() { arguments::any(arguments, 0).clone() } else { Value::str(out) })
}

fn abbrev(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (width, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Value::str(if width < 4 { text.to_vec() } else { abbreviate(text, 0, width) }))
}

fn abbrevboth(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (left, right) = (arguments::int(arguments, 0)?, arguments::int(arguments, 1)?);
    let text = arguments::text(arguments, 2)?;
    let too_narrow = right < 4 || left > 0 && right < 7;
    Ok(Value::str(if too_narrow { text.to_vec() } else { abbreviate(text, left, right) }))
}

/// Cuts a text to a width of at least 4 bytes, beginning near an offset; `...` stands for what is left out.
fn abbreviate(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    const MARK: &[u8] = b"...";
    let length = text.len() as i64;
    if length <= width {
        return text.to_vec();
    }
    // From here on the width is less than the length, so that the numbers stay small.
    let kept = (width - 3) as usize;
    let offset = offset.min(length).min(length - (width - 3));
    if offset <= 4 {
        return [&text[..kept], MARK].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < length {
        return [MARK, &abbreviate(&text[offset as usize..], 0, width - 3)].concat();
    }
    [MARK, &text[text.len() - kept..]].concat()
}

fn wrap(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    wrapped(context, arguments::text(arguments, 1)?, arguments::int(arguments, 0)?, b"\n", false)
}

fn wrap_with(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let separator = match arguments::text(arguments, 1)? {
        b"" => b"\n",
        separator => separator,
    };
    wrapped(context, arguments::text(arguments, 2)?, arguments::int(arguments, 0)?, separator, true)
}

fn wrapped(
    context: &mut dyn Context,
    text: &[u8],
    width: i64,
    separator: &[u8],
    cut_words: bool,
) -> Result<Value, Failure> {
    let width = usize::try_from(width.max(1)).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while rest.len() > width {
        if rest[0] == b' ' {
            rest = &rest[1..];
            continue;
        }
        let (line, next) = match rest[..=width].iter().rposition(|&byte| byte == b' ') {
            Some(space) => (space, space + 1),
            None if cut_words => (width, width),
            None => match rest[width..].iter().position(|&byte| byte == b' ') {
                Some(space) => (width + space, width + space + 1),
                None => break,
            },
        };
        context.spend(line + separator.len())?;
        out.extend_from_slice(&rest[..line]);
        out.extend_from_slice(separator);
        rest = &rest[next..];
    }
    out.extend_from_slice(rest);
    Ok(Value::str(out))
}

fn is_connector(rune: char) -> bool {
    rune == '-' || rune == '_' || unicode::is_space(rune)
}

/// `xstrings.ToPascalCase`
fn camelcase(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut runes = utf8::runes(arguments::text(arguments, 0)?).map(|(_, rune, _)| rune);
    let mut out = Vec::new();
    let (mut current, mut first_is_upper) = (None, false);
    for rune in runes.by_ref() {
        if is_connector(rune) {
            utf8::push(&mut out, rune);
            current = None;
            continue;
        }
        first_is_upper = unicode::is_upper(rune);
        current = Some(unicode::to_upper(rune));
        break;
    }
    let Some(mut current) = current else {
        // Only connectors: the last one is written twice, as xstrings does.
        return Ok(Value::str(twice_at_end(out)));
    };
    for rune in runes {
        let before = std::mem::replace(&mut current, rune);
        if is_connector(rune) && is_connector(before) {
            utf8::push(&mut out, before);
        } else if is_connector(before) {
            first_is_upper = unicode::is_upper(rune);
            current = unicode::to_upper(rune);
        } else {
            if first_is_upper {
                if unicode::is_upper(rune) {
                    current = unicode::to_lower(rune);
                } else {
                    first_is_upper = false;
                }
            }
            utf8::push(&mut out, before);
        }
    }
    utf8::push(&mut out, current);
    Ok(Value::str(out))
}

fn twice_at_end(mut out: Vec<u8>) -> Vec<u8> {
    let (rune, width) = utf8::decode_last(&out);
    if width > 0 {
        utf8::push(&mut out, rune);
    }
    out
}

fn snakecase(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(split_words(arguments::text(arguments, 0)?, b'_')))
}

fn kebabcase(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(split_words(arguments::text(arguments, 0)?, b'-')))
}

/// What [`next_word`] finds, named as in xstrings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Invalid,
    Number,
    UpperCase,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

impl Word {
    fn is_plain(self) -> bool {
        matches!(self, Self::Alphabet | Self::Number)
    }

    fn takes_connector(self) -> bool {
        !matches!(self, Self::Connector | Self::Punctuation)
    }
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`: words in lower case with connectors between them.
fn split_words(text: &[u8], connector: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    if text.is_empty() {
        return out;
    }
    let (mut kind, mut word, mut rest) = next_word(text);
    while !rest.is_empty() {
        if kind != Word::Connector {
            push_lower(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word, rest) = next_word(rest);
        match before {
            Word::Number => {
                while kind.is_plain() {
                    push_lower(&mut out, kind, word, connector);
                    (kind, word, rest) = next_word(rest);
                }
                if kind != Word::Invalid && kind.takes_connector() {
                    out.push(connector);
                }
            }
            Word::Connector => push_lower(&mut out, before, last, connector),
            Word::Punctuation => {}
            _ if kind != Word::Number => {
                if kind.takes_connector() {
                    out.push(connector);
                }
            }
            _ if rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word, rest) = next_word(rest);
                // A number belongs to the word before it, unless small letters follow: bld4_floor, http_2xx.
                if kind != Word::Alphabet {
                    push_lower(&mut out, Word::Number, number, connector);
                    if kind.takes_connector() {
                        out.push(connector);
                    }
                } else {
                    out.push(connector);
                    push_lower(&mut out, Word::Number, number, connector);
                    while kind.is_plain() {
                        push_lower(&mut out, kind, word, connector);
                        (kind, word, rest) = next_word(rest);
                    }
                    if kind != Word::Invalid && kind.takes_connector() {
                        out.push(connector);
                    }
                }
            }
        }
    }
    push_lower(&mut out, kind, word, connector);
    out
}

fn push_lower(out: &mut Vec<u8>, kind: Word, word: &[u8], connector: u8) {
    if kind != Word::UpperCase && kind != Word::Connector {
        return out.extend_from_slice(word);
    }
    for (_, rune, _) in utf8::runes(word) {
        if is_connector(rune) {
            out.push(connector);
        } else {
            utf8::push(out, if unicode::is_upper(rune) { unicode::to_lower(rune) } else { rune });
        }
    }
}

/// A letter that is no CJK character.
fn is_alphabet(rune: char) -> bool {
    let is_cjk = matches!(rune, '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}');
    unicode::is_letter(rune) && !is_cjk
}

/// Splits the first word off a text.
fn next_word(text: &[u8]) -> (Word, &[u8], &[u8]) {
    if text.is_empty() {
        return (Word::Invalid, text, text);
    }
    let (rune, size) = next_valid(text, char::REPLACEMENT_CHARACTER);
    let mut offset = size;
    if rune == char::REPLACEMENT_CHARACTER {
        return (Word::Invalid, &text[..offset], &text[offset..]);
    }
    let extend = |offset: &mut usize, first: char, fits: &dyn Fn(char, usize) -> bool| {
        let mut last = first;
        while *offset < text.len() {
            let (next, size) = next_valid(&text[*offset..], last);
            if !fits(next, size) {
                break;
            }
            last = next;
            *offset += size;
        }
    };
    let is_small = |rune: char, _: usize| is_alphabet(rune) && !unicode::is_upper(rune);
    let kind = if is_connector(rune) {
        extend(&mut offset, rune, &|rune, _| is_connector(rune));
        Word::Connector
    } else if unicode::is_punctuation(rune) {
        extend(&mut offset, rune, &|rune, _| unicode::is_punctuation(rune));
        Word::Punctuation
    } else if unicode::is_upper(rune) {
        if offset < text.len() {
            let (second, size) = next_valid(&text[offset..], rune);
            if unicode::is_upper(second) {
                offset += size;
                upper_case_word(text, second, size, &mut offset);
            } else if is_alphabet(second) {
                offset += size;
                extend(&mut offset, second, &is_small);
            }
        }
        Word::UpperCase
    } else if is_alphabet(rune) {
        extend(&mut offset, rune, &is_small);
        Word::Alphabet
    } else if unicode::is_number(rune) {
        extend(&mut offset, rune, &|rune, _| unicode::is_number(rune));
        Word::Number
    } else {
        extend(&mut offset, rune, &|rune, size| {
            size > 0
                && !is_connector(rune)
                && !is_alphabet(rune)
                && !unicode::is_number(rune)
                && !unicode::is_punctuation(rune)
        });
        Word::Other
    };
    (kind, &text[..offset], &text[offset..])
}

/// Extends a word of capitals; in `HTTPStatus` the `S` belongs to the next word.
fn upper_case_word(text: &[u8], second: char, size: usize, offset: &mut usize) {
    let (mut last, mut last_size) = (second, size);
    while *offset < text.len() {
        let (rune, size) = next_valid(&text[*offset..], last);
        last = rune;
        if !unicode::is_upper(rune) {
            break;
        }
        last_size = size;
        *offset += size;
    }
    if *offset < text.len() && is_alphabet(last) {
        *offset -= last_size;
    }
}

/// Reads a rune together with the invalid bytes before it; where only invalid bytes are left, the rune before.
fn next_valid(text: &[u8], before: char) -> (char, usize) {
    for (position, rune, width) in utf8::runes(text) {
        if rune != char::REPLACEMENT_CHARACTER {
            return (rune, position + width);
        }
    }
    (before, text.len())
}
