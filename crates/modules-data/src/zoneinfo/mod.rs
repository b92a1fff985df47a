//! `_zoneinfo`: time zones by their names, from files of the system or of the package `tzdata`.
//!
//! | file | holds |
//! |---|---|
//! | `rules` | rules of summer time in TZ strings |
//! | `zone` | which offset holds when |
//!
//! Finding and reading the files is `zoneinfo._tzpath` and `zoneinfo._common`.

mod rules;
mod zone;

use crate::datetime::datetime::PyDateTime;
use crate::datetime::zone::PyTzInfo;
use core::cell::{Cell, RefCell};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::memory;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;
use taipan_objects::protocols::number;
use zone::{Info, Local, Zone};

/// How many zones are kept although nobody has them.
const KEPT: usize = 8;

/// What an interpreter keeps for the module.
#[derive(Default)]
struct State {
    /// A `WeakValueDictionary` of the zones of the class itself.
    zones: ObjCell,
    /// Names and zones that were asked for last, the latest first.
    kept: RefCell<Vec<(Obj, Obj)>>,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// Where a zone came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Cache,
    File,
    Anew,
}

#[pytype(name = "zoneinfo.ZoneInfo", base = PyTzInfo, gc, flags(BASETYPE, IMMUTABLETYPE), weakref = weaklist,
    parts(METHODS, SLOTS))]
pub struct PyZoneInfo {
    ob_base: PyObject,
    #[member(readonly, kind = OBJECT)]
    key: ObjCell,
    /// The repr of the file that it was read from.
    file: ObjCell,
    source: Cell<u8>,
    zone: Zone,
    weaklist: Cell<*mut PyObject>,
}

fn common(name: &str, argument: &PyObject) -> PyResult {
    let module = taipan_runtime::imports::import_module(intern!("zoneinfo._common"))?;
    call::method(&module, &PyStr::new(name), &[argument])
}

fn weak_dictionary() -> PyResult {
    let module = taipan_runtime::imports::import_module(intern!("weakref"))?;
    call::method(&module, intern!("WeakValueDictionary"), &[])
}

fn is_base(cls: &TypeObject) -> bool {
    core::ptr::eq(cls, PyZoneInfo::type_object())
}

/// The zones of a class that somebody has.
fn zones_of(cls: &TypeObject) -> PyResult {
    if !is_base(cls) {
        return object::get_attr(cls, intern!("_weak_cache"));
    }
    if let Some(known) = state().zones.get() {
        return Ok(known);
    }
    let made = weak_dictionary()?;
    state().zones.set(Some(made.clone()));
    Ok(made)
}

/// Takes a kept zone out.
fn take_kept(key: &PyObject) -> PyResult<Option<(Obj, Obj)>> {
    // Comparing may run Python code, which may change what is kept.
    let kept = state().kept.borrow().clone();
    for (known, zone) in &kept {
        if object::compare_bool(known, key, CompareOp::Eq)? {
            let mut kept = state().kept.borrow_mut();
            let place = kept.iter().position(|(_, other)| other.is(zone));
            return Ok(place.map(|place| kept.remove(place)));
        }
    }
    Ok(None)
}

/// Keeps a zone as the latest one.
fn keep(key: Obj, zone: Obj) {
    let dropped = {
        let mut kept = state().kept.borrow_mut();
        kept.insert(0, (key, zone));
        let room = KEPT.min(kept.len());
        kept.split_off(room)
    };
    drop(dropped);
}

impl PyZoneInfo {
    fn make(
        cls: &TypeObject,
        key: Obj,
        zone: Zone,
        file: Option<Obj>,
        source: Source,
    ) -> PyResult<Py<PyZoneInfo>> {
        memory::new_in(
            cls,
            PyZoneInfo {
                ob_base: PyObject::EMPTY,
                key: ObjCell::new(Some(key)),
                file: ObjCell::new(file),
                source: Cell::new(source as u8),
                zone,
                weaklist: Cell::new(core::ptr::null_mut()),
            },
        )
    }

    /// Reads a zone by its name.
    fn load(cls: &TypeObject, key: &PyObject, source: Source) -> PyResult<Py<PyZoneInfo>> {
        let paths = taipan_runtime::imports::import_module(intern!("zoneinfo._tzpath"))?;
        let path = call::method(&paths, intern!("find_tzfile"), &[key])?;
        let file = if path.is_none() {
            common("load_tzdata", key)?
        } else {
            let io = taipan_runtime::imports::import_module(intern!("io"))?;
            call::method(&io, intern!("open"), &[&path, intern!("rb")])?
        };
        let data = common("load_data", &file);
        let closed = call::method(&file, intern!("close"), &[]);
        let zone = Zone::from_data(&*data?)?;
        closed?;
        Self::make(cls, key.owned(), zone, None, source)
    }

