//! Binding the arguments of native functions, with CPython's wording of what is wrong.
//!
//! A [`Signature`] is what `#[pymethod(signature = "…")]` declares; [`RawArgs`] are the arguments as they came, in any of
//! the three C conventions; [`Bound`] has them in the order of the parameters. A function none of whose parameters
//! can be named is told of mistakes as `PyArg_CheckPositional` words them, the others as Argument Clinic does.

#![expect(unsafe_code, reason = "reads argument arrays that C passes")]

use super::{CompareOp, Obj, ObjectExt, Py, PyObject, PyResult, PyType, Raised};
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use core::mem::ManuallyDrop;
use taipan_abi::PY_VECTORCALL_ARGUMENTS_OFFSET;

/// The parameters of a native function. `params` names them in order, without `*args` and `**kwargs`.
pub struct Signature {
    pub name: &'static str,
    pub params: &'static [&'static str],
    pub positional_only: usize,
    /// How many can be given by position.
    pub positional: usize,
    /// How many of those must be given.
    pub required: usize,
    /// A bit for each keyword-only parameter without a default, by index.
    pub required_keywords: u64,
    pub var_args: bool,
    pub var_keywords: bool,
    pub wording: Wording,
}

/// Which family of C functions a signature complains like, where families differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Argument Clinic.
    Clinic,
    /// `PyArg_ParseTupleAndKeywords` behind `*args`: too many names are counted before they are looked at.
    CountsKeywords,
    /// A vectorcall function that counts with `_PyArg_CheckPositional` where nothing is named.
    ByPosition,
}

/// Arguments as they came.
pub struct RawArgs<'a> {
    args: &'a [&'a PyObject],
    keywords: Keywords<'a>,
}

enum Keywords<'a> {
    None,
    /// Names, and the values in the same order.
    Names(&'a PyTuple, &'a [&'a PyObject]),
    Dict(&'a PyDict),
}

/// Arguments in the order of the parameters.
pub struct Bound<'a, const N: usize> {
    pub named: [Option<&'a PyObject>; N],
    pub var_args: &'a [&'a PyObject],
    pub var_keywords: Option<Py<PyDict>>,
    /// Keeps alive what came out of a dictionary of keywords.
    kept: Kept,
}

/// Objects that a binding holds: hardly ever any, so that their end is one comparison.
#[derive(Default)]
struct Kept(ManuallyDrop<Vec<Obj>>);

impl Kept {
    fn hold(&mut self, object: Obj) {
        self.0.push(object);
    }
}

impl Drop for Kept {
    #[inline(always)]
    fn drop(&mut self) {
        #[cold]
        #[inline(never)]
        fn give_up(kept: &mut ManuallyDrop<Vec<Obj>>) {
            // SAFETY: dropped once, with what it is in.
            unsafe { ManuallyDrop::drop(kept) }
        }
        if self.0.capacity() != 0 {
            give_up(&mut self.0);
        }
    }
}

/// What is wrong with a named argument.
enum Problem {
    /// The parameter of this index was given by position, too.
    GivenTwice(usize),
    Unexpected(Py<PyStr>),
}

impl<'a, const N: usize> Bound<'a, N> {
    /// A parameter without a default: `bind` made sure that it is there.
    #[inline(always)]
    pub fn required(&self, index: usize) -> &'a PyObject {
        self.named[index].expect("bind fills every required parameter")
    }
}

