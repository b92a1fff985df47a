//! Comprehensions and assignment expressions: a comprehension is a function of its outermost iterable, and `:=` in
//! it binds in the function or module around it (PEP 572).

use taipan_ast::{Comprehension, Expr, ExprKind};

use super::builder::Builder;
use super::flags::{DEF_COMP_ITER, DEF_GLOBAL, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM};
use super::{BlockKind, ComprehensionKind, ScopeKey};
use crate::error::{Result, syntax_error, system_error};

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_comprehension_expr(
        &mut self,
        expr: &'a Expr<'a>,
        kind: ComprehensionKind,
        generators: &'a [Comprehension<'a>],
        elt: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result {
        let Some((outermost, inner)) = generators.split_first() else {
            return Err(system_error("comprehension with no generators"));
        };
        // The outermost iterable is evaluated in the scope around the comprehension.
        self.current().comp_iter_expr += 1;
        self.visit_expr(outermost.iter)?;
        self.current().comp_iter_expr -= 1;
        let name = match kind {
            ComprehensionKind::List => "listcomp",
            ComprehensionKind::Set => "setcomp",
            ComprehensionKind::Dict => "dictcomp",
            ComprehensionKind::Generator => "genexpr",
        };
        self.enter(name, BlockKind::Function, ScopeKey::body(expr), expr.loc)?;
        self.current().comprehension = Some(kind);
        if outermost.is_async != 0 {
            self.current().coroutine = true;
        }
        self.add_def(".0", DEF_PARAM, expr.loc)?;
        self.visit_iteration_target(outermost.target)?;
        self.visit_exprs(outermost.ifs)?;
        for generator in inner {
            self.visit_iteration_target(generator.target)?;
            self.current().comp_iter_expr += 1;
            self.visit_expr(generator.iter)?;
            self.current().comp_iter_expr -= 1;
            self.visit_exprs(generator.ifs)?;
            if generator.is_async != 0 {
                self.current().coroutine = true;
            }
        }
        self.visit_optional(value)?;
        self.visit_expr(elt)?;
        let is_generator = kind == ComprehensionKind::Generator;
        self.current().generator = is_generator;
        let is_async = self.scope().coroutine && !is_generator;
        self.exit();
        if is_async {
            if !self.in_async_function()
                && self.scope().comprehension.is_none()
                && !self.allows_top_level_await()
            {
                let msg = "asynchronous comprehension outside of an asynchronous function";
                return Err(syntax_error(msg, expr.loc));
            }
            self.current().coroutine = true;
        }
        Ok(())
    }

    fn visit_iteration_target(&mut self, target: &'a Expr<'a>) -> Result {
        self.current().comp_iter_target = true;
        self.visit_expr(target)?;
        self.current().comp_iter_target = false;
        Ok(())
    }

    pub(super) fn visit_named_expr(
        &mut self,
        expr: &'a Expr<'a>,
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    ) -> Result {
        self.refuse_in_annotation("named expression", expr)?;
        if self.scope().comp_iter_expr > 0 {
            let msg = "assignment expression cannot be used in a comprehension iterable expression";
            return Err(syntax_error(msg, expr.loc));
        }
        if self.scope().comprehension.is_some() {
            self.bind_around_comprehension(target)?;
        }
        self.visit_expr(value)?;
        self.visit_expr(target)
    }

    /// Declares the target of `:=` in the nearest scope around the comprehensions it stands in.
    fn bind_around_comprehension(&mut self, target: &'a Expr<'a>) -> Result {
        let ExprKind::Name { id, .. } = target.kind else {
            return Err(system_error("assignment expression with a target that is no name"));
        };
        let loc = target.loc;
        for index in (0..self.stack.len()).rev() {
            let scope_id = self.stack[index];
            let scope = self.table.scope(scope_id);
            if scope.comprehension.is_some() {
                let flags = self.lookup_in(scope_id, id);
                if flags & DEF_COMP_ITER != 0 && flags & (DEF_LOCAL | DEF_GLOBAL) != 0 {
                    let msg = format!(
                        "assignment expression cannot rebind comprehension iteration variable '{id}'"
                    );
                    return Err(syntax_error(msg, loc));
                }
                continue;
            }
            let refused = match scope.kind {
                BlockKind::Function => {
                    let global = self.lookup_in(scope_id, id) & DEF_GLOBAL != 0;
                    self.add_def(id, if global { DEF_GLOBAL } else { DEF_NONLOCAL }, loc)?;
                    self.record_directive(id, loc);
                    return self.add_def_to(scope_id, id, DEF_LOCAL, loc);
                }
                BlockKind::Module => {
                    self.add_def(id, DEF_GLOBAL, loc)?;
                    self.record_directive(id, loc);
                    return self.add_def_to(scope_id, id, DEF_GLOBAL, loc);
                }
                BlockKind::Class => "cannot be used in a class body",
                BlockKind::TypeParameters => "cannot be used within the definition of a generic",
                BlockKind::TypeAlias => "cannot be used in a type alias",
                BlockKind::TypeVariable => "cannot be used in a TypeVar bound",
                BlockKind::Annotation => continue,
            };
            let msg = format!("assignment expression within a comprehension {refused}");
            return Err(syntax_error(msg, loc));
        }
        Ok(())
    }
}
