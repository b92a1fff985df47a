//! The encodings of East Asia, in which a character takes one to eight bytes.
//!
//! | file | holds |
//! |---|---|
//! | `table` | which bytes mean which characters |
//! | `plain` | encodings without state |
//! | `hz`, `iso2022` | those with marks and escape sequences |
//!
//! As everywhere in [`codecs`](super), a kernel works from a place on until it meets what it cannot do. Where the input is
//! not whole, an incomplete end is left for the next piece; what lies between the pieces is a [`State`].

mod hz;
mod iso2022;
mod plain;
mod table;

use super::CodecError;
use crate::text::TextBuilder;
use plain::Kind;
use std::sync::OnceLock;
use table::Table;

const ILLEGAL: &str = "illegal multibyte sequence";
const INCOMPLETE: &str = "incomplete multibyte sequence";

/// What a stateful encoding remembers between characters.
pub type State = [u8; 8];

#[derive(Debug)]
enum Method {
    Plain(Kind),
    Hz,
    Iso2022(&'static iso2022::Family),
}

fn ascii(c: u32) -> Option<u8> {
    u8::try_from(c).ok().filter(u8::is_ascii)
}

/// An encoding.
#[derive(Debug)]
pub struct Multibyte {
    pub name: &'static str,
    /// The name of its table.
    table: &'static str,
    method: Method,
}

const fn plain(name: &'static str, kind: Kind) -> Multibyte {
    Multibyte { name, table: name, method: Method::Plain(kind) }
}

const fn iso2022(name: &'static str, family: &'static iso2022::Family) -> Multibyte {
    Multibyte { name, table: "euc_jp", method: Method::Iso2022(family) }
}

const SHIFT_JIS: Kind = Kind::Leads(&[0x81..=0x9F, 0xE0..=0xEA]);
const SHIFT_JIS_LONG: Kind = Kind::Leads(&[0x81..=0x9F, 0xE0..=0xFC]);

/// The encodings of a country, under the name of the module that has them.
pub static CHINESE: &[Multibyte] = &[
    plain("gb2312", Kind::Plain),
    plain("gbk", Kind::Plain),
    plain("gb18030", Kind::FourBytes),
    Multibyte { name: "hz", table: "gb2312", method: Method::Hz },
];
pub static HONG_KONG: &[Multibyte] = &[plain("big5hkscs", Kind::Plain)];
pub static TAIWANESE: &[Multibyte] = &[plain("big5", Kind::Plain), plain("cp950", Kind::Plain)];
pub static KOREAN: &[Multibyte] =
    &[plain("euc_kr", Kind::Spelt), plain("cp949", Kind::Plain), plain("johab", Kind::Plain)];
pub static JAPANESE: &[Multibyte] = &[
    plain("shift_jis", SHIFT_JIS),
    plain("cp932", SHIFT_JIS_LONG),
    plain("shift_jis_2004", SHIFT_JIS_LONG),
    plain("shift_jisx0213", SHIFT_JIS_LONG),
    plain("euc_jp", Kind::Plain),
    plain("euc_jis_2004", Kind::Plain),
    plain("euc_jisx0213", Kind::Plain),
];
pub static ISO_2022: &[Multibyte] = &[
    iso2022("iso2022_kr", &iso2022::KR),
    iso2022("iso2022_jp", &iso2022::JP),
    iso2022("iso2022_jp_1", &iso2022::JP_1),
    iso2022("iso2022_jp_2", &iso2022::JP_2),
    iso2022("iso2022_jp_2004", &iso2022::JP_2004),
    iso2022("iso2022_jp_3", &iso2022::JP_3),
    iso2022("iso2022_jp_ext", &iso2022::JP_EXT),
];

/// The tables' texts and what was read from them.
macro_rules! tables {
    ($($name:literal)*) => {
        /// The text of a table; empty where there is none of this name.
        fn text_of(name: &str) -> &'static str {
            match name {
                $($name => include_str!(concat!("tables/", $name, ".txt")),)*
                _ => "",
            }
        }

        /// The table of this name, read now if it was not.
        fn table_of(name: &str) -> Option<&'static Table> {
            match name {
                $($name => {
                    static TABLE: OnceLock<Table> = OnceLock::new();
                    Some(TABLE.get_or_init(|| Table::read(text_of($name), &text_of)))
                })*
                _ => None,
            }
        }
    };
}

tables! {
    "big5" "big5hkscs" "cp932" "cp949" "cp950" "euc_jis_2004" "euc_jisx0213" "euc_jp" "euc_kr" "gb18030" "gb2312" "gbk"
    "johab" "shift_jis" "shift_jis_2004" "shift_jisx0213"
}

impl Multibyte {
    /// The state in which a decoder begins.
    pub fn decoding(&self) -> State {
        match self.method {
            Method::Iso2022(_) => iso2022::DECODING,
            _ => State::default(),
        }
    }

    /// The state in which an encoder begins.
    pub fn encoding(&self) -> State {
        match self.method {
            Method::Iso2022(_) => iso2022::ENCODING,
            _ => State::default(),
        }
    }

    /// Decodes from `at` on; gives how much was consumed: all of it, but for an incomplete end where `whole` is not set.
    pub fn decode(
        &self,
        state: &mut State,
        input: &[u8],
        at: usize,
        whole: bool,
        out: &mut TextBuilder,
    ) -> Result<usize, CodecError> {
        let Some(table) = table_of(self.table) else { return Ok(input.len()) };
        match &self.method {
            Method::Plain(kind) => plain::decode(table, *kind, input, at, whole, out),
            Method::Hz => hz::decode(table, state, input, at, whole, out),
            Method::Iso2022(family) => family.decode(state, input, at, whole, out),
        }
    }

    /// Encodes from `at` on; gives how much was consumed: all of it, but for a last character that another may join where
    /// `whole` is not set.
    pub fn encode(
        &self,
        state: &mut State,
        text: &[u32],
        at: usize,
        whole: bool,
        out: &mut Vec<u8>,
    ) -> Result<usize, CodecError> {
        let Some(table) = table_of(self.table) else { return Ok(text.len()) };
        match &self.method {
            Method::Plain(kind) => plain::encode(table, *kind, text, at, whole, out),
            Method::Hz => hz::encode(table, state, text, at, out),
            Method::Iso2022(family) => family.encode(state, text, at, whole, out),
        }
    }

    /// Ends a text: what was switched on is switched off.
    pub fn reset(&self, state: &mut State, out: &mut Vec<u8>) {
        match &self.method {
            Method::Plain(_) => {}
            Method::Hz => hz::reset(state, out),
            Method::Iso2022(family) => family.reset(state, out),
        }
    }
}

#[cfg(test)]
mod tests;
