//! Expressions: names read and bound, lambdas, and what `yield` and `await` make of a block.

use taipan_ast::{Arguments, Expr, ExprContext, ExprKind, Keyword};

use super::builder::{Builder, check_name};
use super::flags::{DEF_LOCAL, DEF_PARAM, USE};
use super::{BlockKind, ComprehensionKind, ScopeKey};
use crate::error::{Result, syntax_error};

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    pub(super) fn visit_optional(&mut self, expr: Option<&'a Expr<'a>>) -> Result {
        expr.map_or(Ok(()), |expr| self.visit_expr(expr))
    }

    pub(super) fn visit_keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result {
        keywords.iter().try_for_each(|keyword| self.visit_expr(keyword.value))
    }

    pub(super) fn visit_expr(&mut self, expr: &'a Expr<'a>) -> Result {
        self.limit.check()?;
        match expr.kind {
            ExprKind::NamedExpr { target, value } => self.visit_named_expr(expr, target, value),
            ExprKind::BoolOp { values, .. } => self.visit_exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.visit_expr(left)?;
                self.visit_expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.visit_expr(operand),
            ExprKind::Lambda { args, body } => self.visit_lambda(expr, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                self.visit_expr(test)?;
                self.visit_expr(body)?;
                self.visit_expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter().flatten().try_for_each(|key| self.visit_expr(key))?;
                self.visit_exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.visit_exprs(elts)
            }
            ExprKind::ListComp { elt, generators } => {
                self.visit_comprehension_expr(expr, ComprehensionKind::List, generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.visit_comprehension_expr(expr, ComprehensionKind::Set, generators, elt, None)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.visit_comprehension_expr(expr, ComprehensionKind::Generator, generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.visit_comprehension_expr(expr, ComprehensionKind::Dict, generators, key, Some(value))
            }
            ExprKind::Yield { value } => self.visit_yield(expr, value),
            ExprKind::YieldFrom { value } => self.visit_yield(expr, Some(value)),
            ExprKind::Await { value } => self.visit_await(expr, value),
            ExprKind::Compare { left, comparators, .. } => {
                self.visit_expr(left)?;
                self.visit_exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.visit_expr(func)?;
                self.visit_exprs(args)?;
                self.check_keywords(keywords)?;
                self.visit_keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.visit_expr(value)?;
                self.visit_optional(format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.visit_exprs(values),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                check_name(attr, expr.loc, ctx)?;
                self.visit_expr(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.visit_expr(value)?;
                self.visit_expr(slice)
            }
            ExprKind::Starred { value, .. } => self.visit_expr(value),
            ExprKind::Slice { lower, upper, step } => {
                self.visit_optional(lower)?;
                self.visit_optional(upper)?;
                self.visit_optional(step)
            }
            ExprKind::Name { id, ctx } => self.visit_name(expr, id, ctx),
        }
    }

    fn visit_name(&mut self, expr: &'a Expr<'a>, id: &'a str, ctx: ExprContext) -> Result {
        // Annotations of local variables are never evaluated, so they use nothing.
        if self.scope().in_unevaluated_annotation {
            return Ok(());
        }
        let flag = if ctx == ExprContext::Load { USE } else { DEF_LOCAL };
        self.add_def_ctx(id, flag, expr.loc, ctx)?;
        // `super` without arguments finds the class through `__class__`.
        if ctx == ExprContext::Load && id == "super" && self.scope().kind.is_function_like() {
            self.add_def("__class__", USE, expr.loc)?;
        }
        Ok(())
    }

    fn visit_lambda(&mut self, expr: &'a Expr<'a>, args: &'a Arguments<'a>, body: &'a Expr<'a>) -> Result {
        self.visit_exprs(args.defaults)?;
        for default in args.kw_defaults.iter().flatten() {
            self.visit_expr(default)?;
        }
        self.enter("lambda", BlockKind::Function, ScopeKey::body(expr), expr.loc)?;
        self.visit_arguments(args)?;
        self.visit_expr(body)?;
        self.exit();
        Ok(())
    }

    /// Records the parameters of the function being walked.
    pub(super) fn visit_arguments(&mut self, args: &'a Arguments<'a>) -> Result {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            self.add_def(arg.arg, DEF_PARAM, arg.loc)?;
        }
        if let Some(arg) = args.vararg {
            self.add_def(arg.arg, DEF_PARAM, arg.loc)?;
            self.current().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.add_def(arg.arg, DEF_PARAM, arg.loc)?;
            self.current().varkeywords = true;
        }
        Ok(())
    }

    fn visit_yield(&mut self, expr: &'a Expr<'a>, value: Option<&'a Expr<'a>>) -> Result {
        self.refuse_in_annotation("yield expression", expr)?;
        self.visit_optional(value)?;
        self.current().generator = true;
        let place = match self.scope().comprehension {
            None => return Ok(()),
            Some(ComprehensionKind::List) => "'yield' inside list comprehension",
            Some(ComprehensionKind::Set) => "'yield' inside set comprehension",
            Some(ComprehensionKind::Dict) => "'yield' inside dict comprehension",
            Some(ComprehensionKind::Generator) => "'yield' inside generator expression",
        };
        Err(syntax_error(place, expr.loc))
    }

    fn visit_await(&mut self, expr: &'a Expr<'a>, value: &'a Expr<'a>) -> Result {
        self.refuse_in_annotation("await expression", expr)?;
        if !self.allows_top_level_await() {
            let scope = self.scope();
            if !scope.kind.is_function_like() {
                return Err(syntax_error("'await' outside function", expr.loc));
            }
            if !self.in_async_function() && scope.comprehension.is_none() {
                return Err(syntax_error("'await' outside async function", expr.loc));
            }
        }
        self.visit_expr(value)?;
        self.current().coroutine = true;
        Ok(())
    }

    pub(super) fn allows_top_level_await(&self) -> bool {
        self.options.top_level_await && self.scope().kind == BlockKind::Module
    }

    pub(super) fn in_async_function(&self) -> bool {
        let scope = self.scope();
        scope.kind == BlockKind::Function && scope.coroutine
    }
}
