//! Compound statements: which one it is, blocks, and those with a simple head.

use taipan_ast::SyntaxErrorKind;

use super::engine::{Diagnosis, Memo, Rule};
use super::raise::Targets;
use crate::grammar::buffer::Tok;
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

impl<'a> Diagnosis<'a, '_> {
    pub fn compound_stmt(&mut self) -> Rule {
        let mark = self.pos;
        let tok = self.peek()?;
        let rules: &[fn(&mut Self) -> Rule] = match (tok.kind, tok.keyword) {
            (TokenKind::At, _) => &[Self::function_def, Self::class_def],
            (_, Keyword::Def) => &[Self::function_def],
            (_, Keyword::Async) => &[Self::function_def, Self::with_stmt, Self::for_stmt],
            (_, Keyword::If) => &[Self::if_stmt],
            (_, Keyword::Class) => &[Self::class_def],
            (_, Keyword::With) => &[Self::with_stmt],
            (_, Keyword::For) => &[Self::for_stmt],
            (_, Keyword::Try) => &[Self::try_stmt],
            (_, Keyword::While) => &[Self::while_stmt],
            _ => &[],
        };
        for rule in rules {
            if rule(self)?.is_some() {
                return Ok(Some(()));
            }
            self.pos = mark;
        }
        self.match_stmt()
    }

    pub fn block(&mut self) -> Rule {
        self.remember_unit(Memo::Block, |this| {
            let mark = this.pos;
            let indented = this.deeper(3, |this| {
                let matched = this.eat(TokenKind::Newline)?
                    && this.eat(TokenKind::Indent)?
                    && this.statements()?.is_some()
                    && this.eat(TokenKind::Dedent)?;
                Ok(matched.then_some(()))
            })?;
            if indented.is_some() {
                return Ok(indented);
            }
            this.pos = mark;
            if this.simple_stmts()?.is_some() {
                return Ok(Some(()));
            }
            this.pos = mark;
            if this.invalid && this.eat(TokenKind::Newline)? && !this.at(TokenKind::Indent)? {
                return this.raise_kind(SyntaxErrorKind::IndentationError, "expected an indented block");
            }
            Ok(None)
        })
    }

    /// A keyword and its condition.
    fn condition(&mut self, keyword: Keyword) -> Rule<Tok> {
        let Some(tok) = self.kw(keyword)? else { return Ok(None) };
        Ok(self.named_expression()?.map(|_| tok))
    }

    /// What is wrong after a condition.
    fn invalid_condition(&mut self, keyword: Keyword, what: &str) -> Rule {
        let mark = self.pos;
        if self.condition(keyword)?.is_some() && self.eat(TokenKind::Newline)? {
            return self.raise("expected ':'");
        }
        self.pos = mark;
        if let Some(head) = self.condition(keyword)? {
            self.invalid_unindented(what, head)?;
        }
        self.pos = mark;
        Ok(None)
    }

    fn if_stmt(&mut self) -> Rule {
        self.conditional(Keyword::If, "'if' statement")
    }

    fn elif_stmt(&mut self) -> Rule {
        self.deeper(1, |this| this.conditional(Keyword::Elif, "'elif' statement"))
    }

    fn conditional(&mut self, keyword: Keyword, what: &str) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_condition(keyword, what)?;
        }
        if self.condition(keyword)?.is_some()
            && self.eat(TokenKind::Colon)?
            && self.block()?.is_some()
            && self.elif_stmt()?.is_some()
        {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.condition(keyword)?.is_some() && self.eat(TokenKind::Colon)? && self.block()?.is_some() {
            self.opt(Self::else_block)?;
            return Ok(Some(()));
        }
        Ok(None)
    }

    pub fn else_block(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if let Some(head) = self.kw(Keyword::Else)? {
                self.invalid_unindented("'else' statement", head)?;
            }
            self.pos = mark;
            if self.eat_kw(Keyword::Else)?
                && self.eat(TokenKind::Colon)?
                && self.block()?.is_some()
                && let Some(elif) = self.kw(Keyword::Elif)?
            {
                return self.raise_at(elif.loc, "'elif' block follows an 'else' block");
            }
            self.pos = mark;
        }
        if self.eat_kw(Keyword::Else)? && self.forced(TokenKind::Colon, ":")?.is_some() {
            return self.block();
        }
        Ok(None)
    }

    fn while_stmt(&mut self) -> Rule {
        if self.invalid {
            self.invalid_condition(Keyword::While, "'while' statement")?;
        }
        if self.condition(Keyword::While)?.is_some() && self.eat(TokenKind::Colon)? && self.block()?.is_some()
        {
            self.opt(Self::else_block)?;
            return Ok(Some(()));
        }
        Ok(None)
    }

    fn for_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_for_stmt()?;
            self.pos = mark;
        }
        for is_async in [false, true] {
            self.pos = mark;
            if is_async && !self.eat_kw(Keyword::Async)? {
                continue;
            }
            if self.eat_kw(Keyword::For)? && self.star_targets()?.is_some() && self.eat_kw(Keyword::In)? {
                // After `in` there is no other reading.
                return self.rest_of_for(is_async);
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_for_target()?;
        }
        Ok(None)
    }

    fn rest_of_for(&mut self, is_async: bool) -> Rule {
        if self.star_expressions()?.is_none() || !self.eat(TokenKind::Colon)? {
            return Ok(None);
        }
        self.eat(TokenKind::TypeComment)?;
        if self.block()?.is_none() {
            return Ok(None);
        }
        self.opt(Self::else_block)?;
        if is_async {
            self.since_version(5, "Async for loops are")?;
        }
        Ok(Some(()))
    }

    /// `for a in b`
    fn head_of_for(&mut self) -> Rule<Tok> {
        self.eat_kw(Keyword::Async)?;
        if let Some(head) = self.kw(Keyword::For)?
            && self.star_targets()?.is_some()
            && self.eat_kw(Keyword::In)?
            && self.star_expressions()?.is_some()
        {
            return Ok(Some(head));
        }
        Ok(None)
    }

    fn invalid_for_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.head_of_for()?.is_some() && self.eat(TokenKind::Newline)? {
            return self.raise("expected ':'");
        }
        self.pos = mark;
        if let Some(head) = self.head_of_for()? {
            self.invalid_unindented("'for' statement", head)?;
        }
        Ok(None)
    }

    fn with_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_with_stmt_indent()?;
        }
        for is_async in [false, true] {
            for parenthesised in [true, false] {
                self.pos = mark;
                if is_async && !self.eat_kw(Keyword::Async)? || !self.eat_kw(Keyword::With)? {
                    continue;
                }
                if self.with_items(parenthesised)?.is_some() && self.eat(TokenKind::Colon)? {
                    self.eat(TokenKind::TypeComment)?;
                    if self.block()?.is_some() {
                        if is_async {
                            self.since_version(5, "Async with statements are")?;
                        }
                        return Ok(Some(()));
                    }
                }
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_with_stmt()?;
        }
        Ok(None)
    }

    fn with_items(&mut self, parenthesised: bool) -> Rule {
        if parenthesised && !self.eat(TokenKind::LPar)? {
            return Ok(None);
        }
        if self.gather(TokenKind::Comma, Self::with_item)?.is_none() {
            return Ok(None);
        }
        if parenthesised {
            self.eat(TokenKind::Comma)?;
            return Ok(self.tok(TokenKind::RPar)?.map(|_| ()));
        }
        Ok(Some(()))
    }

    fn with_item(&mut self) -> Rule {
        const END: &[TokenKind] = &[TokenKind::Comma, TokenKind::RPar, TokenKind::Colon];
        let mark = self.pos;
        if self.expression()?.is_some()
            && self.eat_kw(Keyword::As)?
            && self.star_target()?.is_some()
            && self.at_any(END)?
        {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            if self.expression()?.is_some()
                && self.eat_kw(Keyword::As)?
                && let Some(target) = self.expression()?
                && self.at_any(END)?
            {
                self.raise_invalid_target::<()>(Targets::Star, target)?;
            }
            self.pos = mark;
        }
        Ok(self.expression()?.map(|_| ()))
    }

    /// `with a as b, c` or the same in parentheses, more liberally than with items are read otherwise.
    fn head_of_with(&mut self, parenthesised: bool) -> Rule<Tok> {
        self.eat_kw(Keyword::Async)?;
        let Some(head) = self.kw(Keyword::With)? else { return Ok(None) };
        if parenthesised && !self.eat(TokenKind::LPar)? {
            return Ok(None);
        }
        let value = if parenthesised { Self::expressions } else { Self::expression };
        let items = self.gather(TokenKind::Comma, |this| {
            if value(this)?.is_none() {
                return Ok(None);
            }
            this.opt(|this| if this.eat_kw(Keyword::As)? { this.star_target() } else { Ok(None) })?;
            Ok(Some(()))
        })?;
        if items.is_none() {
            return Ok(None);
        }
        if parenthesised {
            self.eat(TokenKind::Comma)?;
            if !self.eat(TokenKind::RPar)? {
                return Ok(None);
            }
        }
        Ok(Some(head))
    }

    fn invalid_with_stmt(&mut self) -> Rule {
        let mark = self.pos;
        for parenthesised in [false, true] {
            self.pos = mark;
            if self.head_of_with(parenthesised)?.is_some() && self.eat(TokenKind::Newline)? {
                return self.raise("expected ':'");
            }
        }
        Ok(None)
    }

    fn invalid_with_stmt_indent(&mut self) -> Rule {
        let mark = self.pos;
        for parenthesised in [false, true] {
            self.pos = mark;
            if let Some(head) = self.head_of_with(parenthesised)? {
                self.invalid_unindented("'with' statement", head)?;
            }
        }
        Ok(None)
    }
}