    /// A zone from a cache has to be a zone.
    fn checked(object: Obj, cls: &TypeObject, key: &PyObject) -> PyResult {
        if object.class().is_subtype_of(cls) {
            return Ok(object);
        }
        let (found, class) = (object.class().name(), cls.name());
        let shown = object::repr(key)?;
        Err(raised!(RuntimeError, "Unexpected instance of {found} in {class} weak cache for key {shown}"))
    }

    fn cached(cls: &TypeObject, key: &PyObject) -> PyResult {
        if is_base(cls)
            && let Some((key, zone)) = take_kept(key)?
        {
            keep(key, zone.clone());
            return Ok(zone);
        }
        let zones = zones_of(cls)?;
        let known = call::method(&zones, intern!("get"), &[key, none_ref()])?;
        let zone = if known.is_none() {
            let fresh = Self::load(cls, key, Source::Cache)?;
            call::method(&zones, intern!("setdefault"), &[key, &fresh])?
        } else {
            known
        };
        let zone = Self::checked(zone, cls, key)?;
        if is_base(cls) {
            keep(key.owned(), zone.clone());
        }
        Ok(zone)
    }

    /// The local moment of a `datetime`, or of anything with its attributes.
    fn local(moment: &PyObject) -> PyResult<Local> {
        if let Some(moment) = moment.downcast::<PyDateTime>() {
            let days = i64::from(moment.ymd().ordinal()) - rules::EPOCH;
            let seconds = days * 86400 + moment.stamp().seconds_of_day();
            return Ok(Local { seconds, year: moment.ymd().year, fold: moment.folded() });
        }
        let integer = |object: Obj| -> PyResult<i64> { number::index_to_integer(&object, "C long") };
        let field = |name: &PyStr| integer(object::get_attr(moment, name)?);
        let days = integer(call::method(moment, intern!("toordinal"), &[])?)?;
        let (hour, minute) = (field(intern!("hour"))?, field(intern!("minute"))?);
        let second = field(intern!("second"))?;
        let (year, fold) = (field(intern!("year"))?, field(intern!("fold"))?);
        let days = days.wrapping_sub(rules::EPOCH).wrapping_mul(86400);
        let seconds = days.wrapping_add(hour.wrapping_mul(3600)).wrapping_add(minute.wrapping_mul(60));
        let Some(year) = i32::try_from(year).ok().filter(|year| (1..=9999).contains(year)) else {
            return Err(raised!(ValueError, "year {year} is out of range"));
        };
        Ok(Local { seconds: seconds.wrapping_add(second), year, fold: u8::from(fold != 0) })
    }

    /// What holds at a moment; without one, what always holds.
    fn info(&self, moment: &PyObject) -> PyResult<Option<&Info>> {
        if moment.is_none() {
            return Ok(self.zone.fixed());
        }
        Ok(self.zone.at(Self::local(moment)?))
    }

    fn has_source(&self, source: Source) -> bool {
        self.source.get() == source as u8
    }
}

#[pymethods(SLOTS)]
impl PyZoneInfo {
    #[new(signature = "(key)")]
    fn py_new(cls: &TypeObject, key: &PyObject) -> PyResult {
        Self::cached(cls, key)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> PyResult<String> {
        let class = self.class().name();
        match self.key.get().filter(|key| !key.is_none()) {
            Some(key) => Ok(format!("{class}(key={})", object::repr(&key)?)),
            None => {
                let file = self.file.get().unwrap_or_else(none);
                Ok(format!("{class}.from_file({})", object::str(&file)?))
            }
        }
    }

    #[slot(tp_str)]
    fn str(&self) -> PyResult {
        match self.key.get().filter(|key| !key.is_none()) {
            Some(key) => Ok(key),
            None => Ok(PyStr::new(&self.repr()?).into_obj()),
        }
    }
}

#[pymethods(METHODS)]
impl PyZoneInfo {
    #[pymethod(class, signature = "(*, only_keys=None)")]
    fn clear_cache(cls: &TypeObject, only_keys: Option<&PyObject>) -> PyResult<()> {
        let zones = zones_of(cls)?;
        let Some(keys) = only_keys else {
            call::method(&zones, intern!("clear"), &[])?;
            if is_base(cls) {
                drop(state().kept.take());
            }
            return Ok(());
        };
        let keys = iter::iter(keys)?;
        while let Some(key) = iter::next(&keys)? {
            if is_base(cls) {
                drop(take_kept(&key)?);
            }
            call::method(&zones, intern!("pop"), &[&key, none_ref()])?;
        }
        Ok(())
    }

