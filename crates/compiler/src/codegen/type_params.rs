//! Type parameters and `type` statements (PEP 695, 696): bounds, constraints, defaults and values are functions that
//! are called when first needed.

use taipan_ast::{Expr, ExprContext, ExprKind, Stmt, TypeParam, TypeParamKind};
use taipan_bytecode::opcode::{
    INTRINSIC_PARAMSPEC, INTRINSIC_SET_TYPEPARAM_DEFAULT, INTRINSIC_TYPEALIAS, INTRINSIC_TYPEVAR,
    INTRINSIC_TYPEVAR_WITH_BOUND, INTRINSIC_TYPEVAR_WITH_CONSTRAINTS, INTRINSIC_TYPEVARTUPLE,
};
use taipan_bytecode::{Constant, Opcode};

use super::Codegen;
use super::functions::attribute;
use super::unit::{ArgCounts, UnitKind};
use crate::error::{Result, system_error};
use crate::ir::Location;
use crate::symtable::ScopeKey;

/// The defaults of a lazily evaluated function: its format is `annotationlib.Format.VALUE`.
fn format_default() -> Constant {
    Constant::tuple([Constant::from(1i64)])
}

impl<'a> Codegen<'_, 'a> {
    /// Makes the parameters, binds each, and leaves a tuple of them on the stack.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        let mut seen_default = false;
        for param in params {
            let loc = Location::from(param.loc);
            let (name, default) = match param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    self.load_const(name, loc);
                    self.type_var(param, name, bound)?;
                    (name, default_value)
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    self.load_const(name, loc);
                    self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_TYPEVARTUPLE, loc);
                    (name, default_value)
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    self.load_const(name, loc);
                    self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_PARAMSPEC, loc);
                    (name, default_value)
                }
            };
            if let Some(default) = default {
                seen_default = true;
                let starred = matches!(param.kind, TypeParamKind::TypeVarTuple { .. });
                self.lazy_expression(default, name, ScopeKey::default(param), starred)?;
                self.emit(Opcode::CALL_INTRINSIC_2, INTRINSIC_SET_TYPEPARAM_DEFAULT, loc);
            } else if seen_default {
                let msg = format!("non-default type parameter '{name}' follows default type parameter");
                return self.error(param.loc, msg);
            }
            self.emit(Opcode::COPY, 1, loc);
            self.name_op(name, ExprContext::Store, loc)?;
        }
        if let Some(first) = params.first() {
            self.emit(Opcode::BUILD_TUPLE, params.len() as u32, first.loc);
        }
        Ok(())
    }

    fn type_var(&mut self, param: &'a TypeParam<'a>, name: &'a str, bound: Option<&'a Expr<'a>>) -> Result {
        let Some(bound) = bound else {
            self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_TYPEVAR, param.loc);
            return Ok(());
        };
        self.lazy_expression(bound, name, ScopeKey::bound(param), false)?;
        let intrinsic = match bound.kind {
            ExprKind::Tuple { .. } => INTRINSIC_TYPEVAR_WITH_CONSTRAINTS,
            _ => INTRINSIC_TYPEVAR_WITH_BOUND,
        };
        self.emit(Opcode::CALL_INTRINSIC_2, intrinsic, param.loc);
        Ok(())
    }

    /// Pushes a function that evaluates `expr`.
    fn lazy_expression(
        &mut self,
        expr: &'a Expr<'a>,
        name: &'a str,
        key: ScopeKey,
        allow_starred: bool,
    ) -> Result {
        let loc = Location::from(expr.loc);
        self.load_const(format_default(), loc);
        let scope = self.scope_for(key)?;
        self.enter_annotations(name, scope, loc)?;
        match expr.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.visit_expr(value)?;
                self.emit(Opcode::UNPACK_SEQUENCE, 1, loc);
            }
            _ => self.visit_expr(expr)?,
        }
        self.emit0(Opcode::RETURN_VALUE, loc);
        let made = self.finish_unit(true)?;
        self.make_closure(made, attribute::DEFAULTS, loc)
    }

    pub(super) fn type_alias(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result {
        let ExprKind::Name { id: name, .. } = target.kind else {
            return Err(system_error("TypeAlias with non-Name name"));
        };
        let loc = Location::from(stmt.loc);
        if type_params.is_empty() {
            self.load_const(name, loc);
            self.load_none(loc);
            self.type_alias_value(stmt, name, value)?;
        } else {
            let scope = self.scope_for(ScopeKey::type_params(stmt))?;
            let hidden = format!("<generic parameters of {name}>");
            let args = ArgCounts::default();
            self.push_unit(&hidden, UnitKind::TypeParams, scope, loc.lineno, None, args)?;
            self.load_const(name, loc);
            self.type_params(type_params)?;
            self.type_alias_value(stmt, name, value)?;
            let made = self.finish_unit(false)?;
            self.make_closure(made, 0, loc)?;
            self.emit0(Opcode::PUSH_NULL, loc);
            self.emit(Opcode::CALL, 0, loc);
        }
        self.name_op(name, ExprContext::Store, loc)
    }

    /// Makes the alias of its name, parameters and value.
    fn type_alias_value(&mut self, stmt: &'a Stmt<'a>, name: &'a str, value: &'a Expr<'a>) -> Result {
        let loc = Location::from(stmt.loc);
        self.load_const(format_default(), loc);
        let scope = self.scope_for(ScopeKey::body(stmt))?;
        self.enter_annotations(name, scope, loc)?;
        self.visit_expr(value)?;
        self.emit0(Opcode::RETURN_VALUE, loc);
        let made = self.finish_unit(false)?;
        self.make_closure(made, attribute::DEFAULTS, loc)?;
        self.emit(Opcode::BUILD_TUPLE, 3, loc);
        self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_TYPEALIAS, loc);
        Ok(())
    }
}