impl<'a> RawArgs<'a> {
    /// # Safety
    /// `args` holds `nargs` live objects and then one for each name.
    #[inline(always)]
    pub unsafe fn from_fastcall(args: *const *mut PyObject, nargs: isize, names: *mut PyObject) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::from_array(args, nargs as usize, names) }
    }

    /// # Safety
    /// As `from_fastcall`; `nargs` may carry `PY_VECTORCALL_ARGUMENTS_OFFSET`.
    #[inline(always)]
    pub unsafe fn from_vectorcall(args: *const *mut PyObject, nargs: usize, names: *mut PyObject) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::from_array(args, nargs & !PY_VECTORCALL_ARGUMENTS_OFFSET, names) }
    }

    unsafe fn from_array(args: *const *mut PyObject, nargs: usize, names: *mut PyObject) -> Self {
        // SAFETY: the caller's promise; a reference has the bits of a pointer that is not null.
        unsafe {
            let slice = |start: usize, length: usize| -> &'a [&'a PyObject] {
                if length == 0 { &[] } else { core::slice::from_raw_parts(args.add(start).cast(), length) }
            };
            let keywords = match names.cast::<PyTuple>().as_ref() {
                Some(names) if !names.is_empty() => Keywords::Names(names, slice(nargs, names.len())),
                _ => Keywords::None,
            };
            RawArgs { args: slice(0, nargs), keywords }
        }
    }

    /// # Safety
    /// `args` is a live tuple, `kwargs` a live dictionary or null.
    #[inline]
    pub unsafe fn from_tuple(args: *mut PyObject, kwargs: *mut PyObject) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            let keywords = match kwargs.cast::<PyDict>().as_ref() {
                Some(dict) if !dict.is_empty() => Keywords::Dict(dict),
                _ => Keywords::None,
            };
            RawArgs { args: (*args.cast::<PyTuple>()).as_slice(), keywords }
        }
    }

    /// The arguments, where none of them is named.
    #[inline]
    pub fn unnamed(&self) -> Option<&'a [&'a PyObject]> {
        (self.keyword_count() == 0).then_some(self.args)
    }

    /// From a slice of positional arguments and keyword names behind them.
    pub fn from_slice(args: &'a [&'a PyObject], names: Option<&'a PyTuple>) -> Self {
        let count = names.map_or(0, |names| names.len());
        let (positional, values) = args.split_at(args.len() - count);
        let keywords = match names {
            Some(names) if count != 0 => Keywords::Names(names, values),
            _ => Keywords::None,
        };
        RawArgs { args: positional, keywords }
    }

    fn keyword_count(&self) -> usize {
        match &self.keywords {
            Keywords::None => 0,
            Keywords::Names(names, _) => names.len(),
            Keywords::Dict(dict) => dict.len(),
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl Signature {
    /// Puts the arguments in order. `N` is `params.len()`.
    ///
    /// It is inlined where the signature is known: of a call by position alone, two comparisons are left.
    #[inline(always)]
    pub fn bind<'a, const N: usize>(&self, raw: &RawArgs<'a>) -> PyResult<Bound<'a, N>> {
        let given = raw.args.len();
        let plain =
            matches!(raw.keywords, Keywords::None) && !self.var_keywords && self.required_keywords == 0;
        if !plain || given < self.required || (given > self.positional && !self.var_args) {
            return self.bind_any(raw);
        }
        let positional = given.min(self.positional);
        let mut named = [None; N];
        for (index, slot) in named.iter_mut().enumerate() {
            if index < positional {
                *slot = Some(raw.args[index]);
            }
        }
        let var_args = if self.var_args { &raw.args[positional..] } else { &[] };
        Ok(Bound { named, var_args, var_keywords: None, kept: Kept::default() })
    }

    #[inline(never)]
    fn bind_any<'a, const N: usize>(&self, raw: &RawArgs<'a>) -> PyResult<Bound<'a, N>> {
        let given = raw.args.len();
        let positional = given.min(self.positional);
        let mut bound = Bound {
            named: [None; N],
            var_args: &raw.args[positional..],
            var_keywords: None,
            kept: Kept::default(),
        };
        for (slot, &value) in bound.named.iter_mut().zip(&raw.args[..positional]) {
            *slot = Some(value);
        }
        let mut problem = None;
        if !matches!(raw.keywords, Keywords::None) {
            problem = self.bind_keywords(raw, &mut bound)?;
        } else if self.var_keywords {
            bound.var_keywords = Some(PyDict::new());
        }
        let complete = bound.named[..self.required.min(N)].iter().all(Option::is_some)
            && self.has_required_keywords(&bound.named);
        if (given > self.positional && !self.var_args) || !complete {
            return Err(self.wrong_count(&bound.named, given, raw.keyword_count()));
        }
        match problem {
            None => Ok(bound),
            Some(problem) => Err(self.explain(problem)),
        }
    }

    fn has_required_keywords(&self, named: &[Option<&PyObject>]) -> bool {
        self.required_keywords == 0
            || named.iter().enumerate().all(|(i, v)| v.is_some() || self.required_keywords & (1 << i) == 0)
    }

    /// Binds what was given by name. What is wrong with a name is told only when nothing is missing.
    #[cold]
    fn bind_keywords<'a, const N: usize>(
        &self,
        raw: &RawArgs<'a>,
        bound: &mut Bound<'a, N>,
    ) -> PyResult<Option<Problem>> {
        if self.params.len() == self.positional_only && !self.var_keywords {
            return Err(raised!(TypeError, "{}() takes no keyword arguments", self.name));
        }
        let given = raw.args.len();
        if !self.var_args && !self.var_keywords && given + raw.keyword_count() > self.params.len() {
            return Err(self.too_many(given, raw.keyword_count()));
        }
        if given > self.positional && !self.var_args {
            return Err(self.wrong_count(&bound.named, given, raw.keyword_count()));
        }
        let nameable = self.params.len() - self.positional;
        if self.wording == Wording::CountsKeywords
            && self.var_args
            && !self.var_keywords
            && raw.keyword_count() > nameable
        {
            return Err(raised!(
                TypeError,
                "{}() takes at most {nameable} keyword argument{} ({} given)",
                self.name,
                plural(nameable),
                raw.keyword_count()
            ));
        }
        let extra = self.var_keywords.then(PyDict::new);
        let mut problem = None;
        match &raw.keywords {
            Keywords::None => {}
            Keywords::Names(names, values) => {
                for (name, &value) in names.as_slice().iter().zip(*values) {
                    self.bind_keyword(name, value, extra.as_deref(), bound, &mut problem)?;
                }
            }
            Keywords::Dict(dict) => {
                for (name, value) in dict.items_snapshot() {
                    // SAFETY: `kept` keeps the value alive as long as the binding.
                    let borrowed: &'a PyObject = unsafe { &*value.as_ptr() };
                    bound.kept.hold(value);
                    self.bind_keyword(&name, borrowed, extra.as_deref(), bound, &mut problem)?;
                }
            }
        }
        bound.var_keywords = extra;
        Ok(problem)
    }

    fn bind_keyword<'a, const N: usize>(
        &self,
        name: &PyObject,
        value: &'a PyObject,
        extra: Option<&PyDict>,
        bound: &mut Bound<'a, N>,
        problem: &mut Option<Problem>,
    ) -> PyResult<()> {
        let Some(text) = name.downcast::<PyStr>() else {
            // A dictionary of keywords is handed on as it is.
            return match extra {
                Some(extra) => extra.set_item(name, value),
                None => Err(raised!(TypeError, "keywords must be strings")),
            };
        };
        let known = self.params.iter().skip(self.positional_only).position(|&param| text.eq_str(param));
        match (known, extra) {
            (Some(index), _) => {
                let index = index + self.positional_only;
                if bound.named[index].is_some() {
                    let before = match problem {
                        Some(Problem::GivenTwice(before)) => (*before).min(index),
                        _ => index,
                    };
                    *problem = Some(Problem::GivenTwice(before));
                } else {
                    bound.named[index] = Some(value);
                }
                Ok(())
            }
            (None, Some(extra)) => extra.set_item(name, value),
            (None, None) => {
                problem.get_or_insert_with(|| Problem::Unexpected(PyType::to_owned(text)));
                Ok(())
            }
        }
    }

    #[cold]
    fn explain(&self, problem: Problem) -> Raised {
        match problem {
            Problem::GivenTwice(index) => raised!(
                TypeError,
                "argument for {}() given by name ('{}') and position ({})",
                self.name,
                self.params[index],
                index + 1
            ),
            Problem::Unexpected(name) => {
                let known = &self.params[self.positional_only..];
                // A string of a class of its own may claim to be a name that it does not spell.
                let claims = |param: &&str| {
                    let param = PyStr::new(param);
                    crate::protocols::object::compare_bool(&param, &name, CompareOp::Eq).unwrap_or_else(
                        |raised| {
                            crate::errors::clear(raised);
                            false
                        },
                    )
                };
                if name.downcast_exact::<PyStr>().is_none() && known.iter().any(claims) {
                    return raised!(TypeError, "invalid keyword argument for {}()", self.name);
                }
                match crate::errors::suggest::nearest(known, &name.to_string()) {
                    Some(near) => raised!(
                        TypeError,
                        "{}() got an unexpected keyword argument '{name}'. Did you mean '{near}'?",
                        self.name
                    ),
                    None => raised!(TypeError, "{}() got an unexpected keyword argument '{name}'", self.name),
                }
            }
        }
    }

    /// More arguments than there are parameters.
    #[cold]
    fn too_many(&self, given: usize, keywords: usize) -> Raised {
        let total = self.params.len();
        let required = self.required + self.required_keywords.count_ones() as usize;
        let how = if required == total { "exactly" } else { "at most" };
        let keyword = if given == 0 { "keyword " } else { "" };
        raised!(
            TypeError,
            "{}() takes {how} {total} {keyword}argument{} ({} given)",
            self.name,
            plural(total),
            given + keywords
        )
    }

    fn too_few_positional(&self, given: usize) -> Raised {
        let wanted = self.required.min(self.positional_only);
        let at_least = if wanted < self.positional || self.var_args { "at least" } else { "exactly" };
        raised!(
            TypeError,
            "{}() takes {at_least} {wanted} positional argument{} ({given} given)",
            self.name,
            plural(wanted)
        )
    }

    #[cold]
    fn wrong_count(&self, named: &[Option<&PyObject>], given: usize, keywords: usize) -> Raised {
        let Signature { name, positional, required, .. } = *self;
        let total = self.params.len();
        let by_position = self.wording == Wording::ByPosition && given > positional && keywords == 0;
        if by_position || (self.positional_only == total && !self.var_keywords) {
            let (wanted, bound) = if given < required {
                (required, if required < positional || self.var_args { "at least " } else { "" })
            } else {
                (positional, if required < positional { "at most " } else { "" })
            };
            return raised!(
                TypeError,
                "{name} expected {bound}{wanted} argument{}, got {given}",
                plural(wanted)
            );
        }
        if given > positional && !self.var_args {
            if given + keywords > total {
                let keyword = if given == 0 { "keyword " } else { "" };
                return raised!(
                    TypeError,
                    "{name}() takes at most {total} {keyword}argument{} ({} given)",
                    plural(total),
                    given + keywords
                );
            }
            if positional == 0 {
                return raised!(TypeError, "{name}() takes no positional arguments");
            }
            let how = if required < positional { "at most" } else { "exactly" };
            return raised!(
                TypeError,
                "{name}() takes {how} {positional} positional argument{} ({given} given)",
                plural(positional)
            );
        }
        let missing = named.iter().enumerate().position(|(i, value)| {
            value.is_none() && (i < required || (i >= positional && self.required_keywords & (1 << i) != 0))
        });
        match missing {
            Some(index) if index < self.positional_only => {
                self.too_few_positional(named.iter().take_while(|v| v.is_some()).count())
            }
            Some(index) => raised!(
                TypeError,
                "{name}() missing required argument '{}' (pos {})",
                self.params[index],
                index + 1
            ),
            None => raised!(TypeError, "{name}() takes other arguments"),
        }
    }
}

