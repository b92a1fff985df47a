//! Patterns that look into sequences and mappings.

use taipan_ast::{CmpOp, Expr, ExprKind, Location as Span, Operator, Pattern, PatternKind};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::NB_SUBSCR;

use super::assignments::{UnpackError, star_position};
use super::patterns::{PatternContext, is_wildcard};
use super::{Codegen, constants, unparse};
use crate::error::Result;

fn is_star(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

/// `*_`
fn is_star_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn sequence_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        patterns: &'a [Pattern<'a>],
        context: &mut PatternContext<'a>,
    ) -> Result {
        let loc = pattern.loc;
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return self.error(loc, "multiple starred names in sequence pattern");
        }
        // The subject stays on top while its type and length are looked at.
        context.on_top += 1;
        self.emit0(Opcode::MATCH_SEQUENCE, loc);
        self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
        match star {
            None => self.check_length(patterns.len(), CmpOp::Eq, context, loc),
            Some(_) if patterns.len() > 1 => {
                self.check_length(patterns.len() - 1, CmpOp::GtE, context, loc);
            }
            Some(_) => {}
        }
        context.on_top -= 1;
        let looks_inside = |pattern: &Pattern<'a>| !is_wildcard(pattern) && !is_star_wildcard(pattern);
        if !patterns.iter().any(looks_inside) {
            self.emit0(Opcode::POP_TOP, loc);
            return Ok(());
        }
        match star {
            Some(star) if is_star_wildcard(&patterns[star]) => {
                self.match_elements(patterns, star, context, loc)
            }
            _ => self.match_unpacked(patterns, context, loc),
        }
    }

    fn check_length(&mut self, length: usize, op: CmpOp, context: &mut PatternContext<'a>, loc: Span) {
        self.emit0(Opcode::GET_LEN, loc);
        self.load_const(length as i64, loc);
        self.emit_compare(op, loc);
        self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
    }

    /// Unpacks the subject and matches each part.
    fn match_unpacked(
        &mut self,
        patterns: &'a [Pattern<'a>],
        context: &mut PatternContext<'a>,
        loc: Span,
    ) -> Result {
        match star_position(patterns.iter().map(is_star)) {
            Ok(Some(oparg)) => self.emit(Opcode::UNPACK_EX, oparg, loc),
            Ok(None) => self.emit(Opcode::UNPACK_SEQUENCE, patterns.len() as u32, loc),
            Err(UnpackError::TooMany) => {
                return self.error(loc, "too many expressions in star-unpacking sequence pattern");
            }
            Err(UnpackError::TwoStars) => {
                return self.error(loc, "multiple starred expressions in sequence pattern");
            }
        }
        context.on_top += patterns.len();
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// Takes single elements by index where the rest does not matter: `[first, *_, last]`.
    fn match_elements(
        &mut self,
        patterns: &'a [Pattern<'a>],
        star: usize,
        context: &mut PatternContext<'a>,
        loc: Span,
    ) -> Result {
        context.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.emit(Opcode::COPY, 1, loc);
            if index < star {
                self.load_const(index as i64, loc);
            } else {
                // The subject may not know negative indices.
                self.emit0(Opcode::GET_LEN, loc);
                self.load_const((patterns.len() - index) as i64, loc);
                self.emit_binary(Operator::Sub, loc);
            }
            self.emit(Opcode::BINARY_OP, NB_SUBSCR, loc);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.emit0(Opcode::POP_TOP, loc);
        Ok(())
    }

    pub(super) fn mapping_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<&'a str>,
        context: &mut PatternContext<'a>,
    ) -> Result {
        let loc = pattern.loc;
        if keys.len() != patterns.len() {
            let (keys, patterns) = (keys.len(), patterns.len());
            let msg = format!("keys ({keys}) / patterns ({patterns}) length mismatch in mapping pattern");
            return self.error(loc, msg);
        }
        let size = keys.len();
        context.on_top += 1;
        self.emit0(Opcode::MATCH_MAPPING, loc);
        self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
        if size == 0 && rest.is_none() {
            context.on_top -= 1;
            self.emit0(Opcode::POP_TOP, loc);
            return Ok(());
        }
        if size > 0 {
            self.check_length(size, CmpOp::GtE, context, loc);
        }
        self.mapping_keys(keys, loc)?;
        self.emit(Opcode::BUILD_TUPLE, size as u32, loc);
        self.emit0(Opcode::MATCH_KEYS, loc);
        // The keys and the values, on the subject.
        context.on_top += 2;
        self.emit(Opcode::COPY, 1, loc);
        self.load_none(loc);
        self.emit(Opcode::IS_OP, 1, loc);
        self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
        self.emit(Opcode::UNPACK_SEQUENCE, size as u32, loc);
        context.on_top = context.on_top + size - 1;
        for value in patterns {
            context.on_top -= 1;
            self.subpattern(value, context)?;
        }
        context.on_top -= 2;
        let Some(rest) = rest else {
            self.emit0(Opcode::POP_TOP, loc);
            self.emit0(Opcode::POP_TOP, loc);
            return Ok(());
        };
        // `rest` is a copy of the subject without the keys.
        self.emit(Opcode::BUILD_MAP, 0, loc);
        self.emit(Opcode::SWAP, 3, loc);
        self.emit(Opcode::DICT_UPDATE, 2, loc);
        self.emit(Opcode::UNPACK_SEQUENCE, size as u32, loc);
        for left in (1..=size).rev() {
            self.emit(Opcode::COPY, 1 + left as u32, loc);
            self.emit(Opcode::SWAP, 2, loc);
            self.emit0(Opcode::DELETE_SUBSCR, loc);
        }
        self.capture(Some(rest), context, loc)
    }

    fn mapping_keys(&mut self, keys: &'a [Expr<'a>], loc: Span) -> Result {
        let mut seen: Vec<taipan_bytecode::Constant> = Vec::new();
        for key in keys {
            match key.kind {
                ExprKind::Constant { value, .. } => {
                    let constant = constants::constant(value);
                    if seen.iter().any(|other| other.py_eq(&constant)) {
                        let text = unparse::constant_repr(value);
                        return self.error(loc, format!("mapping pattern checks duplicate key ({text})"));
                    }
                    seen.push(constant);
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    let msg = "mapping pattern keys may only match literals and attribute lookups";
                    return self.error(loc, msg);
                }
            }
            self.visit_expr(key)?;
        }
        Ok(())
    }
}
