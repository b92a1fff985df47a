//! Functions and lambdas: defaults, decorators, bodies, and the instructions that make a function of a code object.

use taipan_ast::{Arg, Arguments, Expr, ExprContext, Stmt, TypeParam};
use taipan_bytecode::opcode::{INTRINSIC_SET_FUNCTION_TYPE_PARAMS, INTRINSIC_STOPITERATION_ERROR};
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf};

use super::fblocks::BlockType;
use super::unit::{ArgCounts, UnitKind};
use super::{Codegen, docstrings};
use crate::error::{Result, system_error};
use crate::ir::Location;
use crate::symtable::{ScopeId, ScopeKey};

/// What the two kinds of function definition share.
pub(super) struct FunctionParts<'a> {
    pub(super) name: &'a str,
    pub(super) args: &'a Arguments<'a>,
    pub(super) body: &'a [Stmt<'a>],
    pub(super) decorators: &'a [Expr<'a>],
    pub(super) returns: Option<&'a Expr<'a>>,
    pub(super) type_params: &'a [TypeParam<'a>],
    pub(super) is_async: bool,
}

/// What a function is made of beside its code: the arguments of `SET_FUNCTION_ATTRIBUTE`, in the order in which
/// they are on the stack, topmost first.
pub(super) mod attribute {
    pub(in super::super) const DEFAULTS: u32 = 1;
    pub(in super::super) const KWDEFAULTS: u32 = 2;
    pub(in super::super) const CLOSURE: u32 = 8;
    pub(in super::super) const ANNOTATE: u32 = 16;
}

pub(super) fn arg_counts(args: &Arguments<'_>) -> ArgCounts {
    ArgCounts {
        positional: (args.posonlyargs.len() + args.args.len()) as u32,
        positional_only: args.posonlyargs.len() as u32,
        keyword_only: args.kwonlyargs.len() as u32,
    }
}

