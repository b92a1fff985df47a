//! A text under construction that stays the one string it is made of, where it is made of one.

use super::PyStr;
use crate::model::{Py, PyResult};
use taipan_kernels::text::TextBuilder;

/// Collects text for `str.format` and `%`: a result of one string alone is that string.
pub(super) struct Writer {
    only: Option<Py<PyStr>>,
    out: TextBuilder,
}

impl Writer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Writer { only: None, out: TextBuilder::with_capacity(capacity) }
    }

    /// Appends a string.
    pub(super) fn push(&mut self, text: Py<PyStr>) {
        if text.is_empty() {
            return;
        }
        if self.only.is_none() && self.out.is_empty() {
            self.only = Some(text);
        } else {
            text.append_to(self.builder());
        }
    }

    /// For appending anything else.
    pub(super) fn builder(&mut self) -> &mut TextBuilder {
        if let Some(only) = self.only.take() {
            only.append_to(&mut self.out);
        }
        &mut self.out
    }

    /// Appends a part of a string.
    pub(super) fn push_part(&mut self, text: &PyStr, part: core::ops::Range<usize>) {
        if part.len() == text.len() {
            self.push(text.to_exact());
        } else if !part.is_empty() {
            let out = self.builder();
            crate::with_units!(text.units(), u => out.extend(&u[part.clone()]));
        }
    }

    pub(super) fn finish(self) -> PyResult<Py<PyStr>> {
        match self.only {
            Some(only) => Ok(only.to_exact()),
            None => PyStr::try_from_builder(self.out),
        }
    }
}
