//! The built-in types, one folder each.

pub mod bool;
pub mod builtin;
pub mod bytearray;
pub mod bytes;
pub mod capsule;
pub mod cell;
pub mod code;
pub mod complex;
pub mod descriptors;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod function;
pub mod genericalias;
pub mod int;
pub mod list;
pub mod method;
pub mod module;
pub mod namespace;
pub mod object;
pub mod range;
pub mod set;
pub mod singletons;
pub mod slice;
mod static_types;
pub mod str;
pub mod structseq;
pub mod super_type;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod r#type;
pub mod typing;
pub mod union;
pub mod weakref;

pub use static_types::STATIC_TYPES;
