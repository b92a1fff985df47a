//! `intern!("name")`: the interned, immortal string of a literal, looked up once for each place in the source.

use crate::types::str::PyStr;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

/// The cache of one `intern!`.
pub struct InternedLiteral(AtomicPtr<PyStr>);

impl InternedLiteral {
    #[expect(clippy::new_without_default, reason = "made by the macro alone")]
    pub const fn new() -> Self {
        InternedLiteral(AtomicPtr::new(null_mut()))
    }

    #[inline(always)]
    pub fn get(&'static self, text: &'static str) -> &'static PyStr {
        let known = self.0.load(Ordering::Acquire);
        if known.is_null() {
            return self.fill(text);
        }
        deref(known)
    }

    #[cold]
    fn fill(&'static self, text: &'static str) -> &'static PyStr {
        let string = PyStr::intern_immortal(text);
        self.0.store(core::ptr::from_ref(string).cast_mut(), Ordering::Release);
        string
    }
}

#[expect(unsafe_code, reason = "the string is immortal")]
#[inline(always)]
fn deref(string: *mut PyStr) -> &'static PyStr {
    // SAFETY: only `fill` stores here, and what it stores is immortal.
    unsafe { &*string }
}

/// `intern!("append")`: a `&'static PyStr`.
#[macro_export]
macro_rules! intern {
    ($text:expr) => {{
        static LITERAL: $crate::model::intern::InternedLiteral =
            $crate::model::intern::InternedLiteral::new();
        LITERAL.get($text)
    }};
}