/// Which argument a conversion speaks of.
pub struct ArgName<'s> {
    signature: &'s Signature,
    index: usize,
    only: bool,
}

impl<'s> ArgName<'s> {
    #[inline(always)]
    pub fn new(signature: &'s Signature, index: usize) -> Self {
        ArgName { signature, index, only: false }
    }

    /// The single argument of a `METH_O` function.
    #[inline(always)]
    pub fn only(signature: &'s Signature) -> Self {
        ArgName { signature, index: 0, only: true }
    }

    /// The function's and the parameter's name.
    pub fn parts(&self) -> (&'static str, &'static str) {
        (self.signature.name, self.signature.params[self.index])
    }

    /// The `TypeError` for a value that is not `wanted`: `name() argument 1 must be str, not int`.
    #[cold]
    pub fn wrong_type(&self, wanted: &str, value: &PyObject) -> Raised {
        let found = if value.is_none() { "None" } else { value.class().name() };
        raised!(TypeError, "{} must be {wanted}, not {found}", self.describe())
    }

    /// `name() argument 'x'`, `name() argument 1` or `name() argument`.
    pub fn describe(&self) -> String {
        let Signature { name, params, positional_only, .. } = *self.signature;
        if self.only {
            format!("{name}() argument")
        } else if self.index < positional_only {
            format!("{name}() argument {}", self.index + 1)
        } else {
            format!("{name}() argument '{}'", params[self.index])
        }
    }
}

