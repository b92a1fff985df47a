//! Comprehensions: generator expressions as functions of their outermost iterable, the others merged into the code
//! around them where the symbol table says so (PEP 709).
//!
//! A merged comprehension has its own variables all the same: what the block's variables of those names hold is kept on
//! the stack while it runs and put back afterwards, also when it raises.

use taipan_ast::{Comprehension, Expr, ExprKind};
use taipan_bytecode::{Opcode, Wtf8Buf};

use super::Codegen;
use super::fblocks::BlockType;
use super::unit::{ArgCounts, UnitKind};
use crate::error::{Result, system_error};
use crate::ir::{Label, Location};
use crate::symtable::flags::{DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, SymbolScope};
use crate::symtable::{ComprehensionKind, ScopeId, ScopeKey};

/// The parts of a comprehension.
#[derive(Clone, Copy)]
struct Parts<'a> {
    kind: ComprehensionKind,
    generators: &'a [Comprehension<'a>],
    elt: &'a Expr<'a>,
    /// The value of a dict comprehension, whose key is `elt`.
    value: Option<&'a Expr<'a>>,
    loc: Location,
}

/// What is undone when a merged comprehension ends.
struct Inlined<'a> {
    /// Variables whose values lie on the stack.
    pushed: Vec<&'a str>,
    /// Where an exception in the comprehension goes.
    cleanup: Option<Label>,
    /// Flags of the block's names as they were.
    symbols: Vec<(&'a str, u32)>,
    /// Names that are fast variables while the comprehension runs.
    fast_hidden: Vec<&'a str>,
}

