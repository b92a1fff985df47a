//! What the definition of an extension module asks for while the module lives and when it ends: `m_traverse`, `m_clear`,
//! `m_free`.

#![expect(unsafe_code, reason = "calls C functions")]

use super::PyModule;
use crate::model::gc::{Traverse, Visitor};
use crate::model::{ObjectExt, PyType};
use taipan_abi::PyModuleDef;
use taipan_macros::pymethods;

impl PyModule {
    /// Its definition, where the functions may be called: a module with memory of its own must have got it.
    fn live_def(&self) -> Option<&PyModuleDef> {
        // SAFETY: definitions stay.
        let def = unsafe { self.def.get().as_ref() }?;
        (def.m_size <= 0 || !self.state.get().is_null()).then_some(def)
    }
}

#[pymethods(SLOTS)]
impl PyModule {
    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        if let Some(traverse) = self.live_def().and_then(|def| def.m_traverse) {
            visitor.visit_with(self, traverse);
        }
        self.dict.traverse(visitor);
        self.name.traverse(visitor);
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        if let Some(clear) = self.live_def().and_then(|def| def.m_clear) {
            // SAFETY: the definition's function for its own module. What it returns means nothing.
            unsafe { clear(self.as_ptr()) };
        }
        self.dict.set(None);
    }
}

impl Traverse for PyModule {
    fn traverse(&self, visitor: &mut Visitor) {
        PyModule::traverse(self, visitor);
    }

    fn drop_references(&self) {
        PyModule::clear(self);
    }
}

impl Drop for PyModule {
    fn drop(&mut self) {
        if let Some(free) = self.live_def().and_then(|def| def.m_free) {
            // SAFETY: the definition's function for its own module, whose fields are whole.
            unsafe { free(self.as_object().as_ptr().cast()) };
        }
        self.dict.set(None);
        // SAFETY: the block came from the allocator, or is null; nobody reaches it any more.
        unsafe {
            crate::memory::free_in(
                crate::memory::Domain::Mem,
                self.state.replace(core::ptr::null_mut()).cast(),
            )
        };
    }
}
