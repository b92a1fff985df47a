//! The abstract syntax tree of Python 3.14: nodes, visitors, and the errors and warnings that reading source can give.
//!
//! Nodes are plain data that borrow from one [`Arena`]; they are `Copy`, never change once made, and are freed together
//! with the arena. Their names and fields are those of Python's `ast` module (`type` is `type_`), defined once
//! in `nodes.def`. [`schema`] gives the same definition as data.

pub mod arena;
pub mod constant;
pub mod errors;
pub mod location;
pub mod schema;
pub mod wtf8;

#[path = "generated/nodes.rs"]
pub mod nodes;

pub use arena::Arena;
pub use constant::{Constant, Int};
pub use errors::{SyntaxError, SyntaxErrorKind, WarningCategory, WarningSink};
pub use location::Location;
pub use nodes::*;
pub use wtf8::Wtf8;
