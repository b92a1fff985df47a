//! Calls: positional and keyword arguments, unpacked ones, methods, `super()`, and the loops that replace
//! `all`, `any` and `tuple` of a generator expression.

use taipan_ast::{Expr, ExprContext, ExprKind, Keyword};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::{
    CONSTANT_BUILTIN_ALL, CONSTANT_BUILTIN_ANY, CONSTANT_BUILTIN_TUPLE, INTRINSIC_LIST_TO_TUPLE,
};

use super::expressions::{Display, attribute_location, is_starred};
use super::unit::UnitKind;
use super::{Codegen, STACK_USE_GUIDELINE, constants};
use crate::error::Result;
use crate::ir::{Label, Location};
use crate::symtable::ScopeKey;
use crate::symtable::flags::{DEF_IMPORT, SymbolScope};

impl<'a> Codegen<'_, 'a> {
    pub(super) fn call(
        &mut self,
        expr: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result {
        self.check_repeated_keywords(keywords)?;
        if self.method_call(expr, func, args, keywords)? {
            return Ok(());
        }
        let end = self.new_label();
        self.check_caller(func)?;
        self.visit_expr(func)?;
        self.generator_call(func, args, keywords, end)?;
        self.emit0(Opcode::PUSH_NULL, func.loc);
        self.call_with(0, args, None, keywords, expr.loc.into())?;
        self.use_label(end);
        Ok(())
    }

    fn check_repeated_keywords(&self, keywords: &'a [Keyword<'a>]) -> Result {
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = keyword.arg else { continue };
            if let Some(other) = keywords[index + 1..].iter().find(|other| other.arg == Some(name)) {
                return self.error(other.loc, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// `object.method(…)`: the method is loaded together with its object. Says whether it applied.
    fn method_call(
        &mut self,
        expr: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = func.kind else { return Ok(false) };
        let count = args.len() + keywords.len() + usize::from(!keywords.is_empty());
        if self.is_import(value)
            || count >= STACK_USE_GUIDELINE
            || args.iter().any(is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let mut loc = Location::from(func.loc);
        if let Some(super_args) = self.optimisable_super(value, attr) {
            self.load_super_args(value, super_args)?;
            self.load_super_attr(attr, super_args, true, loc);
            loc = attribute_location(loc, func);
            self.emit0(Opcode::NOP, loc);
        } else {
            self.visit_expr(value)?;
            loc = attribute_location(loc, func);
            self.emit_attr(Opcode::LOAD_ATTR, attr, 1, 1, loc);
        }
        self.visit_exprs(args)?;
        let call_loc = attribute_location(expr.loc.into(), func);
        if keywords.is_empty() {
            self.emit(Opcode::CALL, args.len() as u32, call_loc);
        } else {
            self.visit_keywords(keywords)?;
            self.load_const(constants::names(keywords.iter().filter_map(|keyword| keyword.arg)), loc);
            self.emit(Opcode::CALL_KW, (args.len() + keywords.len()) as u32, call_loc);
        }
        Ok(true)
    }

    /// Whether an expression is a name the module imports: what is called on it is rarely a method.
    fn is_import(&self, expr: &Expr<'a>) -> bool {
        let ExprKind::Name { id, .. } = expr.kind else { return false };
        let table = &self.setup.table;
        table.scope(table.top()).flags(id) & DEF_IMPORT != 0
    }

    fn visit_keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result {
        keywords.iter().try_for_each(|keyword| self.visit_expr(keyword.value))
    }

    /// Calls what is on the stack with `pushed` arguments that are there already and those given.
    pub(super) fn call_with(
        &mut self,
        pushed: u32,
        args: &'a [Expr<'a>],
        injected: Option<&'a str>,
        keywords: &'a [Keyword<'a>],
        loc: Location,
    ) -> Result {
        self.check_repeated_keywords(keywords)?;
        let unpacks = args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE
            || args.iter().any(is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none());
        if unpacks {
            return self.call_unpacked(pushed, args, injected, keywords, loc);
        }
        self.visit_exprs(args)?;
        let mut count = pushed + args.len() as u32;
        if let Some(name) = injected {
            self.name_op(name, ExprContext::Load, loc)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.emit(Opcode::CALL, count, loc);
        } else {
            self.visit_keywords(keywords)?;
            self.load_const(constants::names(keywords.iter().filter_map(|keyword| keyword.arg)), loc);
            self.emit(Opcode::CALL_KW, count + keywords.len() as u32, loc);
        }
        Ok(())
    }

    /// A call through a tuple and a dict.
    fn call_unpacked(
        &mut self,
        pushed: u32,
        args: &'a [Expr<'a>],
        injected: Option<&'a str>,
        keywords: &'a [Keyword<'a>],
        loc: Location,
    ) -> Result {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => self.visit_expr(value)?,
            _ => self.display(args, injected, pushed, Display::TUPLE, loc)?,
        }
        if keywords.is_empty() {
            self.emit0(Opcode::PUSH_NULL, loc);
            self.emit0(Opcode::CALL_FUNCTION_EX, loc);
            return Ok(());
        }
        let mut have_dict = false;
        let mut start = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                continue;
            }
            if start < index {
                self.keyword_dict(&keywords[start..index], have_dict, loc)?;
                have_dict = true;
            }
            if !have_dict {
                self.emit(Opcode::BUILD_MAP, 0, loc);
                have_dict = true;
            }
            self.visit_expr(keyword.value)?;
            self.emit(Opcode::DICT_MERGE, 1, loc);
            start = index + 1;
        }
        if start < keywords.len() {
            self.keyword_dict(&keywords[start..], have_dict, loc)?;
        }
        self.emit0(Opcode::CALL_FUNCTION_EX, loc);
        Ok(())
    }

    /// A dict of named arguments, merged into the one below it if there is one.
    fn keyword_dict(&mut self, keywords: &'a [Keyword<'a>], merge: bool, loc: Location) -> Result {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.emit(Opcode::BUILD_MAP, 0, Location::NONE);
        }
        for keyword in keywords {
            self.load_const(keyword.arg.unwrap_or_default(), loc);
            self.visit_expr(keyword.value)?;
            if big {
                self.emit(Opcode::MAP_ADD, 1, Location::NONE);
            }
        }
        if !big {
            self.emit(Opcode::BUILD_MAP, keywords.len() as u32, loc);
        }
        if merge {
            self.emit(Opcode::DICT_MERGE, 1, loc);
        }
        Ok(())
    }

    /// `all(… for …)`, `any` and `tuple`: if the name still means the built-in, the generator is consumed by a loop.
    /// The ordinary call follows, for when it does not.
    fn generator_call(
        &mut self,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        end: Label,
    ) -> Result {
        let ExprKind::Name { id, .. } = func.kind else { return Ok(()) };
        let [generator] = args else { return Ok(()) };
        if !keywords.is_empty() || !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        let scope = self.scope_for(ScopeKey::body(generator))?;
        if self.setup.table.scope(scope).coroutine {
            return Ok(());
        }
        // The built-in, and where elements are tested, the outcome of a full run.
        let (common, outcome) = match id {
            "all" => (CONSTANT_BUILTIN_ALL, Some(true)),
            "any" => (CONSTANT_BUILTIN_ANY, Some(false)),
            "tuple" => (CONSTANT_BUILTIN_TUPLE, None),
            _ => return Ok(()),
        };
        let loc = Location::from(func.loc);
        let ordinary = self.new_label();
        self.emit(Opcode::COPY, 1, loc);
        self.emit(Opcode::LOAD_COMMON_CONSTANT, common, loc);
        self.emit_compare(taipan_ast::CmpOp::Is, loc);
        self.jump(Opcode::POP_JUMP_IF_FALSE, ordinary, loc);
        self.emit0(Opcode::POP_TOP, loc);
        if outcome.is_none() {
            self.emit(Opcode::BUILD_LIST, 0, loc);
        }
        self.visit_expr(generator)?;
        let (next, cleanup) = (self.new_label(), self.new_label());
        self.use_label(next);
        self.jump(Opcode::FOR_ITER, cleanup, loc);
        match outcome {
            None => {
                self.emit(Opcode::LIST_APPEND, 2, loc);
                self.jump(Opcode::JUMP, next, loc);
            }
            Some(outcome) => {
                self.emit0(Opcode::TO_BOOL, loc);
                let go_on = if outcome { Opcode::POP_JUMP_IF_TRUE } else { Opcode::POP_JUMP_IF_FALSE };
                self.jump(go_on, next, loc);
            }
        }
        self.emit0(Opcode::POP_ITER, Location::NONE);
        if let Some(outcome) = outcome {
            self.load_const(!outcome, loc);
        }
        self.jump(Opcode::JUMP, end, loc);
        self.use_label(cleanup);
        self.emit0(Opcode::END_FOR, Location::NONE);
        self.emit0(Opcode::POP_ITER, Location::NONE);
        match outcome {
            None => self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_LIST_TO_TUPLE, loc),
            Some(outcome) => self.load_const(outcome, loc),
        }
        self.jump(Opcode::JUMP, end, loc);
        self.use_label(ordinary);
        Ok(())
    }

    /// The arguments of a `super(…)` that `LOAD_SUPER_ATTR` can stand for: the name means the built-in as far as one can
    /// see, with two arguments or, in a method, none.
    pub(super) fn optimisable_super(&self, expr: &'a Expr<'a>, attr: &str) -> Option<&'a [Expr<'a>]> {
        let ExprKind::Call { func, args, keywords } = expr.kind else { return None };
        let is_super = matches!(func.kind, ExprKind::Name { id: "super", .. });
        // `super().__class__` is that of the super object itself.
        if !is_super || !keywords.is_empty() || attr == "__class__" {
            return None;
        }
        let table = &self.setup.table;
        if self.scope().scope_of("super") != Some(SymbolScope::GlobalImplicit)
            || table.scope(table.top()).scope_of("super").is_some()
        {
            return None;
        }
        match args {
            [first, second] if !is_starred(first) && !is_starred(second) => Some(args),
            [] => {
                let unit = self.unit();
                let class_cell = unit.kind != UnitKind::Class
                    && self.scope().scope_of("__class__") == Some(SymbolScope::Free);
                (unit.metadata.argcount > 0 && class_cell).then_some(args)
            }
            _ => None,
        }
    }

    /// Loads `super` and the class and object it works on.
    pub(super) fn load_super_args(&mut self, expr: &'a Expr<'a>, args: &'a [Expr<'a>]) -> Result {
        let ExprKind::Call { func, .. } = expr.kind else { return Ok(()) };
        self.name_op("super", ExprContext::Load, func.loc)?;
        if !args.is_empty() {
            return self.visit_exprs(args);
        }
        self.name_op("__class__", ExprContext::Load, expr.loc)?;
        let first = self.scope().varnames.first().copied();
        match first {
            Some(first) => self.name_op(first, ExprContext::Load, expr.loc),
            None => Err(crate::error::system_error("super() without an argument")),
        }
    }

    pub(super) fn load_super_attr(
        &mut self,
        attr: &'a str,
        args: &'a [Expr<'a>],
        method: bool,
        loc: Location,
    ) {
        let flags = u32::from(method) | if args.is_empty() { 0 } else { 2 };
        self.emit_attr(Opcode::LOAD_SUPER_ATTR, attr, 2, flags, loc);
    }
}
