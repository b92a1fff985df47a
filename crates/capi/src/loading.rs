//! Extension modules: opening the library, and both ways of initialising it (PEP 489 and the older one).

#![expect(unsafe_code, reason = "calls what a foreign library exports")]

use crate::glue::*;
use core::cell::RefCell;
use core::ffi::{c_int, c_void};
use std::collections::HashMap;
use std::ffi::CString;
use taipan_abi::*;
use taipan_host::libraries::Library;
use taipan_objects::errors;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

const RTLD_NOW: c_int = 2;

/// What the interpreter remembers of extension modules.
#[derive(Default)]
struct Loaded {
    /// Modules made in one phase, by their definition.
    by_def: RefCell<HashMap<usize, Obj>>,
    /// Modules made in one phase that keep their state in the library: those are initialised once, and made again from
    /// what was in them then.
    once: RefCell<HashMap<Extension, (usize, Py<PyDict>)>>,
    /// The full name of the module that is being made in one phase (`package.module` where C says `module`).
    context: RefCell<Option<String>>,
}

/// A module of a library: the file and the module's full name.
#[derive(PartialEq, Eq, Hash)]
struct Extension {
    file: String,
    name: String,
}

impl Extension {
    fn new(name: &PyStr, file: &PyObject) -> Option<Extension> {
        let file = file.downcast::<PyStr>()?.to_string_lossy().into_owned();
        Some(Extension { file, name: name.to_string_lossy().into_owned() })
    }
}

fn state() -> &'static Loaded {
    thread::current().interpreter().extension::<Loaded>()
}

/// The type that `PyModuleDef_Init` gives definitions.
#[pytype(name = "moduledef", exported = PyModuleDef_Type)]
pub struct PyModuleDefinition {
    ob_base: PyObject,
}

/// `PyModuleDef_Init`: makes a definition an object.
///
/// # Safety
/// `def` is a definition that stays.
pub unsafe fn init_def(def: *mut PyModuleDef) -> Ref {
    // SAFETY: the caller's promise.
    unsafe {
        if !PyModuleDef_Type.get().has_flag(Py_TPFLAGS_READY) {
            crate::glue::swallow(taipan_objects::types::r#type::ready(&PyModuleDef_Type));
        }
        let head = &(*def).m_base.ob_base;
        if head.ob_type.get().is_null() {
            head.ob_type.set(PyModuleDef_Type.get().raw());
            head.make_immortal();
        }
        def.cast()
    }
}

/// The name of a module's initialising function: `PyInit_NAME`, or `PyInitU_…` in punycode for others than ASCII.
fn init_name(name: &PyStr) -> PyResult<CString> {
    let last = name.to_utf8()?.rsplit('.').next().unwrap_or_default().to_string();
    let symbol = if last.is_ascii() {
        format!("PyInit_{}", last.replace('-', "_"))
    } else {
        let encoded = call::method(&PyStr::new(&last), intern!("encode"), &[intern!("punycode")])?;
        let bytes = encoded.downcast::<PyBytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default();
        format!("PyInitU_{}", String::from_utf8_lossy(&bytes).replace('-', "_"))
    };
    CString::new(symbol).map_err(|_| raised!(ValueError, "embedded null character"))
}

/// `_imp.create_dynamic`: opens the library that the specification names and makes its module.
pub fn create(spec: &PyObject) -> PyResult {
    let name = object::get_attr(spec, intern!("name"))?;
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(raised!(TypeError, "module name must be a string"));
    };
    let origin = object::get_attr(spec, intern!("origin"))?;
    taipan_objects::system::audit(c"import", &[name, &origin, none_ref(), none_ref(), none_ref()])?;
    let path = taipan_objects::system::path::Path::new(&origin, "origin")?;
    let refused = |message: &str| {
        errors::set_import_error(Exc::ImportError, format_args!("{message}"), Some(name), Some(&origin), None)
    };
    if let Some(module) = made_before(name, &origin)? {
        return Ok(module);
    }
    crate::include::pystate::remember_home();
    let symbol = init_name(name)?;
    // SAFETY: loading a library runs its initialisers, which is what importing an extension asks for.
    let library =
        unsafe { Library::open(Some(path.as_c()), RTLD_NOW) }.map_err(|message| refused(&message))?;
    let Ok(function) = library.symbol(&symbol) else {
        return Err(refused(&format!(
            "dynamic module does not define module export function ({})",
            symbol.to_string_lossy()
        )));
    };
    let before = state().context.replace(Some(name.to_string_lossy().into_owned()));
    // SAFETY: the exported function has this signature by convention.
    let made = unsafe {
        let init: unsafe extern "C" fn() -> Ref = core::mem::transmute(function);
        init()
    };
    state().context.replace(before);
    let made = checked(made, name)?;
    // SAFETY: the object is live, initialised or not.
    if unsafe { (*made).ob_type.get() }.is_null() {
        return Err(raised!(SystemError, "init function of {name} returned uninitialized object"));
    }
    // SAFETY: a definition that was made an object is one.
    unsafe {
        if at(made).class().is(PyModuleDef_Type.get()) {
            return from_def(made.cast(), spec);
        }
        let module = Obj::from_raw(made);
        if let Some(module) = module.downcast::<PyModule>() {
            module.add("__file__", &origin)?;
            remember_single_phase(module, name, &origin)?;
        }
        Ok(module)
    }
}

