//! Expressions: one function that goes by kind, and the displays, subscripts, attributes and `yield`s.

use taipan_ast::{Expr, ExprContext, ExprKind, Operator, UnaryOp};
use taipan_bytecode::opcode as op;
use taipan_bytecode::{Constant, Opcode};

use super::unit::UnitKind;
use super::{Codegen, STACK_USE_GUIDELINE, constants};
use crate::error::{Result, system_error};
use crate::ir::Location;

/// How a list, set or tuple is built: from values on the stack, or step by step.
#[derive(Clone, Copy)]
pub(super) struct Display {
    pub(super) build: Opcode,
    pub(super) add: Opcode,
    pub(super) extend: Opcode,
    pub(super) tuple: bool,
}

impl Display {
    const SET: Display =
        Display { build: Opcode::BUILD_SET, add: Opcode::SET_ADD, extend: Opcode::SET_UPDATE, tuple: false };
    const LIST: Display = Display {
        build: Opcode::BUILD_LIST,
        add: Opcode::LIST_APPEND,
        extend: Opcode::LIST_EXTEND,
        tuple: false,
    };
    pub(super) const TUPLE: Display = Display { tuple: true, ..Display::LIST };
}

pub(super) fn is_starred(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}

fn binary_op(operator: Operator) -> u32 {
    match operator {
        Operator::Add => op::NB_ADD,
        Operator::Sub => op::NB_SUBTRACT,
        Operator::Mult => op::NB_MULTIPLY,
        Operator::MatMult => op::NB_MATRIX_MULTIPLY,
        Operator::Div => op::NB_TRUE_DIVIDE,
        Operator::Mod => op::NB_REMAINDER,
        Operator::Pow => op::NB_POWER,
        Operator::LShift => op::NB_LSHIFT,
        Operator::RShift => op::NB_RSHIFT,
        Operator::BitOr => op::NB_OR,
        Operator::BitXor => op::NB_XOR,
        Operator::BitAnd => op::NB_AND,
        Operator::FloorDiv => op::NB_FLOOR_DIVIDE,
    }
}

/// The location of an attribute access or method call: it starts at the attribute's name, where the expression spans lines.
pub(super) fn attribute_location(loc: Location, expr: &Expr<'_>) -> Location {
    let ExprKind::Attribute { attr, .. } = expr.kind else { return loc };
    let end = expr.loc;
    if loc.lineno == end.end_lineno {
        return loc;
    }
    let length = i32::try_from(attr.chars().count()).unwrap_or(i32::MAX);
    if length <= end.end_col_offset {
        Location { lineno: end.end_lineno, col: end.end_col_offset - length, ..loc }
    } else {
        Location { lineno: end.end_lineno, col: -1, end_col: -1, ..loc }
    }
}

/// `lower:upper`, unless both are constants.
pub(super) fn is_two_part_slice(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Slice { step: None, .. }) && constant_slice(expr).is_none()
}

