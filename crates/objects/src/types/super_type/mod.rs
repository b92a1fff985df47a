//! `super`: attribute look-up behind a class in the MRO of an object's class.

#![expect(unsafe_code, reason = "calls slots and an upcall")]

use crate::intern;
use crate::model::args::OptArg;
use crate::model::{Obj, ObjCell, ObjectExt, Py, PyObject, PyResult, PyType, TypeObject, none_ref};
use crate::protocols::{call, object};
use crate::types::str::PyStr;
use crate::types::r#type as types;
use core::ptr::null_mut;
use taipan_abi::PyTypeObject;
use taipan_macros::{pymethods, pytype};

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires
///     issubclass(type2, type)
/// Typical use to call a cooperative superclass method:
/// class C(B):
///     def meth(self, arg):
///         super().meth(arg)
/// This works for class methods too:
/// class C(B):
///     @classmethod
///     def cmeth(cls, arg):
///         super().cmeth(arg)
#[pytype(name = "super", exported = PySuper_Type, gc, flags(BASETYPE), parts(METHODS))]
pub struct PySuper {
    ob_base: PyObject,
    /// the class invoking super()
    #[member(name = "__thisclass__", readonly, kind = OBJECT)]
    class: ObjCell,
    /// the instance invoking super(); may be None
    #[member(name = "__self__", readonly, kind = OBJECT)]
    receiver: ObjCell,
    /// the type of the instance invoking super(); may be None
    #[member(name = "__self_class__", readonly, kind = OBJECT)]
    receiver_class: ObjCell,
}

/// The class whose MRO is walked for `super(class, receiver)`: the receiver itself, its type, or what it says it is.
pub fn check(class: &TypeObject, receiver: &PyObject) -> PyResult {
    if let Some(receiver) = receiver.downcast::<TypeObject>()
        && receiver.is_subtype_of(class)
    {
        return Ok(receiver.owned());
    }
    if receiver.class().is_subtype_of(class) {
        return Ok(receiver.class().owned());
    }
    if let Some(said) = object::get_optional_attr(receiver, intern!("__class__"))?
        && !said.is(receiver.class())
        && said.downcast::<TypeObject>().is_some_and(|said| said.is_subtype_of(class))
    {
        return Ok(said);
    }
    let (kind, shown) = match receiver.downcast::<TypeObject>() {
        Some(receiver) => ("type", receiver.name().to_owned()),
        None => ("instance of", receiver.class().name().to_owned()),
    };
    Err(not_instance(class, kind, &shown))
}

#[cold]
fn not_instance(class: &TypeObject, kind: &str, shown: &str) -> crate::model::Raised {
    let class = class.name();
    raised!(
        TypeError,
        "super(type, obj): obj ({kind} {shown}) is not an instance or subtype of type ({class})."
    )
}

/// The first definition of `name` behind `class` in the MRO of `start`, not bound (`None`: not found).
pub fn find_behind(class: &TypeObject, start: &TypeObject, name: &PyStr) -> Option<Obj> {
    let mro = types::mro::order(start)?;
    let classes = mro.as_slice();
    let place = classes.iter().position(|ty| ty.is(class))?;
    classes[place + 1..]
        .iter()
        .filter_map(|ty| ty.downcast::<TypeObject>())
        .find_map(|ty| types::cache::get_own(ty, name))
}

/// `super(class, receiver).name` for a receiver that is a class: the attribute, bound.
pub fn attribute_behind(class: &TypeObject, receiver: &TypeObject, name: &PyStr) -> PyResult {
    if !receiver.mro().iter().any(|ty| ty.is(class)) {
        // A strange `mro()` left the class itself out.
        return Err(not_instance(class, "type", receiver.name()));
    }
    match lookup(class, receiver, receiver, name)? {
        Some(found) => Ok(found),
        None => {
            let object = make(PySuper::type_object(), class, Some((receiver, receiver)))?;
            object::generic_get_attr(&object, name)
        }
    }
}

/// The attribute, bound to `receiver` (to none where it is the class that is walked itself).
pub fn lookup(
    class: &TypeObject,
    start: &TypeObject,
    receiver: &PyObject,
    name: &PyStr,
) -> PyResult<Option<Obj>> {
    let Some(found) = find_behind(class, start, name) else { return Ok(None) };
    let Some(get) = found.class().tp_descr_get() else { return Ok(Some(found)) };
    let bound = if receiver.is(start) { null_mut() } else { receiver.as_ptr() };
    // SAFETY: the slot of a live object.
    unsafe { Obj::from_result(get(found.as_ptr(), bound, start.as_ptr())).map(Some) }
}

/// `super(class, receiver).name` of the instruction `LOAD_SUPER_ATTR`; with `method`, a function that takes the receiver
/// may come back unbound (`true`).
pub fn load_attr(
    class: &TypeObject,
    receiver: &PyObject,
    name: &PyStr,
    method: bool,
) -> PyResult<(Obj, bool)> {
    let start = check(class, receiver)?;
    let Some(start) = start.downcast::<TypeObject>() else {
        return Err(raised!(TypeError, "super() argument 1 must be a type"));
    };
    if !name.eq_str("__class__") {
        if method
            && !receiver.is(start)
            && let Some(found) = find_behind(class, start, name)
            && call::is_method_descriptor(found.class())
        {
            return Ok((found, true));
        }
        if let Some(found) = lookup(class, start, receiver, name)? {
            return Ok((found, false));
        }
    }
    let object = make(PySuper::type_object(), class, Some((receiver, start)))?;
    object::generic_get_attr(&object, name).map(|found| (found, false))
}

