//! DER, written and read.

/// Universal tags, and the contextual ones that certificates use.
pub(super) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OBJECT: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// A contextual tag around other elements.
    pub(crate) const fn explicit(number: u8) -> u8 {
        0xa0 | number
    }

    /// A contextual tag in place of the element's own.
    pub(crate) const fn implicit(number: u8) -> u8 {
        0x80 | number
    }
}

/// Writes an element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    if content.len() < 0x80 {
        out.push(content.len() as u8);
    } else {
        let length = content.len().to_be_bytes();
        let zeros = length.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | (length.len() - zeros) as u8);
        out.extend_from_slice(&length[zeros..]);
    }
    out.extend_from_slice(content);
    out
}

/// Writes a sequence of elements that are written already.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, &parts.concat())
}

/// Writes a number that is not negative, from its big-endian bytes.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut content = Vec::with_capacity(bytes.len() + 1);
    if bytes.get(zeros).is_none_or(|byte| *byte >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(&bytes[zeros..]);
    element(tag::INTEGER, &content)
}

/// Writes a string of whole bytes as a bit string.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[0], bytes].concat())
}

/// Writes an object identifier from its encoded content.
pub(super) fn object(content: &[u8]) -> Vec<u8> {
    element(tag::OBJECT, content)
}

/// What is malformed.
pub(super) type Malformed = &'static str;

/// A walk over elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads one sequence that fills the bytes.
    pub(super) fn of_sequence(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut outer = Self::new(bytes);
        let inner = outer.expect(tag::SEQUENCE)?;
        if !outer.rest.is_empty() {
            return Err("asn1: syntax error: trailing data");
        }
        Ok(Self::new(inner.content))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns the tag of the next element.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Reads an element.
    pub(super) fn next(&mut self) -> Result<Element<'a>, Malformed> {
        const SHORT: Malformed = "asn1: syntax error: data truncated";
        let bytes = self.rest;
        let (&tag, &first) = bytes.first().zip(bytes.get(1)).ok_or(SHORT)?;
        let (header, length) = if first < 0x80 {
            (2, usize::from(first))
        } else {
            let count = usize::from(first & 0x7f);
            if count == 0 || count > 4 {
                return Err("asn1: syntax error: length too large");
            }
            let digits = bytes.get(2..2 + count).ok_or(SHORT)?;
            (2 + count, digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
        };
        let whole = bytes.get(..header + length).ok_or(SHORT)?;
        self.rest = &bytes[header + length..];
        Ok(Element { tag, content: &whole[header..], whole })
    }

    /// Reads an element of a tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        if self.peek() != Some(tag) {
            return Err("asn1: structure error: tags don't match");
        }
        self.next()
    }

    /// Reads a number that is not negative, as big-endian bytes without leading zeros.
    pub(super) fn unsigned(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.expect(tag::INTEGER)?.content;
        if content.first().is_none_or(|byte| *byte >= 0x80) {
            return Err("asn1: structure error: negative or empty integer");
        }
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        Ok(&content[zeros..])
    }

    /// Reads a small number.
    pub(super) fn small(&mut self) -> Result<u64, Malformed> {
        let bytes = self.unsigned()?;
        if bytes.len() > 8 {
            return Err("asn1: structure error: integer too large");
        }
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Reads a bit string of whole bytes.
    pub(super) fn bits(&mut self) -> Result<&'a [u8], Malformed> {
        match self.expect(tag::BIT_STRING)?.content.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err("asn1: syntax error: invalid padding bits in BIT STRING"),
        }
    }
}
