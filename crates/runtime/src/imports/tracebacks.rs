//! Tracebacks of failed imports without importlib's own frames.
//!
//! Frames of `importlib._bootstrap` and `_bootstrap_external` are cut out of the traceback: all of them from an
//! `ImportError`, otherwise those that end in `_call_with_frames_removed`.

use taipan_objects::errors::{self, Exc};
use taipan_objects::prelude::*;
use taipan_objects::types::code::PyCode;
use taipan_objects::types::traceback::PyTraceback;

/// Cuts the frames out of the exception that is set.
pub fn hide_importlib(raised: Raised) -> Raised {
    if crate::state::config().verbose > 0 {
        return raised;
    }
    let always = errors::matches(&raised, Exc::ImportError);
    let exception = errors::take(raised);
    if let Some(first) = exception.traceback.get() {
        let kept = without_importlib(first, always);
        exception.traceback.set(kept);
    }
    errors::restore(exception)
}

/// What a frame runs: whether that is importlib's, and whether it is the function that marks the end of a chunk.
fn looks(entry: &PyTraceback) -> (bool, bool) {
    let Some(code) = crate::upcalls::frame_code(&entry.frame) else { return (false, false) };
    let Some(code) = code.downcast::<PyCode>() else { return (false, false) };
    let file = code.filename();
    let ours =
        file.eq_str("<frozen importlib._bootstrap>") || file.eq_str("<frozen importlib._bootstrap_external>");
    (ours, ours && code.name().eq_str("_call_with_frames_removed"))
}

fn without_importlib(first: Obj, always: bool) -> Option<Obj> {
    let mut head = Some(first);
    // The entry whose `next` leads to the current one; none for the head.
    let mut before: Option<Obj> = None;
    // The entry before the chunk of importlib frames that is being walked.
    let mut chunk: Option<Option<Obj>> = None;
    let mut current = head.clone();
    while let Some(object) = current {
        let Some(entry) = object.downcast::<PyTraceback>() else { break };
        let next = entry.next.get();
        let (ours, end) = looks(entry);
        if ours && chunk.is_none() {
            chunk = Some(before.clone());
        }
        if !ours {
            chunk = None;
        }
        if ours && (always || end) {
            match &chunk {
                Some(Some(outer)) => {
                    if let Some(outer) = outer.downcast::<PyTraceback>() {
                        outer.next.set(next.clone());
                    }
                    before = chunk.clone().flatten();
                }
                _ => {
                    head = next.clone();
                    before = None;
                }
            }
        } else {
            before = Some(object.clone());
        }
        current = next;
    }
    head
}