fn make(
    kind: &TypeObject,
    class: &TypeObject,
    receiver: Option<(&PyObject, &TypeObject)>,
) -> PyResult<Py<PySuper>> {
    crate::memory::new_in(
        kind,
        PySuper {
            ob_base: PyObject::EMPTY,
            class: ObjCell::new(Some(class.owned())),
            receiver: ObjCell::new(receiver.map(|(receiver, _)| receiver.owned())),
            receiver_class: ObjCell::new(receiver.map(|(_, class)| class.owned())),
        },
    )
}

/// `super()` without arguments: the class and the first argument of the running function.
fn from_frame() -> PyResult<(Obj, Obj)> {
    let (mut class, mut receiver): (*mut PyTypeObject, *mut PyObject) = (null_mut(), null_mut());
    // SAFETY: both places are written before the upcall says that it succeeded.
    unsafe {
        if (crate::model::upcalls::get().super_arguments)(&raw mut class, &raw mut receiver) < 0 {
            return Err(crate::model::Raised::claim());
        }
        Ok((Obj::from_raw(class.cast()), Obj::from_raw(receiver)))
    }
}

#[pymethods(METHODS)]
impl PySuper {
    #[new(signature = "(*args, **kwargs)")]
    fn py_new(
        cls: &TypeObject,
        args: &[&PyObject],
        kwargs: Option<Py<crate::types::dict::PyDict>>,
    ) -> PyResult<Py<PySuper>> {
        let _ = (args, kwargs);
        let empty = PySuper {
            ob_base: PyObject::EMPTY,
            class: ObjCell::empty(),
            receiver: ObjCell::empty(),
            receiver_class: ObjCell::empty(),
        };
        crate::memory::new_in(cls, empty)
    }

    #[init(signature = "(type=<unrepresentable>, object=<unrepresentable>, /)")]
    fn init(&self, class: OptArg<&PyObject>, receiver: OptArg<&PyObject>) -> PyResult<()> {
        let (class, receiver) = match class {
            OptArg::Given(class) => (class.owned(), receiver.given().map(ObjectExt::owned)),
            OptArg::Missing => {
                let (class, receiver) = from_frame()?;
                (class, Some(receiver))
            }
        };
        let Some(class) = class.downcast::<TypeObject>() else {
            let found = class.class().name();
            return Err(raised!(TypeError, "super() argument 1 must be a type, not {found}"));
        };
        let receiver = receiver.filter(|receiver| !receiver.is_none());
        let start = match &receiver {
            Some(receiver) => Some(check(class, receiver)?),
            None => None,
        };
        self.class.set(Some(class.owned()));
        self.receiver.set(receiver);
        self.receiver_class.set(start);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<Py<PyStr>> {
        let name =
            |object: Option<Obj>| match object.as_ref().and_then(|object| object.downcast::<TypeObject>()) {
                Some(class) => class.name().to_owned(),
                None => "NULL".to_owned(),
            };
        let class = name(self.class.get());
        Ok(PyStr::new(&match self.receiver_class.get() {
            Some(receiver) => {
                format!("<super: <class '{class}'>, <{} object>>", name(Some(receiver)))
            }
            None => format!("<super: <class '{class}'>, NULL>"),
        }))
    }

    #[slot(tp_getattro)]
    fn get_attr(&self, name: &PyObject) -> PyResult {
        let Some(text) = name.downcast::<PyStr>() else { return Err(object::bad_name(name)) };
        if let (Some(class), Some(receiver), Some(start)) =
            (self.class.get(), self.receiver.get(), self.receiver_class.get())
            && let (Some(class), Some(start)) = (class.downcast::<TypeObject>(), start.downcast::<TypeObject>())
            // What `super().__class__` gives is the super object's own class.
            && !text.eq_str("__class__")
            && let Some(found) = lookup(class, start, &receiver, text)?
        {
            return Ok(found);
        }
        object::generic_get_attr(self, text)
    }

    #[slot(tp_descr_get)]
    fn descr_get(slf: &PyObject, instance: Option<&PyObject>, _owner: Option<&PyObject>) -> PyResult {
        // SAFETY: the slot belongs to this type.
        let this: &PySuper = unsafe { slf.downcast_unchecked() };
        let Some(instance) = instance.filter(|instance| !instance.is_none()) else { return Ok(slf.owned()) };
        let Some(class) = this.class.get().filter(|_| this.receiver.is_empty()) else {
            return Ok(slf.owned());
        };
        if !slf.class().is(PySuper::type_object()) {
            // A subclass of `super` makes the bound object itself.
            return call::call(slf.class(), &[&class, instance]);
        }
        let Some(class) = class.downcast::<TypeObject>() else { return Ok(slf.owned()) };
        let start = check(class, instance)?;
        match start.downcast::<TypeObject>() {
            Some(start) => Ok(make(PySuper::type_object(), class, Some((instance, start)))?.into_obj()),
            None => Ok(none_ref().owned()),
        }
    }
}
