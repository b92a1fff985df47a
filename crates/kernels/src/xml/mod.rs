//! An XML parser that is fed piece by piece and hands out one event at a time (XML 1.0, Namespaces in XML 1.0).
//!
//! It checks well-formedness, reads the internal subset, puts in the replacement text of internal entities and the
//! default values of attributes, and leaves what lies outside of the document to its caller. Events, errors and their
//! places are those of the parser library Expat, which callers know.
//!
//! | file | holds |
//! |---|---|
//! | `input` | bytes to text, and places in the bytes |
//! | `names` | which characters may stand where |
//! | `scan` | tokens: names, tags, comments, references, what declarations are made of |
//! | `events` | what the caller is told |
//! | `parser` | the state of a parser, and its turns |
//! | `content` | elements, text and references |
//! | `attributes` | attribute values and namespaces |
//! | `prolog` | the XML declaration, the document type declaration |
//! | `declarations` | what a document type declares |
//! | `dtd` | what is known from there |

mod attributes;
mod content;
mod declarations;
mod dtd;
mod events;
mod input;
mod names;
mod parser;
mod prolog;
mod scan;

pub use events::{Error, Event, EventKind, External, Part, Quantity, Shape};
pub use input::{Encoding, Position};
pub use parser::{Limits, Options, Outcome, ParameterEntities, Parser};
