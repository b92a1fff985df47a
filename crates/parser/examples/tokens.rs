//! Prints the tokens of source files as JSON, one line a file, to compare with another Python's `tokenize`.
//!
//! `tokens [--plain | --count] FILE…`: `--plain` leaves out comments and blank lines as the parser's view does, `--count`
//! runs the parser's tokenizer and prints only how many tokens there are (for measuring).

use std::io::Write;

use taipan_parser::tokens::encoding::{Origin, decode, decode_source};
use taipan_parser::tokens::{
    IterError, LineSource, TextToken, TokenKind, Tokenizer, TokenizerIter, TokenizerOptions,
};

struct Lines<'a>(std::str::SplitInclusive<'a, char>);

impl LineSource for Lines<'_> {
    type Error = std::convert::Infallible;

    fn next_line(&mut self) -> Result<Option<String>, Self::Error> {
        Ok(self.0.next().map(str::to_owned))
    }
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..'\x20' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

fn show(token: &TextToken) -> String {
    let TextToken { kind, string, start, end, line } = token;
    format!(
        "[{},{},[{},{}],[{},{}],{}]",
        *kind as u8,
        quote(string),
        start.0,
        start.1,
        end.0,
        end.1,
        quote(line)
    )
}

fn iterate(text: &str, extra_tokens: bool) -> String {
    let mut tokens = TokenizerIter::new(Lines(text.split_inclusive('\n')), extra_tokens);
    let mut shown = Vec::new();
    let error = loop {
        match tokens.next_token() {
            Ok(Some(token)) => shown.push(show(&token)),
            Ok(None) => break "null".to_owned(),
            Err(IterError::Syntax(e)) => {
                let text = e.text.as_deref().unwrap_or("");
                break format!(
                    "[{},{},[{},{},{},{},{}]]",
                    quote(e.kind.name()),
                    quote(&e.msg),
                    e.lineno,
                    e.offset,
                    quote(text),
                    e.end_lineno,
                    e.end_offset
                );
            }
            Err(IterError::NoEnd(e)) => {
                let text = e.text.as_deref().unwrap_or("");
                break format!(
                    "[{},{},[{},{},{},null,null]]",
                    quote(e.kind.name()),
                    quote(&e.msg),
                    e.lineno,
                    e.offset,
                    quote(text)
                );
            }
            Err(IterError::Bare(e)) => {
                break format!(
                    "[{},{},[{},{},null,{},null]]",
                    quote(e.kind.name()),
                    quote(&e.msg),
                    e.lineno,
                    e.offset,
                    e.lineno
                );
            }
        }
    };
    format!("{{\"tokens\":[{}],\"error\":{error}}}", shown.join(","))
}

fn count(text: &str) -> String {
    let mut tokens = Tokenizer::new(text, TokenizerOptions::default());
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

#[allow(clippy::disallowed_methods, reason = "a tool for developers reads the files it is given")]
fn read(file: &str) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}
