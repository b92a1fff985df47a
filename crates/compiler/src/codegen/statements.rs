//! Statements: one function that goes by kind, and the plain ones.

use taipan_ast::{Constant, Expr, ExprKind, Stmt, StmtKind};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::{CONSTANT_ASSERTIONERROR, INTRINSIC_PRINT};

use super::functions::FunctionParts;
use super::try_blocks::TryParts;
use super::{Codegen, constants};
use crate::error::Result;
use crate::ir::Location;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn visit_stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result {
        stmts.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt<'a>) -> Result {
        self.setup.limit.check()?;
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::Expr { value } => self.expr_statement(stmt, value),
            StmtKind::Assign { targets, value, .. } => self.assign(stmt, targets, value),
            StmtKind::AugAssign { target, op, value } => self.augmented_assign(stmt, target, op, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.annotated_assign(stmt, target, annotation, value, simple != 0)
            }
            StmtKind::Return { value } => self.return_statement(stmt, value),
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let is_async = false;
                let decorators = decorator_list;
                self.function(
                    stmt,
                    &FunctionParts { name, args, body, decorators, returns, type_params, is_async },
                )
            }
            StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let is_async = true;
                let decorators = decorator_list;
                self.function(
                    stmt,
                    &FunctionParts { name, args, body, decorators, returns, type_params, is_async },
                )
            }
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => {
                self.class(stmt, name, bases, keywords, body, decorator_list, type_params)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(stmt, name, type_params, value)
            }
            StmtKind::Import { names } => self.import(stmt, names),
            StmtKind::ImportFrom { module, names, level } => self.import_from(stmt, module, names, level),
            StmtKind::Raise { exc, cause } => self.raise(stmt, exc, cause),
            StmtKind::Delete { targets } => self.visit_exprs(targets),
            StmtKind::Assert { test, msg } => self.assert(stmt, test, msg),
            StmtKind::Break => self.break_loop(loc),
            StmtKind::Continue => self.continue_loop(loc),
            StmtKind::Pass => {
                self.emit0(Opcode::NOP, loc);
                Ok(())
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            _ => self.conditional_block(stmt),
        }
    }

    /// Statements whose bodies may not run: annotations in them are conditional.
    fn conditional_block(&mut self, stmt: &'a Stmt<'a>) -> Result {
        let before = std::mem::replace(&mut self.unit_mut().in_conditional_block, true);
        let result = match stmt.kind {
            StmtKind::If { test, body, orelse } => self.if_statement(test, body, orelse),
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.for_loop(stmt, target, iter, body, orelse)
            }
            StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.async_for_loop(stmt, target, iter, body, orelse)
            }
            StmtKind::While { test, body, orelse } => self.while_loop(stmt, test, body, orelse),
            StmtKind::With { items, body, .. } => self.with(items, body, false),
            StmtKind::AsyncWith { items, body, .. } => self.with(items, body, true),
            StmtKind::Match { subject, cases } => self.match_cases(subject, cases),
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                self.try_statement(stmt, TryParts { body, handlers, orelse, finalbody, star: false })
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                self.try_statement(stmt, TryParts { body, handlers, orelse, finalbody, star: true })
            }
            _ => Ok(()),
        };
        self.unit_mut().in_conditional_block = before;
        result
    }

    fn expr_statement(&mut self, stmt: &'a Stmt<'a>, value: &'a Expr<'a>) -> Result {
        if self.interactive && self.units.len() == 1 {
            self.visit_expr(value)?;
            self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_PRINT, stmt.loc);
            self.emit0(Opcode::POP_TOP, Location::NONE);
            return Ok(());
        }
        if matches!(value.kind, ExprKind::Constant { .. }) {
            self.emit0(Opcode::NOP, stmt.loc);
            return Ok(());
        }
        self.visit_expr(value)?;
        self.emit0(Opcode::POP_TOP, Location::NONE);
        Ok(())
    }

    fn if_statement(&mut self, test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>]) -> Result {
        let end = self.new_label();
        let next = if orelse.is_empty() { end } else { self.new_label() };
        self.jump_if(test, next, false)?;
        self.visit_stmts(body)?;
        if !orelse.is_empty() {
            self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
            self.use_label(next);
            self.visit_stmts(orelse)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn return_statement(&mut self, stmt: &'a Stmt<'a>, value: Option<&'a Expr<'a>>) -> Result {
        let scope = self.scope();
        if !scope.kind.is_function_like() {
            return self.error(stmt.loc, "'return' outside function");
        }
        if value.is_some() && scope.coroutine && scope.generator {
            return self.error(stmt.loc, "'return' with value in async generator");
        }
        let mut loc = Location::from(stmt.loc);
        let constant = value.and_then(|value| match value.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        });
        let preserve_tos = value.is_some() && constant.is_none();
        if let Some(value) = value {
            if preserve_tos {
                self.visit_expr(value)?;
            } else {
                loc = value.loc.into();
                self.emit0(Opcode::NOP, loc);
            }
        }
        if value.is_none_or(|value| value.loc.lineno != stmt.loc.lineno) {
            loc = stmt.loc.into();
            self.emit0(Opcode::NOP, loc);
        }
        self.unwind_blocks(&mut loc, preserve_tos, false)?;
        if !preserve_tos {
            self.load_const(constants::constant(constant.unwrap_or(Constant::None)), loc);
        }
        self.emit0(Opcode::RETURN_VALUE, loc);
        Ok(())
    }

    fn raise(
        &mut self,
        stmt: &'a Stmt<'a>,
        exc: Option<&'a Expr<'a>>,
        cause: Option<&'a Expr<'a>>,
    ) -> Result {
        let mut count = 0;
        for part in [exc, exc.and(cause)].into_iter().flatten() {
            self.visit_expr(part)?;
            count += 1;
        }
        self.emit(Opcode::RAISE_VARARGS, count, stmt.loc);
        Ok(())
    }

    fn assert(&mut self, stmt: &'a Stmt<'a>, test: &'a Expr<'a>, msg: Option<&'a Expr<'a>>) -> Result {
        let always_true = match test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always_true {
            self.warn(stmt.loc, "assertion is always true, perhaps remove parentheses?")?;
        }
        if self.setup.optimize > 0 {
            return Ok(());
        }
        let end = self.new_label();
        self.jump_if(test, end, true)?;
        self.emit(Opcode::LOAD_COMMON_CONSTANT, CONSTANT_ASSERTIONERROR, stmt.loc);
        if let Some(msg) = msg {
            self.visit_expr(msg)?;
            self.emit(Opcode::CALL, 0, stmt.loc);
        }
        self.emit(Opcode::RAISE_VARARGS, 1, test.loc);
        self.use_label(end);
        Ok(())
    }
}
