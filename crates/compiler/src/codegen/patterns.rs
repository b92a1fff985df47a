//! `match`: the cases, and patterns other than sequences and mappings.
//!
//! While a pattern is tried, captured values wait on the stack, under the values still to be matched; the names are bound
//! once the whole pattern has matched. A failure jumps to the label that pops as many values as are there by then.

use taipan_ast::{CmpOp, Expr, ExprContext, ExprKind, Location as Span, MatchCase, Pattern, PatternKind};
use taipan_bytecode::Opcode;

use super::{Codegen, constants};
use crate::error::{Result, system_error};
use crate::ir::{Label, Location};

/// The state of one case, or one alternative of an or-pattern.
#[derive(Clone, Default)]
pub(super) struct PatternContext<'a> {
    /// Names captured so far; their values are on the stack in this order, below `on_top` other values.
    pub(super) stores: Vec<&'a str>,
    /// Whether a pattern that always matches may stand here.
    pub(super) allow_irrefutable: bool,
    /// `fail_pop[n]` pops `n` values and goes on with the next case.
    fail_pop: Vec<Label>,
    /// Values on the stack that the code behind the current pattern will use.
    pub(super) on_top: usize,
}

/// `_`
pub(super) fn is_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn match_cases(&mut self, subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>]) -> Result {
        self.visit_expr(subject)?;
        let end = self.new_label();
        let Some((last, first)) = cases.split_last() else {
            return Err(system_error("match with no cases"));
        };
        let has_default = is_wildcard(last.pattern) && !first.is_empty();
        let tried = if has_default { first } else { cases };
        for (index, case) in tried.iter().enumerate() {
            let last_tried = index + 1 == tried.len();
            self.match_case(case, last_tried, index + 1 == cases.len(), end)?;
        }
        if has_default {
            // The subject is gone already; a line to trace is left.
            self.emit0(Opcode::NOP, last.pattern.loc);
            if let Some(guard) = last.guard {
                self.jump_if(guard, end, false)?;
            }
            self.visit_stmts(last.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn match_case(&mut self, case: &'a MatchCase<'a>, last_tried: bool, last: bool, end: Label) -> Result {
        let loc = case.pattern.loc;
        if !last_tried {
            self.emit(Opcode::COPY, 1, loc);
        }
        let allow_irrefutable = case.guard.is_some() || last;
        let mut context = PatternContext { allow_irrefutable, ..PatternContext::default() };
        self.pattern(case.pattern, &mut context)?;
        for name in std::mem::take(&mut context.stores) {
            self.name_op(name, ExprContext::Store, loc)?;
        }
        if let Some(guard) = case.guard {
            let fail = self.fail_label(&mut context, 0);
            self.jump_if(guard, fail, false)?;
        }
        if !last_tried {
            self.emit0(Opcode::POP_TOP, Location::NEXT);
        }
        self.visit_stmts(case.body)?;
        self.jump(Opcode::JUMP, end, Location::NONE);
        // The clean-up belongs to the pattern that failed, not to the body it follows.
        self.place_fail_labels(&mut context, loc);
        Ok(())
    }

    fn fail_label(&mut self, context: &mut PatternContext<'a>, pops: usize) -> Label {
        while context.fail_pop.len() <= pops {
            let label = self.new_label();
            context.fail_pop.push(label);
        }
        context.fail_pop[pops]
    }

    /// Jumps to where everything on the stack that belongs to the pattern is popped.
    pub(super) fn jump_to_fail(&mut self, opcode: Opcode, context: &mut PatternContext<'a>, loc: Span) {
        let pops = context.on_top + context.stores.len();
        let label = self.fail_label(context, pops);
        self.jump(opcode, label, loc);
    }

    fn place_fail_labels(&mut self, context: &mut PatternContext<'a>, loc: Span) {
        for (pops, label) in std::mem::take(&mut context.fail_pop).into_iter().enumerate().rev() {
            self.use_label(label);
            if pops > 0 {
                self.emit0(Opcode::POP_TOP, loc);
            }
        }
    }

    /// Moves the top of the stack down below `count - 1` values.
    fn rotate(&mut self, count: usize, loc: Span) {
        for depth in (2..=count).rev() {
            self.emit(Opcode::SWAP, depth as u32, loc);
        }
    }

    fn duplicate_store<T>(&self, name: &str, loc: Span) -> Result<T> {
        self.error(loc, format!("multiple assignments to name '{name}' in pattern"))
    }

    /// Captures the top of the stack, or drops it.
    pub(super) fn capture(
        &mut self,
        name: Option<&'a str>,
        context: &mut PatternContext<'a>,
        loc: Span,
    ) -> Result {
        let Some(name) = name else {
            self.emit0(Opcode::POP_TOP, loc);
            return Ok(());
        };
        if context.stores.contains(&name) {
            return self.duplicate_store(name, loc);
        }
        self.rotate(context.on_top + context.stores.len() + 1, loc);
        context.stores.push(name);
        Ok(())
    }

    pub(super) fn pattern(&mut self, pattern: &'a Pattern<'a>, context: &mut PatternContext<'a>) -> Result {
        self.setup.limit.check()?;
        let loc = pattern.loc;
        match pattern.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    return self.error(loc, "patterns may only match literals and attribute lookups");
                }
                self.visit_expr(value)?;
                self.emit_compare(CmpOp::Eq, loc);
                self.emit0(Opcode::TO_BOOL, loc);
                self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(constants::constant(value), loc);
                self.emit_compare(CmpOp::Is, loc);
                self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.sequence_pattern(pattern, patterns, context),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(pattern, keys, patterns, rest, context)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(pattern, cls, patterns, kwd_attrs, kwd_patterns, context)
            }
            PatternKind::MatchStar { name } => self.capture(name, context, loc),
            PatternKind::MatchAs { pattern: inner, name } => self.as_pattern(pattern, inner, name, context),
            PatternKind::MatchOr { patterns } => self.or_pattern(pattern, patterns, context),
        }
    }

    /// A pattern inside another, where one that always matches does no harm.
    pub(super) fn subpattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        context: &mut PatternContext<'a>,
    ) -> Result {
        let before = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(pattern, context)?;
        context.allow_irrefutable = before;
        Ok(())
    }

    fn as_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        inner: Option<&'a Pattern<'a>>,
        name: Option<&'a str>,
        context: &mut PatternContext<'a>,
    ) -> Result {
        let loc = pattern.loc;
        let Some(inner) = inner else {
            if !context.allow_irrefutable {
                let what = match name {
                    Some(name) => format!("name capture '{name}'"),
                    None => "wildcard".to_owned(),
                };
                return self.error(loc, format!("{what} makes remaining patterns unreachable"));
            }
            return self.capture(name, context, loc);
        };
        context.on_top += 1;
        self.emit(Opcode::COPY, 1, loc);
        self.pattern(inner, context)?;
        context.on_top -= 1;
        self.capture(name, context, loc)
    }

    fn class_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [&'a str],
        kwd_patterns: &'a [Pattern<'a>],
        context: &mut PatternContext<'a>,
    ) -> Result {
        let loc = pattern.loc;
        if kwd_attrs.len() != kwd_patterns.len() {
            let msg = format!(
                "kwd_attrs ({}) / kwd_patterns ({}) length mismatch in class pattern",
                kwd_attrs.len(),
                kwd_patterns.len()
            );
            return self.error(loc, msg);
        }
        for (index, attr) in kwd_attrs.iter().enumerate() {
            if let Some(again) = kwd_attrs[index + 1..].iter().position(|other| other == attr) {
                let msg = format!("attribute name repeated in class pattern: {attr}");
                return self.error(kwd_patterns[index + 1 + again].loc, msg);
            }
        }
        self.visit_expr(cls)?;
        self.load_const(constants::names(kwd_attrs.iter().copied()), loc);
        self.emit(Opcode::MATCH_CLASS, patterns.len() as u32, loc);
        self.emit(Opcode::COPY, 1, loc);
        self.load_none(loc);
        self.emit(Opcode::IS_OP, 1, loc);
        // The tuple of attributes, or None.
        context.on_top += 1;
        self.jump_to_fail(Opcode::POP_JUMP_IF_FALSE, context, loc);
        let count = patterns.len() + kwd_patterns.len();
        self.emit(Opcode::UNPACK_SEQUENCE, count as u32, loc);
        context.on_top = context.on_top + count - 1;
        for attribute in patterns.iter().chain(kwd_patterns) {
            context.on_top -= 1;
            if is_wildcard(attribute) {
                self.emit0(Opcode::POP_TOP, loc);
            } else {
                self.subpattern(attribute, context)?;
            }
        }
        Ok(())
    }

    fn or_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        alternatives: &'a [Pattern<'a>],
        context: &mut PatternContext<'a>,
    ) -> Result {
        let loc = pattern.loc;
        let end = self.new_label();
        // The names the first alternative binds, which the others have to bind too, in this order on the stack.
        let mut control: Option<Vec<&'a str>> = None;
        for (index, alternative) in alternatives.iter().enumerate() {
            let last = index + 1 == alternatives.len();
            let allow_irrefutable = last && context.allow_irrefutable;
            let mut inner = PatternContext { allow_irrefutable, ..PatternContext::default() };
            self.emit(Opcode::COPY, 1, alternative.loc);
            self.pattern(alternative, &mut inner)?;
            match &control {
                None => control = Some(inner.stores.clone()),
                Some(control) => {
                    if !self.reorder_stores(&mut inner.stores, control, alternative.loc) {
                        return self.error(loc, "alternative patterns bind different names");
                    }
                }
            }
            self.jump(Opcode::JUMP, end, alternative.loc);
            self.place_fail_labels(&mut inner, alternative.loc);
        }
        self.emit0(Opcode::POP_TOP, loc);
        self.jump_to_fail(Opcode::JUMP, context, loc);
        self.use_label(end);
        // Between the new captures and their place are the subject, the other captures and what is on top.
        let control = control.unwrap_or_default();
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(rotations, loc);
            if context.stores.contains(&name) {
                return self.duplicate_store(name, loc);
            }
            context.stores.push(name);
        }
        self.emit0(Opcode::POP_TOP, loc);
        Ok(())
    }

    /// Brings captured values into the order of `control`; false if the names are others.
    fn reorder_stores(&mut self, stores: &mut Vec<&'a str>, control: &[&'a str], loc: Span) -> bool {
        if stores.len() != control.len() {
            return false;
        }
        for target in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[target]) else { return false };
            if found == target {
                continue;
            }
            let rotations = found + 1;
            let rotated: Vec<&'a str> = stores.drain(..rotations).collect();
            let at = target - found;
            stores.splice(at..at, rotated);
            for _ in 0..rotations {
                self.rotate(target + 1, loc);
            }
        }
        true
    }
}
