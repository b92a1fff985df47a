//! Primaries: attributes, calls, subscripts, and the arguments of calls.

use taipan_ast::{ExprContext, ExprKind, Keyword as KeywordArgument};

use super::engine::{Diagnosis, Memo, Node, Rule};
use crate::grammar::keywords::Keyword;
use crate::tokens::TokenKind;

/// Arguments, as far as errors mention them.
pub(super) struct Args<'a> {
    /// Those without a name, and `*a` wherever it stands.
    positional: Vec<Node<'a>>,
    keywords: Vec<KeywordArgument<'a>>,
}

/// An argument among those with names.
enum Named<'a> {
    Keyword(KeywordArgument<'a>),
    Starred(Node<'a>),
}

impl<'a> Diagnosis<'a, '_> {
    pub fn primary(&mut self) -> Rule<Node<'a>> {
        self.remember(Memo::Primary, |this| {
            let start = this.peek()?;
            let Some(mut value) = this.atom()? else { return Ok(None) };
            loop {
                let mark = this.pos;
                let kind = match this.peek()?.kind {
                    TokenKind::Dot => this.attribute(value)?,
                    TokenKind::LPar => this.deeper(8, |this| this.call(value))?,
                    TokenKind::LSqb => {
                        this.generator_in_odd_brackets()?;
                        this.deeper(8, |this| this.subscript(value))?
                    }
                    TokenKind::LBrace => {
                        this.generator_in_odd_brackets()?;
                        None
                    }
                    _ => None,
                };
                match kind {
                    Some(kind) => value = this.node(start, kind),
                    None => {
                        this.pos = mark;
                        return Ok(Some(value));
                    }
                }
            }
        })
    }

    /// A generator expression may follow a primary, so what looks like one in other brackets is looked at too.
    pub fn generator_in_odd_brackets(&mut self) -> Rule {
        let mark = self.pos;
        self.genexp()?;
        self.pos = mark;
        Ok(None)
    }

    pub fn attribute(&mut self, value: Node<'a>) -> Rule<ExprKind<'a>> {
        if self.eat(TokenKind::Dot)?
            && let Some(attr) = self.name()?
            && let ExprKind::Name { id: attr, .. } = attr.kind
        {
            return Ok(Some(ExprKind::Attribute { value, attr, ctx: ExprContext::Load }));
        }
        Ok(None)
    }

    pub fn call(&mut self, func: Node<'a>) -> Rule<ExprKind<'a>> {
        let mark = self.pos;
        if self.genexp()?.is_some() {
            return Ok(Some(ExprKind::Call { func, args: &[], keywords: &[] }));
        }
        self.pos = mark;
        if self.eat(TokenKind::LPar)? {
            self.opt(Self::arguments)?;
            if self.eat(TokenKind::RPar)? {
                return Ok(Some(ExprKind::Call { func, args: &[], keywords: &[] }));
            }
        }
        Ok(None)
    }

    pub fn subscript(&mut self, value: Node<'a>) -> Rule<ExprKind<'a>> {
        if self.eat(TokenKind::LSqb)?
            && let Some(slice) = self.slices()?
            && self.eat(TokenKind::RSqb)?
        {
            return Ok(Some(ExprKind::Subscript { value, slice, ctx: ExprContext::Load }));
        }
        Ok(None)
    }

    fn slices(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        let start = self.peek()?;
        if let Some(slice) = self.slice()?
            && !self.at(TokenKind::Comma)?
        {
            return Ok(Some(slice));
        }
        self.pos = mark;
        let elements = self.gather(TokenKind::Comma, |this| {
            let mark = this.pos;
            if let Some(slice) = this.slice()? {
                return Ok(Some(slice));
            }
            this.pos = mark;
            this.starred_expression()
        })?;
        if elements.is_none() {
            return Ok(None);
        }
        self.eat(TokenKind::Comma)?;
        Ok(Some(self.node(start, ExprKind::Tuple { elts: &[], ctx: ExprContext::Load })))
    }

    fn slice(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        let start = self.peek()?;
        let lower = self.opt(Self::expression)?;
        if self.eat(TokenKind::Colon)? {
            self.opt(Self::expression)?;
            self.opt(|this| {
                if !this.eat(TokenKind::Colon)? {
                    return Ok(None);
                }
                this.opt(Self::expression)?;
                Ok(Some(()))
            })?;
            return Ok(Some(self.node(start, ExprKind::Slice { lower, upper: None, step: None })));
        }
        self.pos = mark;
        self.named_expression()
    }

    pub fn arguments(&mut self) -> Rule {
        self.remember_unit(Memo::Arguments, |this| {
            let mark = this.pos;
            if this.args()?.is_some() {
                this.eat(TokenKind::Comma)?;
                if this.at(TokenKind::RPar)? {
                    return Ok(Some(()));
                }
            }
            this.pos = mark;
            if this.invalid {
                this.invalid_arguments()?;
            }
            Ok(None)
        })
    }

    fn args(&mut self) -> Rule<Args<'a>> {
        let mark = self.pos;
        if let Some(mut positional) = self.gather(TokenKind::Comma, Self::positional_argument)? {
            let more = self.opt(|this| if this.eat(TokenKind::Comma)? { this.kwargs() } else { Ok(None) })?;
            let more = more.unwrap_or(Args { positional: vec![], keywords: vec![] });
            positional.extend(more.positional);
            return Ok(Some(Args { positional, keywords: more.keywords }));
        }
        self.pos = mark;
        self.kwargs()
    }

    fn positional_argument(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if let Some(starred) = self.starred_expression()? {
            return Ok(Some(starred));
        }
        self.pos = mark;
        let Some(value) = self.assignment_or_expression()? else { return Ok(None) };
        Ok(if self.at(TokenKind::Equal)? { None } else { Some(value) })
    }

    fn kwargs(&mut self) -> Rule<Args<'a>> {
        let mark = self.pos;
        if let Some(mut first) = self.gather(TokenKind::Comma, Self::kwarg_or_starred)?
            && self.eat(TokenKind::Comma)?
            && let Some(second) = self.gather(TokenKind::Comma, Self::kwarg_or_double_starred)?
        {
            first.extend(second);
            return Ok(Some(collect(first)));
        }
        for rule in [Self::kwarg_or_starred, Self::kwarg_or_double_starred] {
            self.pos = mark;
            if let Some(all) = self.gather(TokenKind::Comma, rule)? {
                return Ok(Some(collect(all)));
            }
        }
        Ok(None)
    }

    pub fn starred_expression(&mut self) -> Rule<Node<'a>> {
        let mark = self.pos;
        if self.invalid {
            self.invalid_starred_expression_unpacking()?;
            self.pos = mark;
        }
        if let Some(starred) = self.starred(Self::expression)? {
            return Ok(Some(starred));
        }
        self.pos = mark;
        if self.invalid && self.eat(TokenKind::Star)? {
            return self.raise("Invalid star expression");
        }
        Ok(None)
    }

    fn invalid_starred_expression_unpacking(&mut self) -> Rule {
        if let Some(star) = self.tok(TokenKind::Star)?
            && self.expression()?.is_some()
            && self.eat(TokenKind::Equal)?
            && let Some(value) = self.expression()?
        {
            return self.raise_at(star.loc.to(value.loc), "cannot assign to iterable argument unpacking");
        }
        Ok(None)
    }

    /// `a=b`
    fn keyword_argument(&mut self) -> Rule<Named<'a>> {
        let start = self.peek()?;
        if let Some(name) = self.name()?
            && self.eat(TokenKind::Equal)?
            && let Some(value) = self.expression()?
            && let ExprKind::Name { id, .. } = name.kind
        {
            let loc = self.since(start.loc);
            return Ok(Some(Named::Keyword(KeywordArgument { arg: Some(id), value, loc })));
        }
        Ok(None)
    }

    fn kwarg_or_starred(&mut self) -> Rule<Named<'a>> {
        let mark = self.pos;
        if self.invalid {
            self.invalid_kwarg()?;
            self.pos = mark;
        }
        if let Some(keyword) = self.keyword_argument()? {
            return Ok(Some(keyword));
        }
        self.pos = mark;
        Ok(self.starred_expression()?.map(Named::Starred))
    }

    fn kwarg_or_double_starred(&mut self) -> Rule<Named<'a>> {
        let mark = self.pos;
        if self.invalid {
            self.invalid_kwarg()?;
            self.pos = mark;
        }
        if let Some(keyword) = self.keyword_argument()? {
            return Ok(Some(keyword));
        }
        self.pos = mark;
        if let Some(stars) = self.tok(TokenKind::DoubleStar)?
            && let Some(value) = self.expression()?
        {
            let loc = self.since(stars.loc);
            return Ok(Some(Named::Keyword(KeywordArgument { arg: None, value, loc })));
        }
        Ok(None)
    }

    fn invalid_kwarg(&mut self) -> Rule {
        let mark = self.pos;
        let tok = self.peek()?;
        if matches!(tok.keyword, Keyword::True | Keyword::False | Keyword::None) {
            self.pos += 1;
            if let Some(equal) = self.tok(TokenKind::Equal)? {
                let msg = format!("cannot assign to {}", self.buffer.text(&tok));
                return self.raise_at(tok.loc.to(equal.loc), msg);
            }
        }
        self.pos = mark;
        if let Some(name) = self.name()?
            && let Some(equal) = self.tok(TokenKind::Equal)?
            && self.expression()?.is_some()
            && self.for_if_clauses()?.is_some()
        {
            let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return self.raise_at(name.loc.to(equal.loc), msg);
        }
        self.pos = mark;
        if !self.ahead(|this| if this.name()?.is_some() { this.tok(TokenKind::Equal) } else { Ok(None) })?
            && let Some(value) = self.expression()?
            && let Some(equal) = self.tok(TokenKind::Equal)?
        {
            let msg = "expression cannot contain assignment, perhaps you meant \"==\"?";
            return self.raise_at(value.loc.to(equal.loc), msg);
        }
        self.pos = mark;
        if let Some(stars) = self.tok(TokenKind::DoubleStar)?
            && self.expression()?.is_some()
            && self.eat(TokenKind::Equal)?
            && let Some(value) = self.expression()?
        {
            return self.raise_at(stars.loc.to(value.loc), "cannot assign to keyword argument unpacking");
        }
        Ok(None)
    }

    fn invalid_arguments(&mut self) -> Rule {
        let mark = self.pos;
        self.invalid_unpacking_order()?;
        self.pos = mark;
        if let Some(elt) = self.expression()?
            && let Some(clauses) = self.for_if_clauses()?
            && self.eat(TokenKind::Comma)?
        {
            self.opt(|this| {
                let mark = this.pos;
                if this.args()?.is_some() {
                    return Ok(Some(()));
                }
                this.pos = mark;
                Ok(if this.expression()?.is_some() { this.for_if_clauses()?.map(|_| ()) } else { None })
            })?;
            return self.raise_at(elt.loc.to(clauses.last.loc), "Generator expression must be parenthesized");
        }
        self.pos = mark;
        if let Some(name) = self.name()?
            && let Some(equal) = self.tok(TokenKind::Equal)?
            && self.expression()?.is_some()
            && self.for_if_clauses()?.is_some()
        {
            let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
            return self.raise_at(name.loc.to(equal.loc), msg);
        }
        self.pos = mark;
        self.opt(|this| if this.args()?.is_some() { this.tok(TokenKind::Comma) } else { Ok(None) })?;
        if let Some(name) = self.name()?
            && let Some(equal) = self.tok(TokenKind::Equal)?
            && self.at_any(&[TokenKind::Comma, TokenKind::RPar])?
        {
            return self.raise_at(name.loc.to(equal.loc), "expected argument value expression");
        }
        self.pos = mark;
        if let Some(args) = self.args()?
            && let Some(clauses) = self.for_if_clauses()?
        {
            return self.bare_generator(&args, clauses.last);
        }
        self.pos = mark;
        if self.args()?.is_some()
            && self.eat(TokenKind::Comma)?
            && let Some(elt) = self.expression()?
            && let Some(clauses) = self.for_if_clauses()?
        {
            return self
                .raise_at(elt.loc.to(clauses.target.loc), "Generator expression must be parenthesized");
        }
        self.pos = mark;
        if let Some(args) = self.args()?
            && self.eat(TokenKind::Comma)?
            && self.args()?.is_some()
        {
            let unpacks = args.keywords.iter().any(|keyword| keyword.arg.is_none());
            let what = if unpacks { "keyword argument unpacking" } else { "keyword argument" };
            return self.raise(format!("positional argument follows {what}"));
        }
        Ok(None)
    }

    /// `*a` after `**b`.
    fn invalid_unpacking_order(&mut self) -> Rule {
        let mark = self.pos;
        let mut before = self.gather(TokenKind::Comma, Self::positional_argument)?.is_some()
            && self.eat(TokenKind::Comma)?
            && self.kwargs()?.is_some();
        if !before {
            self.pos = mark;
            before = self.kwargs()?.is_some();
        }
        if before && let Some(comma) = self.tok(TokenKind::Comma)? {
            let starred = self.gather(TokenKind::Comma, |this| {
                let starred = this.starred_expression()?;
                Ok(if this.at(TokenKind::Equal)? { None } else { starred })
            })?;
            if starred.is_some() {
                let msg = "iterable argument unpacking follows keyword argument unpacking";
                return self.raise_from(comma.loc, msg);
            }
        }
        Ok(None)
    }

    /// A generator expression after other arguments; the last of them was taken for its element.
    fn bare_generator(&mut self, args: &Args<'a>, last: Node<'a>) -> Rule {
        let [_, .., elt] = &*args.positional else { return Ok(None) };
        self.raise_at(elt.loc.to(last.loc), "Generator expression must be parenthesized")
    }
}

fn collect(named: Vec<Named<'_>>) -> Args<'_> {
    let mut args = Args { positional: vec![], keywords: vec![] };
    for one in named {
        match one {
            Named::Keyword(keyword) => args.keywords.push(keyword),
            Named::Starred(starred) => args.positional.push(starred),
        }
    }
    args
}
