//! `import` and `from … import`.

use taipan_ast::{Alias, ExprContext, Stmt};
use taipan_bytecode::opcode::INTRINSIC_IMPORT_STAR;
use taipan_bytecode::{Constant, Opcode};

use super::{Codegen, constants};
use crate::error::Result;
use crate::ir::Location;

impl<'a> Codegen<'_, 'a> {
    pub(super) fn import(&mut self, stmt: &'a Stmt<'a>, names: &'a [Alias<'a>]) -> Result {
        for alias in names {
            self.load_const(0i64, stmt.loc);
            self.load_none(stmt.loc);
            self.emit_private_name(Opcode::IMPORT_NAME, alias.name, stmt.loc);
            match alias.asname {
                Some(asname) => self.import_as(alias.name, asname, stmt)?,
                None => {
                    let first = alias.name.split('.').next().unwrap_or(alias.name);
                    self.name_op(first, ExprContext::Store, stmt.loc)?;
                }
            }
        }
        Ok(())
    }

    /// `import a.b.c as d` goes down from `a` to what is bound.
    fn import_as(&mut self, name: &'a str, asname: &'a str, stmt: &'a Stmt<'a>) -> Result {
        let Some((_, rest)) = name.split_once('.') else {
            return self.name_op(asname, ExprContext::Store, stmt.loc);
        };
        for (index, part) in rest.split('.').enumerate() {
            if index > 0 {
                self.emit(Opcode::SWAP, 2, stmt.loc);
                self.emit0(Opcode::POP_TOP, stmt.loc);
            }
            self.emit_name(Opcode::IMPORT_FROM, part, stmt.loc);
        }
        self.name_op(asname, ExprContext::Store, stmt.loc)?;
        self.emit0(Opcode::POP_TOP, stmt.loc);
        Ok(())
    }

    pub(super) fn import_from(
        &mut self,
        stmt: &'a Stmt<'a>,
        module: Option<&'a str>,
        names: &'a [Alias<'a>],
        level: i32,
    ) -> Result {
        self.load_const(Constant::from(i64::from(level)), stmt.loc);
        self.load_const(constants::names(names.iter().map(|alias| alias.name)), stmt.loc);
        self.emit_private_name(Opcode::IMPORT_NAME, module.unwrap_or_default(), stmt.loc);
        for (index, alias) in names.iter().enumerate() {
            if index == 0 && alias.name.starts_with('*') {
                self.emit(Opcode::CALL_INTRINSIC_1, INTRINSIC_IMPORT_STAR, stmt.loc);
                self.emit0(Opcode::POP_TOP, Location::NONE);
                return Ok(());
            }
            self.emit_private_name(Opcode::IMPORT_FROM, alias.name, stmt.loc);
            self.name_op(alias.asname.unwrap_or(alias.name), ExprContext::Store, stmt.loc)?;
        }
        self.emit0(Opcode::POP_TOP, stmt.loc);
        Ok(())
    }
}