/// The slice object for a slice all of whose parts are constants.
fn constant_slice(expr: &Expr<'_>) -> Option<[Constant; 3]> {
    let ExprKind::Slice { lower, upper, step } = expr.kind else { return None };
    let part = |part: Option<&Expr<'_>>| match part.map(|part| part.kind) {
        None => Some(Constant::None),
        Some(ExprKind::Constant { value, .. }) => Some(constants::constant(value)),
        Some(_) => None,
    };
    Some([part(lower)?, part(upper)?, part(step)?])
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn visit_exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result {
        exprs.iter().try_for_each(|expr| self.visit_expr(expr))
    }

    pub(super) fn visit_expr(&mut self, expr: &'a Expr<'a>) -> Result {
        self.setup.limit.check()?;
        let loc = expr.loc;
        match expr.kind {
            ExprKind::Constant { value, .. } => self.load_const(constants::constant(value), loc),
            ExprKind::Name { id, ctx } => self.name_op(id, ctx, loc)?,
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, ctx)?,
            ExprKind::Call { func, args, keywords } => self.call(expr, func, args, keywords)?,
            ExprKind::BinOp { left, op, right } => {
                self.visit_expr(left)?;
                self.visit_expr(right)?;
                self.emit_binary(op, loc);
            }
            ExprKind::Subscript { value, slice, ctx } => self.subscript(expr, value, slice, ctx)?,
            ExprKind::Compare { left, ops, comparators } => self.compare(expr, left, ops, comparators)?,
            ExprKind::BoolOp { op, values } => self.bool_op(expr, op, values)?,
            ExprKind::IfExp { test, body, orelse } => self.if_expr(test, body, orelse)?,
            ExprKind::UnaryOp { op, operand } => self.unary(expr, op, operand)?,
            ExprKind::NamedExpr { target, value } => {
                self.visit_expr(value)?;
                self.emit(Opcode::COPY, 1, loc);
                self.visit_expr(target)?;
            }
            ExprKind::Tuple { elts, ctx } => self.sequence(elts, ctx, Display::TUPLE, loc)?,
            ExprKind::List { elts, ctx } => self.sequence(elts, ctx, Display::LIST, loc)?,
            ExprKind::Set { elts } => self.display(elts, None, 0, Display::SET, loc)?,
            ExprKind::Dict { keys, values } => self.dict(keys, values, loc.into())?,
            ExprKind::Lambda { args, body } => self.lambda(expr, args, body)?,
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension_expr(expr)?,
            ExprKind::JoinedStr { values } => self.joined_str(expr, values)?,
            ExprKind::TemplateStr { values } => self.template_str(expr, values)?,
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(expr, value, conversion, format_spec)?;
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(expr, value, str, conversion, format_spec)?;
            }
            ExprKind::Slice { step, .. } => self.slice(expr, step)?,
            ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } | ExprKind::Await { .. } => {
                self.suspension(expr)?;
            }
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                return self.error(loc, "starred assignment target must be in a list or tuple");
            }
            ExprKind::Starred { .. } => return self.error(loc, "can't use starred expression here"),
        }
        Ok(())
    }

    pub(super) fn emit_binary(&mut self, operator: Operator, loc: impl Into<Location>) {
        self.emit(Opcode::BINARY_OP, binary_op(operator), loc);
    }

    pub(super) fn emit_inplace(&mut self, operator: Operator, loc: impl Into<Location>) {
        // The in-place forms stand in the same order behind the plain ones.
        self.emit(Opcode::BINARY_OP, binary_op(operator) + op::NB_INPLACE_ADD, loc);
    }

    fn unary(&mut self, expr: &'a Expr<'a>, operator: UnaryOp, operand: &'a Expr<'a>) -> Result {
        self.visit_expr(operand)?;
        match operator {
            UnaryOp::Invert => self.emit0(Opcode::UNARY_INVERT, expr.loc),
            UnaryOp::USub => self.emit0(Opcode::UNARY_NEGATIVE, expr.loc),
            UnaryOp::UAdd => self.emit(Opcode::CALL_INTRINSIC_1, op::INTRINSIC_UNARY_POSITIVE, expr.loc),
            UnaryOp::Not => {
                self.emit0(Opcode::TO_BOOL, expr.loc);
                self.emit0(Opcode::UNARY_NOT, expr.loc);
            }
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        elts: &'a [Expr<'a>],
        ctx: ExprContext,
        display: Display,
        loc: taipan_ast::Location,
    ) -> Result {
        match ctx {
            ExprContext::Load => self.display(elts, None, 0, display, loc),
            ExprContext::Store => self.unpack_into(elts, loc),
            ExprContext::Del => self.visit_exprs(elts),
        }
    }

    /// Builds a collection from `pushed` values on the stack, `elts` and the variable `injected`.
    pub(super) fn display(
        &mut self,
        elts: &'a [Expr<'a>],
        injected: Option<&'a str>,
        pushed: u32,
        display: Display,
        loc: impl Into<Location>,
    ) -> Result {
        let loc = loc.into();
        let count = elts.len() as u32 + pushed + u32::from(injected.is_some());
        let big = count as usize > STACK_USE_GUIDELINE;
        if !big && !elts.iter().any(is_starred) {
            self.visit_exprs(elts)?;
            if let Some(name) = injected {
                self.name_op(name, ExprContext::Load, loc)?;
            }
            let build = if display.tuple { Opcode::BUILD_TUPLE } else { display.build };
            self.emit(build, count, loc);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.emit(display.build, pushed, loc);
        }
        for (index, elt) in elts.iter().enumerate() {
            match elt.kind {
                ExprKind::Starred { value, .. } => {
                    if !built {
                        self.emit(display.build, index as u32 + pushed, loc);
                        built = true;
                    }
                    self.visit_expr(value)?;
                    self.emit(display.extend, 1, loc);
                }
                _ => {
                    self.visit_expr(elt)?;
                    if built {
                        self.emit(display.add, 1, loc);
                    }
                }
            }
        }
        if let Some(name) = injected {
            self.name_op(name, ExprContext::Load, loc)?;
            self.emit(display.add, 1, loc);
        }
        if display.tuple {
            self.emit(Opcode::CALL_INTRINSIC_1, op::INTRINSIC_LIST_TO_TUPLE, loc);
        }
        Ok(())
    }

    /// A dict of plain pairs.
    fn sub_dict(
        &mut self,
        keys: &'a [Option<&'a Expr<'a>>],
        values: &'a [Expr<'a>],
        loc: Location,
    ) -> Result {
        let count = values.len();
        let big = count * 2 > STACK_USE_GUIDELINE;
        if big {
            self.emit(Opcode::BUILD_MAP, 0, loc);
        }
        for (key, value) in keys.iter().flatten().zip(values) {
            self.visit_expr(key)?;
            self.visit_expr(value)?;
            if big {
                self.emit(Opcode::MAP_ADD, 1, loc);
            }
        }
        if !big {
            self.emit(Opcode::BUILD_MAP, count as u32, loc);
        }
        Ok(())
    }

    fn dict(&mut self, keys: &'a [Option<&'a Expr<'a>>], values: &'a [Expr<'a>], loc: Location) -> Result {
        if keys.len() != values.len() {
            return Err(system_error("Dict doesn't have the same number of keys as values"));
        }
        let mut have_dict = false;
        // Pairs seen since the last thing that was emitted.
        let mut pending = 0;
        for (index, value) in values.iter().enumerate() {
            let flush = if keys[index].is_none() { pending > 0 } else { pending * 2 > STACK_USE_GUIDELINE };
            if keys[index].is_some() && !flush {
                pending += 1;
                continue;
            }
            if flush {
                let end = if keys[index].is_none() { index } else { index + 1 };
                let start = index - pending;
                self.sub_dict(&keys[start..end], &values[start..end], loc)?;
                if have_dict {
                    self.emit(Opcode::DICT_UPDATE, 1, loc);
                }
                have_dict = true;
                pending = 0;
            }
            if keys[index].is_none() {
                if !have_dict {
                    self.emit(Opcode::BUILD_MAP, 0, loc);
                    have_dict = true;
                }
                self.visit_expr(value)?;
                self.emit(Opcode::DICT_UPDATE, 1, loc);
            }
        }
        if pending > 0 {
            let start = values.len() - pending;
            self.sub_dict(&keys[start..], &values[start..], loc)?;
            if have_dict {
                self.emit(Opcode::DICT_UPDATE, 1, loc);
            }
            have_dict = true;
        }
        if !have_dict {
            self.emit(Opcode::BUILD_MAP, 0, loc);
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: &'a str,
        ctx: ExprContext,
    ) -> Result {
        let loc = Location::from(expr.loc);
        if ctx == ExprContext::Load
            && let Some(args) = self.optimisable_super(value, attr)
        {
            self.load_super_args(value, args)?;
            self.load_super_attr(attr, args, false, loc);
            self.emit0(Opcode::NOP, attribute_location(loc, expr));
            return Ok(());
        }
        if ctx == ExprContext::Store {
            self.note_static_attribute(value, attr);
        }
        self.visit_expr(value)?;
        let loc = attribute_location(loc, expr);
        match ctx {
            ExprContext::Load => self.emit_attr(Opcode::LOAD_ATTR, attr, 1, 0, loc),
            ExprContext::Store => self.emit_private_name(Opcode::STORE_ATTR, attr, loc),
            ExprContext::Del => self.emit_private_name(Opcode::DELETE_ATTR, attr, loc),
        }
        Ok(())
    }

    /// Remembers `self.attr = …` for `__static_attributes__` of the class around.
    fn note_static_attribute(&mut self, value: &Expr<'a>, attr: &'a str) {
        if !matches!(value.kind, ExprKind::Name { id: "self", .. }) {
            return;
        }
        // The current unit is not looked at: in a class body itself nothing is set on instances.
        let Some((_, around)) = self.units.split_last_mut() else { return };
        if let Some(class) = around.iter_mut().rev().find(|unit| unit.kind == UnitKind::Class) {
            class.static_attributes.insert(attr);
        }
    }

    fn subscript(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: ExprContext,
    ) -> Result {
        if ctx == ExprContext::Load {
            self.check_subscripter(value)?;
            self.check_index(value, slice)?;
        }
        self.visit_expr(value)?;
        if ctx != ExprContext::Del && is_two_part_slice(slice) {
            self.slice_parts(slice)?;
            let load = ctx == ExprContext::Load;
            self.emit0(if load { Opcode::BINARY_SLICE } else { Opcode::STORE_SLICE }, expr.loc);
            return Ok(());
        }
        self.visit_expr(slice)?;
        match ctx {
            ExprContext::Load => self.emit(Opcode::BINARY_OP, op::NB_SUBSCR, expr.loc),
            ExprContext::Store => self.emit0(Opcode::STORE_SUBSCR, expr.loc),
            ExprContext::Del => self.emit0(Opcode::DELETE_SUBSCR, expr.loc),
        }
        Ok(())
    }

    /// The lower and upper bound of a slice.
    pub(super) fn slice_parts(&mut self, expr: &'a Expr<'a>) -> Result {
        let ExprKind::Slice { lower, upper, .. } = expr.kind else {
            return Err(system_error("a slice was expected"));
        };
        for part in [lower, upper] {
            match part {
                Some(part) => self.visit_expr(part)?,
                None => self.load_none(expr.loc),
            }
        }
        Ok(())
    }

    fn slice(&mut self, expr: &'a Expr<'a>, step: Option<&'a Expr<'a>>) -> Result {
        if let Some(parts) = constant_slice(expr) {
            self.load_const(Constant::Slice(parts.into()), expr.loc);
            return Ok(());
        }
        self.slice_parts(expr)?;
        if let Some(step) = step {
            self.visit_expr(step)?;
        }
        self.emit(Opcode::BUILD_SLICE, if step.is_some() { 3 } else { 2 }, expr.loc);
        Ok(())
    }

    /// `yield`, `yield from` and `await`.
    fn suspension(&mut self, expr: &'a Expr<'a>) -> Result {
        let loc = expr.loc;
        match expr.kind {
            ExprKind::Yield { value } => {
                if !self.in_function() {
                    return self.error(loc, "'yield' outside function");
                }
                match value {
                    Some(value) => self.visit_expr(value)?,
                    None => self.load_none(loc),
                }
                self.emit_yield(loc.into());
            }
            ExprKind::YieldFrom { value } => {
                if !self.in_function() {
                    return self.error(loc, "'yield from' outside function");
                }
                if self.unit().kind == UnitKind::AsyncFunction {
                    return self.error(loc, "'yield from' inside async function");
                }
                self.visit_expr(value)?;
                self.emit0(Opcode::GET_YIELD_FROM_ITER, loc);
                self.load_none(loc);
                self.yield_from(false, loc.into());
            }
            ExprKind::Await { value } => {
                self.visit_expr(value)?;
                self.await_top(0, loc.into());
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn emit_yield(&mut self, loc: Location) {
        let scope = self.scope();
        if scope.generator && scope.coroutine {
            self.emit(Opcode::CALL_INTRINSIC_1, op::INTRINSIC_ASYNC_GEN_WRAP, loc);
        }
        self.emit(Opcode::YIELD_VALUE, 0, loc);
        self.emit(Opcode::RESUME, RESUME_AFTER_YIELD, loc);
    }

    /// Awaits the value on the stack; `awaiter` says who asks (0 `await`, 1 `__aenter__`, 2 `__aexit__`).
    pub(super) fn await_top(&mut self, awaiter: u32, loc: Location) {
        self.emit(Opcode::GET_AWAITABLE, awaiter, loc);
        self.load_none(loc);
        self.yield_from(true, loc);
    }

    /// Delegates to the iterator under the value to send, on the stack.
    pub(super) fn yield_from(&mut self, is_await: bool, loc: Location) {
        let send = self.new_label();
        self.yield_from_at(send, is_await, loc);
    }

    /// [`Self::yield_from`] with the label of its `SEND`.
    pub(super) fn yield_from_at(&mut self, send: crate::ir::Label, is_await: bool, loc: Location) {
        let (fail, exit) = (self.new_label(), self.new_label());
        self.use_label(send);
        self.jump(Opcode::SEND, exit, loc);
        // `StopIteration` raised in the course of `close` or `throw` ends the delegation.
        self.jump(Opcode::SETUP_FINALLY, fail, loc);
        self.emit(Opcode::YIELD_VALUE, 1, loc);
        self.emit0(Opcode::POP_BLOCK, Location::NONE);
        let resume = if is_await { RESUME_AFTER_AWAIT } else { RESUME_AFTER_YIELD_FROM };
        self.emit(Opcode::RESUME, resume, loc);
        self.jump(Opcode::JUMP_NO_INTERRUPT, send, loc);
        self.use_label(fail);
        self.emit0(Opcode::CLEANUP_THROW, loc);
        self.use_label(exit);
        self.emit0(Opcode::END_SEND, loc);
    }
}

const RESUME_AFTER_YIELD: u32 = 1;
const RESUME_AFTER_YIELD_FROM: u32 = 2;
const RESUME_AFTER_AWAIT: u32 = 3;
