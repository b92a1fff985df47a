//! f-strings and t-strings: their literal parts, replacement fields and conversions (PEP 701, 750).

use taipan_ast::{Constant as Literal, Expr, ExprKind};
use taipan_bytecode::Opcode;

use super::{Codegen, STACK_USE_GUIDELINE, constants};
use crate::error::{Result, system_error};

const NO_CONVERSION: i32 = -1;

/// The number of a conversion in `CONVERT_VALUE` and `BUILD_INTERPOLATION`.
fn conversion_number(conversion: i32) -> Result<u32> {
    match u8::try_from(conversion) {
        Ok(b's') => Ok(1),
        Ok(b'r') => Ok(2),
        Ok(b'a') => Ok(3),
        _ => Err(system_error(format!("Unrecognized conversion character {conversion}"))),
    }
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn joined_str(&mut self, expr: &'a Expr<'a>, values: &'a [Expr<'a>]) -> Result {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_const("", expr.loc);
            self.emit_attr(Opcode::LOAD_ATTR, "join", 1, 1, expr.loc);
            self.emit(Opcode::BUILD_LIST, 0, expr.loc);
            for value in values {
                self.visit_expr(value)?;
                self.emit(Opcode::LIST_APPEND, 1, expr.loc);
            }
            self.emit(Opcode::CALL, 1, expr.loc);
            return Ok(());
        }
        self.visit_exprs(values)?;
        match values.len() {
            0 => self.load_const("", expr.loc),
            1 => {}
            count => self.emit(Opcode::BUILD_STRING, count as u32, expr.loc),
        }
        Ok(())
    }

    /// Literal parts and interpolations alternate in a template, so empty strings stand between interpolations and at
    /// its ends.
    pub(super) fn template_str(&mut self, expr: &'a Expr<'a>, values: &'a [Expr<'a>]) -> Result {
        let is_interpolation = |value: &Expr<'a>| matches!(value.kind, ExprKind::Interpolation { .. });
        let mut after_string = false;
        let (mut strings, mut interpolations) = (0, 0);
        for value in values {
            if is_interpolation(value) {
                if !after_string {
                    self.load_const("", expr.loc);
                    strings += 1;
                }
                after_string = false;
                interpolations += 1;
            } else {
                self.visit_expr(value)?;
                strings += 1;
                after_string = true;
            }
        }
        if !after_string {
            self.load_const("", expr.loc);
            strings += 1;
        }
        self.emit(Opcode::BUILD_TUPLE, strings, expr.loc);
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.visit_expr(value)?;
        }
        self.emit(Opcode::BUILD_TUPLE, interpolations, expr.loc);
        self.emit0(Opcode::BUILD_TEMPLATE, expr.loc);
        Ok(())
    }

    pub(super) fn formatted_value(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result {
        self.visit_expr(value)?;
        if conversion != NO_CONVERSION {
            self.emit(Opcode::CONVERT_VALUE, conversion_number(conversion)?, expr.loc);
        }
        match format_spec {
            Some(spec) => {
                self.visit_expr(spec)?;
                self.emit0(Opcode::FORMAT_WITH_SPEC, expr.loc);
            }
            None => self.emit0(Opcode::FORMAT_SIMPLE, expr.loc),
        }
        Ok(())
    }

    pub(super) fn interpolation(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        text: Literal<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    ) -> Result {
        self.visit_expr(value)?;
        self.load_const(constants::constant(text), expr.loc);
        let mut oparg = 2;
        if let Some(spec) = format_spec {
            oparg += 1;
            self.visit_expr(spec)?;
        }
        if conversion != NO_CONVERSION {
            oparg |= conversion_number(conversion)? << 2;
        }
        self.emit(Opcode::BUILD_INTERPOLATION, oparg, expr.loc);
        Ok(())
    }
}
