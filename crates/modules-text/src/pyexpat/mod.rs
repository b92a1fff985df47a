//! `pyexpat`: reading XML event by event.
//!
//! The parser itself is `taipan_kernels::xml`; here its events become calls of handlers.
//!
//! | file | holds |
//! |---|---|
//! | `errors` | `pyexpat.errors` and `ExpatError` |
//! | `model` | `pyexpat.model`: content models as tuples |
//! | `parser` | the type of parsers |
//! | `handlers` | the attributes that hold handlers |
//! | `events` | from events to calls |

pub(crate) mod errors;
mod events;
mod handlers;
mod model;
pub(crate) mod parser;

use taipan_macros::pymodule;
use taipan_objects::prelude::*;

/// The release of Expat whose behaviour this is.
pub(crate) const VERSION: (i64, i64, i64) = (2, 9, 0);

/// What the parser can do, as Expat says it.
const FEATURES: [(&str, i64); 10] = [
    ("sizeof(XML_Char)", 1),
    ("sizeof(XML_LChar)", 1),
    ("XML_DTD", 0),
    ("XML_CONTEXT_BYTES", 1024),
    ("XML_NS", 0),
    ("XML_BLAP_MAX_AMP", 100),
    ("XML_BLAP_ACT_THRES", 8_388_608),
    ("XML_GE", 0),
    ("XML_AT_MAX_AMP", 100),
    ("XML_AT_ACT_THRES", 67_108_864),
];

fn features() -> Py<PyList> {
    let pair = |&(name, value): &(&str, i64)| {
        PyTuple::from_vec(vec![PyStr::new(name).into_obj(), PyInt::from_i64(value).into_obj()]).into_obj()
    };
    PyList::from_vec(FEATURES.iter().map(pair).collect())
}

/// The text of an argument that may be `None`.
pub(crate) fn text_or_none(value: Option<&PyObject>, argument: &str) -> PyResult<Option<String>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let Some(text) = value.downcast::<PyStr>() else {
        let class = value.class().name();
        return Err(raised!(TypeError, "{argument} must be str or None, not {class}"));
    };
    let text = text.to_utf8()?.to_string();
    if text.contains('\0') {
        return Err(raised!(ValueError, "embedded null character"));
    }
    Ok(Some(text))
}

/// Python wrapper for Expat parser.
#[pymodule(name = "pyexpat")]
pub mod module {
    use super::parser::PyXmlParser;
    use super::{VERSION, errors, features, model, text_or_none};
    use taipan_objects::model::args::OptArg;
    use taipan_objects::prelude::*;

    /// Return a new XML parser object.
    #[pyfunction(
        name = "ParserCreate",
        signature = "(encoding=None, namespace_separator=None, intern=<unrepresentable>)"
    )]
    fn parser_create(
        encoding: Option<&PyObject>,
        namespace_separator: Option<&PyObject>,
        intern: OptArg<&PyObject>,
    ) -> PyResult<Py<PyXmlParser>> {
        let encoding = text_or_none(encoding, "ParserCreate() argument 'encoding'")?;
        let separator = text_or_none(namespace_separator, "ParserCreate() argument 'namespace_separator'")?;
        PyXmlParser::create(encoding.as_deref(), separator.as_deref(), intern.given())
    }

    /// Returns string error for given number.
    #[pyfunction(name = "ErrorString", signature = "(code, /)")]
    fn error_string(code: i64) -> Option<&'static str> {
        errors::message(code)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let (major, minor, micro) = VERSION;
        module.add_str("EXPAT_VERSION", &format!("expat_{major}.{minor}.{micro}"))?;
        let version = [major, minor, micro].map(|number| PyInt::from_i64(number).into_obj());
        module.add("version_info", &PyTuple::from_vec(version.into()))?;
        module.add_str("native_encoding", "UTF-8")?;
        module.add("features", &features())?;
        let error = errors::class()?;
        module.add("ExpatError", &error)?;
        module.add("error", &error)?;
        module.add("XMLParserType", PyXmlParser::type_object())?;
        for (flag, name) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].into_iter().enumerate() {
            module.add_int(&format!("XML_PARAM_ENTITY_PARSING_{name}"), flag as i64)?;
        }
        errors::add_module(module)?;
        model::add_module(module)
    }
}
