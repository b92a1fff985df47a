//! `try` with `except`, `except*`, `else` and `finally`.

use taipan_ast::{ExceptHandler, ExprContext, Stmt};
use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::INTRINSIC_PREP_RERAISE_STAR;

use super::Codegen;
use super::fblocks::BlockType;
use crate::error::Result;
use crate::ir::{Label, Location};

/// The parts of a `try` statement.
#[derive(Clone, Copy)]
pub(super) struct TryParts<'a> {
    pub(super) body: &'a [Stmt<'a>],
    pub(super) handlers: &'a [ExceptHandler<'a>],
    pub(super) orelse: &'a [Stmt<'a>],
    pub(super) finalbody: &'a [Stmt<'a>],
    pub(super) star: bool,
}

/// Instructions nobody wrote.
const NOWHERE: Location = Location::NONE;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn try_statement(&mut self, stmt: &'a Stmt<'a>, parts: TryParts<'a>) -> Result {
        if parts.finalbody.is_empty() {
            return self.try_handlers(stmt, parts);
        }
        let (body, end) = (self.new_label(), self.new_label());
        let (exit, cleanup) = (self.new_label(), self.new_label());
        self.jump(Opcode::SETUP_FINALLY, end, stmt.loc);
        self.use_label(body);
        self.push_block(BlockType::FinallyTry(parts.finalbody), Some(body), Some(end), stmt.loc)?;
        if parts.handlers.is_empty() {
            self.visit_stmts(parts.body)?;
        } else {
            self.try_handlers(stmt, parts)?;
        }
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        self.pop_block();
        self.visit_stmts(parts.finalbody)?;
        self.jump(Opcode::JUMP_NO_INTERRUPT, exit, NOWHERE);
        // The clause again, for when an exception is on its way.
        self.use_label(end);
        self.push_block(BlockType::FinallyEnd, Some(end), None, NOWHERE)?;
        self.jump(Opcode::SETUP_CLEANUP, cleanup, NOWHERE);
        self.emit0(Opcode::PUSH_EXC_INFO, NOWHERE);
        self.visit_stmts(parts.finalbody)?;
        self.pop_block();
        self.emit(Opcode::RERAISE, 0, NOWHERE);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(exit);
        Ok(())
    }

    fn try_handlers(&mut self, stmt: &'a Stmt<'a>, parts: TryParts<'a>) -> Result {
        if parts.star { self.try_except_star(stmt, parts) } else { self.try_except(stmt, parts) }
    }

    pub(super) fn pop_except_and_reraise(&mut self) {
        self.emit(Opcode::COPY, 3, NOWHERE);
        self.emit0(Opcode::POP_EXCEPT, NOWHERE);
        self.emit(Opcode::RERAISE, 1, NOWHERE);
    }

    fn try_except(&mut self, stmt: &'a Stmt<'a>, parts: TryParts<'a>) -> Result {
        let (body, except) = (self.new_label(), self.new_label());
        let (end, cleanup) = (self.new_label(), self.new_label());
        self.jump(Opcode::SETUP_FINALLY, except, stmt.loc);
        self.use_label(body);
        self.push_block(BlockType::TryExcept, Some(body), None, stmt.loc)?;
        self.visit_stmts(parts.body)?;
        self.pop_block();
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        self.visit_stmts(parts.orelse)?;
        self.jump(Opcode::JUMP_NO_INTERRUPT, end, NOWHERE);
        self.use_label(except);
        self.jump(Opcode::SETUP_CLEANUP, cleanup, NOWHERE);
        self.emit0(Opcode::PUSH_EXC_INFO, NOWHERE);
        self.push_block(BlockType::ExceptionHandler, None, None, stmt.loc)?;
        for (index, handler) in parts.handlers.iter().enumerate() {
            if handler.type_.is_none() && index + 1 < parts.handlers.len() {
                return self.error(handler.loc, "default 'except:' must be last");
            }
            self.except_clause(handler, end)?;
        }
        self.emit(Opcode::RERAISE, 0, NOWHERE);
        self.pop_block();
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(end);
        Ok(())
    }

    fn except_clause(&mut self, handler: &'a ExceptHandler<'a>, end: Label) -> Result {
        let next = self.new_label();
        if let Some(class) = handler.type_ {
            self.visit_expr(class)?;
            self.emit0(Opcode::CHECK_EXC_MATCH, handler.loc);
            self.jump(Opcode::POP_JUMP_IF_FALSE, next, handler.loc);
        }
        let body = self.new_label();
        if let Some(name) = handler.name {
            // The name is unbound however the clause ends.
            let unbind = self.new_label();
            self.name_op(name, ExprContext::Store, handler.loc)?;
            self.jump(Opcode::SETUP_CLEANUP, unbind, handler.loc);
            self.use_label(body);
            self.push_block(BlockType::HandlerCleanup(Some(name)), Some(body), None, handler.loc)?;
            self.visit_stmts(handler.body)?;
            self.pop_block();
            self.emit0(Opcode::POP_BLOCK, NOWHERE);
            self.emit0(Opcode::POP_BLOCK, NOWHERE);
            self.emit0(Opcode::POP_EXCEPT, NOWHERE);
            self.unbind_handler_name(name, NOWHERE)?;
            self.jump(Opcode::JUMP_NO_INTERRUPT, end, NOWHERE);
            self.use_label(unbind);
            self.unbind_handler_name(name, NOWHERE)?;
            self.emit(Opcode::RERAISE, 1, NOWHERE);
        } else {
            self.emit0(Opcode::POP_TOP, handler.loc);
            self.use_label(body);
            self.push_block(BlockType::HandlerCleanup(None), Some(body), None, handler.loc)?;
            self.visit_stmts(handler.body)?;
            self.pop_block();
            self.emit0(Opcode::POP_BLOCK, NOWHERE);
            self.emit0(Opcode::POP_EXCEPT, NOWHERE);
            self.jump(Opcode::JUMP_NO_INTERRUPT, end, NOWHERE);
        }
        self.use_label(next);
        Ok(())
    }

    /// `except*`: the stack holds the original group, a list of what the clauses raised, and the rest of the group that
    /// no clause has matched.
    fn try_except_star(&mut self, stmt: &'a Stmt<'a>, parts: TryParts<'a>) -> Result {
        let (body, except, orelse) = (self.new_label(), self.new_label(), self.new_label());
        let (end, cleanup, reraise_star) = (self.new_label(), self.new_label(), self.new_label());
        self.jump(Opcode::SETUP_FINALLY, except, stmt.loc);
        self.use_label(body);
        self.push_block(BlockType::TryExcept, Some(body), None, stmt.loc)?;
        self.visit_stmts(parts.body)?;
        self.pop_block();
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        self.jump(Opcode::JUMP_NO_INTERRUPT, orelse, NOWHERE);
        self.use_label(except);
        self.jump(Opcode::SETUP_CLEANUP, cleanup, NOWHERE);
        self.emit0(Opcode::PUSH_EXC_INFO, NOWHERE);
        self.push_block(BlockType::ExceptionGroupHandler, None, None, stmt.loc)?;
        for (index, handler) in parts.handlers.iter().enumerate() {
            if index == 0 {
                self.emit(Opcode::BUILD_LIST, 0, handler.loc);
                self.emit(Opcode::COPY, 2, handler.loc);
            }
            self.except_star_clause(handler)?;
            if index + 1 == parts.handlers.len() {
                // What is left of the group joins what was raised.
                self.emit(Opcode::LIST_APPEND, 1, NOWHERE);
                self.jump(Opcode::JUMP_NO_INTERRUPT, reraise_star, NOWHERE);
            }
        }
        self.pop_block();
        let reraise = self.new_label();
        self.use_label(reraise_star);
        self.emit(Opcode::CALL_INTRINSIC_2, INTRINSIC_PREP_RERAISE_STAR, NOWHERE);
        self.emit(Opcode::COPY, 1, NOWHERE);
        self.jump(Opcode::POP_JUMP_IF_NOT_NONE, reraise, NOWHERE);
        self.emit0(Opcode::POP_TOP, NOWHERE);
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        self.emit0(Opcode::POP_EXCEPT, NOWHERE);
        self.jump(Opcode::JUMP_NO_INTERRUPT, end, NOWHERE);
        self.use_label(reraise);
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        self.emit(Opcode::SWAP, 2, NOWHERE);
        self.emit0(Opcode::POP_EXCEPT, NOWHERE);
        self.emit(Opcode::RERAISE, 0, NOWHERE);
        self.use_label(cleanup);
        self.pop_except_and_reraise();
        self.use_label(orelse);
        self.visit_stmts(parts.orelse)?;
        self.use_label(end);
        Ok(())
    }

    fn except_star_clause(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        let (next, with_error, no_match) = (self.new_label(), self.new_label(), self.new_label());
        if let Some(class) = handler.type_ {
            self.visit_expr(class)?;
            self.emit0(Opcode::CHECK_EG_MATCH, handler.loc);
            self.emit(Opcode::COPY, 1, handler.loc);
            self.jump(Opcode::POP_JUMP_IF_NONE, no_match, handler.loc);
        }
        let (raised, body) = (self.new_label(), self.new_label());
        match handler.name {
            Some(name) => self.name_op(name, ExprContext::Store, handler.loc)?,
            None => self.emit0(Opcode::POP_TOP, handler.loc),
        }
        self.jump(Opcode::SETUP_CLEANUP, raised, handler.loc);
        self.use_label(body);
        self.push_block(BlockType::HandlerCleanup(handler.name), Some(body), None, handler.loc)?;
        self.visit_stmts(handler.body)?;
        self.pop_block();
        self.emit0(Opcode::POP_BLOCK, NOWHERE);
        if let Some(name) = handler.name {
            self.unbind_handler_name(name, NOWHERE)?;
        }
        self.jump(Opcode::JUMP_NO_INTERRUPT, next, NOWHERE);
        self.use_label(raised);
        if let Some(name) = handler.name {
            self.unbind_handler_name(name, NOWHERE)?;
        }
        self.emit(Opcode::LIST_APPEND, 3, NOWHERE);
        self.emit0(Opcode::POP_TOP, NOWHERE);
        self.jump(Opcode::JUMP_NO_INTERRUPT, with_error, NOWHERE);
        self.use_label(next);
        // Holds a location that is propagated here.
        self.emit0(Opcode::NOP, NOWHERE);
        self.jump(Opcode::JUMP_NO_INTERRUPT, with_error, NOWHERE);
        self.use_label(no_match);
        self.emit0(Opcode::POP_TOP, handler.loc);
        self.use_label(with_error);
        Ok(())
    }
}
