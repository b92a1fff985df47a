//! `#[pytype(…)] struct T`: the type's specification, its static or per-interpreter type object,
//! its `PyType` impl, its members and its traversal.

use crate::function::{c_string, doc_of, string_of};
use crate::signature::Signature;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::parse::Parser;
use syn::{Error, Expr, ItemStruct, Meta, Path, Result};

#[derive(Default)]
struct Options {
    name: Option<String>,
    exported: Option<Ident>,
    base: Option<Path>,
    flags: Vec<Ident>,
    itemsize: Option<Expr>,
    basicsize: Option<Expr>,
    subclass_flag: Option<Ident>,
    gc: bool,
    gc_manual: bool,
    parts: Vec<Path>,
    layout: Option<Ident>,
    /// Fields, perhaps of a struct in a field: `raw.co_weakreflist`.
    dict: Option<TokenStream>,
    weakref: Option<TokenStream>,
    vectorcall: Option<TokenStream>,
    signature: Option<String>,
    /// A table of members to take instead of the fields' own, ending with an empty entry.
    members: Option<Path>,
}

fn parse_options(tokens: TokenStream) -> Result<Options> {
    let mut options = Options::default();
    let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    for meta in parser.parse2(tokens)? {
        let key = meta.path().require_ident()?.to_string();
        match &meta {
            Meta::NameValue(pair) => {
                let ident = || match &pair.value {
                    Expr::Path(path) => path.path.require_ident().cloned(),
                    other => Err(Error::new_spanned(other, "a name is wanted here")),
                };
                let field = || match &pair.value {
                    field @ (Expr::Path(_) | Expr::Field(_)) => Ok(quote!(#field)),
                    other => Err(Error::new_spanned(other, "a field is wanted here")),
                };
                match key.as_str() {
                    "name" => options.name = Some(string_of(&pair.value)?),
                    "signature" => options.signature = Some(string_of(&pair.value)?),
                    "exported" => options.exported = Some(ident()?),
                    "base" => match &pair.value {
                        Expr::Path(path) => options.base = Some(path.path.clone()),
                        other => return Err(Error::new_spanned(other, "a Rust type is wanted here")),
                    },
                    "members" => match &pair.value {
                        Expr::Path(path) => options.members = Some(path.path.clone()),
                        other => return Err(Error::new_spanned(other, "a table is wanted here")),
                    },
                    "itemsize" => options.itemsize = Some(pair.value.clone()),
                    "basicsize" => options.basicsize = Some(pair.value.clone()),
                    "subclass_flag" => options.subclass_flag = Some(ident()?),
                    "layout" => options.layout = Some(ident()?),
                    "dict" => options.dict = Some(field()?),
                    "weakref" => options.weakref = Some(field()?),
                    "vectorcall" => options.vectorcall = Some(field()?),
                    _ => return Err(Error::new_spanned(pair, "unknown option")),
                }
            }
            Meta::Path(_) if key == "gc" => options.gc = true,
            Meta::List(list) if key == "gc" => {
                options.gc = true;
                options.gc_manual = list.tokens.to_string() == "manual";
            }
            Meta::List(list) if key == "flags" => {
                let parser = syn::punctuated::Punctuated::<Ident, syn::Token![,]>::parse_terminated;
                options.flags = parser.parse2(list.tokens.clone())?.into_iter().collect();
            }
            Meta::List(list) if key == "parts" => {
                let parser = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
                options.parts = parser.parse2(list.tokens.clone())?.into_iter().collect();
            }
            other => return Err(Error::new_spanned(other, "unknown option")),
        }
    }
    Ok(options)
}

pub fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let options = parse_options(options)?;
    let mut item: ItemStruct = syn::parse2(item)?;
    let ident = item.ident.clone();
    let span = ident.span();
    let name = options.name.clone().ok_or_else(|| Error::new(span, "#[pytype(name = \"…\")] is wanted"))?;
    let members = take_members(&mut item, span)?;
    let traverse = if options.gc && !options.gc_manual { traverse_impl(&item) } else { quote!() };
    let spec = spec_tokens(&options, &item, &name, members)?;
    let spec_name = format_ident!("{}_SPEC", ident.to_string().to_uppercase());
    let short = name.rsplit('.').next().unwrap_or(&name).to_string();
    let check = match &options.subclass_flag {
        Some(flag) => {
            let flag = format_ident!("Py_TPFLAGS_{}", flag);
            quote!(::taipan_objects::model::TypeObject::has_flag(::taipan_objects::model::ObjectExt::class(object), ::taipan_abi::#flag))
        }
        None => quote!(::taipan_objects::model::TypeObject::is_subtype_of(
            ::taipan_objects::model::ObjectExt::class(object),
            Self::type_object()
        )),
    };
    let (storage, lookup) = match &options.exported {
        Some(symbol) => (
            quote! {
                #[unsafe(no_mangle)]
                pub static #symbol: ::taipan_objects::model::spec::StaticType =
                    ::taipan_objects::model::spec::StaticType::new(&#spec_name);
            },
            quote!(#symbol.get()),
        ),
        None => {
            let cell = format_ident!("{}_TYPE", ident.to_string().to_uppercase());
            (
                quote! {
                    pub static #cell: ::taipan_objects::model::spec::HeapType =
                        ::taipan_objects::model::spec::HeapType::new(&#spec_name);
                },
                quote!(#cell.get()),
            )
        }
    };
    let heap = options.exported.is_none();
    let layout = match &options.layout {
        Some(layout) => quote! {
            const _: () = assert!(::core::mem::size_of::<#ident>() == ::core::mem::size_of::<::taipan_abi::#layout>());
        },
        None => quote!(),
    };
    Ok(quote! {
        #[repr(C)]
        #item
        #layout
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        impl ::core::ops::Deref for #ident {
            type Target = ::taipan_objects::model::PyObject;
            #[inline(always)]
            fn deref(&self) -> &::taipan_objects::model::PyObject {
                unsafe { &*::core::ptr::from_ref(self).cast() }
            }
        }
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        pub static #spec_name: ::taipan_objects::model::spec::TypeSpec = #spec;
        #[allow(unsafe_code, non_upper_case_globals, clippy::undocumented_unsafe_blocks)]
        #storage
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        unsafe impl ::taipan_objects::model::PyType for #ident {
            const NAME: &'static str = #name;
            const SHORT_NAME: &'static str = #short;
            const HEAP: bool = #heap;
            #[inline(always)]
            fn type_object() -> &'static ::taipan_objects::model::TypeObject {
                #lookup
            }
            #[inline(always)]
            fn check(object: &::taipan_objects::model::PyObject) -> bool {
                #check
            }
        }
        #traverse
    })
}

fn spec_tokens(
    options: &Options,
    item: &ItemStruct,
    name: &str,
    members: Vec<TokenStream>,
) -> Result<TokenStream> {
    let ident = &item.ident;
    let span = ident.span();
    let doc = doc_of(&item.attrs);
    let short = name.rsplit('.').next().unwrap_or(name);
    let text = match &options.signature {
        Some(signature) => {
            let signature = Signature::parse(signature, span)?;
            format!("{short}{}\n--\n\n{doc}", signature.text)
        }
        None => doc,
    };
    let doc_c = c_string(&text, span)?;
    let name_c = c_string(name, span)?;
    // C spells private flags with an underscore in front: `_MATCH_SELF` is `_Py_TPFLAGS_MATCH_SELF`.
    let flags = options.flags.iter().map(|f| match f.to_string().strip_prefix('_') {
        Some(private) => format_ident!("_Py_TPFLAGS_{}", private),
        None => format_ident!("Py_TPFLAGS_{}", f),
    });
    let mut flags = quote!(0 #(| ::taipan_abi::#flags)*);
    if options.gc {
        flags = quote!(#flags | ::taipan_abi::Py_TPFLAGS_HAVE_GC);
    }
    if let Some(flag) = &options.subclass_flag {
        let flag = format_ident!("Py_TPFLAGS_{}", flag);
        flags = quote!(#flags | ::taipan_abi::#flag);
    }
    let base = match &options.base {
        Some(base) => quote!(Some(<#base as ::taipan_objects::model::PyType>::type_object)),
        None => quote!(None),
    };
    let offset = |field: &Option<TokenStream>| match field {
        Some(field) => quote!(::core::mem::offset_of!(#ident, #field) as isize),
        None => quote!(0),
    };
    let (dict, weakref, vectorcall) =
        (offset(&options.dict), offset(&options.weakref), offset(&options.vectorcall));
    let basicsize = match &options.basicsize {
        Some(expr) => quote!((#expr) as isize),
        None => quote!(::core::mem::size_of::<#ident>() as isize),
    };
    let itemsize = options.itemsize.as_ref().map(|e| quote!((#e) as isize)).unwrap_or(quote!(0));
    let parts = &options.parts;
    let members = match &options.members {
        Some(path) => quote!(#path),
        None => quote!(&[#(#members,)* ::taipan_objects::model::spec::END_OF_MEMBERS]),
    };
    let (traverse, clear) = if options.gc && !options.gc_manual {
        (
            quote!(Some(::taipan_objects::model::gc::traverse_fields::<#ident>)),
            quote!(Some(::taipan_objects::model::gc::clear_fields::<#ident>)),
        )
    } else {
        (quote!(None), quote!(None))
    };
    Ok(quote! {
        ::taipan_objects::model::spec::TypeSpec {
            name: #name_c,
            doc: #doc_c,
            basicsize: #basicsize,
            itemsize: #itemsize,
            flags: #flags,
            base: #base,
            dict_offset: #dict,
            weaklist_offset: #weakref,
            vectorcall_offset: #vectorcall,
            dealloc: ::taipan_objects::model::spec::dealloc::<#ident>,
            traverse: #traverse,
            clear: #clear,
            members: #members,
            parts: &[#(&#parts),*],
        }
    })
}

/// Fields marked `#[member(kind = OBJECT_EX, readonly, name = "…", doc = "…")]`.
fn take_members(item: &mut ItemStruct, span: Span) -> Result<Vec<TokenStream>> {
    let owner = item.ident.clone();
    let mut members = Vec::new();
    for field in &mut item.fields {
        let attributes = std::mem::take(&mut field.attrs);
        let (ours, kept): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|a| a.path().is_ident("member"));
        let doc = doc_of(&kept);
        field.attrs = kept;
        let Some(field_name) = field.ident.clone() else { continue };
        for attribute in ours {
            let (mut name, mut kind, mut flags) =
                (field_name.to_string(), format_ident!("_Py_T_OBJECT"), quote!(0));
            let mut text = doc.clone();
            if let Meta::List(list) = &attribute.meta {
                let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
                for meta in parser.parse2(list.tokens.clone())? {
                    match meta {
                        Meta::Path(path) if path.is_ident("readonly") => {
                            flags = quote!(::taipan_abi::Py_READONLY)
                        }
                        Meta::NameValue(pair) if pair.path.is_ident("name") => name = string_of(&pair.value)?,
                        Meta::NameValue(pair) if pair.path.is_ident("doc") => text = string_of(&pair.value)?,
                        Meta::NameValue(pair) if pair.path.is_ident("kind") => {
                            if let Expr::Path(path) = &pair.value {
                                let word = path.path.require_ident()?;
                                kind = if word == "OBJECT" {
                                    format_ident!("_Py_T_OBJECT")
                                } else {
                                    format_ident!("Py_T_{}", word)
                                };
                            }
                        }
                        other => return Err(Error::new_spanned(other, "unknown option")),
                    }
                }
            }
            let name_c = c_string(&name, span)?;
            let doc = if text.is_empty() {
                quote!(::core::ptr::null())
            } else {
                let text = c_string(&text, span)?;
                quote!(#text.as_ptr())
            };
            members.push(quote! {
                ::taipan_abi::PyMemberDef {
                    name: #name_c.as_ptr(),
                    r#type: ::taipan_abi::#kind,
                    offset: ::core::mem::offset_of!(#owner, #field_name) as isize,
                    flags: #flags,
                    doc: #doc,
                }
            });
        }
    }
    Ok(members)
}

/// Visits and clears every field; plain data does nothing when asked.
fn traverse_impl(item: &ItemStruct) -> TokenStream {
    let ident = &item.ident;
    let fields: Vec<_> =
        item.fields.iter().filter_map(|f| f.ident.clone()).filter(|f| f != "ob_base").collect();
    quote! {
        impl ::taipan_objects::model::gc::Traverse for #ident {
            fn traverse(&self, visitor: &mut ::taipan_objects::model::gc::Visitor) {
                #(::taipan_objects::model::gc::Traverse::traverse(&self.#fields, visitor);)*
            }
            fn drop_references(&self) {
                #(::taipan_objects::model::gc::Traverse::drop_references(&self.#fields);)*
            }
        }
    }
}
