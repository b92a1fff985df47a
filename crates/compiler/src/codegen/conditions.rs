//! Conditions: jumping on the truth of an expression, comparisons, `and`, `or` and conditional expressions.

use taipan_ast::{BoolOp, CmpOp, Expr, ExprKind, UnaryOp};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::{CMP_EQ, CMP_GE, CMP_GT, CMP_LE, CMP_LT, CMP_NE};

use super::Codegen;
use crate::error::Result;
use crate::ir::{Label, Location};

/// For each comparison, the outcomes that make it true: unordered 1, less 2, greater 4, equal 8.
const COMPARE_MASKS: [u32; 6] = [2, 10, 8, 7, 4, 12];

impl<'a> Codegen<'_, 'a> {
    /// `a < b` for operands on the stack.
    pub(super) fn emit_compare(&mut self, op: CmpOp, loc: impl Into<Location>) {
        let compare = match op {
            CmpOp::Is => return self.emit(Opcode::IS_OP, 0, loc),
            CmpOp::IsNot => return self.emit(Opcode::IS_OP, 1, loc),
            CmpOp::In => return self.emit(Opcode::CONTAINS_OP, 0, loc),
            CmpOp::NotIn => return self.emit(Opcode::CONTAINS_OP, 1, loc),
            CmpOp::Eq => CMP_EQ,
            CmpOp::NotEq => CMP_NE,
            CmpOp::Lt => CMP_LT,
            CmpOp::LtE => CMP_LE,
            CmpOp::Gt => CMP_GT,
            CmpOp::GtE => CMP_GE,
        };
        self.emit(Opcode::COMPARE_OP, compare << 5 | COMPARE_MASKS[compare as usize], loc);
    }

    /// Jumps to `next` if the truth of `expr` is `condition`, else falls through.
    pub(super) fn jump_if(&mut self, expr: &'a Expr<'a>, next: Label, condition: bool) -> Result {
        self.setup.limit.check()?;
        match expr.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => {
                return self.jump_if(operand, next, !condition);
            }
            ExprKind::BoolOp { op, values } => {
                let short_circuit = op == BoolOp::Or;
                let Some((last, first)) = values.split_last() else { return Ok(()) };
                let other = if short_circuit == condition { next } else { self.new_label() };
                for value in first {
                    self.jump_if(value, other, short_circuit)?;
                }
                self.jump_if(last, next, condition)?;
                if other != next {
                    self.use_label(other);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (end, otherwise) = (self.new_label(), self.new_label());
                self.jump_if(test, otherwise, false)?;
                self.jump_if(body, next, condition)?;
                self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
                self.use_label(otherwise);
                self.jump_if(orelse, next, condition)?;
                self.use_label(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                return self.jump_if_chain(expr, left, ops, comparators, next, condition);
            }
            _ => {}
        }
        self.visit_expr(expr)?;
        self.emit0(Opcode::TO_BOOL, expr.loc);
        self.jump(jump_opcode(condition), next, expr.loc);
        Ok(())
    }

    /// [`Self::jump_if`] for `a < b < c`.
    fn jump_if_chain(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
        next: Label,
        condition: bool,
    ) -> Result {
        self.check_compare(expr, left, ops, comparators)?;
        let loc = expr.loc;
        let cleanup = self.new_label();
        self.visit_expr(left)?;
        let last = ops.len() - 1;
        for (comparator, &op) in comparators.iter().zip(&ops[..last]) {
            self.visit_expr(comparator)?;
            self.emit(Opcode::SWAP, 2, loc);
            self.emit(Opcode::COPY, 2, loc);
            self.emit_compare(op, loc);
            self.emit0(Opcode::TO_BOOL, loc);
            self.jump(Opcode::POP_JUMP_IF_FALSE, cleanup, loc);
        }
        if let Some(comparator) = comparators.get(last) {
            self.visit_expr(comparator)?;
        }
        self.emit_compare(ops[last], loc);
        self.emit0(Opcode::TO_BOOL, loc);
        self.jump(jump_opcode(condition), next, loc);
        let end = self.new_label();
        self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
        self.use_label(cleanup);
        self.emit0(Opcode::POP_TOP, loc);
        if !condition {
            self.jump(Opcode::JUMP_NO_INTERRUPT, next, Location::NONE);
        }
        self.use_label(end);
        Ok(())
    }

    pub(super) fn compare(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result {
        let loc = expr.loc;
        self.check_compare(expr, left, ops, comparators)?;
        self.visit_expr(left)?;
        let (Some((&last_op, first_ops)), Some((last, first))) = (ops.split_last(), comparators.split_last())
        else {
            return Err(crate::error::system_error("Compare has no comparators"));
        };
        if first.is_empty() {
            self.visit_expr(last)?;
            self.emit_compare(last_op, loc);
            return Ok(());
        }
        let cleanup = self.new_label();
        for (comparator, &op) in first.iter().zip(first_ops) {
            self.visit_expr(comparator)?;
            self.emit(Opcode::SWAP, 2, loc);
            self.emit(Opcode::COPY, 2, loc);
            self.emit_compare(op, loc);
            self.emit(Opcode::COPY, 1, loc);
            self.emit0(Opcode::TO_BOOL, loc);
            self.jump(Opcode::POP_JUMP_IF_FALSE, cleanup, loc);
            self.emit0(Opcode::POP_TOP, loc);
        }
        self.visit_expr(last)?;
        self.emit_compare(last_op, loc);
        let end = self.new_label();
        self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
        self.use_label(cleanup);
        self.emit(Opcode::SWAP, 2, loc);
        self.emit0(Opcode::POP_TOP, loc);
        self.use_label(end);
        Ok(())
    }

    pub(super) fn bool_op(&mut self, expr: &'a Expr<'a>, op: BoolOp, values: &'a [Expr<'a>]) -> Result {
        let opcode = match op {
            BoolOp::And => Opcode::JUMP_IF_FALSE,
            BoolOp::Or => Opcode::JUMP_IF_TRUE,
        };
        let end = self.new_label();
        let Some((last, first)) = values.split_last() else {
            return Err(crate::error::system_error("BoolOp has no values"));
        };
        for value in first {
            self.visit_expr(value)?;
            self.jump(opcode, end, expr.loc);
            self.emit0(Opcode::POP_TOP, expr.loc);
        }
        self.visit_expr(last)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn if_expr(&mut self, test: &'a Expr<'a>, body: &'a Expr<'a>, orelse: &'a Expr<'a>) -> Result {
        let (end, next) = (self.new_label(), self.new_label());
        self.jump_if(test, next, false)?;
        self.visit_expr(body)?;
        self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
        self.use_label(next);
        self.visit_expr(orelse)?;
        self.use_label(end);
        Ok(())
    }
}

fn jump_opcode(condition: bool) -> Opcode {
    if condition { Opcode::POP_JUMP_IF_TRUE } else { Opcode::POP_JUMP_IF_FALSE }
}
