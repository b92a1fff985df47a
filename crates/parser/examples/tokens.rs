//! Prints the tokens of source files as JSON, one line a file, to compare with another Python's `tokenize`.
//!
//! `tokens [--plain | --count] FILE…`: `--plain` leaves out comments and blank lines as the parser's view does, `--count`
//! runs the parser's tokenizer and prints only how many tokens there are (for measuring).

use std::io::Write;

use taipan_parser::tokens::encoding::{Origin, decode, decode_source};
use taipan_parser::tokens::{TextInput, TokenKind, Tokenizer, TokenizerOptions};

#[path = "../tests/support/json.rs"]
mod json;

use json::{iterate, quote};

fn count(text: &str) -> String {
    let mut tokens = Tokenizer::new(TextInput::new(text), TokenizerOptions::default());
    let mut total = 0;
    loop {
        match tokens.next() {
            Ok(token) => {
                total += 1;
                if token.kind == TokenKind::EndMarker {
                    return total.to_string();
                }
            }
            Err(error) => return format!("{total} tokens, then {error}"),
        }
    }
}

fn main() -> std::io::Result<()> {
    let (mut plain, mut counting) = (false, false);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for argument in std::env::args().skip(1) {
        match &*argument {
            "--plain" => plain = true,
            "--count" => counting = true,
            file => {
                let bytes = read(file)?;
                let mut codec = |name: &str, _: &[u8]| Err(format!("unknown encoding: {name}"));
                let line = if counting {
                    decode_source(&bytes, Origin::Bytes, true, &mut codec).map(|text| count(&text))
                } else {
                    decode(&bytes, Origin::Bytes, &mut codec).map(|text| iterate(&text, !plain))
                };
                let line = line.unwrap_or_else(|error| quote(&error.error.to_string()));
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

fn read(file: &str) -> std::io::Result<Vec<u8>> {
    let path = std::ffi::CString::new(file)?;
    taipan_host::paths::read_file(&path).map_err(|error| std::io::Error::other(format!("{file}: {error:?}")))
}
