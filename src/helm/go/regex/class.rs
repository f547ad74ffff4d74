//! Classes of runes by name: `\d`, `[:alpha:]`, `\p{Greek}`.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

/// Returns a class of ranges.
pub(super) fn of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)))
}

/// Returns the class of a range that may touch the surrogates, which no text contains.
pub(super) fn of_codes(low: u32, high: u32) -> ClassUnicode {
    let part = |low: u32, high: u32| match (char::from_u32(low), char::from_u32(high)) {
        (Some(low), Some(high)) if low <= high => Some(ClassUnicodeRange::new(low, high)),
        _ => None,
    };
    ClassUnicode::new([part(low, high.min(0xD7FF)), part(low.max(0xE000), high)].into_iter().flatten())
}

/// Returns `\d`, `\s`, `\w`, which are ASCII in Go, and whether the letter asks for the rest instead.
pub(super) fn perl(letter: u8) -> Option<(ClassUnicode, bool)> {
    let class = match letter.to_ascii_lowercase() {
        b'd' => of(&[('0', '9')]),
        b's' => of(&[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        b'w' => of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        _ => return None,
    };
    Some((class, letter.is_ascii_uppercase()))
}

/// Returns a POSIX class by the name between the colons.
pub(super) fn posix(name: &[u8]) -> Option<ClassUnicode> {
    Some(of(match name {
        b"alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        b"alpha" => &[('A', 'Z'), ('a', 'z')],
        b"ascii" => &[('\0', '\x7f')],
        b"blank" => &[('\t', '\t'), (' ', ' ')],
        b"cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        b"digit" => &[('0', '9')],
        b"graph" => &[('!', '~')],
        b"lower" => &[('a', 'z')],
        b"print" => &[(' ', '~')],
        b"punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        b"space" => &[('\t', '\r'), (' ', ' ')],
        b"upper" => &[('A', 'Z')],
        b"word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        b"xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    }))
}

/// Returns a Unicode class by name, and whether everything else is meant.
pub(super) fn unicode(name: &str) -> Option<(ClassUnicode, bool)> {
    let name = canonical(name);
    match name.as_str() {
        "Any" => return Some((of(&[('\0', char::MAX)]), false)),
        "Assigned" => return Some((parsed("gc=Cn")?, true)),
        "Ascii" => return Some((of(&[('\0', '\x7f')]), false)),
        "Cs" | "Surrogate" => return Some((of(&[]), false)),
        "Cntrl" => return Some((parsed("gc=Cc")?, false)),
        "Digit" => return Some((parsed("gc=Nd")?, false)),
        "Punct" => return Some((parsed("gc=P")?, false)),
        _ => {}
    }
    if CATEGORIES.contains(&name.as_str()) {
        return Some((parsed(&format!("gc={name}"))?, false));
    }
    SCRIPTS.contains(&name.as_str()).then(|| parsed(&format!("sc={name}"))).flatten().map(|class| (class, false))
}

/// Writes a name as Go's tables have it: one capital, then small letters, nothing between the words.
fn canonical(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')) {
        out.push(if out.is_empty() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() });
    }
    out
}

fn parsed(query: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!(r"\p{{{query}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// The general categories and their long names, in canonical form.
#[rustfmt::skip]
const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "L", "Lc", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P",
    "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "Casedletter",
    "Closepunctuation", "Combiningmark", "Connectorpunctuation", "Control", "Currencysymbol", "Dashpunctuation",
    "Decimalnumber", "Enclosingmark", "Finalpunctuation", "Format", "Initialpunctuation", "Letter", "Letternumber",
    "Lineseparator", "Lowercaseletter", "Mark", "Mathsymbol", "Modifierletter", "Modifiersymbol", "Nonspacingmark", "Number",
    "Openpunctuation", "Other", "Otherletter", "Othernumber", "Otherpunctuation", "Othersymbol", "Paragraphseparator",
    "Privateuse", "Punctuation", "Separator", "Spaceseparator", "Spacingmark", "Symbol", "Titlecaseletter", "Unassigned",
    "Uppercaseletter",
];

/// The scripts that Go 1.26 finds by their canonical name; those of several words are not among them.
#[rustfmt::skip]
const SCRIPTS: &[&str] = &[
    "Adlam", "Ahom", "Arabic", "Armenian", "Avestan", "Balinese", "Bamum", "Batak", "Bengali", "Bhaiksuki", "Bopomofo",
    "Brahmi", "Braille", "Buginese", "Buhid", "Carian", "Chakma", "Cham", "Cherokee", "Chorasmian", "Common", "Coptic",
    "Cuneiform", "Cypriot", "Cyrillic", "Deseret", "Devanagari", "Dogra", "Duployan", "Elbasan", "Elymaic", "Ethiopic",
    "Georgian", "Glagolitic", "Gothic", "Grantha", "Greek", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hanunoo", "Hatran",
    "Hebrew", "Hiragana", "Inherited", "Javanese", "Kaithi", "Kannada", "Katakana", "Kawi", "Kharoshthi", "Khmer", "Khojki",
    "Khudawadi", "Lao", "Latin", "Lepcha", "Limbu", "Lisu", "Lycian", "Lydian", "Mahajani", "Makasar", "Malayalam", "Mandaic",
    "Manichaean", "Marchen", "Medefaidrin", "Miao", "Modi", "Mongolian", "Mro", "Multani", "Myanmar", "Nabataean",
    "Nandinagari", "Newa", "Nko", "Nushu", "Ogham", "Oriya", "Osage", "Osmanya", "Palmyrene", "Phoenician", "Rejang", "Runic",
    "Samaritan", "Saurashtra", "Sharada", "Shavian", "Siddham", "Sinhala", "Sogdian", "Soyombo", "Sundanese", "Syriac",
    "Tagalog", "Tagbanwa", "Takri", "Tamil", "Tangsa", "Tangut", "Telugu", "Thaana", "Thai", "Tibetan", "Tifinagh", "Tirhuta",
    "Toto", "Ugaritic", "Vai", "Vithkuqi", "Wancho", "Yezidi", "Yi",
];
