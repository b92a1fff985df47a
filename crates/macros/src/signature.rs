//! The signature of a native function as Python writes it: `(key, /, default=None, *, reverse=False)`.
//!
//! From this one text come `__text_signature__`, the binding of arguments and their defaults.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, Result};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    PositionalOnly,
    Positional,
    VarArgs,
    KeywordOnly,
    VarKeywords,
}

pub struct Param {
    pub name: String,
    pub kind: ParamKind,
    pub default: Option<String>,
}

pub struct Signature {
    pub params: Vec<Param>,
    pub text: String,
    /// The variant of `model::args::Wording`.
    pub wording: &'static str,
}

impl Signature {
    pub fn parse(text: &str, span: Span) -> Result<Signature> {
        let wrong = |what: &str| Error::new(span, format!("{what} in the signature {text:?}"));
        let inner = text
            .trim()
            .strip_prefix('(')
            .and_then(|t| t.strip_suffix(')'))
            .ok_or_else(|| wrong("no parentheses"))?;
        let mut params: Vec<Param> = Vec::new();
        let mut keyword_only = false;
        for piece in split_top_level(inner) {
            let piece = piece.trim();
            match piece {
                "" => {}
                "/" => params.iter_mut().for_each(|p| p.kind = ParamKind::PositionalOnly),
                "*" => keyword_only = true,
                _ if piece.contains("[,") => push_optional_groups(piece, &mut params),
                _ => {
                    if let Some(name) = piece.strip_prefix("**") {
                        params.push(Param { name: name.into(), kind: ParamKind::VarKeywords, default: None });
                    } else if let Some(name) = piece.strip_prefix('*') {
                        keyword_only = true;
                        params.push(Param { name: name.into(), kind: ParamKind::VarArgs, default: None });
                    } else {
                        let (name, default) = match piece.split_once('=') {
                            Some((name, default)) => (name.trim(), Some(default.trim().to_string())),
                            None => (piece, None),
                        };
                        let kind = if keyword_only { ParamKind::KeywordOnly } else { ParamKind::Positional };
                        params.push(Param { name: name.into(), kind, default });
                    }
                }
            }
        }
        Ok(Signature { params, text: text.trim().to_string(), wording: "Clinic" })
    }

    /// The text with its bound first parameter, as CPython stores it: `($self, key, /)`.
    pub fn text_with_receiver(&self, receiver: Option<&str>) -> String {
        match receiver {
            None => self.text.clone(),
            Some(receiver) => {
                let rest = self.text[1..].trim_start();
                if rest == ")" {
                    format!("(${receiver}, /)")
                } else if self.params.iter().any(|p| p.kind == ParamKind::PositionalOnly) {
                    format!("(${receiver}, {rest}")
                } else {
                    format!("(${receiver}, /, {rest}")
                }
            }
        }
    }

    fn named(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| !matches!(p.kind, ParamKind::VarArgs | ParamKind::VarKeywords))
    }

    pub fn named_count(&self) -> usize {
        self.named().count()
    }

    pub fn takes_nothing(&self) -> bool {
        self.params.is_empty()
    }

    /// One required positional-only parameter: the shape of `METH_O`.
    pub fn takes_one(&self) -> bool {
        matches!(&self.params[..], [p] if p.kind == ParamKind::PositionalOnly && p.default.is_none())
    }

    /// No parameter can be given by name.
    pub fn positional_only(&self) -> bool {
        self.params.iter().all(|p| matches!(p.kind, ParamKind::PositionalOnly | ParamKind::VarArgs))
    }

    /// An expression of type `model::args::Signature`; `function_name` is an expression of type `&str`.
    pub fn to_tokens(&self, function_name: TokenStream) -> TokenStream {
        let names = self.named().map(|p| p.name.as_str());
        let count = |f: &dyn Fn(&Param) -> bool| self.named().filter(|p| f(p)).count();
        let positional_only = count(&|p| p.kind == ParamKind::PositionalOnly);
        let positional = count(&|p| p.kind != ParamKind::KeywordOnly);
        let required = count(&|p| p.kind != ParamKind::KeywordOnly && p.default.is_none());
        let mut required_keywords = 0u64;
        for (i, p) in self.named().enumerate() {
            if p.kind == ParamKind::KeywordOnly && p.default.is_none() {
                required_keywords |= 1 << i;
            }
        }
        let var_args = self.params.iter().any(|p| p.kind == ParamKind::VarArgs);
        let wording = quote::format_ident!("{}", self.wording);
        let var_keywords = self.params.iter().any(|p| p.kind == ParamKind::VarKeywords);
        quote! {
            ::taipan_objects::model::args::Signature {
                name: #function_name,
                params: &[#(#names),*],
                positional_only: #positional_only,
                positional: #positional,
                required: #required,
                required_keywords: #required_keywords,
                var_args: #var_args,
                var_keywords: #var_keywords,
                wording: ::taipan_objects::model::args::Wording::#wording,
            }
        }
    }
}

/// Parameters in nested brackets, `sub[, start[, end]]`: all but the first can be left out.
fn push_optional_groups(piece: &str, params: &mut Vec<Param>) {
    for (i, name) in piece.trim_end_matches(']').split("[,").enumerate() {
        let default = (i > 0).then(|| "<missing>".to_string());
        params.push(Param { name: name.trim().into(), kind: ParamKind::Positional, default });
    }
}

/// Splits at commas that stand outside brackets and quotes.
fn split_top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start, mut pieces) = (0usize, None, 0usize, Vec::new());
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                pieces.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}
