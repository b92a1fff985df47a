//! `_multiprocessing`: locks and semaphores that processes share.

use core::cell::{Cell, RefCell};
use std::ffi::CString;
use taipan_host::semaphores::{self, Semaphore};
use taipan_host::{Errno, clocks, threads};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::memory;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;
use taipan_objects::system::{check_signals, os_error};

/// `errno.h`
const EINTR: Errno = Errno(4);
const EAGAIN: Errno = Errno(11);
const EINVAL: Errno = Errno(22);
const ETIMEDOUT: Errno = Errno(110);

/// `SemLock.kind` of a lock that its thread may take again; the other kind is 1.
const RECURSIVE: i32 = 0;

/// The semaphore, which holds no objects.
struct Shared(RefCell<Option<Semaphore>>);

impl Traverse for Shared {
    fn traverse(&self, _: &mut Visitor) {}
}

fn name_of(name: &PyStr) -> PyResult<CString> {
    CString::new(name.to_utf8()?).map_err(|_| raised!(ValueError, "embedded null character"))
}

/// Semaphore/Mutex type
#[pytype(name = "_multiprocessing.SemLock", flags(BASETYPE, IMMUTABLETYPE), parts(METHODS, PROPERTIES))]
pub struct PySemLock {
    ob_base: PyObject,
    semaphore: Shared,
    kind: Cell<i32>,
    maxvalue: Cell<i32>,
    /// How often this process took it more than it gave it back.
    count: Cell<i32>,
    /// The thread that took it last.
    owner: Cell<usize>,
    name: ObjCell,
}

impl PySemLock {
    fn make(
        cls: &TypeObject,
        semaphore: Semaphore,
        kind: i32,
        maxvalue: i32,
        name: Option<&PyObject>,
    ) -> PyResult<Py<PySemLock>> {
        let lock = PySemLock {
            ob_base: PyObject::EMPTY,
            semaphore: Shared(RefCell::new(Some(semaphore))),
            kind: Cell::new(kind),
            maxvalue: Cell::new(maxvalue),
            count: Cell::new(0),
            owner: Cell::new(0),
            name: ObjCell::new(name.map(ObjectExt::owned)),
        };
        memory::new_in(cls, lock)
    }

    fn semaphore(&self) -> PyResult<Semaphore> {
        let known = self.semaphore.0.borrow().clone();
        known.ok_or_else(|| raised!(ValueError, "semaphore is not open"))
    }

