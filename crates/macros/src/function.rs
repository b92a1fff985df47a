//! One Rust function becomes one `PyMethodDef`: the C entry point with the cheapest calling
//! convention its signature allows, and the docstring with its text signature.

use crate::signature::{Param, ParamKind, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::{Attribute, Error, Expr, FnArg, Lit, Meta, Pat, Result, Type};

/// What stands in `#[pymethod(…)]` or `#[pyfunction(…)]`.
#[derive(Default)]
pub struct Options {
    pub name: Option<String>,
    pub signature: Option<String>,
    pub class: bool,
    pub static_: bool,
    pub coexist: bool,
    pub no_text: bool,
    /// The text signature, where it is not what `signature` says.
    pub text: Option<String>,
    pub by_position: bool,
    pub pass_module: bool,
    pub raw: bool,
    pub slot: Option<Ident>,
    pub property: Option<String>,
}

impl Options {
    pub fn parse(tokens: TokenStream) -> Result<Options> {
        let mut options = Options::default();
        let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
        for meta in parser.parse2(tokens)? {
            match meta {
                Meta::NameValue(pair) => {
                    let key = pair.path.require_ident()?.to_string();
                    let text = string_of(&pair.value)?;
                    match key.as_str() {
                        "name" => options.name = Some(text),
                        "signature" => options.signature = Some(text),
                        "text" => options.text = Some(text),
                        _ => return Err(Error::new_spanned(pair.path, "unknown option")),
                    }
                }
                Meta::Path(path) => {
                    let word = path.require_ident()?;
                    match word.to_string().as_str() {
                        "class" => options.class = true,
                        "static_method" => options.static_ = true,
                        "coexist" => options.coexist = true,
                        "no_text" => options.no_text = true,
                        "by_position" => options.by_position = true,
                        "pass_module" => options.pass_module = true,
                        "raw" => options.raw = true,
                        other => {
                            options.property = Some(other.to_string());
                            options.slot = Some(word.clone());
                        }
                    }
                }
                Meta::List(list) => return Err(Error::new_spanned(list, "unknown option")),
            }
        }
        Ok(options)
    }

    pub fn of_attribute(attribute: &Attribute) -> Result<Options> {
        match &attribute.meta {
            Meta::Path(_) => Ok(Options::default()),
            Meta::List(list) => Options::parse(list.tokens.clone()),
            Meta::NameValue(pair) => Err(Error::new_spanned(pair, "write it as a list: #[attribute(…)]")),
        }
    }
}

pub fn string_of(value: &Expr) -> Result<String> {
    match value {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Ok(text.value()),
            other => Err(Error::new_spanned(other, "a string is wanted here")),
        },
        // A string that a `macro_rules` macro passed on.
        Expr::Group(group) => string_of(&group.expr),
        other => Err(Error::new_spanned(other, "a string is wanted here")),
    }
}

/// The text of the `///` lines, one leading space removed.
pub fn doc_of(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Ok(line) = string_of(&pair.value)
        {
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_string());
        }
    }
    lines.join("\n").trim().to_string()
}

/// How the first Rust parameter gets its value.
pub enum Receiver {
    /// `&self`
    SelfRef,
    /// `slf: &PyObject`
    Object,
    /// `cls: &TypeObject`
    Class,
    /// `module: &PyModule`
    Module,
    None,
}

/// `receiver` and the remaining parameter types of a Rust function.
pub fn parameters(sig: &syn::Signature, options: &Options) -> Result<(Receiver, Vec<Type>)> {
    let mut receiver = Receiver::None;
    let mut types = Vec::new();
    for (i, input) in sig.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(_) => receiver = Receiver::SelfRef,
            FnArg::Typed(typed) => {
                if i == 0 && options.pass_module {
                    receiver = Receiver::Module;
                    continue;
                }
                if i == 0
                    && let Pat::Ident(name) = &*typed.pat
                {
                    if name.ident == "slf" {
                        receiver = Receiver::Object;
                        continue;
                    }
                    if name.ident == "cls" {
                        receiver = Receiver::Class;
                        continue;
                    }
                }
                types.push((*typed.ty).clone());
            }
        }
    }
    Ok((receiver, types))
}

