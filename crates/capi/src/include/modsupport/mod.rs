//! `modsupport.h`: parsing arguments, building values, and the other functions that take what C calls `...`.

mod build;
mod format;
mod parse;
mod variadic;