    fn is_mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == threads::identity()
    }

    fn take(&self, block: bool, timeout: Option<f64>) -> PyResult<bool> {
        if self.kind.get() == RECURSIVE && self.is_mine() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        let semaphore = self.semaphore()?;
        let taken = match semaphore.try_take() {
            Err(EAGAIN) if block => self.wait(&semaphore, timeout)?,
            other => other,
        };
        match taken {
            Ok(()) => {}
            Err(EAGAIN | ETIMEDOUT) => return Ok(false),
            Err(errno) => return Err(os_error(errno)),
        }
        self.count.set(self.count.get() + 1);
        self.owner.set(threads::identity());
        Ok(true)
    }

    /// Waits; signals are handled meanwhile.
    fn wait(&self, semaphore: &Semaphore, timeout: Option<f64>) -> PyResult<Result<(), Errno>> {
        let deadline = match timeout {
            None => None,
            Some(seconds) => {
                let distance = seconds.max(0.0) * 1e9;
                let fits = distance < i64::MAX as f64;
                let deadline = clocks::time().checked_add(distance as i64).filter(|_| fits);
                let Some(deadline) = deadline else { return Ok(Err(EINVAL)) };
                Some(deadline)
            }
        };
        loop {
            match semaphore.take(deadline) {
                Err(EINTR) => check_signals()?,
                other => return Ok(other),
            }
        }
    }

    fn give(&self) -> PyResult<()> {
        let semaphore = self.semaphore()?;
        if self.kind.get() == RECURSIVE {
            if !self.is_mine() {
                return Err(raised!(AssertionError, "attempt to release recursive lock not owned by thread"));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if semaphore.value().map_err(os_error)? >= self.maxvalue.get() {
            return Err(raised!(ValueError, "semaphore or lock released too many times"));
        }
        semaphore.give().map_err(os_error)?;
        self.count.set(self.count.get() - 1);
        Ok(())
    }

    fn value(&self) -> PyResult<i32> {
        Ok(self.semaphore()?.value().map_err(os_error)?.max(0))
    }
}

#[pymethods(METHODS)]
impl PySemLock {
    #[new(signature = "(kind, value, maxvalue, name, unlink)")]
    fn py_new(
        cls: &TypeObject,
        kind: i32,
        value: i32,
        maxvalue: i32,
        name: &PyStr,
        unlink: bool,
    ) -> PyResult<Py<PySemLock>> {
        if !(0..2).contains(&kind) {
            return Err(raised!(ValueError, "unrecognized kind"));
        }
        let path = name_of(name)?;
        let semaphore = Semaphore::create(&path, value as u32).map_err(os_error)?;
        if unlink {
            semaphores::unlink(&path).map_err(os_error)?;
        }
        Self::make(cls, semaphore, kind, maxvalue, (!unlink).then(|| name.as_object()))
    }

    #[pymethod(class, signature = "(handle, kind, maxvalue, name, /)")]
    fn _rebuild(
        cls: &TypeObject,
        handle: usize,
        kind: i32,
        maxvalue: i32,
        name: Option<&PyStr>,
    ) -> PyResult<Py<PySemLock>> {
        let semaphore = match name {
            Some(name) => Semaphore::open(&name_of(name)?).map_err(os_error)?,
            None => Semaphore::known(handle).ok_or_else(|| os_error(EINVAL))?,
        };
        Self::make(cls, semaphore, kind, maxvalue, name.map(PyStr::as_object))
    }

    /// Acquire the semaphore/lock.
    #[pymethod(signature = "(block=True, timeout=None)")]
    fn acquire(&self, block: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        let timeout = timeout.map(taipan_objects::protocols::number::as_f64).transpose()?;
        self.take(block, timeout)
    }

    /// Release the semaphore/lock.
    #[pymethod]
    fn release(&self) -> PyResult<()> {
        self.give()
    }

    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[pymethod]
    fn _count(&self) -> i32 {
        self.count.get()
    }

    /// Whether the lock is owned by this thread.
    #[pymethod]
    fn _is_mine(&self) -> bool {
        self.is_mine()
    }

    /// Get the value of the semaphore.
    #[pymethod]
    fn _get_value(&self) -> PyResult<i32> {
        self.value()
    }

    /// Return whether semaphore has value zero.
    #[pymethod]
    fn _is_zero(&self) -> PyResult<bool> {
        Ok(self.value()? == 0)
    }

    /// Rezero the net acquisition count after fork().
    #[pymethod]
    fn _after_fork(&self) {
        self.count.set(0);
    }

    /// Enter the semaphore/lock.
    #[pymethod(name = "__enter__")]
    fn enter(&self) -> PyResult<bool> {
        self.take(true, None)
    }

    /// Exit the semaphore/lock.
    #[pymethod(name = "__exit__", signature = "(exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn exit(
        &self,
        _exc_type: Option<&PyObject>,
        _exc_value: Option<&PyObject>,
        _exc_tb: Option<&PyObject>,
    ) -> PyResult<()> {
        self.give()
    }
}

#[pymethods(PROPERTIES)]
impl PySemLock {
    #[getter]
    fn handle(&self) -> PyResult<usize> {
        Ok(self.semaphore()?.handle())
    }

    #[getter]
    fn kind(&self) -> i32 {
        self.kind.get()
    }

    #[getter]
    fn maxvalue(&self) -> i32 {
        self.maxvalue.get()
    }

    #[getter]
    fn name(&self) -> Option<Obj> {
        self.name.get()
    }
}

#[pymodule(name = "_multiprocessing")]
pub mod module {
    use super::*;

    #[pyfunction(signature = "(name, /)")]
    fn sem_unlink(name: &PyStr) -> PyResult<()> {
        semaphores::unlink(&name_of(name)?).map_err(os_error)
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let class = PySemLock::type_object();
        let most = PyInt::from_i64(semaphores::MOST);
        taipan_objects::types::r#type::own_dict(class).set_item(intern!("SEM_VALUE_MAX"), &most)?;
        module.add_type(class)?;
        let flags = PyDict::new();
        for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
            flags.set_item(&PyStr::new(name), &PyInt::from_i64(1))?;
        }
        module.add("flags", &flags)
    }
}
