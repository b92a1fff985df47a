//! `re.Pattern`: a compiled regular expression.

use super::replace;
use super::result::PyMatch;
use super::scanner::PyScanner;
use super::subject::Subject;
use core::cell::{Cell, RefCell};
use taipan_kernels::sre::{Matcher, Mode, Program};
use taipan_objects::memory;
use taipan_objects::model::args::OptArg;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::types::descriptors::PyMappingProxy;
use taipan_objects::types::genericalias;

/// A translated program and the code it came from; holds no references.
pub struct Compiled {
    pub program: Program,
    code: Vec<u32>,
}

impl Traverse for Compiled {
    fn traverse(&self, _: &mut Visitor) {}
}

/// Compiled regular expression object.
#[pytype(name = "re.Pattern", gc, flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), weakref = weaklist, parts(METHODS, SLOTS))]
pub struct PyPattern {
    ob_base: PyObject,
    /// The pattern string from which the RE object was compiled.
    #[member(readonly, kind = OBJECT)]
    pattern: Obj,
    /// The regex matching flags.
    #[member(readonly, kind = INT)]
    flags: i32,
    /// The number of capturing groups in the pattern.
    #[member(readonly, kind = PYSSIZET)]
    pub groups: isize,
    pub group_index: Py<PyDict>,
    pub index_group: Py<PyTuple>,
    /// Whether it is for bytes; `None` where it came without a pattern.
    is_bytes: Option<bool>,
    pub compiled: Compiled,
    weaklist: Cell<*mut PyObject>,
}

/// Matchers that are not in use, with the memory they hold.
#[derive(Default)]
struct Pool(RefCell<Vec<Matcher>>);

/// Lends a matcher.
pub fn with_matcher<R>(f: impl FnOnce(&mut Matcher) -> R) -> R {
    let pool: &Pool = thread::current().interpreter().extension();
    let mut matcher = pool.0.borrow_mut().pop().unwrap_or_default();
    let result = f(&mut matcher);
    let mut spare = pool.0.borrow_mut();
    if spare.len() < 4 {
        spare.push(matcher);
    }
    result
}

