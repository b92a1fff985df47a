//! Splitting exception groups, and putting together what `except*` clauses left.

use super::base::PyBaseException;
use super::groups::{PyBaseExceptionGroup, new_group};
use crate::errors::{self, check_stack};
use crate::intern;
use crate::model::{Obj, ObjectExt, PyObject, PyResult, TypeObject, none};
use crate::protocols::{call, object, sequence};
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use std::collections::HashSet;

/// What decides on which side a leaf goes.
pub(super) enum Matcher<'a> {
    /// An exception class or a tuple of them.
    Classes(&'a PyObject),
    Predicate(&'a PyObject),
    /// Addresses of leaves.
    Leaves(HashSet<usize>),
}

impl<'a> Matcher<'a> {
    /// What `split` and `subgroup` accept.
    pub(super) fn of(value: &'a PyObject) -> PyResult<Self> {
        let is_class = |value: &PyObject| errors::exception_class(value).is_some();
        if is_class(value) {
            return Ok(Matcher::Classes(value));
        }
        if let Some(choices) = value.downcast::<PyTuple>()
            && choices.as_slice().iter().all(|choice| is_class(choice))
        {
            return Ok(Matcher::Classes(value));
        }
        if object::is_callable(value) && value.downcast::<TypeObject>().is_none() {
            return Ok(Matcher::Predicate(value));
        }
        Err(raised!(
            TypeError,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)"
        ))
    }

    fn accepts(&self, exception: &PyObject) -> PyResult<bool> {
        match self {
            Matcher::Classes(wanted) => Ok(errors::given_matches(exception, wanted)),
            Matcher::Predicate(predicate) => object::is_true(&*call::call(predicate, &[exception])?),
            Matcher::Leaves(addresses) => Ok(exception.downcast::<PyBaseExceptionGroup>().is_none()
                && addresses.contains(&exception.as_ptr().addr())),
        }
    }
}

type Parts = (Option<Obj>, Option<Obj>);

/// What matches, and (where it is wanted) the rest; nested groups keep their shape.
pub(super) fn split_group(
    group: &PyBaseExceptionGroup,
    matcher: &Matcher<'_>,
    with_rest: bool,
) -> PyResult<Parts> {
    split(group, matcher, with_rest)
}

fn split(exception: &PyObject, matcher: &Matcher<'_>, with_rest: bool) -> PyResult<Parts> {
    if matcher.accepts(exception)? {
        return Ok((Some(exception.owned()), None));
    }
    let Some(group) = exception.downcast::<PyBaseExceptionGroup>() else {
        return Ok((None, with_rest.then(|| exception.owned())));
    };
    check_stack(" in exceptiongroup_split_recursive")?;
    let (mut matched, mut rest) = (Vec::new(), Vec::new());
    for item in group.exceptions().as_slice() {
        let (item_matched, item_rest) = split(item, matcher, with_rest)?;
        matched.extend(item_matched);
        rest.extend(item_rest);
    }
    let matched = subset(group, matched)?;
    let rest = if with_rest { subset(group, rest)? } else { None };
    Ok((matched, rest))
}

/// A group like `group` of some of its exceptions, made with its `derive`; it has the group's metadata.
fn subset(group: &PyBaseExceptionGroup, exceptions: Vec<Obj>) -> PyResult<Option<Obj>> {
    if exceptions.is_empty() {
        return Ok(None);
    }
    let list = PyList::from_vec(exceptions);
    let derived = call::method(group, intern!("derive"), &[&list])?;
    let Some(made) = derived.downcast::<PyBaseExceptionGroup>() else {
        return Err(raised!(TypeError, "derive must return an instance of BaseExceptionGroup"));
    };
    if let Some(traceback) = group.base.traceback() {
        made.base.traceback.set(Some(traceback));
    }
    made.base.context.set(group.base.context.get());
    made.base.set_cause(group.base.cause.get());
    let name = intern!("__notes__");
    if let Some(notes) = object::get_optional_attr(group, name)?
        && sequence::is_sequence(&notes)
    {
        object::set_attr(made, name, Some(&*sequence::to_list(&notes)?))?;
    }
    Ok(Some(derived))
}

fn collect_leaves(exception: &PyObject, addresses: &mut HashSet<usize>) -> PyResult<()> {
    let Some(group) = exception.downcast::<PyBaseExceptionGroup>() else {
        addresses.insert(exception.as_ptr().addr());
        return Ok(());
    };
    check_stack(" in collect_exception_group_leaf_ids")?;
    group.exceptions().as_slice().iter().try_for_each(|item| collect_leaves(item, addresses))
}

fn same_metadata(exception: &PyObject, original: &PyObject) -> bool {
    let (Some(a), Some(b)) =
        (exception.downcast::<PyBaseExceptionGroup>(), original.downcast::<PyBaseExceptionGroup>())
    else {
        return false;
    };
    let same = |a: Option<Obj>, b: Option<Obj>| a.map(|a| a.as_ptr()) == b.map(|b| b.as_ptr());
    let (a, b): (&PyBaseException, &PyBaseException) = (&a.base, &b.base);
    same(a.notes.get(), b.notes.get())
        && same(a.traceback.get(), b.traceback.get())
        && same(a.cause.get(), b.cause.get())
        && same(a.context.get(), b.context.get())
}

/// What is raised after the `except*` clauses of a `try`: of the exceptions that the clauses raised or left over, the
/// left-over ones are put together in the shape of the original; `None` where nothing is left.
pub fn prep_reraise_star(original: &PyObject, exceptions: &PyList) -> PyResult {
    let all = exceptions.to_vec();
    let Some(first) = all.first() else { return Ok(none()) };
    if original.downcast::<PyBaseExceptionGroup>().is_none() {
        // One exception that was wrapped: at most one clause ran, so there is at most one to raise.
        return Ok(first.clone());
    }
    let (mut raised, mut reraised) = (Vec::new(), Vec::new());
    for exception in all.into_iter().filter(|exception| !exception.is_none()) {
        if same_metadata(&exception, original) { reraised.push(exception) } else { raised.push(exception) }
    }
    let mut addresses = HashSet::new();
    for exception in &reraised {
        collect_leaves(exception, &mut addresses)?;
    }
    let (kept, _) = split(original, &Matcher::Leaves(addresses), false)?;
    if raised.is_empty() {
        return Ok(kept.unwrap_or_else(none));
    }
    raised.extend(kept);
    if raised.len() > 1 {
        return new_group(&PyStr::empty(), &PyList::from_vec(raised));
    }
    Ok(raised.swap_remove(0))
}
