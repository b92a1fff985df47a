//! Just enough of Rust's lexical structure to find where functions begin and end.
//!
//! Comments, strings and characters are passed over, so a brace inside one does not count. Macros are read as the
//! tokens they are made of, which is right for every function a person can read.

/// A token that matters for finding functions, with its line (counted from 1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token<'a> {
    Word(&'a str),
    Mark(u8),
}

/// The words and marks of `text`, each with its line.
pub fn tokens(text: &str) -> Vec<(Token<'_>, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = comment_end(bytes, at),
            b'"' => at = string_end(bytes, at + 1),
            b'\'' => at = quote_end(bytes, at),
            byte if byte == b'_' || byte.is_ascii_alphabetic() => {
                while at < bytes.len() && (bytes[at] == b'_' || bytes[at].is_ascii_alphanumeric()) {
                    at += 1;
                }
                let word = &text[start..at];
                match raw_string_end(bytes, at, word) {
                    Some(end) => at = end,
                    None => found.push((Token::Word(word), line)),
                }
            }
            byte => {
                if byte.is_ascii_punctuation() {
                    found.push((Token::Mark(byte), line));
                }
                at += 1;
            }
        }
        line += bytes[start..at.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count();
    }
    found
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |offset| at + offset)
}

fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a character literal, or of the quote alone where it begins a lifetime.
fn quote_end(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\\') {
        let mut end = at + 3;
        while end < bytes.len() && bytes[end] != b'\'' {
            end += 1;
        }
        return end + 1;
    }
    // At most four bytes of one character stand between the quotes.
    let close = bytes[at + 1..].iter().take(5).position(|byte| *byte == b'\'');
    match close {
        Some(length) if length == 1 || (length > 1 && bytes[at + 1] >= 0x80) => at + length + 2,
        Some(0) => at + 3,
        _ => at + 1,
    }
}

/// The end of a raw string whose prefix `word` stands before `at`.
fn raw_string_end(bytes: &[u8], at: usize, word: &str) -> Option<usize> {
    if !matches!(word, "r" | "br" | "cr") {
        return None;
    }
    let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let body = at + hashes + 1;
    let end = bytes[body..].windows(close.len()).position(|window| window == close);
    Some(end.map_or(bytes.len(), |offset| body + offset + close.len()))
}

/// A function with a body: its name, its first line and how many lines it has.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// Every function with a body in `text`, nested ones too.
pub fn functions(text: &str) -> Vec<Function> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (index, window) in tokens.windows(2).enumerate() {
        if let [(Token::Word("fn"), line), (Token::Word(name), _)] = window
            && let Some(last) = body_end(&tokens[index + 2..])
        {
            found.push(Function { name: (*name).to_string(), line: *line, lines: last - line + 1 });
        }
    }
    found
}

/// The line on which the body ends that follows a function's name, if one follows.
fn body_end(tokens: &[(Token<'_>, usize)]) -> Option<usize> {
    let (mut brackets, mut braces) = (0i32, 0i32);
    for (token, line) in tokens {
        match token {
            Token::Mark(b'(' | b'[') => brackets += 1,
            Token::Mark(b')' | b']') => brackets -= 1,
            Token::Mark(b';') if brackets == 0 && braces == 0 => return None,
            Token::Mark(b'{') => braces += 1,
            Token::Mark(b'}') => {
                braces -= 1;
                if braces == 0 {
                    return Some(*line);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        let text = "fn a() {\n  let b = '{'; // }\n  let c = r#\"}\"#; /* } */ let d = \"\\\"}\";\n  let e: &'static str = c;\n}\nfn f();\n";
        assert_eq!(functions(text), [Function { name: "a".into(), line: 1, lines: 5 }]);
    }

    #[test]
    fn function_pointers_are_no_functions() {
        assert_eq!(
            functions("type A = fn(u8) -> [u8; 2];\nfn g(x: [u8; 3]) -> u8 {\n x[0] }"),
            [Function { name: "g".into(), line: 2, lines: 2 }]
        );
    }
}
