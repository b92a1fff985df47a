//! `#[pytype]`, `#[pymethods]`, `#[pymodule]` and `#[pyfunction]`: one declaration makes the binding,
//! the text signature and the error wording.
//!
//! The attributes only translate declarations; what runs is in `taipan_objects::model`
//! (`trampoline` for the C entry points, `args` for binding arguments, `spec` for types).
//! Generated code reaches it as `::taipan_objects::model::…`, so the objects crate names itself
//! with `extern crate self as taipan_objects`.

mod function;
mod methods;
mod module;
mod pytype;
mod signature;
mod slots;

use proc_macro::TokenStream;

/// Declares a built-in or module type. See `docs/internals/types.md` for every option.
#[proc_macro_attribute]
pub fn pytype(options: TokenStream, item: TokenStream) -> TokenStream {
    finish(pytype::expand(options.into(), item.into()))
}

/// Declares methods, properties, members and slots of a type; the argument names the
/// `TypePart` static that collects them.
#[proc_macro_attribute]
pub fn pymethods(options: TokenStream, item: TokenStream) -> TokenStream {
    finish(methods::expand(options.into(), item.into()))
}

/// Declares a native module: an inline `mod` whose `#[pyfunction]`s become its functions.
#[proc_macro_attribute]
pub fn pymodule(options: TokenStream, item: TokenStream) -> TokenStream {
    finish(module::expand(options.into(), item.into()))
}

/// Declares one function outside a `#[pymodule]` block: makes a `PyMethodDef` constant of the
/// function's name in upper case, to be listed in a module's `functions = […]`.
#[proc_macro_attribute]
pub fn pyfunction(options: TokenStream, item: TokenStream) -> TokenStream {
    finish(function::expand_standalone(options.into(), item.into()))
}

fn finish(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(|error| error.to_compile_error()).into()
}
