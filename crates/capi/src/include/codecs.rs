//! `codecs.h`: the registry of codecs and error handlers.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use taipan_objects::codecs::handlers::standard;
use taipan_objects::codecs::registry;
use taipan_objects::prelude::*;

unsafe fn errors_of<'a>(errors: *const c_char) -> Option<std::borrow::Cow<'a, str>> {
    // SAFETY: the caller passes a terminated string or null.
    (!errors.is_null()).then(|| unsafe { text(errors) })
}

/// Calls an item of a codec's tuple, with the error handler where one is given.
unsafe fn factory(
    encoding: *const c_char,
    name: &PyStr,
    first: Option<&PyObject>,
    errors: *const c_char,
) -> PyResult {
    if encoding.is_null() {
        return Err(raised!(TypeError, "bad argument type for built-in operation"));
    }
    // SAFETY: the caller passes terminated strings.
    let (codec, errors) = unsafe { (registry::lookup(&text(encoding))?, errors_of(errors)) };
    let make = object::get_attr(&codec, name)?;
    let errors = errors.map(|errors| PyStr::new(&errors));
    let mut args: Vec<&PyObject> = Vec::new();
    args.extend(first);
    if let Some(errors) = &errors {
        args.push(errors);
    }
    call::call(&make, &args)
}

c_api! {
    fn PyCodec_Register(function: Ref) -> c_int { status(registry::register(at(function))) }
    fn PyCodec_Unregister(function: Ref) -> c_int {
        registry::unregister(at(function));
        0
    }
    fn PyCodec_KnownEncoding(encoding: *const c_char) -> c_int { c_int::from(swallow(registry::lookup(&text(encoding))).is_some()) }
    fn PyCodec_Encode(value: Ref, encoding: *const c_char, errors: *const c_char) -> Ref {
        new_ref(registry::encode(at(value), &text(encoding), errors_of(errors).as_deref()))
    }
    fn PyCodec_Decode(value: Ref, encoding: *const c_char, errors: *const c_char) -> Ref {
        new_ref(registry::decode(at(value), &text(encoding), errors_of(errors).as_deref()))
    }
    fn PyCodec_Encoder(encoding: *const c_char) -> Ref {
        new_ref(registry::lookup(&text(encoding)).and_then(|codec| object::get_attr(&codec, intern!("encode"))))
    }
    fn PyCodec_Decoder(encoding: *const c_char) -> Ref {
        new_ref(registry::lookup(&text(encoding)).and_then(|codec| object::get_attr(&codec, intern!("decode"))))
    }
    fn PyCodec_IncrementalEncoder(encoding: *const c_char, errors: *const c_char) -> Ref {
        new_ref(factory(encoding, intern!("incrementalencoder"), None, errors))
    }
    fn PyCodec_IncrementalDecoder(encoding: *const c_char, errors: *const c_char) -> Ref {
        new_ref(factory(encoding, intern!("incrementaldecoder"), None, errors))
    }
    fn PyCodec_StreamReader(encoding: *const c_char, stream: Ref, errors: *const c_char) -> Ref {
        new_ref(factory(encoding, intern!("streamreader"), opt(stream), errors))
    }
    fn PyCodec_StreamWriter(encoding: *const c_char, stream: Ref, errors: *const c_char) -> Ref {
        new_ref(factory(encoding, intern!("streamwriter"), opt(stream), errors))
    }
    fn PyCodec_RegisterError(name: *const c_char, handler: Ref) -> c_int { status(registry::register_error(&text(name), at(handler))) }
    fn PyCodec_LookupError(name: *const c_char) -> Ref {
        new_ref(registry::lookup_error(&errors_of(name).unwrap_or("strict".into())))
    }
    fn PyCodec_StrictErrors(error: Ref) -> Ref { new_ref(standard("strict", at(error))) }
    fn PyCodec_IgnoreErrors(error: Ref) -> Ref { new_ref(standard("ignore", at(error))) }
    fn PyCodec_ReplaceErrors(error: Ref) -> Ref { new_ref(standard("replace", at(error))) }
    fn PyCodec_XMLCharRefReplaceErrors(error: Ref) -> Ref { new_ref(standard("xmlcharrefreplace", at(error))) }
    fn PyCodec_BackslashReplaceErrors(error: Ref) -> Ref { new_ref(standard("backslashreplace", at(error))) }
    fn PyCodec_NameReplaceErrors(error: Ref) -> Ref { new_ref(standard("namereplace", at(error))) }
}