    #[pymethod(class, signature = "(key)")]
    fn no_cache(cls: &TypeObject, key: &PyObject) -> PyResult<Py<PyZoneInfo>> {
        Self::load(cls, key, Source::Anew)
    }

    #[pymethod(class, signature = "(file_obj, /, key=None)")]
    fn from_file(cls: &TypeObject, file_obj: &PyObject, key: Option<&PyObject>) -> PyResult<Py<PyZoneInfo>> {
        let zone = Zone::from_data(&*common("load_data", file_obj)?)?;
        let shown = object::repr(file_obj)?.into_obj();
        Self::make(cls, key.map_or_else(none, ObjectExt::owned), zone, Some(shown), Source::File)
    }

    #[pymethod(class, signature = "(key, from_cache, /)")]
    fn _unpickle(cls: &TypeObject, key: &PyObject, from_cache: bool) -> PyResult {
        if from_cache {
            return call::call(cls, &[key]);
        }
        Self::load(cls, key, Source::Anew).map(Py::into_obj)
    }

    /// Function to initialize subclasses.
    #[pymethod(name = "__init_subclass__", class, signature = "(*args, **kwargs)", no_text)]
    fn init_subclass(cls: &TypeObject, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<()> {
        let _ = (args, kwargs);
        object::set_attr(cls, intern!("_weak_cache"), Some(&*weak_dictionary()?))
    }

    /// Retrieve a timedelta representing the UTC offset in a zone at the given datetime.
    #[pymethod(signature = "(dt, /)")]
    fn utcoffset(&self, dt: &PyObject) -> PyResult<Option<Obj>> {
        Ok(self.info(dt)?.map(|info| info.utcoff.clone()))
    }

    /// Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime.
    #[pymethod(signature = "(dt, /)")]
    fn dst(&self, dt: &PyObject) -> PyResult<Option<Obj>> {
        Ok(self.info(dt)?.map(|info| info.dstoff.clone()))
    }

    /// Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime.
    #[pymethod(signature = "(dt, /)")]
    fn tzname(&self, dt: &PyObject) -> PyResult<Option<Obj>> {
        Ok(self.info(dt)?.map(|info| info.name.clone()))
    }

    /// Given a datetime with local time in UTC, retrieve an adjusted datetime in local time.
    #[pymethod(signature = "(object, /)")]
    fn fromutc(&self, object: &PyObject) -> PyResult {
        let Some(moment) = object.downcast::<PyDateTime>() else {
            return Err(raised!(TypeError, "fromutc: argument must be a datetime"));
        };
        if !moment.zone().is_some_and(|zone| zone.is(self)) {
            return Err(raised!(ValueError, "fromutc: dt.tzinfo is not self"));
        }
        let utc = Self::local(object)?;
        let Some((info, is_second)) = self.zone.at_utc(utc.seconds, utc.year) else {
            return Err(raised!(ValueError, "No time zone information found."));
        };
        let local = number::add(object, &info.utcoff)?;
        if !is_second {
            return Ok(local);
        }
        let names = PyTuple::from_slice(&[intern!("fold").as_object()]);
        call::method_names(&local, intern!("replace"), &[&PyInt::from_i64(1)], Some(&names))
    }

    /// Function for serialization with the pickle protocol.
    #[pymethod(name = "__reduce__")]
    fn reduce(&self) -> PyResult<Py<PyTuple>> {
        if self.has_source(Source::File) {
            let pickle = taipan_runtime::imports::import_module(intern!("pickle"))?;
            let error = object::get_attr(&pickle, intern!("PicklingError"))?;
            let message = PyStr::new("Cannot pickle a ZoneInfo file from a file stream.");
            return Err(match error.downcast::<TypeObject>() {
                Some(class) => taipan_objects::errors::set_object(class, &message),
                None => raised!(TypeError, "pickle.PicklingError is not a class"),
            });
        }
        let function = object::get_attr(self.class(), intern!("_unpickle"))?;
        let is_cached = PyInt::from_i64(i64::from(self.has_source(Source::Cache))).into_obj();
        let arguments = PyTuple::from_vec(vec![self.key.get().unwrap_or_else(none), is_cached]);
        Ok(PyTuple::from_vec(vec![function, arguments.into_obj()]))
    }
}

/// C implementation of the zoneinfo module
#[pymodule(name = "_zoneinfo")]
pub mod module {
    use super::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        // The base class is made ready there.
        taipan_runtime::imports::import_module(intern!("_datetime"))?;
        module.add_type(PyZoneInfo::type_object())
    }
}