/// What a parameter of a native function may be.
pub trait FromArg<'a>: Sized {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self>;
}

/// A parameter that can tell "not given" from `None`.
#[derive(Clone, Copy, Debug)]
pub enum OptArg<T> {
    Missing,
    Given(T),
}

impl<T> OptArg<T> {
    #[inline]
    pub fn given(self) -> Option<T> {
        match self {
            OptArg::Missing => None,
            OptArg::Given(value) => Some(value),
        }
    }
}

impl<'a, T: FromArg<'a>> FromArg<'a> for OptArg<T> {
    #[inline(always)]
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        T::from_arg(value, name).map(OptArg::Given)
    }
}

/// `None` is `None`.
impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline(always)]
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        if value.is_none() { Ok(None) } else { T::from_arg(value, name).map(Some) }
    }
}

impl<'a> FromArg<'a> for &'a PyObject {
    #[inline(always)]
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        Ok(value)
    }
}

impl<'a> FromArg<'a> for Obj {
    #[inline(always)]
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        Ok(value.owned())
    }
}

impl<'a, T: PyType> FromArg<'a> for &'a T {
    #[inline(always)]
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        value.downcast::<T>().ok_or_else(|| name.wrong_type(T::SHORT_NAME, value))
    }
}

/// Truth.
impl<'a> FromArg<'a> for bool {
    #[inline]
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        crate::protocols::object::is_true(value)
    }
}

impl<'a> FromArg<'a> for f64 {
    #[inline]
    fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
        crate::protocols::number::as_f64(value)
    }
}

/// UTF-8; a string with lone surrogates is refused as when encoding.
impl<'a> FromArg<'a> for &'a str {
    #[inline]
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        match value.downcast::<PyStr>() {
            Some(text) => text.to_utf8(),
            None => Err(name.wrong_type("str", value)),
        }
    }
}

macro_rules! integer_args {
    ($($ty:ty => $what:literal),*) => {
        $(
            impl<'a> FromArg<'a> for $ty {
                #[inline]
                fn from_arg(value: &'a PyObject, _: &ArgName<'_>) -> PyResult<Self> {
                    crate::protocols::number::index_to_integer::<$ty>(value, $what)
                }
            }
        )*
    };
}

integer_args!(i32 => "C int", u32 => "C unsigned int", i64 => "C long", u64 => "C unsigned long",
              isize => "C ssize_t", usize => "C size_t", u8 => "C unsigned char", i16 => "C short", u16 => "C unsigned short");
