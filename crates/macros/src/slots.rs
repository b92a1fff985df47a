//! What every type slot looks like from Rust and from C.
//!
//! A slot function's C parameters after `self` and its result are named by small words, from which
//! the wrapper is composed: the same table serves all slots.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// C parameters after the first one, and the result.
pub struct Shape {
    pub parameters: &'static [&'static str],
    pub result: &'static str,
    /// The first C parameter is an operand like the others (`nb_add`), not the receiver.
    pub operands: bool,
}

const fn shape(parameters: &'static [&'static str], result: &'static str) -> Option<Shape> {
    Some(Shape { parameters, result, operands: false })
}

pub fn shape_of(slot: &str) -> Option<Shape> {
    match slot {
        "tp_repr" | "tp_str" | "tp_iter" | "nb_negative" | "nb_positive" | "nb_absolute" | "nb_invert"
        | "nb_int" | "nb_float" | "nb_index" | "am_await" | "am_aiter" | "am_anext" => shape(&[], "obj"),
        "tp_iternext" => shape(&[], "iter"),
        "nb_bool" => shape(&[], "bool"),
        "sq_length" | "mp_length" => shape(&[], "len"),
        "tp_hash" => shape(&[], "hash"),
        "tp_finalize" | "tp_del" => shape(&[], "nothing"),
        "tp_clear" => shape(&[], "zero"),
        "tp_traverse" => shape(&["visit", "data"], "traverse"),
        "mp_subscript" | "sq_concat" | "sq_inplace_concat" | "tp_getattro" => shape(&["obj"], "obj"),
        "sq_item" | "sq_repeat" | "sq_inplace_repeat" => shape(&["isize"], "obj"),
        "sq_ass_item" => shape(&["isize", "opt"], "unit"),
        "sq_contains" => shape(&["obj"], "bool"),
        "mp_ass_subscript" | "tp_setattro" | "tp_descr_set" => shape(&["obj", "opt"], "unit"),
        "tp_richcompare" => shape(&["obj", "op"], "obj"),
        "tp_descr_get" => shape(&["opt", "opt"], "obj"),
        "tp_call" => shape(&["tuple", "dict"], "obj"),
        "tp_init" => shape(&["tuple", "dict"], "unit"),
        "tp_new" => shape(&["tuple", "dict"], "obj"),
        "bf_getbuffer" => shape(&["view", "int"], "unit"),
        "bf_releasebuffer" => shape(&["view"], "nothing"),
        "am_send" => shape(&["obj", "out"], "send"),
        "nb_power" => Some(Shape { parameters: &["obj", "obj"], result: "obj", operands: true }),
        "nb_inplace_power" => shape(&["obj", "obj"], "obj"),
        _ if slot.starts_with("nb_inplace_") => shape(&["obj"], "obj"),
        _ if slot.starts_with("nb_") => Some(Shape { parameters: &["obj"], result: "obj", operands: true }),
        _ => None,
    }
}

/// The C declaration of parameter `name` of kind `word`, and the Rust value made of it.
pub fn parameter(word: &str, name: &Ident) -> (TokenStream, TokenStream) {
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    let trampoline = quote!(::taipan_objects::model::trampoline);
    match word {
        "obj" => (quote!(#name: #object), quote!(#trampoline::borrow(#name))),
        "opt" => (quote!(#name: #object), quote!(#trampoline::borrow_opt(#name))),
        "isize" => (quote!(#name: isize), quote!(#name)),
        "int" => (quote!(#name: ::core::ffi::c_int), quote!(#name)),
        "op" => {
            (quote!(#name: ::core::ffi::c_int), quote!(::taipan_objects::model::CompareOp::from_raw(#name)))
        }
        "tuple" => (quote!(#name: #object), quote!(#trampoline::borrow_tuple(#name))),
        "dict" => (quote!(#name: #object), quote!(#trampoline::borrow_dict(#name))),
        "view" => (quote!(#name: *mut ::taipan_abi::Py_buffer), quote!(&mut *#name)),
        "visit" => (quote!(#name: ::taipan_abi::visitproc), quote!()),
        "data" => (quote!(#name: *mut ::core::ffi::c_void), quote!()),
        "out" => (quote!(#name: *mut #object), quote!()),
        other => unreachable!("parameter kind {other}"),
    }
}

/// The C result type and the expression that turns `call`'s value into it.
pub fn result(word: &str, call: TokenStream) -> (TokenStream, TokenStream) {
    let trampoline = quote!(::taipan_objects::model::trampoline);
    let int = quote!(::core::ffi::c_int);
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    match word {
        "obj" => (object, quote!(#trampoline::ret_obj(#call))),
        "iter" => (object, quote!(#trampoline::ret_iter(#call))),
        "bool" => (int, quote!(#trampoline::ret_bool(#call))),
        "unit" => (int, quote!(#trampoline::ret_unit(#call))),
        "len" => (quote!(isize), quote!(#trampoline::ret_len(#call))),
        "hash" => (quote!(isize), quote!(#trampoline::ret_hash(#call))),
        "nothing" => (quote!(()), quote!(#call)),
        "zero" => (int, quote!({ #call; 0 })),
        "send" => (int, quote!(#trampoline::ret_send(#call, p1))),
        other => unreachable!("result kind {other}"),
    }
}

/// The wrapper function for `slot` around `target`.
pub fn expand_slot(
    slot: &Ident,
    shape: &Shape,
    target: TokenStream,
    first: &str,
    owner: &TokenStream,
    wrapper: &Ident,
) -> TokenStream {
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    let trampoline = quote!(::taipan_objects::model::trampoline);
    let (mut declared, mut passed) = (vec![quote!(slf: #object)], Vec::new());
    passed.push(match first {
        "self" => quote!(#trampoline::cast::<#owner>(slf)),
        "cls" => quote!(#trampoline::borrow_type(slf)),
        _ => quote!(#trampoline::borrow(slf)),
    });
    for (i, word) in shape.parameters.iter().enumerate() {
        let name = format_ident!("p{i}");
        let (declaration, value) = parameter(word, &name);
        declared.push(declaration);
        if !value.is_empty() {
            passed.push(value);
        }
    }
    let (result_type, body) = if shape.result == "traverse" {
        let body = quote! {
            let mut visitor = ::taipan_objects::model::gc::Visitor::new(p0, p1);
            #target(#(#passed,)* &mut visitor);
            visitor.finish()
        };
        (quote!(::core::ffi::c_int), body)
    } else {
        result(shape.result, quote!(#target(#(#passed),*)))
    };
    let _ = slot;
    quote! {
        #[allow(unsafe_code, unused_unsafe, clippy::undocumented_unsafe_blocks)]
        unsafe extern "C" fn #wrapper(#(#declared),*) -> #result_type {
            unsafe { #body }
        }
    }
}
