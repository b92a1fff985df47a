//! Whole sources, and simple statements.

use taipan_ast::Location;

use super::engine::{Diagnosis, Memo, Node, Rule};
use super::raise::{Targets, describe};
use crate::grammar::keywords::Keyword;
use crate::grammar::statements::{augmented_operator, has_more};
use crate::tokens::TokenKind;

impl<'a> Diagnosis<'a, '_> {
    pub fn file(&mut self) -> Rule {
        self.opt(Self::statements)?;
        Ok(self.tok(TokenKind::EndMarker)?.map(|_| ()))
    }

    /// Matches only where the statement is fine but something follows it.
    pub fn interactive(&mut self) -> Rule {
        let mark = self.pos;
        let mut matched = self.compound_stmt()?.is_some() && self.eat(TokenKind::Newline)?;
        if !matched {
            self.pos = mark;
            matched = self.simple_stmts()?.is_some();
        }
        if !matched {
            self.pos = mark;
            matched = self.eat(TokenKind::Newline)?;
        }
        if !matched {
            self.pos = mark;
            self.eat(TokenKind::EndMarker)?;
            return Ok(None);
        }
        let at = self.buffer.tokenizer.position();
        Ok(has_more(self.buffer.tokenizer.source().get(at..).unwrap_or("")).then_some(()))
    }

    pub fn eval(&mut self) -> Rule {
        if self.expressions()?.is_none() {
            return Ok(None);
        }
        self.many(|this| this.tok(TokenKind::Newline))?;
        Ok(self.tok(TokenKind::EndMarker)?.map(|_| ()))
    }

    pub fn func_type(&mut self) -> Rule {
        if !self.eat(TokenKind::LPar)? {
            return Ok(None);
        }
        self.opt(Self::type_expressions)?;
        if self.eat(TokenKind::RPar)? && self.eat(TokenKind::RArrow)? && self.expression()?.is_some() {
            self.many(|this| this.tok(TokenKind::Newline))?;
            return Ok(self.tok(TokenKind::EndMarker)?.map(|_| ()));
        }
        Ok(None)
    }

    /// Types in a signature comment, where stars are allowed and mean nothing.
    fn type_expressions(&mut self) -> Rule {
        const STARS: [TokenKind; 2] = [TokenKind::Star, TokenKind::DoubleStar];
        let mark = self.pos;
        for stars in [&STARS[..], &STARS[..1], &STARS[1..]] {
            self.pos = mark;
            if self.gather(TokenKind::Comma, Self::expression)?.is_some()
                && self.eat(TokenKind::Comma)?
                && self.starred_types(stars)?.is_some()
            {
                return Ok(Some(()));
            }
        }
        for stars in [&STARS[..], &STARS[..1], &STARS[1..]] {
            self.pos = mark;
            if self.starred_types(stars)?.is_some() {
                return Ok(Some(()));
            }
        }
        self.pos = mark;
        Ok(self.gather(TokenKind::Comma, Self::expression)?.map(|_| ()))
    }

    fn starred_types(&mut self, stars: &[TokenKind]) -> Rule {
        for (index, star) in stars.iter().enumerate() {
            if index > 0 && !self.eat(TokenKind::Comma)? || !self.eat(*star)? || self.expression()?.is_none()
            {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    pub fn statements(&mut self) -> Rule {
        Ok(self.some(Self::statement)?.map(|_| ()))
    }

    fn statement(&mut self) -> Rule {
        let mark = self.pos;
        if self.compound_stmt()?.is_some() {
            return Ok(Some(()));
        }
        self.pos = mark;
        self.simple_stmts()
    }

    pub fn simple_stmts(&mut self) -> Rule {
        let mark = self.pos;
        if self.simple_stmt()?.is_some() && !self.at(TokenKind::Semi)? && self.eat(TokenKind::Newline)? {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.gather(TokenKind::Semi, Self::simple_stmt)?.is_some() {
            self.eat(TokenKind::Semi)?;
            if self.eat(TokenKind::Newline)? {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    pub fn simple_stmt(&mut self) -> Rule {
        self.remember_unit(Memo::SimpleStatement, |this| {
            let mark = this.pos;
            if this.assignment()?.is_some() {
                return Ok(Some(()));
            }
            this.pos = mark;
            if this.type_alias()?.is_some() {
                return Ok(Some(()));
            }
            this.pos = mark;
            if this.star_expressions()?.is_some() {
                return Ok(Some(()));
            }
            this.pos = mark;
            this.keyword_statement()
        })
    }

    fn keyword_statement(&mut self) -> Rule {
        let tok = self.peek()?;
        match tok.keyword {
            Keyword::Return => {
                self.pos += 1;
                self.opt(Self::star_expressions)?;
                Ok(Some(()))
            }
            Keyword::Import | Keyword::From => self.import_stmt(),
            Keyword::Raise => self.raise_stmt(),
            Keyword::Pass | Keyword::Break | Keyword::Continue => {
                self.pos += 1;
                Ok(Some(()))
            }
            Keyword::Del => self.del_stmt(),
            Keyword::Yield => Ok(self.yield_expr()?.map(|_| ())),
            Keyword::Assert => self.assert_stmt(),
            Keyword::Global | Keyword::Nonlocal => {
                self.pos += 1;
                Ok(self.gather(TokenKind::Comma, Self::name)?.map(|_| ()))
            }
            _ => Ok(None),
        }
    }

    fn raise_stmt(&mut self) -> Rule {
        self.pos += 1;
        let mark = self.pos;
        if self.expression()?.is_some() {
            self.opt(|this| if this.eat_kw(Keyword::From)? { this.expression() } else { Ok(None) })?;
            return Ok(Some(()));
        }
        self.pos = mark;
        Ok(Some(()))
    }

    fn assert_stmt(&mut self) -> Rule {
        self.pos += 1;
        if self.expression()?.is_none() {
            return Ok(None);
        }
        self.opt(|this| if this.eat(TokenKind::Comma)? { this.expression() } else { Ok(None) })?;
        Ok(Some(()))
    }

    fn del_stmt(&mut self) -> Rule {
        let mark = self.pos;
        self.pos += 1;
        if self.del_targets()?.is_some() && self.at_any(&[TokenKind::Semi, TokenKind::Newline])? {
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.invalid {
            self.pos += 1;
            if let Some(targets) = self.star_expressions()? {
                return self.raise_invalid_target(Targets::Del, targets);
            }
        }
        Ok(None)
    }

    fn assignment(&mut self) -> Rule {
        let mark = self.pos;
        if self.name()?.is_some() && self.eat(TokenKind::Colon)? && self.expression()?.is_some() {
            return self.end_of_annotation();
        }
        self.pos = mark;
        if self.annotated_target()?.is_some() && self.eat(TokenKind::Colon)? && self.expression()?.is_some() {
            return self.end_of_annotation();
        }
        self.pos = mark;
        if self.some(Self::target_and_equal)?.is_some()
            && self.annotated_rhs()?.is_some()
            && !self.at(TokenKind::Equal)?
        {
            self.eat(TokenKind::TypeComment)?;
            return Ok(Some(()));
        }
        self.pos = mark;
        if self.single_target()?.is_some() {
            let operator = self.peek()?;
            if augmented_operator(operator.kind).is_some() {
                self.pos += 1;
                if operator.kind == TokenKind::AtEqual {
                    self.since_version(5, "The '@' operator is")?;
                }
                // After the operator there is no other reading.
                return Ok(self.annotated_rhs()?.map(|_| ()));
            }
        }
        self.pos = mark;
        if self.invalid {
            self.invalid_assignment()?;
        }
        Ok(None)
    }

    fn end_of_annotation(&mut self) -> Rule {
        self.opt(|this| if this.eat(TokenKind::Equal)? { this.annotated_rhs() } else { Ok(None) })?;
        self.since_version(6, "Variable annotation syntax is")
    }

    fn target_and_equal(&mut self) -> Rule<Node<'a>> {
        let target = self.star_targets()?;
        if target.is_some() && self.eat(TokenKind::Equal)? { Ok(target) } else { Ok(None) }
    }

    fn invalid_assignment(&mut self) -> Rule {
        let mark = self.pos;
        if let Some(target) = self.invalid_ann_assign_target()?
            && self.eat(TokenKind::Colon)?
            && self.expression()?.is_some()
        {
            let msg = format!("only single target (not {}) can be annotated", describe(target));
            return self.raise_at(target.loc, msg);
        }
        self.pos = mark;
        if let Some(first) = self.star_named_expression()?
            && self.eat(TokenKind::Comma)?
        {
            self.many(Self::star_named_expressions)?;
            if self.eat(TokenKind::Colon)? && self.expression()?.is_some() {
                return self.raise_at(first.loc, "only single target (not tuple) can be annotated");
            }
        }
        self.pos = mark;
        if let Some(target) = self.expression()?
            && self.eat(TokenKind::Colon)?
            && self.expression()?.is_some()
        {
            return self.raise_at(target.loc, "illegal target for annotation");
        }
        self.pos = mark;
        self.many(Self::target_and_equal)?;
        if let Some(target) = self.star_expressions()?
            && self.eat(TokenKind::Equal)?
        {
            return self.raise_invalid_target(Targets::Star, target);
        }
        self.pos = mark;
        self.many(Self::target_and_equal)?;
        if let Some(value) = self.yield_expr()?
            && self.eat(TokenKind::Equal)?
        {
            return self.raise_at(value.loc, "assignment to yield expression not possible");
        }
        self.pos = mark;
        if let Some(target) = self.star_expressions()?
            && augmented_operator(self.peek()?.kind).is_some()
        {
            self.pos += 1;
            if self.annotated_rhs()?.is_some() {
                let msg = format!("'{}' is an illegal expression for augmented assignment", describe(target));
                return self.raise_at(target.loc, msg);
            }
        }
        Ok(None)
    }

    fn invalid_ann_assign_target(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        for rule in [Self::list, Self::tuple] {
            if let Some(target) = rule(self)? {
                return Ok(Some(target));
            }
            self.pos = mark;
        }
        if self.eat(TokenKind::LPar)?
            && let Some(target) = self.invalid_ann_assign_target()?
            && self.eat(TokenKind::RPar)?
        {
            return Ok(Some(target));
        }
        Ok(None)
    }

    // Imports.

    fn import_stmt(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            self.invalid_import()?;
            self.pos = mark;
        }
        if self.eat_kw(Keyword::Import)? {
            return Ok(self.gather(TokenKind::Comma, Self::dotted_as_name)?.map(|_| ()));
        }
        self.pos = mark;
        self.import_from()
    }

    fn invalid_import(&mut self) -> Rule {
        let mark = self.pos;
        if let Some(start) = self.kw(Keyword::Import)?
            && self.gather(TokenKind::Comma, Self::dotted_name)?.is_some()
            && self.eat_kw(Keyword::From)?
            && self.dotted_name()?.is_some()
        {
            return self.raise_from(start.loc, "Did you mean to use 'from ... import ...' instead?");
        }
        self.pos = mark;
        if self.eat_kw(Keyword::Import)?
            && let Some(newline) = self.tok(TokenKind::Newline)?
        {
            return self.raise_from(newline.loc, "Expected one or more names after 'import'");
        }
        Ok(None)
    }

    /// `a.b`, of which only the place is kept.
    fn dotted_name(&mut self) -> Rule<Location> {
        let start = self.peek()?;
        if self.name()?.is_none() {
            return Ok(None);
        }
        self.many(|this| if this.eat(TokenKind::Dot)? { this.name() } else { Ok(None) })?;
        Ok(Some(self.since(start.loc)))
    }

    fn as_name(&mut self) -> Rule {
        self.opt(|this| if this.eat_kw(Keyword::As)? { this.name() } else { Ok(None) })?;
        Ok(Some(()))
    }

    fn dotted_as_name(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if self.dotted_name()?.is_some() {
                self.invalid_as_name()?;
            }
            self.pos = mark;
        }
        if self.dotted_name()?.is_some() { self.as_name() } else { Ok(None) }
    }

    /// `as` with something that is no name after it.
    fn invalid_as_name(&mut self) -> Rule {
        if self.eat_kw(Keyword::As)?
            && !self.ahead(|this| {
                if this.name()?.is_none() {
                    return Ok(None);
                }
                let ends =
                    this.at_any(&[TokenKind::Comma, TokenKind::RPar, TokenKind::Semi, TokenKind::Newline])?;
                Ok(ends.then_some(()))
            })?
            && let Some(target) = self.expression()?
        {
            return self.raise_at(target.loc, format!("cannot use {} as import target", describe(target)));
        }
        Ok(None)
    }

    fn import_from(&mut self) -> Rule {
        let mark = self.pos;
        let dots = |this: &mut Self| {
            this.many(|this| {
                let found = this.at_any(&[TokenKind::Dot, TokenKind::Ellipsis])?;
                this.pos += usize::from(found);
                Ok(found.then_some(()))
            })
        };
        if self.eat_kw(Keyword::From)? {
            let level = dots(self)?.len();
            let start = self.pos;
            if self.dotted_name()?.is_some() {
                let module = &self.buffer.tokens[start..self.pos];
                let future = level == 0 && module.len() == 1 && self.buffer.text(&module[0]) == "__future__";
                if self.eat_kw(Keyword::Import)? && self.import_from_targets(future)?.is_some() {
                    return Ok(Some(()));
                }
            }
        }
        self.pos = mark;
        if self.eat_kw(Keyword::From)? && !dots(self)?.is_empty() && self.eat_kw(Keyword::Import)? {
            return self.import_from_targets(false);
        }
        Ok(None)
    }

    fn import_from_targets(&mut self, future: bool) -> Rule {
        let mark = self.pos;
        if self.eat(TokenKind::LPar)? && self.import_from_as_names()?.is_some() {
            self.eat(TokenKind::Comma)?;
            if self.eat(TokenKind::RPar)? {
                return self.end_of_imports(mark, future);
            }
        }
        self.pos = mark;
        if self.import_from_as_names()?.is_some() && !self.at(TokenKind::Comma)? {
            return self.end_of_imports(mark, future);
        }
        self.pos = mark;
        if self.eat(TokenKind::Star)? {
            return Ok(Some(()));
        }
        if self.invalid {
            self.invalid_import_from_targets()?;
        }
        Ok(None)
    }

    fn end_of_imports(&mut self, mark: usize, future: bool) -> Rule {
        if future
            && self.buffer.tokens[mark..self.pos].iter().any(|tok| self.buffer.text(tok) == "barry_as_FLUFL")
        {
            self.set_flufl();
        }
        Ok(Some(()))
    }

    fn invalid_import_from_targets(&mut self) -> Rule {
        let mark = self.pos;
        if self.import_from_as_names()?.is_some()
            && self.eat(TokenKind::Comma)?
            && self.eat(TokenKind::Newline)?
        {
            return self.raise("trailing comma not allowed without surrounding parentheses");
        }
        self.pos = mark;
        if let Some(newline) = self.tok(TokenKind::Newline)? {
            return self.raise_from(newline.loc, "Expected one or more names after 'import'");
        }
        Ok(None)
    }

    fn import_from_as_names(&mut self) -> Rule {
        Ok(self.gather(TokenKind::Comma, Self::import_from_as_name)?.map(|_| ()))
    }

    fn import_from_as_name(&mut self) -> Rule {
        let mark = self.pos;
        if self.invalid {
            if self.name()?.is_some() {
                self.invalid_as_name()?;
            }
            self.pos = mark;
        }
        if self.name()?.is_some() { self.as_name() } else { Ok(None) }
    }
}
