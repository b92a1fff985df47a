//! Parameters of functions and lambdas, and function definitions.

use taipan_ast::{Arg, Arguments, Expr, Location, Stmt, StmtKind};

use super::keywords::Keyword;
use super::{Parsed, Parser, Refused};
use crate::tokens::TokenKind;

/// Parameters as they are read, left to right.
#[derive(Default)]
struct Parameters<'a> {
    posonlyargs: Vec<Arg<'a>>,
    args: Vec<Arg<'a>>,
    defaults: Vec<Expr<'a>>,
    vararg: Option<&'a Arg<'a>>,
    kwonlyargs: Vec<Arg<'a>>,
    kw_defaults: Vec<Option<&'a Expr<'a>>>,
    kwarg: Option<&'a Arg<'a>>,
    /// `/` was read.
    has_slash: bool,
    /// `*` was read: what follows is keyword-only.
    has_star: bool,
}

/// What differs between the parameters of a function and those of a lambda.
#[derive(Clone, Copy)]
struct Style {
    close: TokenKind,
    annotated: bool,
}

const FUNCTION: Style = Style { close: TokenKind::RPar, annotated: true };
const LAMBDA: Style = Style { close: TokenKind::Colon, annotated: false };

impl<'a> Parser<'a, '_> {
    pub(super) fn lambda_parameters(&mut self) -> Parsed<Arguments<'a>> {
        self.parameters(LAMBDA)
    }

    /// Parameters up to the closing token, which is not consumed.
    fn parameters(&mut self, style: Style) -> Parsed<Arguments<'a>> {
        let mut read = Parameters::default();
        while !self.at(style.close) {
            match self.current.kind {
                TokenKind::Slash => self.slash(&mut read)?,
                TokenKind::Star => self.star_parameter(&mut read, style)?,
                TokenKind::DoubleStar => {
                    self.bump()?;
                    let arg = self.parameter(style, false)?;
                    if self.at(TokenKind::Equal) {
                        return Err(Refused);
                    }
                    self.eat(TokenKind::Comma)?;
                    let arg = self.with_type_comment(arg, style)?;
                    read.kwarg = Some(self.arena.alloc(arg));
                    if !self.at(style.close) {
                        return Err(Refused);
                    }
                    break;
                }
                _ => self.plain_parameter(&mut read, style)?,
            }
        }
        if read.has_star && read.vararg.is_none() && read.kwonlyargs.is_empty() {
            return Err(Refused);
        }
        Ok(Arguments {
            posonlyargs: self.arena.slice(&read.posonlyargs),
            args: self.arena.slice(&read.args),
            vararg: read.vararg,
            kwonlyargs: self.arena.slice(&read.kwonlyargs),
            kw_defaults: self.arena.slice(&read.kw_defaults),
            kwarg: read.kwarg,
            defaults: self.arena.slice(&read.defaults),
        })
    }

    fn slash(&mut self, read: &mut Parameters<'a>) -> Parsed<()> {
        if read.has_slash || read.has_star || read.args.is_empty() {
            return Err(Refused);
        }
        self.bump()?;
        self.since_version(8)?;
        read.has_slash = true;
        read.posonlyargs = std::mem::take(&mut read.args);
        if !self.eat(TokenKind::Comma)? && !self.at(TokenKind::RPar) && !self.at(TokenKind::Colon) {
            return Err(Refused);
        }
        Ok(())
    }

    /// `*args`, `*args: *Ts`, or the bare `*`.
    fn star_parameter(&mut self, read: &mut Parameters<'a>, style: Style) -> Parsed<()> {
        if read.has_star {
            return Err(Refused);
        }
        read.has_star = true;
        self.bump()?;
        if self.eat(TokenKind::Comma)? {
            // Something keyword-only must follow; the caller checks that it came.
            return if self.current.is_name() { Ok(()) } else { Err(Refused) };
        }
        let arg = self.parameter(style, true)?;
        if self.at(TokenKind::Equal) {
            return Err(Refused);
        }
        let arg = self.end_of_parameter(arg, style)?;
        read.vararg = Some(self.arena.alloc(arg));
        Ok(())
    }

    fn plain_parameter(&mut self, read: &mut Parameters<'a>, style: Style) -> Parsed<()> {
        let arg = self.parameter(style, false)?;
        let mut default = None;
        if self.eat(TokenKind::Equal)? {
            default = Some(self.expression()?);
        }
        let arg = self.end_of_parameter(arg, style)?;
        if read.has_star {
            read.kwonlyargs.push(arg);
            read.kw_defaults.push(default.map(|value| self.arena.alloc(value)));
            return Ok(());
        }
        match default {
            Some(value) => read.defaults.push(value),
            None if !read.defaults.is_empty() => return Err(Refused),
            None => {}
        }
        read.args.push(arg);
        Ok(())
    }

    /// The comma after a parameter, or the sight of the end, and a type comment at its place.
    fn end_of_parameter(&mut self, arg: Arg<'a>, style: Style) -> Parsed<Arg<'a>> {
        let has_comma = self.eat(TokenKind::Comma)?;
        let arg = self.with_type_comment(arg, style)?;
        if has_comma || self.at(style.close) { Ok(arg) } else { Err(Refused) }
    }

    fn with_type_comment(&mut self, arg: Arg<'a>, style: Style) -> Parsed<Arg<'a>> {
        if !style.annotated || !self.at(TokenKind::TypeComment) {
            return Ok(arg);
        }
        Ok(Arg { type_comment: self.type_comment()?, ..arg })
    }

    /// A name with its annotation; `starred` allows a star in the annotation (PEP 646).
    fn parameter(&mut self, style: Style, starred: bool) -> Parsed<Arg<'a>> {
        let (arg, start) = self.name()?;
        let mut annotation = None;
        if style.annotated && self.eat(TokenKind::Colon)? {
            let value = if starred { self.star_expression()? } else { self.expression()? };
            annotation = Some(self.arena.alloc(value));
        }
        Ok(Arg { arg, annotation, type_comment: None, loc: self.since(start) })
    }

    /// `def`, after the decorators and `async`; the node starts at `start`.
    pub(super) fn function_def(
        &mut self,
        start: Location,
        decorator_list: &'a [Expr<'a>],
        is_async: bool,
    ) -> Parsed<Stmt<'a>> {
        self.expect_keyword(Keyword::Def)?;
        let name = self.name()?.0;
        let type_params = self.optional_type_params()?;
        self.expect(TokenKind::LPar)?;
        let args = self.parameters(FUNCTION)?;
        let args = self.arena.alloc(args);
        self.expect(TokenKind::RPar)?;
        let mut returns = None;
        if self.eat(TokenKind::RArrow)? {
            let value = self.expression()?;
            returns = Some(self.arena.alloc(value));
        }
        self.expect(TokenKind::Colon)?;
        let type_comment = self.function_type_comment()?;
        let body = self.block()?;
        let kind = if is_async {
            self.since_version(5)?;
            StmtKind::AsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            }
        } else {
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params }
        };
        Ok(Stmt { kind, loc: self.since(start) })
    }

    /// A type comment on the line of `def` or on a line of its own before the body.
    fn function_type_comment(&mut self) -> Parsed<Option<&'a str>> {
        if self.at(TokenKind::Newline) && self.options.type_comments {
            let next = self.next()?;
            if next.kind == TokenKind::TypeComment {
                let after = self.token_at(self.pos + 2)?;
                if after.kind == TokenKind::Newline && self.token_at(self.pos + 3)?.kind == TokenKind::Indent
                {
                    self.bump()?;
                    return self.type_comment();
                }
                return Err(Refused);
            }
            return Ok(None);
        }
        self.type_comment()
    }

    /// `@a` lines.
    pub(super) fn decorators(&mut self) -> Parsed<&'a [Expr<'a>]> {
        let mut decorators = Vec::new();
        while self.eat(TokenKind::At)? {
            decorators.push(self.named_expression()?);
            self.expect(TokenKind::Newline)?;
        }
        Ok(self.arena.slice(&decorators))
    }

    pub(super) fn class_def(&mut self, start: Location, decorator_list: &'a [Expr<'a>]) -> Parsed<Stmt<'a>> {
        self.expect_keyword(Keyword::Class)?;
        let name = self.name()?.0;
        let type_params = self.optional_type_params()?;
        let (mut bases, mut keywords): (&[_], &[_]) = (&[], &[]);
        if self.at(TokenKind::LPar) {
            let arguments = self.arguments(false)?;
            (bases, keywords) = (arguments.args, arguments.keywords);
        }
        self.expect(TokenKind::Colon)?;
        let body = self.block()?;
        let kind = StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params };
        Ok(Stmt { kind, loc: self.since(start) })
    }
}
