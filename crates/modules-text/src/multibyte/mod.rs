//! `_multibytecodec` and the modules that have the encodings of East Asia: `_codecs_cn`, `_codecs_hk`, `_codecs_iso2022`,
//! `_codecs_jp`, `_codecs_kr`, `_codecs_tw`.
//!
//! | file | holds |
//! |---|---|
//! | `codec` | a codec: whole texts |
//! | `incremental` | texts in pieces |
//! | `stream` | texts in streams |

mod codec;
mod incremental;
mod stream;

use codec::PyMultibyteCodec;
use taipan_kernels::codecs::multibyte::{self, Multibyte};
use taipan_macros::pymodule;
use taipan_objects::prelude::*;

fn find(codecs: &'static [Multibyte], name: &PyObject) -> PyResult<Py<PyMultibyteCodec>> {
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "encoding name must be a string."));
    };
    match codecs.iter().find(|codec| name.eq_str(codec.name)) {
        Some(codec) => Ok(PyMultibyteCodec::new(codec)),
        None => Err(raised!(LookupError, "no such codec is supported.")),
    }
}

#[pymodule(name = "_multibytecodec")]
pub mod multibytecodec {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(incremental::PyEncoder::type_object())?;
        module.add_type(incremental::PyDecoder::type_object())?;
        module.add_type(stream::PyReader::type_object())?;
        module.add_type(stream::PyWriter::type_object())
    }
}

/// Declares a module that has these encodings.
macro_rules! country {
    ($module:ident $name:literal $codecs:ident) => {
        #[pymodule(name = $name)]
        pub mod $module {
            use super::*;

            #[pyfunction(no_text, signature = "(name, /)")]
            fn getcodec(name: &PyObject) -> PyResult<Py<PyMultibyteCodec>> {
                find(multibyte::$codecs, name)
            }
        }
    };
}

country!(cn "_codecs_cn" CHINESE);
country!(hk "_codecs_hk" HONG_KONG);
country!(iso2022 "_codecs_iso2022" ISO_2022);
country!(jp "_codecs_jp" JAPANESE);
country!(kr "_codecs_kr" KOREAN);
country!(tw "_codecs_tw" TAIWANESE);
