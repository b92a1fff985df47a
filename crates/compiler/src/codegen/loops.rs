//! `for`, `async for` and `while`, and leaving them by `break` and `continue`.

use taipan_ast::{Expr, Location as Span, Stmt};
use taipan_bytecode::Opcode;

use super::Codegen;
use super::fblocks::BlockType;
use crate::error::Result;
use crate::ir::Location;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn for_loop(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, cleanup, end) = (self.new_label(), self.new_label(), self.new_label());
        self.push_block(BlockType::ForLoop, Some(start), Some(end), stmt.loc)?;
        self.visit_expr(iter)?;
        self.emit0(Opcode::GET_ITER, iter.loc);
        self.use_label(start);
        self.jump(Opcode::FOR_ITER, cleanup, iter.loc);
        // Keeps the line of a target that stands on another than the iterable.
        self.emit0(Opcode::NOP, target.loc);
        self.visit_expr(target)?;
        self.visit_stmts(body)?;
        self.jump(Opcode::JUMP, start, Location::NONE);
        self.use_label(cleanup);
        self.emit0(Opcode::END_FOR, Location::NONE);
        self.emit0(Opcode::POP_ITER, Location::NONE);
        self.pop_block();
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn async_for_loop(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, send) = (self.new_label(), self.new_label());
        let (except, end) = (self.new_label(), self.new_label());
        self.visit_expr(iter)?;
        self.emit0(Opcode::GET_AITER, iter.loc);
        self.use_label(start);
        self.push_block(BlockType::AsyncForLoop, Some(start), Some(end), stmt.loc)?;
        self.jump(Opcode::SETUP_FINALLY, except, stmt.loc);
        self.emit0(Opcode::GET_ANEXT, stmt.loc);
        self.load_none(stmt.loc);
        self.yield_from_at(send, true, stmt.loc.into());
        self.emit0(Opcode::POP_BLOCK, stmt.loc);
        self.emit0(Opcode::NOT_TAKEN, stmt.loc);
        self.visit_expr(target)?;
        self.visit_stmts(body)?;
        self.jump(Opcode::JUMP, start, Location::NONE);
        self.pop_block();
        self.use_label(except);
        self.jump(Opcode::END_ASYNC_FOR, send, iter.loc);
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn while_loop(
        &mut self,
        stmt: &'a Stmt<'a>,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        let (start, anchor, end) = (self.new_label(), self.new_label(), self.new_label());
        self.use_label(start);
        self.push_block(BlockType::WhileLoop, Some(start), Some(end), stmt.loc)?;
        self.jump_if(test, anchor, false)?;
        self.visit_stmts(body)?;
        self.jump(Opcode::JUMP, start, Location::NONE);
        self.pop_block();
        self.use_label(anchor);
        self.visit_stmts(orelse)?;
        self.use_label(end);
        Ok(())
    }

    pub(super) fn break_loop(&mut self, origin: Span) -> Result {
        let mut loc = Location::from(origin);
        self.emit0(Opcode::NOP, loc);
        let Some(block) = self.unwind_blocks(&mut loc, false, true)? else {
            return self.error(origin, "'break' outside loop");
        };
        self.unwind_block(&block, &mut loc, false)?;
        if let Some(exit) = block.exit {
            self.jump(Opcode::JUMP, exit, loc);
        }
        Ok(())
    }

    pub(super) fn continue_loop(&mut self, origin: Span) -> Result {
        let mut loc = Location::from(origin);
        self.emit0(Opcode::NOP, loc);
        let Some(block) = self.unwind_blocks(&mut loc, false, true)? else {
            return self.error(origin, "'continue' not properly in loop");
        };
        if let Some(start) = block.start {
            self.jump(Opcode::JUMP, start, loc);
        }
        Ok(())
    }
}
