//! `#[pymodule(name = "…")] mod m { … }`: collects the module's functions into a `ModuleSpec`
//! static called `MODULE`. With `#[pymodule(fragment)]` the block only makes a `FUNCTIONS` static,
//! for modules whose functions live in several files: the main block lists `fragments(a::m, b::m)`.

use crate::function::{self, Method, Options, c_string, doc_of, string_of};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::{Error, Item, ItemMod, Meta, Path, Result};

pub fn expand(options: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut module: ItemMod = syn::parse2(item)?;
    let (mut name, mut fragment, mut fragments) = (None, false, Vec::<Path>::new());
    let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
    for meta in parser.parse2(options)? {
        match meta {
            Meta::NameValue(pair) if pair.path.is_ident("name") => name = Some(string_of(&pair.value)?),
            Meta::Path(path) if path.is_ident("fragment") => fragment = true,
            Meta::List(list) if list.path.is_ident("fragments") => {
                let parser = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
                fragments = parser.parse2(list.tokens)?.into_iter().collect();
            }
            other => return Err(Error::new_spanned(other, "unknown option")),
        }
    }
    let span = module.ident.span();
    let doc = doc_of(&module.attrs);
    let Some((_, items)) = &mut module.content else {
        return Err(Error::new(span, "#[pymodule] wants an inline module"));
    };
    let (mut wrappers, mut definitions, mut exec) = (Vec::new(), Vec::new(), quote!(None));
    for item in items.iter_mut() {
        let Item::Fn(function) = item else { continue };
        if function.attrs.iter().any(|a| a.path().is_ident("exec")) {
            function.attrs.retain(|a| !a.path().is_ident("exec"));
            let ident = &function.sig.ident;
            exec = quote!(Some(#ident));
            continue;
        }
        let Some(at) = function.attrs.iter().position(|a| a.path().is_ident("pyfunction")) else { continue };
        let attribute = function.attrs.remove(at);
        let options = Options::of_attribute(&attribute)?;
        let ident = &function.sig.ident;
        let Method { wrapper, definition } =
            function::expand_method(quote!(#ident), &function.sig, &doc_of(&function.attrs), &options, None)?;
        wrappers.push(wrapper);
        definitions.push(definition);
    }
    let mut added: Vec<Item> = wrappers.into_iter().map(syn::parse2).collect::<Result<_>>()?;
    added.push(syn::parse2(quote! {
        #[allow(unsafe_code, clippy::undocumented_unsafe_blocks)]
        pub static FUNCTIONS: ::taipan_objects::model::spec::Functions =
            ::taipan_objects::model::spec::Functions(&[#(#definitions,)* ::taipan_objects::model::spec::END_OF_METHODS]);
    })?);
    if !fragment {
        let name = name.ok_or_else(|| Error::new(span, "#[pymodule(name = \"…\")] is wanted"))?;
        let name_c = c_string(&name, span)?;
        let doc_c = c_string(&doc, span)?;
        added.push(syn::parse2(quote! {
            pub static MODULE: ::taipan_objects::model::spec::ModuleSpec = ::taipan_objects::model::spec::ModuleSpec {
                name: #name_c,
                doc: #doc_c,
                functions: &[&FUNCTIONS #(, &super::#fragments::FUNCTIONS)*],
                exec: #exec,
            };
        })?);
    }
    items.extend(added);
    Ok(quote!(#module))
}
