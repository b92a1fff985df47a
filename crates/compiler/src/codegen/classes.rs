//! Classes: the body as a function of its namespace, and the call of `__build_class__`.

use taipan_ast::{Expr, ExprContext, Keyword, Stmt, TypeParam};
use taipan_bytecode::opcode::INTRINSIC_SUBSCRIPT_GENERIC;
use taipan_bytecode::{Constant, Opcode};

use super::functions::first_line;
use super::unit::{ArgCounts, UnitKind};
use super::{Codegen, constants};
use crate::error::Result;
use crate::ir::Location;
use crate::symtable::ScopeKey;

/// Function and name: the arguments of `__build_class__` that are on the stack before the bases.
const BUILD_CLASS_ARGS: u32 = 2;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn class(
        &mut self,
        stmt: &'a Stmt<'a>,
        name: &'a str,
        bases: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        body: &'a [Stmt<'a>],
        decorators: &'a [Expr<'a>],
        type_params: &'a [TypeParam<'a>],
    ) -> Result {
        self.visit_exprs(decorators)?;
        let line = first_line(stmt, decorators);
        let loc = Location::from(stmt.loc);
        if type_params.is_empty() {
            self.class_body(stmt, name, body, false, line)?;
            self.call_with(BUILD_CLASS_ARGS, bases, None, keywords, loc)?;
        } else {
            let scope = self.scope_for(ScopeKey::type_params(stmt))?;
            let hidden = format!("<generic parameters of {name}>");
            let args = ArgCounts::default();
            self.push_unit(&hidden, UnitKind::TypeParams, scope, line, Some(name), args)?;
            self.type_params(type_params)?;
            self.name_op(".type_params", ExprContext::Store, loc)?;
            self.class_body(stmt, name, body, true, line)?;
            self.name_op(".type_params", ExprContext::Load, loc)?;
            self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_SUBSCRIPT_GENERIC, loc);
            self.name_op(".generic_base", ExprContext::Store, loc)?;
            self.call_with(BUILD_CLASS_ARGS, bases, Some(".generic_base"), keywords, loc)?;
            let made = self.finish_unit(false)?;
            self.make_closure(made, 0, loc)?;
            self.emit0(Opcode::PUSH_NULL, loc);
            self.emit(Opcode::CALL, 0, loc);
        }
        self.apply_decorators(decorators);
        self.name_op(name, ExprContext::Store, loc)
    }

    /// Compiles the body, and pushes `__build_class__`, the function of the body and the class's name.
    fn class_body(
        &mut self,
        stmt: &'a Stmt<'a>,
        name: &'a str,
        body: &'a [Stmt<'a>],
        generic: bool,
        line: i32,
    ) -> Result {
        let scope = self.scope_for(ScopeKey::body(stmt))?;
        self.push_unit(name, UnitKind::Class, scope, line, Some(name), ArgCounts::default())?;
        self.class_prologue(generic, line)?;
        self.body(body, Location::new(line, line, 0, 0))?;
        self.class_epilogue()?;
        let made = self.finish_unit(true)?;
        // What follows belongs to the line of the class, not of a decorator.
        let loc = Location::from(stmt.loc);
        self.emit0(Opcode::LOAD_BUILD_CLASS, loc);
        self.emit0(Opcode::PUSH_NULL, loc);
        self.make_closure(made, 0, loc)?;
        self.load_const(name, loc);
        Ok(())
    }

    /// What every class namespace begins with.
    fn class_prologue(&mut self, generic: bool, line: i32) -> Result {
        let loc = Location::new(line, line, 0, 0);
        self.name_op("__name__", ExprContext::Load, loc)?;
        self.name_op("__module__", ExprContext::Store, loc)?;
        let qualname = Constant::Str(self.unit().metadata.qualname.clone());
        self.load_const(qualname, loc);
        self.name_op("__qualname__", ExprContext::Store, loc)?;
        self.load_const(i64::from(line), loc);
        self.name_op("__firstlineno__", ExprContext::Store, loc)?;
        if generic {
            self.name_op(".type_params", ExprContext::Load, loc)?;
            self.name_op("__type_params__", ExprContext::Store, loc)?;
        }
        if self.scope().needs_classdict {
            self.emit0(Opcode::LOAD_LOCALS, loc);
            self.emit_cell(Opcode::STORE_DEREF, "__classdict__", loc);
        }
        if self.scope().has_conditional_annotations {
            self.emit(Opcode::BUILD_SET, 0, loc);
            self.emit_cell(Opcode::STORE_DEREF, "__conditional_annotations__", loc);
        }
        Ok(())
    }

    /// What every class namespace ends with: hidden cells for `type.__new__`.
    fn class_epilogue(&mut self) -> Result {
        const LOC: Location = Location::NONE;
        let static_attributes = constants::names(self.unit().static_attributes.iter().copied());
        self.load_const(static_attributes, LOC);
        self.name_op("__static_attributes__", ExprContext::Store, LOC)?;
        if self.scope().needs_classdict {
            self.emit_cell(Opcode::LOAD_CLOSURE, "__classdict__", LOC);
            self.name_op("__classdictcell__", ExprContext::Store, LOC)?;
        }
        if self.scope().needs_class_closure {
            self.emit_cell(Opcode::LOAD_CLOSURE, "__class__", LOC);
            self.emit(Opcode::COPY, 1, LOC);
            self.name_op("__classcell__", ExprContext::Store, LOC)?;
        } else {
            self.load_none(LOC);
        }
        self.emit0(Opcode::RETURN_VALUE, LOC);
        Ok(())
    }
}
