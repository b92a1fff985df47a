//! `_sre`: what `re` runs on, over the kernels' matching engine.
//!
//! | file | holds |
//! |---|---|
//! | `subject` | the text a pattern is run over |
//! | `pattern` | `re.Pattern`: compiling, matching |
//! | `replace` | `sub` and `split`: what cuts texts up |
//! | `result` | `re.Match` |
//! | `scanner` | scanners and templates |

mod pattern;
mod replace;
mod result;
mod scanner;
mod subject;

use taipan_macros::pymodule;

#[pymodule(name = "_sre")]
pub mod module {
    use super::pattern::PyPattern;
    use super::scanner::{self, PyTemplate};
    use taipan_kernels::sre::{self, casing};
    use taipan_objects::prelude::*;

    /// Compiles the code that `re._compiler` made.
    #[pyfunction(signature = "(pattern, flags, code, groups, groupindex, indexgroup)")]
    pub fn compile(
        pattern: &PyObject,
        flags: i32,
        code: &PyList,
        groups: isize,
        groupindex: &PyDict,
        indexgroup: &PyTuple,
    ) -> PyResult<Py<PyPattern>> {
        PyPattern::compile(pattern, flags, code, groups, groupindex, indexgroup)
    }

    ///   template
    ///     A list containing interleaved literal strings (str or bytes) and group
    ///     indices (int), as returned by re._parser.parse_template():
    ///         literal1, group1, ..., literalN, groupN
    #[pyfunction(signature = "(pattern, template, /)")]
    pub fn template(pattern: &PyObject, template: &PyObject) -> PyResult<Py<PyTemplate>> {
        let _ = pattern;
        scanner::make_template(template)
    }

    #[pyfunction(signature = "()")]
    pub fn getcodesize() -> usize {
        sre::CODE_SIZE
    }

    #[pyfunction(signature = "(character, /)")]
    pub fn ascii_iscased(character: i32) -> bool {
        casing::ascii_is_cased(character as u32)
    }

    #[pyfunction(signature = "(character, /)")]
    pub fn unicode_iscased(character: i32) -> bool {
        casing::unicode_is_cased(character as u32)
    }

    #[pyfunction(signature = "(character, /)")]
    pub fn ascii_tolower(character: i32) -> u32 {
        casing::ascii_to_lower(character as u32)
    }

    #[pyfunction(signature = "(character, /)")]
    pub fn unicode_tolower(character: i32) -> u32 {
        casing::unicode_to_lower(character as u32)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_int("MAGIC", sre::MAGIC.into())?;
        module.add_int("CODESIZE", sre::CODE_SIZE as i64)?;
        module.add_int("MAXREPEAT", sre::MAX_REPEAT.into())?;
        module.add_int("MAXGROUPS", sre::MAX_GROUPS as i64)?;
        module.add_str("copyright", " Taipan's own engine for the code of re._compiler ")
    }
}
