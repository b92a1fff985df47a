//! What a parser reads: bytes of some encoding, held as UTF-8 text, with the place of every character in the bytes.
//!
//! Until the encoding is settled (by the caller, a byte order mark or the XML declaration) only the declaration is
//! decoded. Bytes that are no text end the text; whoever reads that far meets an invalid token.

use super::names::is_space;

/// How bytes become characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not known before the XML declaration is read: UTF-8 so far.
    Open,
    Utf8,
    /// The most significant byte first, or last.
    Utf16 {
        big: bool,
    },
    Latin1,
    Ascii,
    /// Of each byte its character; what stands for none is invalid.
    Table(Box<[u32; 256]>),
}

impl Encoding {
    /// The encodings that need no table, by name.
    pub fn by_name(name: &str) -> Option<Encoding> {
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Some(Encoding::Utf8),
            "UTF-16" | "UTF-16BE" => Some(Encoding::Utf16 { big: true }),
            "UTF-16LE" => Some(Encoding::Utf16 { big: false }),
            "ISO-8859-1" => Some(Encoding::Latin1),
            "US-ASCII" => Some(Encoding::Ascii),
            _ => None,
        }
    }

    /// Whether what markup is made of are the same bytes as in ASCII, and these alone.
    pub fn holds_markup(&self) -> bool {
        let Encoding::Table(table) = self else { return true };
        let is_free = |byte: u8| b"$@\\^`{}~".contains(&byte) || byte < b' ' && !super::names::is_space(byte);
        (0..=0xFF).zip(table.iter()).all(|(byte, &c): (u8, &u32)| {
            let is_same = c == u32::from(byte);
            let stands_for_free = u8::try_from(c).map_or(true, |c| c >= 0x7F || is_free(c));
            is_same || (byte >= 0x7F || is_free(byte)) && stands_for_free
        })
    }

    /// How many bytes of this encoding a piece of UTF-8 text takes.
    fn length_of(&self, text: &[u8]) -> usize {
        match self {
            Encoding::Open | Encoding::Utf8 => text.len(),
            Encoding::Utf16 { .. } => text
                .iter()
                .map(|&byte| match byte {
                    0x80..=0xBF => 0,
                    0xF0.. => 4,
                    _ => 2,
                })
                .sum(),
            _ => text.iter().filter(|&&byte| !(0x80..=0xBF).contains(&byte)).count(),
        }
    }
}

/// A place in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 0.
    pub column: usize,
    /// In bytes of the input, counted from 0.
    pub byte: usize,
}

/// The input of a parser.
#[derive(Debug)]
pub struct Document {
    encoding: Encoding,
    /// Bytes not decoded yet.
    raw: Vec<u8>,
    /// Decoded text from somewhere behind what has been read.
    pub text: Vec<u8>,
    /// What is read next, in `text`.
    pub at: usize,
    /// Behind the text come bytes that are no text.
    pub bad: bool,
    /// No more bytes come.
    pub is_last: bool,
    /// Where `mark` lies in `text`.
    marked: usize,
    mark: Position,
    began: bool,
}

impl Document {
    pub fn new(encoding: Encoding) -> Document {
        let mark = Position { line: 1, column: 0, byte: 0 };
        Document {
            encoding,
            raw: Vec::new(),
            text: Vec::new(),
            at: 0,
            bad: false,
            is_last: false,
            marked: 0,
            mark,
            began: false,
        }
    }

    pub fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Whether the input ends amid a character.
    pub fn is_cut(&self) -> bool {
        !self.raw.is_empty() && !self.bad
    }

    /// Whether that is more than half of a pair of bytes, or the first byte of what might be a byte order mark.
    pub fn has_partial_char(&self) -> bool {
        let may_be_mark = self.text.is_empty() && matches!(self.raw.as_slice(), [0xEF | 0xFE | 0xFF]);
        self.is_cut() && !may_be_mark && !(self.is_wide() && self.raw.len() == 1)
    }

    /// How many bytes have not been read.
    pub fn unread(&self) -> usize {
        self.encoding.length_of(&self.text[self.at..]) + self.raw.len()
    }

