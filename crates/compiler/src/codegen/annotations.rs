//! Annotations: `__annotate__` functions that evaluate them when asked (PEP 649), or text where
//! `from __future__ import annotations` asks for it.

use taipan_ast::{Arg, Arguments, CmpOp, Expr, ExprContext, ExprKind, Stmt, StmtKind};
use taipan_bytecode::opcode::CONSTANT_NOTIMPLEMENTEDERROR;
use taipan_bytecode::{CodeData, Constant, Opcode, Wtf8Buf};

use super::functions::attribute;
use super::unit::{ArgCounts, UnitKind};
use super::{Codegen, unparse};
use crate::error::Result;
use crate::ir::{InstructionSequence, Location};
use crate::symtable::{BlockKind, ScopeId, ScopeKey};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: the last format the compiler's own functions know.
const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

impl<'a> Codegen<'_, 'a> {
    /// Opens the unit of a lazily evaluated function. It refuses formats it does not know.
    pub(super) fn enter_annotations(&mut self, name: &str, scope: ScopeId, loc: Location) -> Result {
        let args = ArgCounts { positional: 1, positional_only: 1, keyword_only: 0 };
        self.push_unit(name, UnitKind::Annotations, scope, loc.lineno, None, args)?;
        self.emit(Opcode::LOAD_FAST, 0, loc);
        self.load_const(VALUE_WITH_FAKE_GLOBALS, loc);
        self.emit_compare(CmpOp::Gt, loc);
        let body = self.new_label();
        self.jump(Opcode::POP_JUMP_IF_FALSE, body, loc);
        self.emit(Opcode::LOAD_COMMON_CONSTANT, CONSTANT_NOTIMPLEMENTEDERROR, loc);
        self.emit(Opcode::RAISE_VARARGS, 1, loc);
        self.use_label(body);
        Ok(())
    }

    /// Ends an `__annotate__` function and makes it. Its parameter shows as `format`.
    fn leave_annotations(&mut self, loc: Location) -> Result {
        self.emit0(Opcode::RETURN_VALUE, loc);
        let (code, free) = self.finish_unit(true)?;
        self.make_closure((with_format_parameter(code), free), 0, loc)
    }

    /// The annotations of a signature: says what was pushed for the function.
    pub(super) fn signature_annotations(
        &mut self,
        stmt: &'a Stmt<'a>,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
    ) -> Result<u32> {
        let scope = self.scope_for(ScopeKey::annotations(stmt))?;
        if !self.setup.table.scope(scope).annotations_used {
            return Ok(0);
        }
        let loc = Location::from(stmt.loc);
        self.enter_annotations("__annotate__", scope, loc)?;
        let count = self.push_annotations(args, returns, loc)?;
        self.emit(Opcode::BUILD_MAP, count, loc);
        self.leave_annotations(loc)?;
        Ok(attribute::ANNOTATE)
    }

    /// Pushes names and annotations; says how many.
    fn push_annotations(
        &mut self,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
        loc: Location,
    ) -> Result<u32> {
        let mut count = 0;
        let plain = args.args.iter().chain(args.posonlyargs);
        let others = args.vararg.into_iter().chain(args.kwonlyargs).chain(args.kwarg);
        for &Arg { arg, annotation, .. } in plain.chain(others) {
            if let Some(annotation) = annotation {
                self.push_annotation(arg, annotation, loc)?;
                count += 1;
            }
        }
        if let Some(returns) = returns {
            self.push_annotation("return", returns, loc)?;
            count += 1;
        }
        Ok(count)
    }

    fn push_annotation(&mut self, name: &'a str, annotation: &'a Expr<'a>, loc: Location) -> Result {
        let name = Constant::from(self.mangle(name));
        self.load_const(name, loc);
        if self.setup.future.annotations() {
            return self.annotation_text(annotation);
        }
        match annotation.kind {
            // `*args: *Ts`
            ExprKind::Starred { value, .. } => {
                self.visit_expr(value)?;
                self.emit(Opcode::UNPACK_SEQUENCE, 1, loc);
                Ok(())
            }
            _ => self.visit_expr(annotation),
        }
    }

    /// An annotation as text (PEP 563).
    pub(super) fn annotation_text(&mut self, annotation: &'a Expr<'a>) -> Result {
        let text = unparse::expression(annotation, self.setup.limit)?;
        self.load_const(Constant::Str(text), annotation.loc);
        Ok(())
    }

    /// Makes the `__annotate__` function of a module or class from the assignments noted on the way.
    pub(super) fn deferred_annotations(&mut self, loc: Location) -> Result {
        let deferred = std::mem::take(&mut self.unit_mut().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let Some(block) = self.scope().annotation_block else {
            return Err(crate::error::system_error("annotations without an annotation scope"));
        };
        let kind = self.unit().kind;
        // A module defines the function before anything else runs.
        let separate = kind == UnitKind::Module;
        if separate {
            let unit = self.unit_mut();
            unit.stashed = Some(std::mem::replace(&mut unit.sequence, InstructionSequence::new()));
        }
        self.enter_annotations("__annotate__", block, loc)?;
        self.deferred_body(&deferred, kind, loc)?;
        self.leave_annotations(loc)?;
        let name = match self.scope().kind {
            BlockKind::Class => "__annotate_func__",
            _ => "__annotate__",
        };
        self.name_op(name, ExprContext::Store, loc)?;
        let unit = self.unit_mut();
        if let Some(stashed) = unit.stashed.take() {
            let annotations = std::mem::replace(&mut unit.sequence, stashed);
            unit.sequence.set_annotations_code(annotations);
        }
        Ok(())
    }

    fn deferred_body(
        &mut self,
        deferred: &[(&'a Stmt<'a>, Option<i64>)],
        kind: UnitKind,
        loc: Location,
    ) -> Result {
        self.emit(Opcode::BUILD_MAP, 0, loc);
        for &(stmt, index) in deferred {
            let StmtKind::AnnAssign { target, annotation, .. } = stmt.kind else { continue };
            let ExprKind::Name { id, .. } = target.kind else { continue };
            let name = crate::symtable::mangle(self.unit().private, id).into_owned();
            let not_set = self.new_label();
            if let Some(index) = index {
                self.load_const(index, stmt.loc);
                if kind == UnitKind::Class {
                    self.emit_free(Opcode::LOAD_DEREF, "__conditional_annotations__", stmt.loc);
                } else {
                    let unit = self.unit_mut();
                    let table = &mut unit.metadata.names;
                    let name = super::unit::name_index(table, "__conditional_annotations__");
                    self.emit(Opcode::LOAD_GLOBAL, name << 1, stmt.loc);
                }
                self.emit(Opcode::CONTAINS_OP, 0, stmt.loc);
                self.jump(Opcode::POP_JUMP_IF_FALSE, not_set, stmt.loc);
            }
            self.visit_expr(annotation)?;
            self.emit(Opcode::COPY, 2, stmt.loc);
            self.load_const(name.as_str(), stmt.loc);
            self.emit0(Opcode::STORE_SUBSCR, loc);
            self.use_label(not_set);
        }
        Ok(())
    }
}

/// The hidden parameter `.format` cannot clash with a name in annotations; in signatures it is `format`.
fn with_format_parameter(mut code: CodeData) -> CodeData {
    if let Some(first) = code.localsplusnames.first_mut() {
        *first = Wtf8Buf::from("format");
    }
    code
}
