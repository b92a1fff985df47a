//! Assignments: plain, augmented and annotated, and unpacking into several targets.

use taipan_ast::{Expr, ExprContext, ExprKind, Location as Span, Operator, Stmt};
use taipan_bytecode::opcode::NB_SUBSCR;
use taipan_bytecode::{Constant, Opcode};

use super::Codegen;
use super::expressions::{attribute_location, is_two_part_slice};
use super::unit::UnitKind;
use crate::error::{Result, system_error};
use crate::ir::Location;

/// `before + after << 8` must fit the argument of `UNPACK_EX`.
const MAX_BEFORE_STAR: usize = 1 << 8;
const MAX_AFTER_STAR: usize = (i32::MAX >> 8) as usize;

/// Why a sequence cannot be unpacked.
pub(super) enum UnpackError {
    TooMany,
    TwoStars,
}

/// The argument of `UNPACK_EX` for a target list with a star, `None` without one.
pub(super) fn star_position(
    stars: impl ExactSizeIterator<Item = bool>,
) -> std::result::Result<Option<u32>, UnpackError> {
    let count = stars.len();
    let mut found = None;
    for (before, starred) in stars.enumerate() {
        if !starred {
            continue;
        }
        if found.is_some() {
            return Err(UnpackError::TwoStars);
        }
        let after = count - before - 1;
        if before >= MAX_BEFORE_STAR || after >= MAX_AFTER_STAR {
            return Err(UnpackError::TooMany);
        }
        found = Some((before + (after << 8)) as u32);
    }
    Ok(found)
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn assign(
        &mut self,
        stmt: &'a Stmt<'a>,
        targets: &'a [Expr<'a>],
        value: &'a Expr<'a>,
    ) -> Result {
        self.visit_expr(value)?;
        for (index, target) in targets.iter().enumerate() {
            if index + 1 < targets.len() {
                self.emit(Opcode::COPY, 1, stmt.loc);
            }
            self.visit_expr(target)?;
        }
        Ok(())
    }

    /// Unpacks the value on the stack into a list or tuple of targets.
    pub(super) fn unpack_into(&mut self, elts: &'a [Expr<'a>], loc: Span) -> Result {
        let stars = elts.iter().map(super::expressions::is_starred);
        match star_position(stars) {
            Ok(Some(oparg)) => self.emit(Opcode::UNPACK_EX, oparg, loc),
            Ok(None) => self.emit(Opcode::UNPACK_SEQUENCE, elts.len() as u32, loc),
            Err(UnpackError::TooMany) => {
                return self.error(loc, "too many expressions in star-unpacking assignment");
            }
            Err(UnpackError::TwoStars) => {
                return self.error(loc, "multiple starred expressions in assignment");
            }
        }
        for elt in elts {
            match elt.kind {
                ExprKind::Starred { value, .. } => self.visit_expr(value)?,
                _ => self.visit_expr(elt)?,
            }
        }
        Ok(())
    }

    pub(super) fn augmented_assign(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        operator: Operator,
        value: &'a Expr<'a>,
    ) -> Result {
        let loc = Location::from(target.loc);
        match target.kind {
            ExprKind::Attribute { value: object, attr, .. } => {
                self.visit_expr(object)?;
                self.emit(Opcode::COPY, 1, loc);
                self.emit_attr(Opcode::LOAD_ATTR, attr, 1, 0, attribute_location(loc, target));
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                self.visit_expr(object)?;
                if is_two_part_slice(slice) {
                    self.slice_parts(slice)?;
                    for _ in 0..3 {
                        self.emit(Opcode::COPY, 3, loc);
                    }
                    self.emit0(Opcode::BINARY_SLICE, loc);
                } else {
                    self.visit_expr(slice)?;
                    self.emit(Opcode::COPY, 2, loc);
                    self.emit(Opcode::COPY, 2, loc);
                    self.emit(Opcode::BINARY_OP, NB_SUBSCR, loc);
                }
            }
            ExprKind::Name { id, .. } => self.name_op(id, ExprContext::Load, loc)?,
            _ => return Err(system_error("invalid node type for augmented assignment")),
        }
        self.visit_expr(value)?;
        self.emit_inplace(operator, stmt.loc);
        match target.kind {
            ExprKind::Attribute { attr, .. } => {
                let loc = attribute_location(loc, target);
                self.emit(Opcode::SWAP, 2, loc);
                self.emit_private_name(Opcode::STORE_ATTR, attr, loc);
            }
            ExprKind::Subscript { slice, .. } => {
                if is_two_part_slice(slice) {
                    self.emit(Opcode::SWAP, 4, loc);
                    self.emit(Opcode::SWAP, 3, loc);
                    self.emit(Opcode::SWAP, 2, loc);
                    self.emit0(Opcode::STORE_SLICE, loc);
                } else {
                    self.emit(Opcode::SWAP, 3, loc);
                    self.emit(Opcode::SWAP, 2, loc);
                    self.emit0(Opcode::STORE_SUBSCR, loc);
                }
            }
            ExprKind::Name { id, .. } => self.name_op(id, ExprContext::Store, loc)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn annotated_assign(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    ) -> Result {
        if let Some(value) = value {
            self.visit_expr(value)?;
            self.visit_expr(target)?;
        }
        let future_annotations = self.setup.future.annotations();
        match target.kind {
            ExprKind::Name { id, .. } => {
                if simple && self.in_class_or_module() {
                    if future_annotations {
                        self.annotation_text(annotation)?;
                        self.emit_name(Opcode::LOAD_NAME, "__annotations__", stmt.loc);
                        let name = Constant::from(self.mangle(id));
                        self.load_const(name, stmt.loc);
                        self.emit0(Opcode::STORE_SUBSCR, stmt.loc);
                    } else {
                        self.defer_annotation(stmt);
                    }
                }
            }
            ExprKind::Attribute { value: object, .. } => {
                if value.is_none() {
                    self.evaluate_and_drop(object)?;
                }
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                if value.is_none() {
                    self.evaluate_and_drop(object)?;
                    self.evaluate_subscript(slice)?;
                }
            }
            _ => return Err(system_error("invalid node type for annotated assignment")),
        }
        Ok(())
    }

    /// Notes an annotation for `__annotate__`; one that may not run says so when it does.
    fn defer_annotation(&mut self, stmt: &'a Stmt<'a>) {
        let unit = self.unit_mut();
        let conditional = unit.kind == UnitKind::Module || unit.in_conditional_block;
        let index = conditional.then_some(unit.next_conditional_index);
        unit.deferred_annotations.push((stmt, index));
        let Some(index) = index else { return };
        unit.next_conditional_index += 1;
        if unit.kind == UnitKind::Class {
            self.emit_cell(Opcode::LOAD_DEREF, "__conditional_annotations__", stmt.loc);
        } else {
            self.emit_name(Opcode::LOAD_NAME, "__conditional_annotations__", stmt.loc);
        }
        self.load_const(index, stmt.loc);
        self.emit(Opcode::SET_ADD, 1, stmt.loc);
        self.emit0(Opcode::POP_TOP, stmt.loc);
    }

    fn evaluate_and_drop(&mut self, expr: &'a Expr<'a>) -> Result {
        self.visit_expr(expr)?;
        self.emit0(Opcode::POP_TOP, expr.loc);
        Ok(())
    }

    /// Evaluates everything in a subscript for its effects.
    fn evaluate_subscript(&mut self, expr: &'a Expr<'a>) -> Result {
        match expr.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.evaluate_and_drop(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| self.evaluate_subscript(elt)),
            _ => self.evaluate_and_drop(expr),
        }
    }
}