    /// Whether the encoding goes by two bytes.
    pub fn is_wide(&self) -> bool {
        matches!(self.encoding, Encoding::Utf16 { .. })
    }

    /// Takes in more bytes; text before `keep` is given up.
    pub fn feed(&mut self, bytes: &[u8], is_last: bool, keep: usize) {
        self.forget(keep);
        self.raw.extend_from_slice(bytes);
        self.is_last = is_last;
        self.decode();
    }

    /// Gives up the text before an index, in which nothing is looked at any more.
    fn forget(&mut self, keep: usize) {
        // Moving the rest is worth it where that is short.
        if keep < 4096 || keep * 2 < self.text.len() {
            return;
        }
        self.mark = self.position(keep);
        self.marked = 0;
        self.text.drain(..keep);
        self.at -= keep;
    }

    /// Settles the encoding after the XML declaration.
    pub fn settle(&mut self, encoding: Encoding) {
        if self.encoding == Encoding::Open {
            self.encoding = encoding;
        }
        self.decode();
    }

    /// The place of an index of `text`.
    pub fn position(&self, index: usize) -> Position {
        let Position { mut line, mut column, byte } = self.mark;
        let passed = &self.text[self.marked.min(index)..index.min(self.text.len())];
        let mut after_return = false;
        for &c in passed {
            match c {
                b'\n' if after_return => {}
                b'\n' | b'\r' => {
                    line += 1;
                    column = 0;
                }
                0x80..=0xBF => {}
                _ => column += 1,
            }
            after_return = c == b'\r';
        }
        Position { line, column, byte: byte + self.encoding.length_of(passed) }
    }

    /// Remembers the place of an index, from which later ones are counted. Never amid a line end.
    pub fn remember(&mut self, index: usize) {
        let amid = index > 0 && self.text.get(index - 1) == Some(&b'\r');
        if index > self.marked && !amid {
            self.mark = self.position(index);
            self.marked = index;
        }
    }

