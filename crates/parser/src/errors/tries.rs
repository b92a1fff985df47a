//! `try` statements.

use super::engine::{Diagnosis, Rule};
use super::raise::describe;
use crate::grammar::buffer::Tok;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

const BOTH_KINDS: &str = "cannot have both 'except' and 'except*' on the same 'try'";

impl<'a> Diagnosis<'a, '_> {
    pub fn try_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_try_stmt()?;
            self.pos = mark;
        }
        if self.head_of_try()?.is_some() && self.finally_block()?.is_some() {
            return Ok(Some(()));
        }
        for is_star in [false, true] {
            self.pos = mark;
            if self.head_of_try()?.is_some() && self.some(|this| this.handler(is_star))?.is_some() {
                self.opt(Self::else_block)?;
                self.opt(Self::finally_block)?;
                if is_star {
                    self.since_version(11, "Exception groups are")?;
                }
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    fn head_of_try(&mut self) -> Rule {
        if self.eat_kw(Keyword::Try)? && self.forced(TokenKind::Colon, ":")?.is_some() {
            return self.block();
        }
        Ok(None)
    }

    fn handler(&mut self, is_star: bool) -> Rule {
        if is_star { self.except_star_block() } else { self.except_block() }
    }

    fn finally_block(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if let Some(head) = self.kw(Keyword::Finally)? {
                self.invalid_unindented("'finally' statement", head)?;
            }
            self.pos = mark;
        }
        if self.eat_kw(Keyword::Finally)? && self.forced(TokenKind::Colon, ":")?.is_some() {
            return self.block();
        }
        Ok(None)
    }

    fn invalid_try_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if let Some(head) = self.kw(Keyword::Try)? {
            self.invalid_unindented("'try' statement", head)?;
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Try)?
            && self.eat(TokenKind::Colon)?
            && self.block()?.is_some()
            && !self.at_kw(Keyword::Except)?
            && !self.at_kw(Keyword::Finally)?
        {
            return self.raise("expected 'except' or 'finally' block");
        }
        self.pos = mark;
        if self.blocks_of_try()?.is_some()
            && self.some(Self::except_block)?.is_some()
            && let Some(except) = self.kw(Keyword::Except)?
            && let Some(star) = self.tok(TokenKind::Star)?
            && self.expression()?.is_some()
        {
            self.as_any_name()?;
            if self.eat(TokenKind::Colon)? {
                return self.raise_at(except.loc.to(star.loc), BOTH_KINDS);
            }
        }
        self.pos = mark;
        if self.blocks_of_try()?.is_some()
            && self.some(Self::except_star_block)?.is_some()
            && let Some(except) = self.kw(Keyword::Except)?
        {
            self.opt(|this| if this.expression()?.is_some() { this.as_any_name() } else { Ok(None) })?;
            if self.eat(TokenKind::Colon)? {
                return self.raise_at(except.loc, BOTH_KINDS);
            }
        }
        Ok(None)
    }

    /// `try:` and any number of blocks.
    fn blocks_of_try(&mut self) -> Rule {
        if self.eat_kw(Keyword::Try)? && self.eat(TokenKind::Colon)? {
            self.many(Self::block)?;
            return Ok(Some(()));
        }
        Ok(None)
    }

    /// `as a`, if it is there.
    fn as_any_name(&mut self) -> Rule {
        self.opt(|this| if this.eat_kw(Keyword::As)? { this.name() } else { Ok(None) })?;
        Ok(Some(()))
    }

    fn except_block(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_except_stmt_indent()?;
            self.pos = mark;
        }
        if self.eat_kw(Keyword::Except)? && self.caught_without_name()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Except)? && self.caught_with_name()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Except)? && self.eat(TokenKind::Colon)? && self.block()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_except_stmt()?;
        }
        Ok(None)
    }

    fn except_star_block(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_except_star_stmt_indent()?;
            self.pos = mark;
        }
        if self.except_star()?.is_some() && self.caught_without_name()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.except_star()?.is_some() && self.caught_with_name()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_except_star_stmt()?;
        }
        Ok(None)
    }

    fn except_star(&mut self) -> Rule<Tok> {
        let Some(except) = self.kw(Keyword::Except)? else { return Ok(None) };
        Ok(self.eat(TokenKind::Star)?.then_some(except))
    }

    /// `a, b:` and a block.
    fn caught_without_name(&mut self) -> Rule {
        let first = self.pos;
        if self.expressions()?.is_none() {
            return Ok(None);
        }
        let end = self.pos;
        if !self.eat(TokenKind::Colon)? || self.block()?.is_none() {
            return Ok(None);
        }
        let after = self.pos;
        self.pos = first;
        let single = self.expression()?.is_some() && self.pos == end;
        self.pos = after;
        if !single {
            self.since_version(14, "except expressions without parentheses are")?;
        }
        Ok(Some(()))
    }

    /// `a as b:` and a block.
    fn caught_with_name(&mut self) -> Rule {
        let matched = self.expression()?.is_some()
            && self.eat_kw(Keyword::As)?
            && self.name()?.is_some()
            && self.eat(TokenKind::Colon)?;
        if matched { self.block() } else { Ok(None) }
    }

    fn invalid_except_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.eat_kw(Keyword::Except)? {
            self.invalid_bare_tuple_with_name()?;
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Except)? && self.expression()?.is_some() {
            self.as_any_name()?;
            if self.eat(TokenKind::Newline)? {
                return self.raise("expected ':'");
            }
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Except)? && self.eat(TokenKind::Newline)? {
            return self.raise("expected ':'");
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Except)? {
            self.invalid_except_target("except")?;
        }
        Ok(None)
    }

    fn invalid_except_star_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.except_star()?.is_some() {
            self.invalid_bare_tuple_with_name()?;
        }
        self.pos = mark;
        if self.except_star()?.is_some() && self.expression()?.is_some() {
            self.as_any_name()?;
            if self.eat(TokenKind::Newline)? {
                return self.raise("expected ':'");
            }
        }
        self.pos = mark;
        if self.except_star()?.is_some() && self.at_any(&[TokenKind::Newline, TokenKind::Colon])? {
            return self.raise("expected one or more exception types");
        }
        self.pos = mark;
        if self.except_star()?.is_some() {
            self.invalid_except_target("except*")?;
        }
        Ok(None)
    }

    /// `a, b as c:`
    fn invalid_bare_tuple_with_name(&mut self) -> Rule {
        if let Some(first) = self.expression()?
            && self.eat(TokenKind::Comma)?
            && self.expressions()?.is_some()
            && self.eat_kw(Keyword::As)?
            && self.name()?.is_some()
            && self.eat(TokenKind::Colon)?
        {
            let msg = "multiple exception types must be parenthesized when using 'as'";
            return self.raise_from(first.loc, msg);
        }
        Ok(None)
    }

    /// `a as b.c:` and a block.
    fn invalid_except_target(&mut self, keyword: &str) -> Rule {
        if self.expression()?.is_some()
            && self.eat_kw(Keyword::As)?
            && let Some(target) = self.expression()?
            && self.eat(TokenKind::Colon)?
            && self.block()?.is_some()
        {
            return self
                .raise_at(target.loc, format!("cannot use {keyword} statement with {}", describe(target)));
        }
        Ok(None)
    }

    fn invalid_except_stmt_indent(&mut self) -> Rule {
        let mark = self.pos;
        if let Some(head) = self.kw(Keyword::Except)?
            && self.expression()?.is_some()
        {
            self.as_any_name()?;
            self.invalid_unindented("'except' statement", head)?;
        }
        self.pos = mark;
        if let Some(head) = self.kw(Keyword::Except)? {
            self.invalid_unindented("'except' statement", head)?;
        }
        Ok(None)
    }

    fn invalid_except_star_stmt_indent(&mut self) -> Rule {
        if let Some(head) = self.except_star()?
            && self.expression()?.is_some()
        {
            self.as_any_name()?;
            self.invalid_unindented("'except*' statement", head)?;
        }
        Ok(None)
    }
}
