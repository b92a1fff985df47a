//! The instruction table, code-object data, line and exception tables, and the marshal codec.
//!
//! Instructions are declared once, in `instructions.def`; [`opcode::Opcode`] and its tables are generated
//! from there. [`code::CodeData`] is a code object as plain owned data: the compiler makes it, the runtime
//! turns it into an object.

pub mod code;
pub mod exceptiontable;
mod generated;
pub mod linetable;
pub mod marshal;
pub mod opcode;
pub mod validate;
pub mod wtf8;

pub use code::{CodeData, Constant};
pub use opcode::Opcode;
pub use wtf8::Wtf8Buf;