fn is_bound_in(flags: u32) -> bool {
    flags & DEF_LOCAL != 0 && flags & DEF_NONLOCAL == 0
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn comprehension_expr(&mut self, expr: &'a Expr<'a>) -> Result {
        let loc = Location::from(expr.loc);
        let (kind, name, generators, elt, value) = match expr.kind {
            ExprKind::ListComp { elt, generators } => {
                (ComprehensionKind::List, "<listcomp>", generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                (ComprehensionKind::Set, "<setcomp>", generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                (ComprehensionKind::Dict, "<dictcomp>", generators, key, Some(value))
            }
            ExprKind::GeneratorExp { elt, generators } => {
                (ComprehensionKind::Generator, "<genexpr>", generators, elt, None)
            }
            _ => return Err(system_error("a comprehension was expected")),
        };
        let Some(outermost) = generators.first() else {
            return Err(system_error("comprehension with no generators"));
        };
        let parts = Parts { kind, generators, elt, value, loc };
        let scope = self.scope_for(ScopeKey::body(expr))?;
        let entry = self.setup.table.scope(scope);
        let is_async = entry.coroutine && kind != ComprehensionKind::Generator;
        if entry.comp_inlined {
            self.iterate(outermost)?;
            self.check_async_comprehension(is_async, expr)?;
            let inlined = self.enter_inlined(scope, loc)?;
            self.comprehension_body(&parts, true)?;
            return self.leave_inlined(inlined, loc);
        }
        let args = ArgCounts { positional: 1, ..ArgCounts::default() };
        self.push_unit(name, UnitKind::Comprehension, scope, expr.loc.lineno, None, args)?;
        self.check_async_comprehension(is_async, expr)?;
        self.comprehension_body(&parts, false)?;
        if kind == ComprehensionKind::Generator {
            self.convert_stop_iteration();
        } else {
            self.emit0(Opcode::RETURN_VALUE, loc);
        }
        let made = self.finish_unit(true)?;
        self.make_closure(made, 0, loc)?;
        self.iterate(outermost)?;
        self.emit(Opcode::CALL, 0, loc);
        if is_async {
            self.await_top(0, loc);
        }
        Ok(())
    }

    fn check_async_comprehension(&self, is_async: bool, expr: &'a Expr<'a>) -> Result {
        let allowed = matches!(self.unit().kind, UnitKind::AsyncFunction | UnitKind::Comprehension)
            || self.in_async_top_level();
        if is_async && !allowed {
            return self.error(expr.loc, "asynchronous comprehension outside of an asynchronous function");
        }
        Ok(())
    }

    /// The iterator of a generator, on the stack.
    fn iterate(&mut self, generator: &'a Comprehension<'a>) -> Result {
        self.visit_expr(generator.iter)?;
        let opcode = if generator.is_async != 0 { Opcode::GET_AITER } else { Opcode::GET_ITER };
        self.emit0(opcode, generator.iter.loc);
        Ok(())
    }

    fn comprehension_body(&mut self, parts: &Parts<'a>, inlined: bool) -> Result {
        let build = match parts.kind {
            ComprehensionKind::List => Some(Opcode::BUILD_LIST),
            ComprehensionKind::Set => Some(Opcode::BUILD_SET),
            ComprehensionKind::Dict => Some(Opcode::BUILD_MAP),
            ComprehensionKind::Generator => None,
        };
        if let Some(build) = build {
            self.emit(build, 0, parts.loc);
            if inlined {
                self.emit(Opcode::SWAP, 2, parts.loc);
            }
        }
        self.comprehension_generator(parts, 0, 0, inlined)
    }

    /// One `for` of a comprehension, and inside it the next, or the element. `depth` counts the iterators on the stack
    /// above the result.
    fn comprehension_generator(
        &mut self,
        parts: &Parts<'a>,
        index: usize,
        depth: u32,
        iter_on_stack: bool,
    ) -> Result {
        self.setup.limit.check()?;
        if parts.generators[index].is_async != 0 {
            self.async_generator(parts, index, depth, iter_on_stack)
        } else {
            self.sync_generator(parts, index, depth, iter_on_stack)
        }
    }

    fn sync_generator(&mut self, parts: &Parts<'a>, index: usize, depth: u32, iter_on_stack: bool) -> Result {
        let generator = &parts.generators[index];
        let (start, if_cleanup, anchor) = (self.new_label(), self.new_label(), self.new_label());
        let mut loops = true;
        if !iter_on_stack {
            if index == 0 {
                self.emit(Opcode::LOAD_FAST, 0, parts.loc);
            } else if let Some(value) = only_element(generator.iter) {
                // `for y in [f(x)]` is an assignment.
                self.visit_expr(value)?;
                loops = false;
            } else {
                self.iterate(generator)?;
            }
        }
        let mut depth = depth;
        if loops {
            depth += 1;
            self.use_label(start);
            self.jump(Opcode::FOR_ITER, anchor, generator.iter.loc);
        }
        self.visit_expr(generator.target)?;
        for test in generator.ifs {
            self.jump_if(test, if_cleanup, false)?;
        }
        let elt_loc = self.inner_generator_or_element(parts, index, depth)?;
        self.use_label(if_cleanup);
        if loops {
            self.jump(Opcode::JUMP, start, elt_loc);
            self.use_label(anchor);
            self.emit0(Opcode::END_FOR, Location::NONE);
            self.emit0(Opcode::POP_ITER, Location::NONE);
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        parts: &Parts<'a>,
        index: usize,
        depth: u32,
        iter_on_stack: bool,
    ) -> Result {
        let generator = &parts.generators[index];
        let (start, send) = (self.new_label(), self.new_label());
        let (except, if_cleanup) = (self.new_label(), self.new_label());
        if !iter_on_stack {
            if index == 0 {
                self.emit(Opcode::LOAD_FAST, 0, parts.loc);
            } else {
                self.iterate(generator)?;
            }
        }
        self.use_label(start);
        self.push_block(BlockType::Comprehension, Some(start), None, parts.loc)?;
        self.jump(Opcode::SETUP_FINALLY, except, parts.loc);
        self.emit0(Opcode::GET_ANEXT, parts.loc);
        self.load_none(parts.loc);
        self.yield_from_at(send, true, parts.loc);
        self.emit0(Opcode::POP_BLOCK, parts.loc);
        self.visit_expr(generator.target)?;
        for test in generator.ifs {
            self.jump_if(test, if_cleanup, false)?;
        }
        let elt_loc = self.inner_generator_or_element(parts, index, depth + 1)?;
        self.use_label(if_cleanup);
        self.jump(Opcode::JUMP, start, elt_loc);
        self.pop_block();
        self.use_label(except);
        self.jump(Opcode::END_ASYNC_FOR, send, parts.loc);
        Ok(())
    }

    /// What stands inside one `for`; gives the location of the jump back.
    fn inner_generator_or_element(
        &mut self,
        parts: &Parts<'a>,
        index: usize,
        depth: u32,
    ) -> Result<Location> {
        let elt_loc = Location::from(parts.elt.loc);
        if index + 1 < parts.generators.len() {
            self.comprehension_generator(parts, index + 1, depth, false)?;
            return Ok(elt_loc);
        }
        self.visit_expr(parts.elt)?;
        match parts.kind {
            ComprehensionKind::Generator => {
                self.emit_yield(elt_loc);
                self.emit0(Opcode::POP_TOP, elt_loc);
            }
            ComprehensionKind::List => self.emit(Opcode::LIST_APPEND, depth + 1, elt_loc),
            ComprehensionKind::Set => self.emit(Opcode::SET_ADD, depth + 1, elt_loc),
            ComprehensionKind::Dict => {
                let Some(value) = parts.value else {
                    return Err(system_error("dict comprehension without a value"));
                };
                self.visit_expr(value)?;
                let pair = Location::from(parts.elt.loc.to(value.loc));
                self.emit(Opcode::MAP_ADD, depth + 1, pair);
                return Ok(pair);
            }
        }
        Ok(elt_loc)
    }

    /// Makes the names of a merged comprehension mean its own variables, and keeps the values they hide.
    fn enter_inlined(&mut self, comprehension: ScopeId, loc: Location) -> Result<Inlined<'a>> {
        let in_class = self.in_class_scope() && self.unit().inlined_comprehensions == 0;
        let function = self.in_function();
        let outer_id = self.unit().scope;
        let names: Vec<(&'a str, u32)> = self
            .setup
            .table
            .scope(comprehension)
            .symbols
            .iter()
            .map(|(&name, &flags)| (name, flags))
            .collect();
        let mut state =
            Inlined { pushed: Vec::new(), cleanup: None, symbols: Vec::new(), fast_hidden: Vec::new() };
        for &(name, flags) in &names {
            if flags & DEF_PARAM != 0 {
                continue;
            }
            let outer = self.setup.table.scope(outer_id).flags(name);
            let (place, outer_place) = (SymbolScope::of(flags), SymbolScope::of(outer));
            let free = Some(SymbolScope::Free);
            let differs = place != outer_place
                && place != free
                && !(place == Some(SymbolScope::Cell) && outer_place == free);
            if differs || in_class {
                state.symbols.push((name, outer));
                self.setup.table.scope_mut(outer_id).symbols.insert(name, flags);
            }
            if is_bound_in(flags) && !function {
                let unit = self.unit_mut();
                if unit.metadata.fasthidden.get(name.as_bytes()) != Some(&true) {
                    unit.metadata.fasthidden.insert(Wtf8Buf::from(name), true);
                    state.fast_hidden.push(name);
                }
            }
        }
        self.unit_mut().inlined_comprehensions += 1;
        for &(name, flags) in names.iter().filter(|&&(_, flags)| is_bound_in(flags)) {
            self.emit_local(Opcode::LOAD_FAST_AND_CLEAR, name, loc);
            if SymbolScope::of(flags) == Some(SymbolScope::Cell) {
                if self.scope().scope_of(name) == Some(SymbolScope::Free) {
                    self.emit_free(Opcode::MAKE_CELL, name, loc);
                } else {
                    self.emit_cell(Opcode::MAKE_CELL, name, loc);
                }
            }
            state.pushed.push(name);
        }
        if !state.pushed.is_empty() {
            self.emit(Opcode::SWAP, state.pushed.len() as u32 + 1, loc);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.jump(Opcode::SETUP_FINALLY, cleanup, loc);
            self.push_block(BlockType::Comprehension, None, None, loc)?;
        }
        Ok(state)
    }

    fn leave_inlined(&mut self, state: Inlined<'a>, loc: Location) -> Result {
        if let Some(cleanup) = state.cleanup {
            self.pop_block();
            self.emit0(Opcode::POP_BLOCK, Location::NONE);
            let end = self.new_label();
            self.jump(Opcode::JUMP_NO_INTERRUPT, end, Location::NONE);
            // It raised: drop the unfinished result, under the exception.
            self.use_label(cleanup);
            self.emit(Opcode::SWAP, 2, Location::NONE);
            self.emit0(Opcode::POP_TOP, Location::NONE);
            self.restore_locals(&state.pushed, loc);
            self.emit(Opcode::RERAISE, 0, Location::NONE);
            self.use_label(end);
            self.restore_locals(&state.pushed, loc);
        }
        self.unit_mut().inlined_comprehensions -= 1;
        let outer_id = self.unit().scope;
        let symbols = &mut self.setup.table.scope_mut(outer_id).symbols;
        for (name, flags) in state.symbols {
            symbols.insert(name, flags);
        }
        let fast_hidden = &mut self.unit_mut().metadata.fasthidden;
        for name in state.fast_hidden {
            fast_hidden.insert(Wtf8Buf::from(name), false);
        }
        Ok(())
    }

    fn restore_locals(&mut self, names: &[&'a str], loc: Location) {
        self.emit(Opcode::SWAP, names.len() as u32 + 1, loc);
        for name in names.iter().rev() {
            self.emit_local(Opcode::STORE_FAST_MAYBE_NULL, name, loc);
        }
    }
}

/// The element of a list or tuple of one.
fn only_element<'a>(iter: &'a Expr<'a>) -> Option<&'a Expr<'a>> {
    match iter.kind {
        ExprKind::List { elts: [value], .. } | ExprKind::Tuple { elts: [value], .. }
            if !super::expressions::is_starred(value) =>
        {
            Some(value)
        }
        _ => None,
    }
}