const FLAG_NAMES: [(i32, &str); 8] = [
    (2, "re.IGNORECASE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
    (4, "re.LOCALE"),
    (32, "re.UNICODE"),
];
const LOCALE: i32 = 4;
const UNICODE: i32 = 32;
const ASCII: i32 = 256;

impl PyPattern {
    pub fn compile(
        pattern: &PyObject,
        flags: i32,
        code: &PyList,
        groups: isize,
        group_index: &PyDict,
        index_group: &PyTuple,
    ) -> PyResult<Py<PyPattern>> {
        let is_bytes = if pattern.is_none() { None } else { Some(Subject::new(pattern)?.is_bytes()) };
        let mut words = Vec::with_capacity(code.len());
        for item in code.to_vec() {
            let Some(word) = item.downcast::<PyInt>() else {
                return Err(raised!(TypeError, "an integer is required"));
            };
            match word.to_i64().map(u32::try_from) {
                Some(Ok(word)) => words.push(word),
                _ => return Err(raised!(OverflowError, "regular expression code size limit exceeded")),
            }
        }
        let count = usize::try_from(groups).unwrap_or(0);
        let Ok(program) = Program::compile(&words, count) else {
            return Err(raised!(RuntimeError, "invalid SRE code"));
        };
        Ok(memory::new(PyPattern {
            ob_base: PyObject::EMPTY,
            pattern: pattern.owned(),
            flags,
            groups,
            group_index: group_index.to_owned(),
            index_group: index_group.to_owned(),
            is_bytes,
            compiled: Compiled { program, code: words },
            weaklist: Cell::new(core::ptr::null_mut()),
        }))
    }

    /// The text to run over, of the kind the pattern is for.
    pub fn subject(&self, string: &PyObject) -> PyResult<Subject> {
        let subject = Subject::new(string)?;
        match (self.is_bytes, subject.is_bytes()) {
            (Some(false), true) => {
                Err(raised!(TypeError, "cannot use a string pattern on a bytes-like object"))
            }
            (Some(true), false) => {
                Err(raised!(TypeError, "cannot use a bytes pattern on a string-like object"))
            }
            _ => Ok(subject),
        }
    }

    /// Which group an index or a name is.
    pub fn group_number(&self, index: &PyObject) -> PyResult<Option<usize>> {
        let number = if number::is_index(index) {
            number::as_isize(index, None)?
        } else {
            match self.group_index.get_item(index)? {
                Some(found) => found.downcast::<PyInt>().and_then(PyInt::to_i64).unwrap_or(-1) as isize,
                None => -1,
            }
        };
        Ok(usize::try_from(number).ok().filter(|&n| n <= self.groups as usize))
    }

    fn match_once(
        &self,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
        mode: Mode,
    ) -> PyResult<Option<Py<PyMatch>>> {
        let subject = self.subject(string)?;
        let range = clip(pos, endpos, subject.len());
        with_matcher(|matcher| {
            let program = &self.compiled.program;
            let found = subject.run(matcher, program, range.0, range.1, mode, false)?;
            Ok(found.then(|| PyMatch::new(self, &subject.object, range, matcher)))
        })
    }

    /// Calls `found` for every match of the text from left to right.
    pub fn each_match(
        &self,
        subject: &Subject,
        range: (usize, usize),
        mut found: impl FnMut(&mut Matcher) -> PyResult<bool>,
    ) -> PyResult<()> {
        with_matcher(|matcher| {
            let (mut start, mut must_advance) = (range.0, false);
            let program = &self.compiled.program;
            while start <= range.1
                && subject.run(matcher, program, start, range.1, Mode::Search, must_advance)?
            {
                let span = matcher.span();
                if !found(matcher)? {
                    break;
                }
                must_advance = span.0 == span.1;
                start = span.1;
            }
            Ok(())
        })
    }

    fn shown_flags(&self) -> Vec<String> {
        let mut flags = self.flags;
        if self.is_bytes == Some(false) && flags & (LOCALE | UNICODE | ASCII) == UNICODE {
            flags &= !UNICODE;
        }
        let mut names = Vec::new();
        // In the order of the bits, but for the names that come last in CPython's table.
        for (bit, name) in [
            FLAG_NAMES[0],
            FLAG_NAMES[6],
            FLAG_NAMES[1],
            FLAG_NAMES[2],
            FLAG_NAMES[7],
            FLAG_NAMES[3],
            FLAG_NAMES[4],
            FLAG_NAMES[5],
        ] {
            if flags & bit != 0 {
                names.push(name.to_owned());
                flags &= !bit;
            }
        }
        if flags != 0 {
            names.push(format!("{flags:#x}"));
        }
        names
    }
}

/// Start and end within a text of `length`.
pub fn clip(pos: OptArg<isize>, endpos: OptArg<isize>, length: usize) -> (usize, usize) {
    let clip = |at: isize| usize::try_from(at).unwrap_or(0).min(length);
    let end = endpos.given().map_or(length, clip);
    (pos.given().map_or(0, clip), end)
}

#[pymethods(METHODS)]
impl PyPattern {
    /// Matches zero or more characters at the beginning of the string.
    #[pymethod(name = "match", signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn match_start(
        &self,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(string, pos, endpos, Mode::Match)
    }

    /// Matches against all of the string.
    #[pymethod(signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(
        &self,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(string, pos, endpos, Mode::FullMatch)
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[pymethod(signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn search(
        &self,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(string, pos, endpos, Mode::Search)
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[pymethod(signature = "(repl, string, count=0)")]
    fn sub(&self, repl: &PyObject, string: &PyObject, count: isize) -> PyResult {
        replace::substitute(self, repl, string, count).map(|(text, _)| text)
    }

    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[pymethod(signature = "(repl, string, count=0)")]
    fn subn(&self, repl: &PyObject, string: &PyObject, count: isize) -> PyResult<(Obj, usize)> {
        replace::substitute(self, repl, string, count)
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[pymethod(signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn findall(&self, string: &PyObject, pos: OptArg<isize>, endpos: OptArg<isize>) -> PyResult<Py<PyList>> {
        let subject = self.subject(string)?;
        let range = clip(pos, endpos, subject.len());
        let mut items = Vec::new();
        let groups = self.groups as usize;
        self.each_match(&subject, range, |matcher| {
            let group = |i: usize| match matcher.group(i) {
                Some((start, end)) => subject.slice(start, end),
                None => subject.empty(),
            };
            items.try_reserve(1).map_err(|_| raised!(MemoryError))?;
            items.push(match groups {
                0 => subject.slice(matcher.span().0, matcher.span().1),
                1 => group(1),
                _ => PyTuple::from_vec((1..=groups).map(group).collect()).into_obj(),
            });
            Ok(true)
        })?;
        PyList::try_from_vec(items)
    }

    /// Split string by the occurrences of pattern.
    #[pymethod(signature = "(string, maxsplit=0)")]
    fn split(&self, string: &PyObject, maxsplit: isize) -> PyResult<Py<PyList>> {
        replace::split(self, string, maxsplit)
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[pymethod(signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn finditer(&self, string: &PyObject, pos: OptArg<isize>, endpos: OptArg<isize>) -> PyResult {
        let scanner = PyScanner::new(self, string, pos, endpos)?;
        let search = object::get_attr(&scanner, intern!("search"))?;
        let builtins = thread::current().interpreter().builtins.get();
        let Some(builtins) = builtins else {
            return Err(raised!(RuntimeError, "lost builtins"));
        };
        call::call(&*object::get_item(&builtins, intern!("iter"))?, &[&search, none_ref()])
    }

    #[pymethod(signature = "(string, pos=0, endpos=sys.maxsize)")]
    fn scanner(
        &self,
        string: &PyObject,
        pos: OptArg<isize>,
        endpos: OptArg<isize>,
    ) -> PyResult<Py<PyScanner>> {
        PyScanner::new(self, string, pos, endpos)
    }

    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Obj {
        self.owned()
    }

    #[pymethod(name = "__deepcopy__", signature = "(memo, /)")]
    fn deep_copy(&self, memo: &PyObject) -> Obj {
        let _ = memo;
        self.owned()
    }

    /// Patterns are generic over the type of string they handle (str or bytes)
    #[pymethod(class, name = "__class_getitem__", signature = "(object, /)")]
    fn class_getitem(cls: &TypeObject, item: &PyObject) -> PyResult {
        genericalias::new(cls, item)
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(&self) -> PyResult {
        Ok(PyMappingProxy::new(&self.group_index).into_obj())
    }
}

#[pymethods(SLOTS)]
impl PyPattern {
    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let shown = object::repr(&self.pattern)?;
        let shown = shown.substring(0, shown.len().min(200));
        let flags = self.shown_flags();
        let (comma, flags) = (if flags.is_empty() { "" } else { ", " }, flags.join("|"));
        PyStr::concat_many(&[&PyStr::new("re.compile("), &shown, &PyStr::new(&format!("{comma}{flags})"))])
    }

    #[slot(tp_hash)]
    fn hash(&self) -> PyResult<isize> {
        let code = self
            .compiled
            .code
            .iter()
            .fold(0u64, |h, &word| (h ^ u64::from(word)).wrapping_mul(0x0000_0100_0000_01b3));
        let rest = self.flags as isize ^ isize::from(self.is_bytes == Some(true)) ^ self.groups;
        Ok(object::hash(&self.pattern)? ^ code as isize ^ rest)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        let other = match (other.downcast::<PyPattern>(), op) {
            (Some(other), CompareOp::Eq | CompareOp::Ne) => other,
            _ => return Ok(not_implemented()),
        };
        let same = self.is(other)
            || self.flags == other.flags
                && self.is_bytes == other.is_bytes
                && self.compiled.code == other.compiled.code
                && object::compare_bool(&self.pattern, &other.pattern, CompareOp::Eq)?;
        Ok(PyInt::from_bool(same == (op == CompareOp::Eq)))
    }
}
