//! What goes wrong while parsing: codes, names, messages, and the exception.

use taipan_kernels::xml::Position;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::exceptions::PyBaseException;
use taipan_objects::types::r#type;

/// What an argument out of range is.
pub const INVALID_ARGUMENT: u8 = 41;
/// What setting something too late is.
pub const TOO_LATE: u8 = 26;

/// Names and messages; codes count from 1.
const ERRORS: [(&str, &str); 44] = [
    ("NO_MEMORY", "out of memory"),
    ("SYNTAX", "syntax error"),
    ("NO_ELEMENTS", "no element found"),
    ("INVALID_TOKEN", "not well-formed (invalid token)"),
    ("UNCLOSED_TOKEN", "unclosed token"),
    ("PARTIAL_CHAR", "partial character"),
    ("TAG_MISMATCH", "mismatched tag"),
    ("DUPLICATE_ATTRIBUTE", "duplicate attribute"),
    ("JUNK_AFTER_DOC_ELEMENT", "junk after document element"),
    ("PARAM_ENTITY_REF", "illegal parameter entity reference"),
    ("UNDEFINED_ENTITY", "undefined entity"),
    ("RECURSIVE_ENTITY_REF", "recursive entity reference"),
    ("ASYNC_ENTITY", "asynchronous entity"),
    ("BAD_CHAR_REF", "reference to invalid character number"),
    ("BINARY_ENTITY_REF", "reference to binary entity"),
    ("ATTRIBUTE_EXTERNAL_ENTITY_REF", "reference to external entity in attribute"),
    ("MISPLACED_XML_PI", "XML or text declaration not at start of entity"),
    ("UNKNOWN_ENCODING", "unknown encoding"),
    ("INCORRECT_ENCODING", "encoding specified in XML declaration is incorrect"),
    ("UNCLOSED_CDATA_SECTION", "unclosed CDATA section"),
    ("EXTERNAL_ENTITY_HANDLING", "error in processing external entity reference"),
    ("NOT_STANDALONE", "document is not standalone"),
    ("UNEXPECTED_STATE", "unexpected parser state - please send a bug report"),
    ("ENTITY_DECLARED_IN_PE", "entity declared in parameter entity"),
    ("FEATURE_REQUIRES_XML_DTD", "requested feature requires XML_DTD support in Expat"),
    ("CANT_CHANGE_FEATURE_ONCE_PARSING", "cannot change setting once parsing has begun"),
    ("UNBOUND_PREFIX", "unbound prefix"),
    ("UNDECLARING_PREFIX", "must not undeclare prefix"),
    ("INCOMPLETE_PE", "incomplete markup in parameter entity"),
    ("XML_DECL", "XML declaration not well-formed"),
    ("TEXT_DECL", "text declaration not well-formed"),
    ("PUBLICID", "illegal character(s) in public id"),
    ("SUSPENDED", "parser suspended"),
    ("NOT_SUSPENDED", "parser not suspended"),
    ("ABORTED", "parsing aborted"),
    ("FINISHED", "parsing finished"),
    ("SUSPEND_PE", "cannot suspend in external parameter entity"),
    (
        "RESERVED_PREFIX_XML",
        "reserved prefix (xml) must not be undeclared or bound to another namespace name",
    ),
    ("RESERVED_PREFIX_XMLNS", "reserved prefix (xmlns) must not be declared or undeclared"),
    ("RESERVED_NAMESPACE_URI", "prefix must not be bound to one of the reserved namespace names"),
    ("INVALID_ARGUMENT", "invalid argument"),
    ("NO_BUFFER", "a successful prior call to function XML_GetBuffer is required"),
    ("AMPLIFICATION_LIMIT_BREACH", "limit on input amplification factor (from DTD and entities) breached"),
    ("NOT_STARTED", "parser not started"),
];

/// The message of a code.
pub fn message(code: i64) -> Option<&'static str> {
    let index = usize::try_from(code).ok()?.checked_sub(1)?;
    ERRORS.get(index).map(|&(_, message)| message)
}

/// What an interpreter keeps for the module.
#[derive(Default)]
struct State {
    error: ObjCell,
}

/// The class `ExpatError`.
pub fn class() -> PyResult {
    let state = thread::current().interpreter().extension::<State>();
    if let Some(known) = state.error.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("xml.parsers.expat"))?;
    let class = r#type::new_heap_type("ExpatError", errors::Exc::Exception.type_object(), &dict)?;
    state.error.set(Some(class.clone()));
    Ok(class)
}

/// Raises `ExpatError` with its code and place; the message is that of the code if there is none.
pub fn raise(code: u8, position: Position, text: Option<&str>) -> Raised {
    match made(code, position, text) {
        Ok(exception) => errors::restore(exception),
        Err(raised) => raised,
    }
}

fn made(code: u8, position: Position, text: Option<&str>) -> PyResult<Py<PyBaseException>> {
    let text = match text {
        Some(text) => text.to_string(),
        None => {
            let message = message(i64::from(code)).unwrap_or("unknown error");
            format!("{message}: line {}, column {}", position.line, position.column)
        }
    };
    let class = class()?;
    let exception = call::call(&class, &[&PyStr::new(&text)])?;
    let attributes = [
        (intern!("code"), i64::from(code)),
        (intern!("offset"), position.column as i64),
        (intern!("lineno"), position.line as i64),
    ];
    for (name, value) in attributes {
        object::set_attr(&exception, name, Some(&PyInt::from_i64(value)))?;
    }
    exception.downcast_into().map_err(|_| raised!(SystemError, "ExpatError is no exception"))
}

/// Adds a module of constants to its parent, and to `sys.modules`.
pub fn add_submodule(parent: &PyModule, name: &str, doc: &str) -> PyResult<Py<PyModule>> {
    let full = format!("pyexpat.{name}");
    let module = PyModule::new(&full);
    module.add_str("__doc__", doc)?;
    parent.add(name, &module)?;
    object::set_item(&*taipan_runtime::imports::modules()?, &PyStr::new(&full), Some(&module))?;
    Ok(module)
}

/// Makes `pyexpat.errors`.
pub fn add_module(parent: &PyModule) -> PyResult<()> {
    let module = add_submodule(parent, "errors", "Constants used to describe error conditions.")?;
    let (codes, messages) = (PyDict::new(), PyDict::new());
    for (index, (name, message)) in ERRORS.iter().enumerate() {
        let (code, message) = (PyInt::from_i64(index as i64 + 1), PyStr::new(message));
        module.add(&format!("XML_ERROR_{name}"), &message)?;
        codes.set_item(&message, &code)?;
        messages.set_item(&code, &message)?;
    }
    module.add("codes", &codes)?;
    module.add("messages", &messages)
}