    /// A piece of the text as bytes of the input.
    pub fn original(&self, from: usize) -> Vec<u8> {
        let text = &self.text[from.min(self.text.len())..];
        let mut bytes = match &self.encoding {
            Encoding::Open | Encoding::Utf8 | Encoding::Ascii => text.to_vec(),
            encoding => {
                let text = String::from_utf8_lossy(text);
                match encoding {
                    Encoding::Utf16 { big } => text
                        .encode_utf16()
                        .flat_map(|unit| if *big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                        .collect(),
                    Encoding::Table(table) => text
                        .chars()
                        .map(|c| table.iter().position(|&known| known == c as u32).unwrap_or(0) as u8)
                        .collect(),
                    _ => text.chars().map(|c| c as u8).collect(),
                }
            }
        };
        bytes.extend_from_slice(&self.raw);
        bytes
    }

    fn decode(&mut self) {
        if self.bad || (!self.began && !self.begin()) {
            return;
        }
        let raw = std::mem::take(&mut self.raw);
        let used = match &self.encoding {
            Encoding::Open => {
                let end = self.declaration_end(&raw);
                self.utf8(&raw[..end])
            }
            Encoding::Utf8 => self.utf8(&raw),
            Encoding::Utf16 { big } => self.utf16(&raw, *big),
            Encoding::Latin1 => {
                self.text.extend(raw.iter().flat_map(|&byte| char::from(byte).to_string().into_bytes()));
                raw.len()
            }
            Encoding::Ascii => {
                let used = raw.iter().position(|byte| !byte.is_ascii()).unwrap_or(raw.len());
                self.bad = used < raw.len();
                self.text.extend_from_slice(&raw[..used]);
                used
            }
            Encoding::Table(table) => {
                let chars = raw.iter().map_while(|&byte| char::from_u32(table[usize::from(byte)]));
                let chars = chars.take_while(|&c| c != '\u{FFFD}').collect::<String>();
                let used = chars.chars().count();
                self.bad = used < raw.len();
                self.text.extend_from_slice(chars.as_bytes());
                used
            }
        };
        self.raw = raw;
        self.raw.drain(..used);
    }

    /// Looks at the first bytes; false where more of them must come. A byte order mark outdoes what the caller said.
    fn begin(&mut self) -> bool {
        let given = !matches!(self.encoding, Encoding::Table(_));
        let (skip, found) = match self.raw.as_slice() {
            [] | [0xEF | 0xFE | 0xFF | 0 | b'<'] if !self.is_last => return false,
            [0xEF, 0xBB] if !self.is_last => return false,
            [0xEF, 0xBB, 0xBF, ..] if given => (3, Some(Encoding::Utf8)),
            [0xFE, 0xFF, ..] if given => (2, Some(Encoding::Utf16 { big: true })),
            [0xFF, 0xFE, ..] if given => (2, Some(Encoding::Utf16 { big: false })),
            [b'<', 0, ..] if given => (0, Some(Encoding::Utf16 { big: false })),
            [0, _, ..] if given && self.encoding == Encoding::Open => {
                (0, Some(Encoding::Utf16 { big: true }))
            }
            _ => (0, None),
        };
        match found {
            // What the declaration says still counts.
            Some(Encoding::Utf8) if self.encoding == Encoding::Open => {}
            Some(found) => self.encoding = found,
            None => {}
        }
        self.mark.byte = skip;
        self.mark.column = usize::from(skip > 0);
        self.raw.drain(..skip);
        self.began = true;
        true
    }

    /// How many more bytes belong to the XML declaration, beyond which the encoding counts; all where there is none.
    fn declaration_end(&mut self, raw: &[u8]) -> usize {
        const OPENING: &[u8] = b"<?xml";
        let known = [&self.text, raw].concat();
        let begins = known.iter().zip(OPENING).all(|(a, b)| a == b);
        if !begins || known.get(OPENING.len()).is_some_and(|&byte| !is_space(byte)) {
            self.encoding = Encoding::Utf8;
            return raw.len();
        }
        let end = known.windows(2).position(|pair| pair == b"?>").map_or(known.len(), |at| at + 2);
        end.saturating_sub(self.text.len())
    }

    /// Takes in UTF-8; gives how many bytes were used.
    fn utf8(&mut self, raw: &[u8]) -> usize {
        let used = match std::str::from_utf8(raw) {
            Ok(_) => raw.len(),
            Err(error) => {
                self.bad = error.error_len().is_some();
                error.valid_up_to()
            }
        };
        self.text.extend_from_slice(&raw[..used]);
        used
    }

    fn utf16(&mut self, raw: &[u8], big: bool) -> usize {
        let unit = |pair: &[u8]| match big {
            true => u16::from_be_bytes([pair[0], pair[1]]),
            false => u16::from_le_bytes([pair[0], pair[1]]),
        };
        let units: Vec<u16> = raw.chunks_exact(2).map(unit).collect();
        let mut used = 0;
        for decoded in char::decode_utf16(units.iter().copied()) {
            match decoded {
                Ok(c) => {
                    self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    used += c.len_utf16();
                }
                // The second half may still come.
                Err(half) => {
                    self.bad = used + 1 < units.len() || half.unpaired_surrogate() >= 0xDC00;
                    break;
                }
            }
        }
        used * 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_the_bytes_given() {
        let mut wide = Document::new(Encoding::Open);
        wide.feed(b"\xff\xfe<\0\xe9\0\r\0\n\0", false, 0);
        wide.feed(b"x\0", true, 0);
        assert_eq!(wide.text, "<é\r\nx".as_bytes());
        assert_eq!(wide.position(5), Position { line: 2, column: 0, byte: 10 });
        let mut narrow = Document::new(Encoding::Latin1);
        narrow.feed(b"\xe9x", true, 0);
        assert_eq!(narrow.position(2), Position { line: 1, column: 1, byte: 1 });
        assert_eq!(narrow.original(2), b"x");
    }

    #[test]
    fn what_is_no_text_ends_the_text() {
        let mut document = Document::new(Encoding::Utf8);
        document.feed(b"ab\xc3", false, 0);
        assert!(document.is_cut() && document.text == b"ab");
        document.feed(b"(", true, 0);
        assert!(document.bad && document.text == b"ab");
    }
}
