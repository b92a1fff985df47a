//! `#[pymethods(NAME)] impl T { … }`: collects the methods, properties and slots of one impl block
//! into a `TypePart` static called `NAME`, which the type lists in its `parts(…)`.

use crate::function::{self, Options, Receiver, c_string, doc_of};
use crate::signature::Signature;
use crate::slots;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use syn::{Error, ImplItem, ImplItemFn, ItemImpl, Result};

#[derive(Default)]
struct Property {
    getter: Option<TokenStream>,
    setter: Option<TokenStream>,
    doc: String,
}

#[derive(Default)]
struct Collected {
    wrappers: Vec<TokenStream>,
    methods: Vec<TokenStream>,
    slots: Vec<TokenStream>,
    properties: BTreeMap<String, Property>,
}

pub fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut block: ItemImpl = syn::parse2(item)?;
    let part: Ident = if options.is_empty() { format_ident!("METHODS") } else { syn::parse2(options)? };
    let self_type = &block.self_ty;
    let owner = quote!(#self_type);
    let mut collected = Collected::default();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let attributes = std::mem::take(&mut function.attrs);
        let (ours, kept): (Vec<_>, Vec<_>) = attributes.into_iter().partition(|a| {
            ["pymethod", "getter", "setter", "slot", "new", "init", "call"]
                .iter()
                .any(|name| a.path().is_ident(name))
        });
        function.attrs = kept;
        for attribute in ours {
            let options = Options::of_attribute(&attribute)?;
            let kind = attribute.path().require_ident()?.to_string();
            declare(&kind, function, &options, &owner, &mut collected)?;
        }
    }
    let Collected { wrappers, methods, slots, properties } = collected;
    let properties = properties
        .iter()
        .map(|(name, property)| property_definition(name, property, &part))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        #block
        #[allow(unsafe_code, non_upper_case_globals, clippy::undocumented_unsafe_blocks)]
        pub static #part: ::taipan_objects::model::spec::TypePart = {
            #(#wrappers)*
            ::taipan_objects::model::spec::TypePart {
                methods: &[#(#methods,)* ::taipan_objects::model::spec::END_OF_METHODS],
                properties: &[#(#properties,)* ::taipan_objects::model::spec::END_OF_PROPERTIES],
                slots: &[#(#slots),*],
            }
        };
    })
}

fn declare(
    kind: &str,
    function: &ImplItemFn,
    options: &Options,
    owner: &TokenStream,
    out: &mut Collected,
) -> Result<()> {
    let ident = &function.sig.ident;
    let target = quote!(<#owner>::#ident);
    let doc = doc_of(&function.attrs);
    match kind {
        "pymethod" => {
            let method = function::expand_method(target, &function.sig, &doc, options, Some(owner))?;
            out.wrappers.push(method.wrapper);
            out.methods.push(method.definition);
        }
        "getter" | "setter" => declare_property(kind, function, options, owner, &doc, out)?,
        "slot" => declare_slot(function, options, owner, out)?,
        _ => declare_constructor(kind, function, options, owner, out)?,
    }
    Ok(())
}

fn receiver_word(function: &ImplItemFn, options: &Options) -> Result<&'static str> {
    Ok(match function::parameters(&function.sig, options)?.0 {
        Receiver::SelfRef => "self",
        Receiver::Class => "cls",
        _ => "object",
    })
}

