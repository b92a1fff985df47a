//! Operations on any object: attributes, comparison, hash, text, items.
//!
//! | file | holds |
//! |---|---|
//! | `attributes` | `getattr`, `setattr`, the generic look-up, instance dictionaries |
//! | `compare` | comparisons, hashes, truth |
//! | `text` | `repr`, `str`, `format`, `bytes` |
//! | `items` | `object[key]`, `len` |
//! | `classes` | `isinstance`, `issubclass`, `dir` |

mod attributes;
mod classes;
mod compare;
mod items;
mod text;

pub use attributes::*;
pub use classes::*;
pub use compare::*;
pub use items::*;
pub use text::*;