/// A module of one phase whose initialising function may run once only (`m_size` is -1), as it was made before.
fn made_before(name: &PyStr, file: &PyObject) -> PyResult<Option<Obj>> {
    let Some(extension) = Extension::new(name, file) else { return Ok(None) };
    let Some((def, contents)) = state().once.borrow().get(&extension).cloned() else { return Ok(None) };
    let module = match taipan_runtime::imports::loaded(name)? {
        Some(module) if module.downcast::<PyModule>().is_some() => module,
        _ => PyModule::with_name(name).into_obj(),
    };
    let def = def as *mut PyModuleDef;
    if let Some(module) = module.downcast::<PyModule>() {
        module.set_def(def);
        module.dict().update(&contents)?;
    }
    object::set_item(&*taipan_runtime::imports::modules()?, name, Some(&module))?;
    remember_module(&module, def);
    Ok(Some(module))
}

/// What is kept of a module of one phase that was just made.
fn remember_single_phase(module: &PyModule, name: &PyStr, file: &PyObject) -> PyResult<()> {
    let def = module.def();
    if def.is_null() {
        return Ok(());
    }
    object::set_item(&*taipan_runtime::imports::modules()?, name, Some(module))?;
    remember_module(module, def);
    // SAFETY: a module's definition stays.
    let once = unsafe { (*def).m_size } == -1;
    if let Some(extension) = Extension::new(name, file).filter(|_| once) {
        let contents = module.dict().copy()?;
        let before = state().once.borrow_mut().insert(extension, (def as usize, contents));
        drop(before);
    }
    Ok(())
}

/// Forgets a module of one phase, so that the next import initialises it anew.
pub fn forget_extension(name: &PyObject, file: &PyObject) -> PyResult<()> {
    let Some(extension) = name.downcast::<PyStr>().and_then(|name| Extension::new(name, file)) else {
        return Err(raised!(TypeError, "name and file of an extension are strings"));
    };
    let before = state().once.borrow_mut().remove(&extension);
    if let Some((def, _)) = before {
        forget_module(def as *mut PyModuleDef);
    }
    Ok(())
}

/// What the initialising function gave, checked against the state of exceptions.
fn checked(made: Ref, name: &PyStr) -> PyResult<Ref> {
    let raised = errors::occurred();
    if made.is_null() {
        if raised {
            return Err(Raised::claim());
        }
        return Err(raised!(SystemError, "initialization of {name} failed without raising an exception"));
    }
    if raised {
        return Err(errors::set_from_cause(
            Raised::claim(),
            Exc::SystemError,
            format_args!("initialization of {name} raised unreported exception"),
        ));
    }
    Ok(made)
}

/// A module of one phase: made, filled and remembered at once.
///
/// # Safety
/// `def` is a definition that stays.
pub unsafe fn single_phase(def: *mut PyModuleDef) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        init_def(def);
        if !(*def).m_slots.is_null() {
            let name = text((*def).m_name);
            return Err(raised!(SystemError, "module {name}: PyModule_Create is incompatible with m_slots"));
        }
        let short = text((*def).m_name).into_owned();
        // C names the module without its package; the importer knows the whole name.
        let context = state().context.borrow().clone();
        let full = match context {
            Some(context) if context.rsplit('.').next() == Some(&short) => context,
            _ => short,
        };
        let module = PyModule::with_name(&PyStr::new(&full));
        fill(&module, def)?;
        remember_module(&module, def);
        Ok(module.into_obj())
    }
}

/// Gives a module what its definition holds: memory, functions, docstring.
unsafe fn fill(module: &PyModule, def: *mut PyModuleDef) -> PyResult<()> {
    use crate::include::moduleobject::{add_functions, allocate_state};
    // SAFETY: the caller passes a live definition.
    unsafe {
        module.set_def(def);
        allocate_state(module, def, 0)?;
        add_functions(module, (*def).m_methods)?;
        if !(*def).m_doc.is_null() {
            module.add("__doc__", &string((*def).m_doc))?;
        }
    }
    Ok(())
}

/// The slots of a definition: number and value, up to the empty one.
unsafe fn slots(def: *mut PyModuleDef) -> Vec<(c_int, *mut c_void)> {
    let mut found = Vec::new();
    // SAFETY: the table is null or ends with an empty slot.
    unsafe {
        let mut at = (*def).m_slots;
        while !at.is_null() && (*at).slot != 0 {
            found.push(((*at).slot, (*at).value));
            at = at.add(1);
        }
    }
    found
}

