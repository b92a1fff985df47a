//! Docstrings as they are stored: tabs expanded, and the indentation common to all lines after the first removed.

use std::borrow::Cow;

use taipan_ast::Wtf8;
use taipan_bytecode::Wtf8Buf;

const TAB_SIZE: usize = 8;

fn expand_tabs(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\t') {
        return Cow::Borrowed(text);
    }
    let mut expanded = Vec::with_capacity(text.len() + 16);
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let width = TAB_SIZE - column % TAB_SIZE;
                expanded.resize(expanded.len() + width, b' ');
                column += width;
            }
            b'\n' | b'\r' => {
                expanded.push(byte);
                column = 0;
            }
            _ => {
                expanded.push(byte);
                // Bytes after the first of a character take no column.
                column += usize::from(byte & 0xC0 != 0x80);
            }
        }
    }
    Cow::Owned(expanded)
}

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|&&byte| byte == b' ').count()
}

/// The docstring to store for a text in WTF-8.
pub fn clean(text: &[u8]) -> Wtf8Buf {
    let text = expand_tabs(text);
    let mut lines = text.split_inclusive(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let margin = lines
        .clone()
        .map(|line| (indentation(line), line))
        .filter(|&(indent, line)| line.get(indent).is_some_and(|&byte| byte != b'\n'))
        .map(|(indent, _)| indent)
        .min()
        .unwrap_or(0);
    let mut clean = Vec::with_capacity(text.len());
    clean.extend_from_slice(&first[indentation(first)..]);
    for line in lines {
        clean.extend_from_slice(&line[indentation(line).min(margin)..]);
    }
    super::constants::text(Wtf8::from_bytes(&clean))
}
