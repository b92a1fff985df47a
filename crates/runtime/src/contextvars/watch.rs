//! What watchers of contexts are told (`PyContext_AddWatcher`).

#![expect(unsafe_code, reason = "calls C callbacks")]

use taipan_objects::errors;
use taipan_objects::model::watchers::{Callbacks, ContextWatcher};
use taipan_objects::prelude::*;

/// `Py_CONTEXT_SWITCHED`
const SWITCHED: i32 = 1;

/// Tells the callbacks which context is current now; `None` for none.
#[cold]
pub(super) fn tell_switch(watchers: &Callbacks<ContextWatcher>, context: &PyObject) {
    watchers.tell(
        // SAFETY: a callback of C's type, with a live object.
        |callback| unsafe { callback(SWITCHED, context.as_ptr()) },
        || {
            let shown = object::repr(context).map_err(errors::clear);
            let shown =
                shown.map_or_else(|()| "<Context>".into(), |shown| shown.to_string_lossy().into_owned());
            format!("Py_CONTEXT_SWITCHED watcher callback for {shown}")
        },
    );
}
