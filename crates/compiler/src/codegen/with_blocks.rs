//! `with` and `async with`.

use taipan_ast::{Stmt, WithItem};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::{SPECIAL___AENTER__, SPECIAL___AEXIT__, SPECIAL___ENTER__, SPECIAL___EXIT__};

use super::Codegen;
use super::fblocks::BlockType;
use crate::error::Result;
use crate::ir::{Label, Location};

/// Who awaits in `async with`, for `GET_AWAITABLE`.
const AWAITS_ENTER: u32 = 1;
const AWAITS_EXIT: u32 = 2;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn with(&mut self, items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], is_async: bool) -> Result {
        self.setup.limit.check()?;
        let Some((item, rest)) = items.split_first() else { return self.visit_stmts(body) };
        let (block, handler) = (self.new_label(), self.new_label());
        let (exit, cleanup) = (self.new_label(), self.new_label());
        self.visit_expr(item.context_expr)?;
        let loc = Location::from(item.context_expr.loc);
        let (enter_method, exit_method) = match is_async {
            false => (SPECIAL___ENTER__, SPECIAL___EXIT__),
            true => (SPECIAL___AENTER__, SPECIAL___AEXIT__),
        };
        self.emit(Opcode::COPY, 1, loc);
        self.emit(Opcode::LOAD_SPECIAL, exit_method, loc);
        self.emit(Opcode::SWAP, 2, loc);
        self.emit(Opcode::SWAP, 3, loc);
        self.emit(Opcode::LOAD_SPECIAL, enter_method, loc);
        self.emit(Opcode::CALL, 0, loc);
        if is_async {
            self.await_top(AWAITS_ENTER, loc);
        }
        self.jump(Opcode::SETUP_WITH, handler, loc);
        self.use_label(block);
        let kind = if is_async { BlockType::AsyncWith } else { BlockType::With };
        self.push_block(kind, Some(block), Some(handler), loc)?;
        match item.optional_vars {
            Some(target) => self.visit_expr(target)?,
            None => self.emit0(Opcode::POP_TOP, loc),
        }
        self.with(rest, body, is_async)?;
        self.emit0(Opcode::POP_BLOCK, if is_async { loc } else { Location::NONE });
        self.pop_block();
        // The body ended without an exception.
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_top(AWAITS_EXIT, loc);
        }
        self.emit0(Opcode::POP_TOP, loc);
        self.jump(Opcode::JUMP, exit, loc);
        // It raised one.
        self.use_label(handler);
        self.jump(Opcode::SETUP_CLEANUP, cleanup, loc);
        self.emit0(Opcode::PUSH_EXC_INFO, loc);
        self.emit0(Opcode::WITH_EXCEPT_START, loc);
        if is_async {
            self.await_top(AWAITS_EXIT, loc);
        }
        self.finish_with_except(cleanup);
        self.use_label(exit);
        Ok(())
    }

    /// `exit(None, None, None)`
    pub(super) fn call_exit_with_nones(&mut self, loc: Location) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.emit(Opcode::CALL, 3, loc);
    }

    /// What `__exit__` returned decides whether the exception goes on.
    fn finish_with_except(&mut self, cleanup: Label) {
        const LOC: Location = Location::NONE;
        let (suppress, exit) = (self.new_label(), self.new_label());
        self.emit0(Opcode::TO_BOOL, LOC);
        self.jump(Opcode::POP_JUMP_IF_TRUE, suppress, LOC);
        self.emit(Opcode::RERAISE, 2, LOC);
        self.use_label(suppress);
        self.emit0(Opcode::POP_TOP, LOC);
        self.emit0(Opcode::POP_BLOCK, LOC);
        self.emit0(Opcode::POP_EXCEPT, LOC);
        for _ in 0..3 {
            self.emit0(Opcode::POP_TOP, LOC);
        }
        self.jump(Opcode::JUMP_NO_INTERRUPT, exit, LOC);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(exit);
    }
}