/// Statements that bind `raw` (a `RawArgs`) to variables, and the call arguments made of them.
pub fn bind_arguments(
    signature: &Signature,
    types: &[Type],
    name: TokenStream,
    span: Span,
) -> Result<(TokenStream, Vec<TokenStream>)> {
    if types.len() != signature.params.len() {
        let message = format!(
            "the signature has {} parameters, the Rust function takes {}",
            signature.params.len(),
            types.len()
        );
        return Err(Error::new(span, message));
    }
    let count = signature.named_count();
    let tokens = signature.to_tokens(name);
    let setup = quote! {
        static SIGNATURE: ::taipan_objects::model::args::Signature = #tokens;
        let bound = match SIGNATURE.bind::<#count>(&raw) {
            Ok(bound) => bound,
            Err(raised) => return ::taipan_objects::model::trampoline::Failure::failure(raised),
        };
    };
    let mut arguments = Vec::new();
    let mut index = 0usize;
    for (param, ty) in signature.params.iter().zip(types) {
        match param.kind {
            ParamKind::VarArgs => arguments.push(quote!(bound.var_args)),
            ParamKind::VarKeywords => arguments.push(quote!(bound.var_keywords)),
            _ => {
                arguments.push(convert_bound(param, ty, index, span)?);
                index += 1;
            }
        }
    }
    Ok((setup, arguments))
}

