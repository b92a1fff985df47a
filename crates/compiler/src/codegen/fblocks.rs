//! Frame blocks: the loops, handlers and context managers around a statement, and what leaving them takes.
//!
//! `return`, `break` and `continue` unwind the blocks they leave: the code that ends each block is emitted in front of
//! the jump.

use taipan_ast::{ExprContext, Stmt};
use taipan_bytecode::Opcode;

use super::Codegen;
use crate::error::{Result, syntax_error};
use crate::ir::{Label, Location};

/// The most blocks inside each other.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy, Debug)]
pub(super) enum BlockType<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// The body of `try … finally`, with the statements of the `finally` clause.
    FinallyTry(&'a [Stmt<'a>]),
    /// The `finally` clause, reached by an exception.
    FinallyEnd,
    With,
    AsyncWith,
    /// The body of an `except` clause, with the name it binds.
    HandlerCleanup(Option<&'a str>),
    /// The value of a `return` lies on the stack.
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    /// A comprehension merged into the code around it, or awaiting its elements.
    Comprehension,
    /// The body of a generator or coroutine.
    StopIteration,
}

impl BlockType<'_> {
    fn is_loop(self) -> bool {
        matches!(self, BlockType::WhileLoop | BlockType::ForLoop | BlockType::AsyncForLoop)
    }
}

/// One block around the code being emitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameBlock<'a> {
    pub(super) kind: BlockType<'a>,
    /// Where a `continue` goes.
    pub(super) start: Option<Label>,
    /// Where a `break` goes.
    pub(super) exit: Option<Label>,
    pub(super) loc: Location,
}

pub(super) fn ast_location(loc: Location) -> taipan_ast::Location {
    taipan_ast::Location::new(loc.lineno, loc.col, loc.end_lineno, loc.end_col)
}

impl<'a> Codegen<'_, 'a> {
    pub(super) fn push_block(
        &mut self,
        kind: BlockType<'a>,
        start: Option<Label>,
        exit: Option<Label>,
        loc: impl Into<Location>,
    ) -> Result {
        let loc = loc.into();
        if self.unit().fblocks.len() >= MAX_BLOCKS {
            return Err(syntax_error("too many statically nested blocks", ast_location(loc)));
        }
        // The clause is compiled a second time for the way by exception; it warned already.
        if matches!(kind, BlockType::FinallyEnd) {
            self.warnings_off += 1;
        }
        self.unit_mut().fblocks.push(FrameBlock { kind, start, exit, loc });
        Ok(())
    }

    pub(super) fn pop_block(&mut self) {
        if let Some(FrameBlock { kind: BlockType::FinallyEnd, .. }) = self.unit_mut().fblocks.pop() {
            self.warnings_off -= 1;
        }
    }

    /// Emits what ends `block`. `loc` becomes that of the code that follows.
    pub(super) fn unwind_block(
        &mut self,
        block: &FrameBlock<'a>,
        loc: &mut Location,
        preserve_tos: bool,
    ) -> Result {
        match block.kind {
            BlockType::WhileLoop
            | BlockType::ExceptionHandler
            | BlockType::ExceptionGroupHandler
            | BlockType::Comprehension
            | BlockType::StopIteration => {}
            BlockType::ForLoop | BlockType::AsyncForLoop | BlockType::PopValue => {
                if preserve_tos {
                    self.emit(Opcode::SWAP, 2, *loc);
                }
                self.emit0(Opcode::POP_TOP, *loc);
            }
            BlockType::TryExcept => self.emit0(Opcode::POP_BLOCK, *loc),
            BlockType::FinallyTry(finalbody) => {
                self.emit0(Opcode::POP_BLOCK, *loc);
                if preserve_tos {
                    self.push_block(BlockType::PopValue, None, None, *loc)?;
                }
                self.visit_stmts(finalbody)?;
                if preserve_tos {
                    self.pop_block();
                }
                *loc = Location::NONE;
            }
            BlockType::FinallyEnd => {
                if preserve_tos {
                    self.emit(Opcode::SWAP, 2, *loc);
                }
                self.emit0(Opcode::POP_TOP, *loc);
                if preserve_tos {
                    self.emit(Opcode::SWAP, 2, *loc);
                }
                self.emit0(Opcode::POP_BLOCK, *loc);
                self.emit0(Opcode::POP_EXCEPT, *loc);
            }
            BlockType::With | BlockType::AsyncWith => {
                *loc = block.loc;
                self.emit0(Opcode::POP_BLOCK, *loc);
                if preserve_tos {
                    self.emit(Opcode::SWAP, 3, *loc);
                    self.emit(Opcode::SWAP, 2, *loc);
                }
                self.call_exit_with_nones(*loc);
                if matches!(block.kind, BlockType::AsyncWith) {
                    self.await_top(2, *loc);
                }
                self.emit0(Opcode::POP_TOP, *loc);
                *loc = Location::NONE;
            }
            BlockType::HandlerCleanup(name) => {
                if name.is_some() {
                    self.emit0(Opcode::POP_BLOCK, *loc);
                }
                if preserve_tos {
                    self.emit(Opcode::SWAP, 2, *loc);
                }
                self.emit0(Opcode::POP_BLOCK, *loc);
                self.emit0(Opcode::POP_EXCEPT, *loc);
                if let Some(name) = name {
                    self.unbind_handler_name(name, *loc)?;
                }
            }
        }
        Ok(())
    }

    /// `name = None; del name`
    pub(super) fn unbind_handler_name(&mut self, name: &'a str, loc: Location) -> Result {
        self.load_none(loc);
        self.name_op(name, ExprContext::Store, loc)?;
        self.name_op(name, ExprContext::Del, loc)
    }

    /// Unwinds all blocks, innermost first; with `to_loop`, only those inside the innermost loop, which is given back.
    pub(super) fn unwind_blocks(
        &mut self,
        loc: &mut Location,
        preserve_tos: bool,
        to_loop: bool,
    ) -> Result<Option<FrameBlock<'a>>> {
        let mut left = Vec::new();
        let mut found = None;
        let mut result = Ok(());
        while let Some(&top) = self.unit().fblocks.last() {
            if matches!(top.kind, BlockType::ExceptionGroupHandler) {
                let msg = "'break', 'continue' and 'return' cannot appear in an except* block";
                result = Err(syntax_error(msg, ast_location(*loc)));
                break;
            }
            if to_loop && top.kind.is_loop() {
                found = Some(top);
                break;
            }
            self.pop_block();
            left.push(top);
            result = self.unwind_block(&top, loc, preserve_tos);
            if result.is_err() {
                break;
            }
        }
        for block in left.into_iter().rev() {
            if matches!(block.kind, BlockType::FinallyEnd) {
                self.warnings_off += 1;
            }
            self.unit_mut().fblocks.push(block);
        }
        result.map(|()| found)
    }
}
