//! [`older`]: from a made-up text and a text that shows it to what stood in its place in an older text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

use crate::yaml::Str;

/// The shortest beginning of a made-up text that is looked for where it was cut.
const SHORTEST: usize = 4;
/// The longest text whose beginnings are looked for.
const LONGEST: usize = 128;

/// Tells whether a text shows a made-up text in any form.
pub(super) fn shows(made: &Str, text: &Str) -> bool {
    let views = [Some(text.to_vec()), decoded(text)];
    views.into_iter().flatten().any(|view| forms(made).any(|form| memmem::find(&view, &form.text).is_some()))
}

/// Returns what stood where `own` shows `made` in the text `there`. With `other`, another text and what was made for it, it must be found
/// there in the same way.
pub(super) fn older(made: &Str, own: &Str, there: &Str, other: Option<(&Str, &Str)>) -> Option<Str> {
    for decode in [false, true] {
        let view = |text: &Str| if decode { decoded(text) } else { Some(text.to_vec()) };
        let (Some(own), Some(there)) = (view(own), view(there)) else { continue };
        for form in forms(made) {
            let Some(found) = between(&own, &form.text, &there).and_then(|found| form.back(found)) else { continue };
            if let Some((text, made)) = other {
                let Some(text) = view(text) else { continue };
                let is_same = between(&own, &form.text, &text) == form.of(made).as_deref();
                if !is_same {
                    continue;
                }
            }
            return Some(found);
        }
    }
    None
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim_ascii()).ok().filter(|bytes| bytes.len() >= SHORTEST)
}

/// A form in which a text may show.
struct Form {
    kind: Kind,
    text: Vec<u8>,
    /// White space at the end that was cut off.
    tail: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Kind {
    Whole,
    Base64,
    Lower,
    Upper,
    Beginning(usize),
}

/// Returns the forms, those that say most first.
fn forms(made: &Str) -> impl Iterator<Item = Form> {
    let trimmed = made.trim_ascii_end();
    let tail = made.get(trimmed.len()..).unwrap_or_default().to_vec();
    let whole = if tail.is_empty() { None } else { Some((made.to_vec(), Vec::new())) };
    let made = made.clone();
    let texts: Vec<_> = whole.into_iter().chain([(trimmed.to_vec(), tail)]).collect();
    let beginnings = if made.len() <= LONGEST { (SHORTEST..made.len()).rev() } else { (0..0).rev() };
    let kinds =
        [Kind::Whole, Kind::Base64, Kind::Lower, Kind::Upper].into_iter().chain(beginnings.map(Kind::Beginning));
    kinds.flat_map(move |kind| texts.clone().into_iter().map(move |(text, tail)| (kind, text, tail))).filter_map(
        |(kind, text, tail)| {
            let text = kind.of(&text)?;
            (!text.is_empty()).then_some(Form { kind, text, tail })
        },
    )
}

impl Kind {
    fn of(self, text: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::Whole => text.to_vec(),
            Self::Base64 => STANDARD.encode(text).into_bytes(),
            Self::Lower => text.to_ascii_lowercase(),
            Self::Upper => text.to_ascii_uppercase(),
            Self::Beginning(length) => text.get(..length)?.to_vec(),
        })
    }
}

impl Form {
    /// Returns another text in the same form.
    fn of(&self, made: &[u8]) -> Option<Vec<u8>> {
        self.kind.of(made.strip_suffix(self.tail.as_slice())?)
    }

    /// Returns the text of which this is the form.
    fn back(&self, found: &[u8]) -> Option<Str> {
        let text = match self.kind {
            Kind::Base64 => STANDARD.decode(found).ok()?,
            _ => found.to_vec(),
        };
        Some([text, self.tail.clone()].concat().into())
    }
}

/// Returns what stands in `there` where `own` has `text`: between the same beginning and end, of the whole or of a line that is
/// the only one of its kind on both sides.
fn between<'t>(own: &[u8], text: &[u8], there: &'t [u8]) -> Option<&'t [u8]> {
    let at = memmem::find(own, text)?;
    let (before, after) = (own.get(..at)?, own.get(at + text.len()..)?);
    if let Some(found) = inner(there, before, after) {
        return Some(found);
    }
    if text.contains(&b'\n') {
        return None;
    }
    let before = before.rsplit(|byte| *byte == b'\n').next()?;
    let after = after.split(|byte| *byte == b'\n').next()?;
    if before.is_empty() && after.is_empty() {
        return None;
    }
    let is_only = own.split(|byte| *byte == b'\n').filter(|line| inner(line, before, after).is_some()).count() == 1;
    let mut lines = there.split(|byte| *byte == b'\n').filter_map(|line| inner(line, before, after));
    lines.next().filter(|_| is_only && lines.next().is_none())
}

fn inner<'t>(text: &'t [u8], before: &[u8], after: &[u8]) -> Option<&'t [u8]> {
    text.strip_prefix(before)?.strip_suffix(after)
}