/// First phase: the module object, from the definition's own function or a plain one.
///
/// # Safety
/// `def` is a definition that stays.
pub unsafe fn from_def(def: *mut PyModuleDef, spec: &PyObject) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        init_def(def);
        let name = object::get_attr(spec, intern!("name"))?;
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "module name must be a string"));
        };
        if (*def).m_size < 0 {
            return Err(raised!(
                SystemError,
                "module {name}: m_size may not be negative for multi-phase initialization"
            ));
        }
        let all = slots(def);
        let creators: Vec<*mut c_void> =
            all.iter().filter(|(slot, _)| *slot == Py_mod_create).map(|(_, value)| *value).collect();
        if creators.len() > 1 {
            return Err(raised!(SystemError, "module {name} has multiple create slots"));
        }
        if let Some((slot, _)) = all.iter().find(|(slot, _)| !(1..=_Py_mod_LAST_SLOT).contains(slot)) {
            return Err(raised!(SystemError, "module {name} uses unknown slot ID {slot}"));
        }
        if all.iter().filter(|(slot, _)| *slot == Py_mod_multiple_interpreters).count() > 1 {
            return Err(raised!(
                SystemError,
                "module {name} has more than one 'multiple interpreters' slots"
            ));
        }
        let made = match creators.first() {
            Some(&create) => {
                let create: unsafe extern "C" fn(Ref, *mut PyModuleDef) -> Ref = core::mem::transmute(create);
                let made = create(spec.as_ptr(), def);
                if made.is_null() && !errors::occurred() {
                    return Err(raised!(
                        SystemError,
                        "creation of module {name} failed without setting an exception"
                    ));
                }
                let made = Obj::from_result(made)?;
                if errors::occurred() {
                    return Err(errors::set_from_cause(
                        Raised::claim(),
                        Exc::SystemError,
                        format_args!("creation of module {name} raised unreported exception"),
                    ));
                }
                made
            }
            None => PyModule::with_name(name).into_obj(),
        };
        match made.downcast::<PyModule>() {
            Some(module) => {
                module.set_def(def);
                use crate::include::moduleobject::add_functions;
                add_functions(module, (*def).m_methods)?;
                if !(*def).m_doc.is_null() {
                    module.add("__doc__", &string((*def).m_doc))?;
                }
            }
            None if (*def).m_size > 0 => {
                return Err(raised!(
                    SystemError,
                    "module {name} is not a module object, but requests module state"
                ));
            }
            None if all.iter().any(|(slot, _)| *slot == Py_mod_exec) => {
                return Err(raised!(
                    SystemError,
                    "module {name} specifies execution slots, but did not create a ModuleType instance"
                ));
            }
            None => {}
        }
        Ok(made)
    }
}

/// `_imp.exec_dynamic`: second phase, where the module has one and it has not run.
pub fn exec(module: &PyObject) -> PyResult<()> {
    let Some(module) = module.downcast::<PyModule>() else { return Ok(()) };
    let def = module.def();
    if def.is_null() || !module.state().is_null() {
        return Ok(());
    }
    // SAFETY: a module's definition stays.
    unsafe { exec_def(module, def) }
}

/// Runs the second phase of a definition.
///
/// # Safety
/// `def` is a definition that stays.
pub unsafe fn exec_def(module: &PyModule, def: *mut PyModuleDef) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        // Even a module without state gets some: it says that this phase has run, and reloading does nothing.
        crate::include::moduleobject::allocate_state(module, def, 1)?;
        for (slot, value) in slots(def) {
            if slot != Py_mod_exec {
                continue;
            }
            let run: unsafe extern "C" fn(Ref) -> c_int = core::mem::transmute(value);
            let status = run(module.as_ptr());
            let name = module.name()?;
            if status != 0 {
                if errors::occurred() {
                    return Err(Raised::claim());
                }
                return Err(raised!(
                    SystemError,
                    "execution of module {name} failed without setting an exception"
                ));
            }
            if errors::occurred() {
                return Err(errors::set_from_cause(
                    Raised::claim(),
                    Exc::SystemError,
                    format_args!("execution of module {name} raised unreported exception"),
                ));
            }
        }
    }
    Ok(())
}

/// The module made of a definition in this interpreter (`PyState_FindModule`).
pub fn find_module(def: *mut PyModuleDef) -> Option<Obj> {
    state().by_def.borrow().get(&(def as usize)).cloned()
}

pub fn remember_module(module: &PyObject, def: *mut PyModuleDef) {
    let before = state().by_def.borrow_mut().insert(def as usize, module.owned());
    drop(before);
}

pub fn forget_module(def: *mut PyModuleDef) {
    let before = state().by_def.borrow_mut().remove(&(def as usize));
    drop(before);
}