fn declare_property(
    kind: &str,
    function: &ImplItemFn,
    options: &Options,
    owner: &TokenStream,
    doc: &str,
    out: &mut Collected,
) -> Result<()> {
    let ident = &function.sig.ident;
    let bare = ident.to_string();
    let name = options
        .name
        .clone()
        .or_else(|| options.property.clone())
        .unwrap_or_else(|| bare.trim_start_matches("r#").trim_start_matches("set_").to_string());
    let wrapper = format_ident!("__{kind}_{}", ident);
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    let trampoline = quote!(::taipan_objects::model::trampoline);
    let receiver = match receiver_word(function, options)? {
        "self" => quote!(#trampoline::cast::<#owner>(slf)),
        _ => quote!(#trampoline::borrow(slf)),
    };
    let property = out.properties.entry(name).or_default();
    if kind == "getter" {
        out.wrappers.push(quote! {
            #[allow(unsafe_code, non_snake_case, clippy::undocumented_unsafe_blocks)]
            unsafe extern "C" fn #wrapper(slf: #object, _: *mut ::core::ffi::c_void) -> #object {
                unsafe { #trampoline::ret_obj(<#owner>::#ident(#receiver)) }
            }
        });
        property.getter = Some(quote!(#wrapper));
        property.doc = doc.to_string();
    } else {
        out.wrappers.push(quote! {
            #[allow(unsafe_code, non_snake_case, clippy::undocumented_unsafe_blocks)]
            unsafe extern "C" fn #wrapper(slf: #object, value: #object, _: *mut ::core::ffi::c_void) -> ::core::ffi::c_int {
                unsafe { #trampoline::ret_unit(<#owner>::#ident(#receiver, #trampoline::borrow_opt(value))) }
            }
        });
        property.setter = Some(quote!(#wrapper));
    }
    Ok(())
}

fn property_definition(name: &str, property: &Property, part: &Ident) -> Result<TokenStream> {
    let name_c = c_string(name, part.span())?;
    let option = |value: &Option<TokenStream>| match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    };
    let (get, set) = (option(&property.getter), option(&property.setter));
    let doc = if property.doc.is_empty() {
        quote!(::core::ptr::null())
    } else {
        let doc = c_string(&property.doc, part.span())?;
        quote!(#doc.as_ptr())
    };
    Ok(quote! {
        ::taipan_abi::PyGetSetDef { name: #name_c.as_ptr(), get: #get, set: #set, doc: #doc, closure: ::core::ptr::null_mut() }
    })
}

fn declare_slot(
    function: &ImplItemFn,
    options: &Options,
    owner: &TokenStream,
    out: &mut Collected,
) -> Result<()> {
    let ident = &function.sig.ident;
    let slot =
        options.slot.clone().ok_or_else(|| Error::new(ident.span(), "#[slot(tp_…)] wants a slot's name"))?;
    let number = format_ident!("Py_{}", slot);
    if options.raw {
        out.slots.push(quote!((::taipan_abi::#number, <#owner>::#ident as *const ())));
        return Ok(());
    }
    let shape = slots::shape_of(&slot.to_string()).ok_or_else(|| {
        Error::new(slot.span(), "unknown slot (or give it `raw` with an extern \"C\" function)")
    })?;
    let wrapper = format_ident!("__slot_{}_{}", slot, ident);
    let first = if shape.operands { "object" } else { receiver_word(function, options)? };
    out.wrappers.push(slots::expand_slot(&slot, &shape, quote!(<#owner>::#ident), first, owner, &wrapper));
    out.slots.push(quote!((::taipan_abi::#number, #wrapper as *const ())));
    Ok(())
}

/// `#[new]`, `#[init]` and `#[call]` with a signature: arguments bound as for a method.
fn declare_constructor(
    kind: &str,
    function: &ImplItemFn,
    options: &Options,
    owner: &TokenStream,
    out: &mut Collected,
) -> Result<()> {
    let ident = &function.sig.ident;
    let span = ident.span();
    let mut signature = Signature::parse(options.signature.as_deref().unwrap_or("()"), span)?;
    signature.wording = if options.by_position { "ByPosition" } else { "CountsKeywords" };
    let (_, types) = function::parameters(&function.sig, options)?;
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    let trampoline = quote!(::taipan_objects::model::trampoline);
    let raw_args = quote!(::taipan_objects::model::args::RawArgs);
    let name = match (&options.name, kind) {
        (Some(name), _) => quote!(#name),
        (None, "call") => quote!("__call__"),
        (None, _) => quote!(<#owner as ::taipan_objects::model::PyType>::SHORT_NAME),
    };
    let (setup, arguments) = function::bind_arguments(&signature, &types, name, span)?;
    let receiver = match receiver_word(function, options)? {
        "self" => quote!(#trampoline::cast::<#owner>(slf)),
        "cls" => quote!(#trampoline::borrow_type(slf)),
        _ => quote!(#trampoline::borrow(slf)),
    };
    let allow = quote!(#[allow(unsafe_code, unused_unsafe, unused_variables, clippy::undocumented_unsafe_blocks, clippy::useless_conversion)]);
    let wrapper = format_ident!("__{kind}_{ident}");
    // A class that derives from one without named parameters may have an `__init__` that takes some.
    let keywords = if kind == "new" && signature.positional_only() {
        quote!(let kwargs = #trampoline::constructor_keywords::<#owner>(slf, kwargs);)
    } else {
        quote!()
    };
    let (result_type, finish, slot) = match kind {
        "new" => (object.clone(), quote!(ret_obj), quote!(Py_tp_new)),
        "init" => (quote!(::core::ffi::c_int), quote!(ret_unit), quote!(Py_tp_init)),
        _ => (object.clone(), quote!(ret_obj), quote!(Py_tp_call)),
    };
    out.wrappers.push(quote! {
        #allow
        unsafe extern "C" fn #wrapper(slf: #object, args: #object, kwargs: #object) -> #result_type {
            unsafe {
                #keywords
                let raw = #raw_args::from_tuple(args, kwargs);
                #setup
                #trampoline::#finish(<#owner>::#ident(#receiver, #(#arguments),*))
            }
        }
    });
    out.slots.push(quote!((::taipan_abi::#slot, #wrapper as *const ())));
    if kind == "new" {
        let fast = format_ident!("__vectorcall_{ident}");
        out.wrappers.push(quote! {
            #allow
            unsafe extern "C" fn #fast(slf: #object, args: *const #object, nargs: usize, names: #object) -> #object {
                unsafe {
                    let raw = #raw_args::from_vectorcall(args, nargs, names);
                    #setup
                    #trampoline::ret_obj(<#owner>::#ident(#receiver, #(#arguments),*))
                }
            }
        });
        out.slots.push(quote!((::taipan_abi::Py_tp_vectorcall, #fast as *const ())));
    }
    Ok(())
}
