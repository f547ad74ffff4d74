//! Layouts: the reference time's pieces within a text.

/// A piece of a layout that stands for a part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    NumericMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    SpaceDay,
    ZeroDay,
    SpaceYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperNoon,
    LowerNoon,
    ZoneName,
    ZoneOffset(ZoneOffset),
    /// `.000`: as many digits as the layout has.
    Fraction {
        digits: usize,
        separator: u8,
    },
    /// `.999`: without zeros at the end.
    ShortFraction {
        digits: usize,
        separator: u8,
    },
}

/// How an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ZoneOffset {
    /// `Z` for UTC.
    pub(super) iso: bool,
    pub(super) colons: bool,
    pub(super) minutes: bool,
    pub(super) seconds: bool,
}

impl ZoneOffset {
    #[expect(clippy::fn_params_excessive_bools, reason = "the table below reads as rows of the four marks")]
    const fn element(iso: bool, colons: bool, minutes: bool, seconds: bool) -> Element {
        Element::ZoneOffset(Self { iso, colons, minutes, seconds })
    }
}

/// Splits a layout at its first element: what stands before, the element, what stands after.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Element>, &[u8]) {
    for at in 0..layout.len() {
        if let Some((skipped, element, width)) = element_at(&layout[at..]) {
            let from = at + skipped;
            return (&layout[..from], Some(element), &layout[from + width..]);
        }
    }
    (layout, None, b"")
}

/// Returns the element at the beginning, after how many literal bytes it begins, and its width.
fn element_at(text: &[u8]) -> Option<(usize, Element, usize)> {
    let here = |element, width| Some((0, element, width));
    let is_followed_by_lower = |width: usize| text.get(width).is_some_and(u8::is_ascii_lowercase);
    match text.first()? {
        b'J' if text.starts_with(b"January") => here(Element::LongMonth, 7),
        b'J' if text.starts_with(b"Jan") && !is_followed_by_lower(3) => here(Element::Month, 3),
        b'M' if text.starts_with(b"Monday") => here(Element::LongWeekday, 6),
        b'M' if text.starts_with(b"Mon") && !is_followed_by_lower(3) => here(Element::Weekday, 3),
        b'M' if text.starts_with(b"MST") => here(Element::ZoneName, 3),
        b'0' => match text.get(1)? {
            b'1' => here(Element::ZeroMonth, 2),
            b'2' => here(Element::ZeroDay, 2),
            b'3' => here(Element::ZeroHour12, 2),
            b'4' => here(Element::ZeroMinute, 2),
            b'5' => here(Element::ZeroSecond, 2),
            b'6' => here(Element::Year, 2),
            b'0' if text.get(2) == Some(&b'2') => here(Element::ZeroYearDay, 3),
            _ => None,
        },
        b'1' if text.get(1) == Some(&b'5') => here(Element::Hour, 2),
        b'1' => here(Element::NumericMonth, 1),
        b'2' if text.starts_with(b"2006") => here(Element::LongYear, 4),
        b'2' => here(Element::Day, 1),
        b'_' if text.starts_with(b"_2006") => Some((1, Element::LongYear, 4)),
        b'_' if text.starts_with(b"_2") => here(Element::SpaceDay, 2),
        b'_' if text.starts_with(b"__2") => here(Element::SpaceYearDay, 3),
        b'3' => here(Element::Hour12, 1),
        b'4' => here(Element::Minute, 1),
        b'5' => here(Element::Second, 1),
        b'P' if text.starts_with(b"PM") => here(Element::UpperNoon, 2),
        b'p' if text.starts_with(b"pm") => here(Element::LowerNoon, 2),
        sign @ (b'-' | b'Z') => {
            let iso = *sign == b'Z';
            let shapes: [(&[u8], Element); 5] = [
                (b"070000", ZoneOffset::element(iso, false, true, true)),
                (b"07:00:00", ZoneOffset::element(iso, true, true, true)),
                (b"0700", ZoneOffset::element(iso, false, true, false)),
                (b"07:00", ZoneOffset::element(iso, true, true, false)),
                (b"07", ZoneOffset::element(iso, false, false, false)),
            ];
            let (shape, element) = shapes.into_iter().find(|(shape, _)| text[1..].starts_with(shape))?;
            here(element, shape.len() + 1)
        }
        separator @ (b'.' | b',') => {
            let digit = text.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
            let digits = text[1..].iter().take_while(|byte| *byte == digit).count();
            if text.get(1 + digits).is_some_and(u8::is_ascii_digit) {
                return None;
            }
            let separator = *separator;
            let element = if *digit == b'0' {
                Element::Fraction { digits, separator }
            } else {
                Element::ShortFraction { digits, separator }
            };
            here(element, 1 + digits)
        }
        _ => None,
    }
}
