//! The walk that carries the changes: every node is visited after its children, and made anew only if one of them
//! changed.
//!
//! `changes` counts the nodes made so far; a node whose children left it alone is given back unchanged.

use taipan_ast::{
    Arena, Arg, Arguments, Comprehension, Constant, ExceptHandler, Expr, ExprContext, ExprKind, Keyword,
    Location, MatchCase, Mod, Operator, Pattern, PatternKind, Stmt, StmtKind, TypeParam, TypeParamKind,
    WarningSink, WithItem,
};

use super::finally::Enclosing;
use super::{PreprocessOptions, docstring, format, patterns};
use crate::error::Result;
use crate::stack::StackLimit;

pub(super) struct Rewriter<'w, 'a> {
    options: PreprocessOptions,
    arena: &'a Arena,
    pub(super) warnings: &'w mut dyn WarningSink,
    limit: StackLimit,
    pub(super) enclosing: Enclosing,
    changes: usize,
}

impl<'w, 'a> Rewriter<'w, 'a> {
    pub(super) fn new(
        options: PreprocessOptions,
        arena: &'a Arena,
        warnings: &'w mut dyn WarningSink,
        limit: StackLimit,
    ) -> Self {
        Rewriter { options, arena, warnings, limit, enclosing: Enclosing::Nothing, changes: 0 }
    }

    pub(super) fn module(&mut self, module: &'a Mod<'a>) -> Result<&'a Mod<'a>> {
        let before = self.changes;
        let new = match *module {
            Mod::Module { body, type_ignores } => Mod::Module { body: self.body(body)?, type_ignores },
            Mod::Interactive { body } => Mod::Interactive { body: self.stmts(body)? },
            Mod::Expression { body } => Mod::Expression { body: self.expr(body)? },
            Mod::FunctionType { .. } => return Ok(module),
        };
        Ok(self.settle(before, module, new))
    }

    /// `new` in the arena if anything changed since `before`, else `old`.
    fn settle<T: Copy>(&mut self, before: usize, old: &'a T, new: T) -> &'a T {
        if self.changes == before { old } else { self.arena.alloc(new) }
    }

    fn list<T: Copy>(
        &mut self,
        items: &'a [T],
        mut rewrite: impl FnMut(&mut Self, &'a T) -> Result<&'a T>,
    ) -> Result<&'a [T]> {
        let mut changed: Option<Vec<T>> = None;
        for (index, item) in items.iter().enumerate() {
            let new = rewrite(self, item)?;
            match &mut changed {
                Some(changed) => changed.push(*new),
                None if std::ptr::eq(new, item) => {}
                None => {
                    let mut start = items[..index].to_vec();
                    start.push(*new);
                    changed = Some(start);
                }
            }
        }
        Ok(changed.map_or(items, |changed| self.arena.slice(&changed)))
    }

    fn stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        self.list(stmts, Self::stmt)
    }

    fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<&'a [Expr<'a>]> {
        self.list(exprs, Self::expr)
    }

    fn optional(&mut self, expr: Option<&'a Expr<'a>>) -> Result<Option<&'a Expr<'a>>> {
        expr.map(|expr| self.expr(expr)).transpose()
    }

    fn optionals(&mut self, exprs: &'a [Option<&'a Expr<'a>>]) -> Result<&'a [Option<&'a Expr<'a>>]> {
        self.list(exprs, |this, slot| {
            let before = this.changes;
            let new = this.optional(*slot)?;
            Ok(this.settle(before, slot, new))
        })
    }

    /// The body of a module, class or function: its docstring goes under `-OO`, and no other string may
    /// take the place of one.
    fn body(&mut self, body: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        let mut body = body;
        let mut has_docstring = docstring(body).is_some();
        if has_docstring && self.options.optimize >= 2 {
            self.changes += 1;
            let loc = body[0].loc;
            body = if body.len() > 1 {
                &body[1..]
            } else {
                // As wide as the word, whatever the docstring's extent.
                let loc = Location { end_lineno: loc.lineno, end_col_offset: loc.col_offset + 4, ..loc };
                self.arena.slice(&[Stmt { kind: StmtKind::Pass, loc }])
            };
            has_docstring = false;
        }
        let body = self.stmts(body)?;
        if has_docstring || docstring(body).is_none() {
            return Ok(body);
        }
        let first = body[0];
        let StmtKind::Expr { value } = first.kind else { return Ok(body) };
        self.changes += 1;
        let joined =
            Expr { kind: ExprKind::JoinedStr { values: self.arena.slice(&[*value]) }, loc: first.loc };
        let mut changed = body.to_vec();
        changed[0].kind = StmtKind::Expr { value: self.arena.alloc(joined) };
        Ok(self.arena.slice(&changed))
    }

    /// An annotation, which nothing happens to where it is kept as text.
    fn annotation(&mut self, annotation: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if self.options.future.annotations() { Ok(annotation) } else { self.expr(annotation) }
    }

    fn optional_annotation(&mut self, annotation: Option<&'a Expr<'a>>) -> Result<Option<&'a Expr<'a>>> {
        annotation.map(|annotation| self.annotation(annotation)).transpose()
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<&'a Stmt<'a>> {
        self.limit.check()?;
        let before = self.changes;
        let kind = match stmt.kind {
            StmtKind::FunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => {
                let type_params = self.type_params(type_params)?;
                let args = self.arguments(args)?;
                let body = self.inside(Enclosing::Function, |this| this.body(body))?;
                let decorator_list = self.exprs(decorator_list)?;
                let returns = self.optional_annotation(returns)?;
                StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params }
            }
            StmtKind::AsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => {
                let type_params = self.type_params(type_params)?;
                let args = self.arguments(args)?;
                let body = self.inside(Enclosing::Function, |this| this.body(body))?;
                let decorator_list = self.exprs(decorator_list)?;
                let returns = self.optional_annotation(returns)?;
                StmtKind::AsyncFunctionDef {
                    name,
                    args,
                    body,
                    decorator_list,
                    returns,
                    type_comment,
                    type_params,
                }
            }
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => {
                StmtKind::ClassDef {
                    name,
                    type_params: self.type_params(type_params)?,
                    bases: self.exprs(bases)?,
                    keywords: self.keywords(keywords)?,
                    body: self.body(body)?,
                    decorator_list: self.exprs(decorator_list)?,
                }
            }
            StmtKind::For { .. }
            | StmtKind::AsyncFor { .. }
            | StmtKind::While { .. }
            | StmtKind::If { .. }
            | StmtKind::With { .. }
            | StmtKind::AsyncWith { .. }
            | StmtKind::Match { .. }
            | StmtKind::Try { .. }
            | StmtKind::TryStar { .. } => self.compound(stmt.kind)?,
            _ => self.simple(stmt)?,
        };
        Ok(self.settle(before, stmt, Stmt { kind, loc: stmt.loc }))
    }

    fn compound(&mut self, kind: StmtKind<'a>) -> Result<StmtKind<'a>> {
        Ok(match kind {
            StmtKind::For { target, iter, body, orelse, type_comment } => {
                let (target, iter) = (self.expr(target)?, self.expr(iter)?);
                let body = self.inside(Enclosing::Loop, |this| this.stmts(body))?;
                StmtKind::For { target, iter, body, orelse: self.stmts(orelse)?, type_comment }
            }
            StmtKind::AsyncFor { target, iter, body, orelse, type_comment } => {
                let (target, iter) = (self.expr(target)?, self.expr(iter)?);
                let body = self.inside(Enclosing::Loop, |this| this.stmts(body))?;
                StmtKind::AsyncFor { target, iter, body, orelse: self.stmts(orelse)?, type_comment }
            }
            StmtKind::While { test, body, orelse } => {
                let test = self.expr(test)?;
                let body = self.inside(Enclosing::Loop, |this| this.stmts(body))?;
                StmtKind::While { test, body, orelse: self.stmts(orelse)? }
            }
            StmtKind::If { test, body, orelse } => {
                StmtKind::If { test: self.expr(test)?, body: self.stmts(body)?, orelse: self.stmts(orelse)? }
            }
            StmtKind::With { items, body, type_comment } => {
                StmtKind::With { items: self.with_items(items)?, body: self.stmts(body)?, type_comment }
            }
            StmtKind::AsyncWith { items, body, type_comment } => {
                StmtKind::AsyncWith { items: self.with_items(items)?, body: self.stmts(body)?, type_comment }
            }
            StmtKind::Match { subject, cases } => {
                StmtKind::Match { subject: self.expr(subject)?, cases: self.list(cases, Self::case)? }
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                let (body, handlers) = (self.stmts(body)?, self.list(handlers, Self::handler)?);
                let orelse = self.stmts(orelse)?;
                let finalbody = self.inside(Enclosing::Finally, |this| this.stmts(finalbody))?;
                StmtKind::Try { body, handlers, orelse, finalbody }
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                let (body, handlers) = (self.stmts(body)?, self.list(handlers, Self::handler)?);
                let orelse = self.stmts(orelse)?;
                let finalbody = self.inside(Enclosing::Finally, |this| this.stmts(finalbody))?;
                StmtKind::TryStar { body, handlers, orelse, finalbody }
            }
            other => other,
        })
    }

    fn simple(&mut self, stmt: &'a Stmt<'a>) -> Result<StmtKind<'a>> {
        Ok(match stmt.kind {
            StmtKind::Return { value } => {
                self.warn_if_in_finally("return", stmt.loc)?;
                StmtKind::Return { value: self.optional(value)? }
            }
            StmtKind::Break => {
                self.warn_if_in_finally("break", stmt.loc)?;
                StmtKind::Break
            }
            StmtKind::Continue => {
                self.warn_if_in_finally("continue", stmt.loc)?;
                StmtKind::Continue
            }
            StmtKind::Delete { targets } => StmtKind::Delete { targets: self.exprs(targets)? },
            StmtKind::Assign { targets, value, type_comment } => {
                StmtKind::Assign { targets: self.exprs(targets)?, value: self.expr(value)?, type_comment }
            }
            StmtKind::AugAssign { target, op, value } => {
                StmtKind::AugAssign { target: self.expr(target)?, op, value: self.expr(value)? }
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => StmtKind::AnnAssign {
                target: self.expr(target)?,
                annotation: self.annotation(annotation)?,
                value: self.optional(value)?,
                simple,
            },
            StmtKind::TypeAlias { name, type_params, value } => StmtKind::TypeAlias {
                name: self.expr(name)?,
                type_params: self.type_params(type_params)?,
                value: self.expr(value)?,
            },
            StmtKind::Raise { exc, cause } => {
                StmtKind::Raise { exc: self.optional(exc)?, cause: self.optional(cause)? }
            }
            StmtKind::Assert { test, msg } => {
                StmtKind::Assert { test: self.expr(test)?, msg: self.optional(msg)? }
            }
            StmtKind::Expr { value } => StmtKind::Expr { value: self.expr(value)? },
            other => other,
        })
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result<&'a ExceptHandler<'a>> {
        let before = self.changes;
        let (type_, body) = (self.optional(handler.type_)?, self.stmts(handler.body)?);
        Ok(self.settle(before, handler, ExceptHandler { type_, body, ..*handler }))
    }

    fn case(&mut self, case: &'a MatchCase<'a>) -> Result<&'a MatchCase<'a>> {
        let before = self.changes;
        let pattern = self.pattern(case.pattern)?;
        let (guard, body) = (self.optional(case.guard)?, self.stmts(case.body)?);
        Ok(self.settle(before, case, MatchCase { pattern, guard, body }))
    }

    fn with_items(&mut self, items: &'a [WithItem<'a>]) -> Result<&'a [WithItem<'a>]> {
        self.list(items, |this, item| {
            let before = this.changes;
            let context_expr = this.expr(item.context_expr)?;
            let optional_vars = this.optional(item.optional_vars)?;
            Ok(this.settle(before, item, WithItem { context_expr, optional_vars }))
        })
    }

    fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<&'a [Keyword<'a>]> {
        self.list(keywords, |this, keyword| {
            let before = this.changes;
            let value = this.expr(keyword.value)?;
            Ok(this.settle(before, keyword, Keyword { value, ..*keyword }))
        })
    }

    fn arg(&mut self, arg: &'a Arg<'a>) -> Result<&'a Arg<'a>> {
        let before = self.changes;
        let annotation = self.optional_annotation(arg.annotation)?;
        Ok(self.settle(before, arg, Arg { annotation, ..*arg }))
    }

    fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<&'a Arguments<'a>> {
        let before = self.changes;
        let new = Arguments {
            posonlyargs: self.list(args.posonlyargs, Self::arg)?,
            args: self.list(args.args, Self::arg)?,
            vararg: args.vararg.map(|arg| self.arg(arg)).transpose()?,
            kwonlyargs: self.list(args.kwonlyargs, Self::arg)?,
            kw_defaults: self.optionals(args.kw_defaults)?,
            kwarg: args.kwarg.map(|arg| self.arg(arg)).transpose()?,
            defaults: self.exprs(args.defaults)?,
        };
        Ok(self.settle(before, args, new))
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<&'a [TypeParam<'a>]> {
        self.list(params, |this, param| {
            let before = this.changes;
            let kind = match param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => TypeParamKind::TypeVar {
                    name,
                    bound: this.optional(bound)?,
                    default_value: this.optional(default_value)?,
                },
                TypeParamKind::ParamSpec { name, default_value } => {
                    TypeParamKind::ParamSpec { name, default_value: this.optional(default_value)? }
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    TypeParamKind::TypeVarTuple { name, default_value: this.optional(default_value)? }
                }
            };
            Ok(this.settle(before, param, TypeParam { kind, loc: param.loc }))
        })
    }

    fn comprehensions(&mut self, items: &'a [Comprehension<'a>]) -> Result<&'a [Comprehension<'a>]> {
        self.list(items, |this, item| {
            let before = this.changes;
            let (target, iter) = (this.expr(item.target)?, this.expr(item.iter)?);
            let ifs = this.exprs(item.ifs)?;
            Ok(this.settle(before, item, Comprehension { target, iter, ifs, ..*item }))
        })
    }

    fn patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result<&'a [Pattern<'a>]> {
        self.list(patterns, Self::pattern)
    }

    /// A value compared with, folded to a constant where it is a number.
    fn pattern_value(&mut self, value: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        let folded = patterns::fold(value, self.arena);
        if std::ptr::eq(folded, value) {
            return self.expr(value);
        }
        self.changes += 1;
        Ok(folded)
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result<&'a Pattern<'a>> {
        self.limit.check()?;
        let before = self.changes;
        let kind = match pattern.kind {
            PatternKind::MatchValue { value } => {
                PatternKind::MatchValue { value: self.pattern_value(value)? }
            }
            PatternKind::MatchSequence { patterns } => {
                PatternKind::MatchSequence { patterns: self.patterns(patterns)? }
            }
            PatternKind::MatchMapping { keys, patterns, rest } => PatternKind::MatchMapping {
                keys: self.list(keys, Self::pattern_value)?,
                patterns: self.patterns(patterns)?,
                rest,
            },
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => PatternKind::MatchClass {
                cls: self.expr(cls)?,
                patterns: self.patterns(patterns)?,
                kwd_attrs,
                kwd_patterns: self.patterns(kwd_patterns)?,
            },
            PatternKind::MatchAs { pattern: Some(inner), name } => {
                PatternKind::MatchAs { pattern: Some(self.pattern(inner)?), name }
            }
            PatternKind::MatchOr { patterns } => PatternKind::MatchOr { patterns: self.patterns(patterns)? },
            other => other,
        };
        Ok(self.settle(before, pattern, Pattern { kind, loc: pattern.loc }))
    }

    fn expr(&mut self, expr: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        self.limit.check()?;
        let before = self.changes;
        let kind = match expr.kind {
            ExprKind::BinOp { left, op, right } => self.binary(left, op, right)?,
            ExprKind::Name { id: "__debug__", ctx: ExprContext::Load } => {
                self.changes += 1;
                let value = Constant::Bool(self.options.optimize == 0);
                ExprKind::Constant { value, kind: None }
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => return Ok(expr),
            ExprKind::BoolOp { op, values } => ExprKind::BoolOp { op, values: self.exprs(values)? },
            ExprKind::NamedExpr { target, value } => {
                ExprKind::NamedExpr { target: self.expr(target)?, value: self.expr(value)? }
            }
            ExprKind::UnaryOp { op, operand } => ExprKind::UnaryOp { op, operand: self.expr(operand)? },
            ExprKind::Lambda { args, body } => {
                ExprKind::Lambda { args: self.arguments(args)?, body: self.expr(body)? }
            }
            ExprKind::IfExp { test, body, orelse } => {
                ExprKind::IfExp { test: self.expr(test)?, body: self.expr(body)?, orelse: self.expr(orelse)? }
            }
            ExprKind::Dict { keys, values } => {
                ExprKind::Dict { keys: self.optionals(keys)?, values: self.exprs(values)? }
            }
            ExprKind::Set { elts } => ExprKind::Set { elts: self.exprs(elts)? },
            ExprKind::List { elts, ctx } => ExprKind::List { elts: self.exprs(elts)?, ctx },
            ExprKind::Tuple { elts, ctx } => ExprKind::Tuple { elts: self.exprs(elts)?, ctx },
            ExprKind::ListComp { elt, generators } => {
                ExprKind::ListComp { elt: self.expr(elt)?, generators: self.comprehensions(generators)? }
            }
            ExprKind::SetComp { elt, generators } => {
                ExprKind::SetComp { elt: self.expr(elt)?, generators: self.comprehensions(generators)? }
            }
            ExprKind::GeneratorExp { elt, generators } => {
                ExprKind::GeneratorExp { elt: self.expr(elt)?, generators: self.comprehensions(generators)? }
            }
            ExprKind::DictComp { key, value, generators } => ExprKind::DictComp {
                key: self.expr(key)?,
                value: self.expr(value)?,
                generators: self.comprehensions(generators)?,
            },
            _ => self.other_expr(expr.kind)?,
        };
        Ok(self.settle(before, expr, Expr { kind, loc: expr.loc }))
    }

    fn other_expr(&mut self, kind: ExprKind<'a>) -> Result<ExprKind<'a>> {
        Ok(match kind {
            ExprKind::Await { value } => ExprKind::Await { value: self.expr(value)? },
            ExprKind::Yield { value } => ExprKind::Yield { value: self.optional(value)? },
            ExprKind::YieldFrom { value } => ExprKind::YieldFrom { value: self.expr(value)? },
            ExprKind::Compare { left, ops, comparators } => {
                ExprKind::Compare { left: self.expr(left)?, ops, comparators: self.exprs(comparators)? }
            }
            ExprKind::Call { func, args, keywords } => ExprKind::Call {
                func: self.expr(func)?,
                args: self.exprs(args)?,
                keywords: self.keywords(keywords)?,
            },
            ExprKind::FormattedValue { value, conversion, format_spec } => ExprKind::FormattedValue {
                value: self.expr(value)?,
                conversion,
                format_spec: self.optional(format_spec)?,
            },
            ExprKind::Interpolation { value, str, conversion, format_spec } => ExprKind::Interpolation {
                value: self.expr(value)?,
                str,
                conversion,
                format_spec: self.optional(format_spec)?,
            },
            ExprKind::JoinedStr { values } => ExprKind::JoinedStr { values: self.exprs(values)? },
            ExprKind::TemplateStr { values } => ExprKind::TemplateStr { values: self.exprs(values)? },
            ExprKind::Attribute { value, attr, ctx } => {
                ExprKind::Attribute { value: self.expr(value)?, attr, ctx }
            }
            ExprKind::Subscript { value, slice, ctx } => {
                ExprKind::Subscript { value: self.expr(value)?, slice: self.expr(slice)?, ctx }
            }
            ExprKind::Starred { value, ctx } => ExprKind::Starred { value: self.expr(value)?, ctx },
            ExprKind::Slice { lower, upper, step } => ExprKind::Slice {
                lower: self.optional(lower)?,
                upper: self.optional(upper)?,
                step: self.optional(step)?,
            },
            other => other,
        })
    }

    fn binary(&mut self, left: &'a Expr<'a>, op: Operator, right: &'a Expr<'a>) -> Result<ExprKind<'a>> {
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        if op == Operator::Mod
            && let ExprKind::Constant { value: Constant::Str(text), .. } = left.kind
            && let ExprKind::Tuple { elts, .. } = right.kind
            && let Some(joined) = format::to_joined_str(text, elts, self.arena)
        {
            self.changes += 1;
            return Ok(joined);
        }
        Ok(ExprKind::BinOp { left, op, right })
    }
}