/// The line a definition with decorators begins on.
pub(super) fn first_line(stmt: &Stmt<'_>, decorators: &[Expr<'_>]) -> i32 {
    decorators.first().map_or(stmt.loc.lineno, |first| first.loc.lineno)
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn scope_for(&self, key: ScopeKey) -> Result<ScopeId> {
        self.setup.table.lookup(key).ok_or_else(|| system_error("unknown symbol table entry"))
    }

    pub(super) fn function(&mut self, stmt: &'a Stmt<'a>, parts: &FunctionParts<'a>) -> Result {
        self.visit_exprs(parts.decorators)?;
        let line = first_line(stmt, parts.decorators);
        let loc = Location::from(stmt.loc);
        let mut flags = self.default_arguments(parts.args, loc)?;
        if parts.type_params.is_empty() {
            flags |= self.signature_annotations(stmt, parts.args, parts.returns)?;
            self.function_body(stmt, parts, flags, line)?;
        } else {
            self.generic_function(stmt, parts, flags, line)?;
        }
        self.apply_decorators(parts.decorators);
        self.name_op(parts.name, ExprContext::Store, loc)
    }

    /// A generic function is made by a hidden function that makes its type parameters first. The defaults are
    /// evaluated outside and handed in.
    fn generic_function(
        &mut self,
        stmt: &'a Stmt<'a>,
        parts: &FunctionParts<'a>,
        flags: u32,
        line: i32,
    ) -> Result {
        let loc = Location::from(stmt.loc);
        let passed = (flags & (attribute::DEFAULTS | attribute::KWDEFAULTS)).count_ones();
        if passed == 2 {
            self.emit(Opcode::SWAP, 2, loc);
        }
        let scope = self.scope_for(ScopeKey::type_params(stmt))?;
        let name = format!("<generic parameters of {}>", parts.name);
        let args = ArgCounts { positional: passed, ..ArgCounts::default() };
        self.push_unit(&name, UnitKind::TypeParams, scope, line, None, args)?;
        self.type_params(parts.type_params)?;
        for index in 0..passed {
            self.emit(Opcode::LOAD_FAST, index, loc);
        }
        let flags = flags | self.signature_annotations(stmt, parts.args, parts.returns)?;
        self.function_body(stmt, parts, flags, line)?;
        self.emit(Opcode::SWAP, 2, loc);
        self.emit(Opcode::CALL_INTRINSIC_2, INTRINSIC_SET_FUNCTION_TYPE_PARAMS, loc);
        let made = self.finish_unit(false)?;
        self.make_closure(made, 0, loc)?;
        if passed > 0 {
            self.emit(Opcode::SWAP, passed + 1, loc);
            self.emit(Opcode::CALL, passed - 1, loc);
        } else {
            self.emit0(Opcode::PUSH_NULL, loc);
            self.emit(Opcode::CALL, 0, loc);
        }
        Ok(())
    }

    /// Calls each decorator on what the ones below it gave.
    pub(super) fn apply_decorators(&mut self, decorators: &'a [Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.emit(Opcode::CALL, 0, decorator.loc);
        }
    }

    /// Evaluates defaults; says which were pushed.
    fn default_arguments(&mut self, args: &'a Arguments<'a>, loc: Location) -> Result<u32> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            flags |= attribute::DEFAULTS;
            self.visit_exprs(args.defaults)?;
            self.emit(Opcode::BUILD_TUPLE, args.defaults.len() as u32, loc);
        }
        if self.keyword_defaults(args.kwonlyargs, args.kw_defaults, loc)? {
            flags |= attribute::KWDEFAULTS;
        }
        Ok(flags)
    }

    fn keyword_defaults(
        &mut self,
        args: &'a [Arg<'a>],
        defaults: &'a [Option<&'a Expr<'a>>],
        loc: Location,
    ) -> Result<bool> {
        let mut count = 0;
        for (arg, default) in args.iter().zip(defaults) {
            let Some(default) = *default else { continue };
            let name = Constant::from(self.mangle(arg.arg));
            self.load_const(name, loc);
            self.visit_expr(default)?;
            count += 1;
        }
        if count > 0 {
            self.emit(Opcode::BUILD_MAP, count, loc);
        }
        Ok(count > 0)
    }

    fn function_body(
        &mut self,
        stmt: &'a Stmt<'a>,
        parts: &FunctionParts<'a>,
        flags: u32,
        line: i32,
    ) -> Result {
        let scope = self.scope_for(ScopeKey::body(stmt))?;
        let kind = if parts.is_async { UnitKind::AsyncFunction } else { UnitKind::Function };
        self.push_unit(parts.name, kind, scope, line, None, arg_counts(parts.args))?;
        let mut body = parts.body;
        if let Some(text) = crate::preprocess::docstring(body) {
            let docstring = Constant::Str(docstrings::clean(text.as_bytes()));
            self.unit_mut().metadata.add_const(docstring);
            body = &body[1..];
        }
        let suspends = self.scope().generator || self.scope().coroutine;
        if suspends {
            self.push_block(BlockType::StopIteration, None, None, Location::NONE)?;
        }
        self.visit_stmts(body)?;
        if suspends {
            self.convert_stop_iteration();
            self.pop_block();
        }
        let made = self.finish_unit(true)?;
        self.make_closure(made, flags, stmt.loc.into())
    }

    /// Puts the body of a generator or coroutine under a handler that makes a `RuntimeError` of `StopIteration`
    /// (PEP 479).
    pub(super) fn convert_stop_iteration(&mut self) {
        const LOC: Location = Location::NONE;
        let handler = self.new_label();
        self.unit_mut().sequence.insert_instruction(0, Opcode::SETUP_CLEANUP, handler.0, LOC);
        self.load_none(LOC);
        self.emit0(Opcode::RETURN_VALUE, LOC);
        self.use_label(handler);
        self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_STOPITERATION_ERROR, LOC);
        self.emit(Opcode::RERAISE, 1, LOC);
    }

    /// Makes a function of a finished unit, with the attributes of `flags` that are on the stack.
    pub(super) fn make_closure(
        &mut self,
        (code, free): (CodeData, Vec<Wtf8Buf>),
        flags: u32,
        loc: Location,
    ) -> Result {
        let mut flags = flags;
        if !free.is_empty() {
            for name in &free {
                let index = self.closure_index(name.as_bytes())?;
                self.emit(Opcode::LOAD_CLOSURE, index, loc);
            }
            flags |= attribute::CLOSURE;
            self.emit(Opcode::BUILD_TUPLE, free.len() as u32, loc);
        }
        self.load_const(code, loc);
        self.emit0(Opcode::MAKE_FUNCTION, loc);
        for flag in [attribute::CLOSURE, attribute::ANNOTATE, attribute::KWDEFAULTS, attribute::DEFAULTS] {
            if flags & flag != 0 {
                self.emit(Opcode::SET_FUNCTION_ATTRIBUTE, flag, loc);
            }
        }
        Ok(())
    }

    pub(super) fn lambda(
        &mut self,
        expr: &'a Expr<'a>,
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    ) -> Result {
        let loc = Location::from(expr.loc);
        let flags = self.default_arguments(args, loc)?;
        let scope = self.scope_for(ScopeKey::body(expr))?;
        self.push_unit("<lambda>", UnitKind::Lambda, scope, expr.loc.lineno, None, arg_counts(args))?;
        self.visit_expr(body)?;
        let generator = self.scope().generator;
        if !generator {
            self.emit0(Opcode::RETURN_VALUE, body.loc);
        }
        let made = self.finish_unit(!generator)?;
        self.make_closure(made, flags, loc)
    }
}