fn convert_bound(param: &Param, ty: &Type, index: usize, span: Span) -> Result<TokenStream> {
    let convert = quote! {
        match ::taipan_objects::model::args::FromArg::from_arg(
            value,
            &::taipan_objects::model::args::ArgName::new(&SIGNATURE, #index),
        ) {
            Ok(value) => value,
            Err(raised) => return ::taipan_objects::model::trampoline::Failure::failure(raised),
        }
    };
    match &param.default {
        None => Ok(quote! {{
            let value = bound.required(#index);
            #convert
        }}),
        Some(default) => {
            let default = default_value(default, ty, span)?;
            Ok(quote! {
                match bound.named[#index] {
                    Some(value) => #convert,
                    None => #default,
                }
            })
        }
    }
}

fn default_value(default: &str, ty: &Type, span: Span) -> Result<TokenStream> {
    let last = match ty {
        Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    match last.as_str() {
        "Option" => return Ok(quote!(None)),
        "OptArg" => return Ok(quote!(::taipan_objects::model::args::OptArg::Missing)),
        _ => {}
    }
    match default {
        "True" => Ok(quote!(true)),
        "False" => Ok(quote!(false)),
        "None" => Ok(quote!(::taipan_objects::model::none_ref())),
        _ => {
            let text = if default.starts_with('\'') && default.ends_with('\'') && default.len() >= 2 {
                format!("{:?}", &default[1..default.len() - 1])
            } else {
                default.to_string()
            };
            syn::parse_str::<Expr>(&text).map(|expr| quote!(#expr)).map_err(|_| {
                Error::new(span, format!("the default {default} needs an Option or OptArg parameter"))
            })
        }
    }
}

/// The C entry point of `target` and its `PyMethodDef` expression.
pub struct Method {
    pub wrapper: TokenStream,
    pub definition: TokenStream,
}

pub fn expand_method(
    target: TokenStream,
    sig: &syn::Signature,
    doc: &str,
    options: &Options,
    owner: Option<&TokenStream>,
) -> Result<Method> {
    let span = sig.ident.span();
    let name =
        options.name.clone().unwrap_or_else(|| sig.ident.to_string().trim_start_matches("r#").to_string());
    let mut signature = Signature::parse(options.signature.as_deref().unwrap_or("()"), span)?;
    if options.no_text {
        signature.wording = "CountsKeywords";
    }
    let (receiver, types) = parameters(sig, options)?;
    let wrapper_name = format_ident!("__py_{}", sig.ident);
    let first = match (&receiver, owner) {
        (Receiver::SelfRef, Some(owner)) => quote!(::taipan_objects::model::trampoline::cast::<#owner>(slf),),
        (Receiver::SelfRef, None) => return Err(Error::new(span, "a receiver outside an impl block")),
        (Receiver::Object, _) => quote!(::taipan_objects::model::trampoline::borrow(slf),),
        (Receiver::Class, _) => quote!(::taipan_objects::model::trampoline::borrow_type(slf),),
        (Receiver::Module, _) => quote!(::taipan_objects::model::trampoline::borrow_module(slf),),
        (Receiver::None, _) => quote!(),
    };
    let trampoline = quote!(::taipan_objects::model::trampoline);
    let object = quote!(*mut ::taipan_objects::model::PyObject);
    let (parameters, body, mut flags) = if signature.takes_nothing() {
        if !types.is_empty() {
            return Err(Error::new(span, "the function takes parameters, its signature none"));
        }
        (
            quote!(slf: #object, _none: #object),
            quote!(#trampoline::ret_obj(#target(#first))),
            quote!(METH_NOARGS),
        )
    } else if signature.takes_one() && types.len() == 1 && !options.no_text {
        // With this convention a function without a text signature would have one all the same.
        let tokens = signature.to_tokens(quote!(#name));
        let body = quote! {
            static SIGNATURE: ::taipan_objects::model::args::Signature = #tokens;
            let value = match ::taipan_objects::model::args::FromArg::from_arg(
                #trampoline::borrow(arg),
                &::taipan_objects::model::args::ArgName::only(&SIGNATURE),
            ) {
                Ok(value) => value,
                Err(raised) => return #trampoline::Failure::failure(raised),
            };
            #trampoline::ret_obj(#target(#first value))
        };
        (quote!(slf: #object, arg: #object), body, quote!(METH_O))
    } else {
        let (setup, arguments) = bind_arguments(&signature, &types, quote!(#name), span)?;
        let body = |names: TokenStream| {
            quote! {
                let raw = ::taipan_objects::model::args::RawArgs::from_fastcall(args, nargs, #names);
                #setup
                #trampoline::ret_obj(#target(#first #(#arguments),*))
            }
        };
        if signature.positional_only() {
            (
                quote!(slf: #object, args: *const #object, nargs: isize),
                body(quote!(::core::ptr::null_mut())),
                quote!(METH_FASTCALL),
            )
        } else {
            (
                quote!(slf: #object, args: *const #object, nargs: isize, names: #object),
                body(quote!(names)),
                quote!(METH_FASTCALL | ::taipan_abi::METH_KEYWORDS),
            )
        }
    };
    for (on, flag) in [
        (options.class, quote!(METH_CLASS)),
        (options.static_, quote!(METH_STATIC)),
        (options.coexist, quote!(METH_COEXIST)),
    ] {
        if on {
            flags = quote!(#flags | ::taipan_abi::#flag);
        }
    }
    let text = docstring(&name, doc, &signature, options, owner.is_some());
    let name_c = c_string(&name, span)?;
    let doc_c = c_string(&text, span)?;
    Ok(Method {
        wrapper: quote! {
            #[allow(unsafe_code, non_snake_case, unused_variables, unused_unsafe, clippy::undocumented_unsafe_blocks, clippy::useless_conversion)]
            unsafe extern "C" fn #wrapper_name(#parameters) -> #object {
                unsafe { #body }
            }
        },
        definition: quote! {
            #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
            ::taipan_abi::PyMethodDef {
                ml_name: #name_c.as_ptr(),
                ml_meth: Some(unsafe { ::core::mem::transmute::<*const (), ::taipan_abi::PyCFunction>(#wrapper_name as *const ()) }),
                ml_flags: ::taipan_abi::#flags,
                ml_doc: #doc_c.as_ptr(),
            }
        },
    })
}

/// The docstring as C has it: behind the text signature, where there is one.
fn docstring(name: &str, doc: &str, signature: &Signature, options: &Options, in_class: bool) -> String {
    let receiver = match options {
        Options { class: true, .. } => Some("type"),
        Options { static_: true, .. } => None,
        _ if in_class => Some("self"),
        _ => Some("module"),
    };
    match &options.text {
        _ if options.no_text => doc.to_string(),
        Some(text) => format!("{name}{text}\n--\n\n{doc}"),
        None => format!("{name}{}\n--\n\n{doc}", signature.text_with_receiver(receiver)),
    }
}

pub fn c_string(text: &str, span: Span) -> Result<syn::LitCStr> {
    let text = std::ffi::CString::new(text).map_err(|_| Error::new(span, "a NUL character in a C string"))?;
    Ok(syn::LitCStr::new(&text, span))
}

pub fn expand_standalone(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: syn::ItemFn = syn::parse2(item)?;
    let options = Options::parse(options)?;
    let ident = &function.sig.ident;
    let method = expand_method(quote!(#ident), &function.sig, &doc_of(&function.attrs), &options, None)?;
    let constant = Ident::new(&ident.to_string().trim_start_matches("r#").to_uppercase(), ident.span());
    let Method { wrapper, definition } = method;
    Ok(quote! {
        #function
        #wrapper
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        pub const #constant: ::taipan_abi::PyMethodDef = #definition;
    })
}
