//! Tokens as JSON, as the `tokenize` module would show them; shared by the tests and the `tokens` example.

use taipan_parser::tokens::{IterError, LineSource, TextToken, TokenizerIter};

struct Lines<'a>(std::str::SplitInclusive<'a, char>);

impl LineSource for Lines<'_> {
    type Error = std::convert::Infallible;

    fn next_line(&mut self) -> Result<Option<String>, Self::Error> {
        Ok(self.0.next().map(str::to_owned))
    }
}

pub fn quote(text: &str) -> String {
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

/// All tokens of a text and the error that ends them.
pub fn iterate(text: &str, extra_tokens: bool) -> String {
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
