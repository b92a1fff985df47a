//! Writing classes and functions by name, and objects that say how they are made again.

use super::opcodes::*;
use super::save::{Save, full_name, note};
use super::{dotted_attr, module_attr, pickling_error, pickling_error_from};
use taipan_objects::codecs::encode_text;
use taipan_objects::errors;
use taipan_objects::prelude::*;
use taipan_objects::types::builtin::builtin_function;

/// What `__reduce__` returned.
struct Reduced<'a> {
    function: &'a PyObject,
    args: &'a PyTuple,
    state: Option<&'a PyObject>,
    items: Option<&'a PyObject>,
    pairs: Option<&'a PyObject>,
    set_state: Option<&'a PyObject>,
}

impl<'a> Reduced<'a> {
    fn parse(value: &'a PyTuple) -> PyResult<Reduced<'a>> {
        let parts = value.as_slice();
        if !(2..=6).contains(&parts.len()) {
            return Err(pickling_error("tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let wrong = |which: &str, what: &str, found: &PyObject| {
            let found = full_name(found);
            pickling_error(&format!(
                "{which} item of the tuple returned by __reduce__ must be {what}, not {found}"
            ))
        };
        let part = |place: usize| parts.get(place).copied().filter(|part| !part.is_none());
        if !object::is_callable(parts[0]) {
            return Err(wrong("first", "callable", parts[0]));
        }
        let Some(args) = parts[1].downcast::<PyTuple>() else {
            return Err(wrong("second", "a tuple", parts[1]));
        };
        for (place, which) in [(3, "fourth"), (4, "fifth")] {
            if let Some(iterator) = part(place).filter(|part| !iter::is_iterator(part)) {
                return Err(wrong(which, "an iterator", iterator));
            }
        }
        if let Some(setter) = part(5).filter(|part| !object::is_callable(part)) {
            return Err(wrong("sixth", "callable", setter));
        }
        Ok(Reduced {
            function: parts[0],
            args,
            state: part(2),
            items: part(3),
            pairs: part(4),
            set_state: part(5),
        })
    }
}

/// The module that an object says it is from, or the first one where it is found under its name.
fn module_of(object: &PyObject, name: &PyStr) -> PyResult {
    if let Some(module) = object::get_optional_attr(object, intern!("__module__"))?
        && !module.is_none()
    {
        return Ok(module);
    }
    let modules = module_attr(intern!("sys"), intern!("modules"))?;
    let copy = call::method(&modules, intern!("copy"), &[])?;
    let items = call::method(&copy, intern!("items"), &[])?;
    for pair in iter::collect(&items)? {
        let Some([module_name, module]) = pair.downcast::<PyTuple>().map(PyTuple::as_slice) else { continue };
        let skipped = module_name
            .downcast::<PyStr>()
            .is_some_and(|name| name.eq_str("__main__") || name.eq_str("__mp_main__"));
        if skipped || module.is_none() {
            continue;
        }
        let found = errors::ignore(dotted_attr(module, name), Exc::AttributeError)?;
        if found.is_some_and(|(found, _)| found.is(object)) {
            return Ok(module_name.owned());
        }
    }
    Ok(PyStr::new("__main__").into_obj())
}

impl Save<'_> {
    /// An object of any other class: by the tables of reductions, by name, or as it says itself.
    pub(super) fn save_by_protocol(&mut self, object: &PyObject) -> PyResult<()> {
        let class = object.class();
        let table = match self.dispatch_table.clone() {
            Some(table) => table,
            None => module_attr(intern!("copyreg"), intern!("dispatch_table"))?,
        };
        let value = match mapping::get_optional_item(&table, class)? {
            Some(reduce) => call::call(&reduce, &[object])?,
            None if object.downcast::<TypeObject>().is_some() => return self.save_global(object, None),
            None => match object::get_optional_attr(object, intern!("__reduce_ex__"))? {
                Some(reduce) => call::call(&reduce, &[&PyInt::from_i64(i64::from(self.protocol))])?,
                None => match object::get_optional_attr(object, intern!("__reduce__"))? {
                    Some(reduce) => call::call(&reduce, &[])?,
                    None => {
                        let shown = object::repr(object)?;
                        return Err(pickling_error(&format!(
                            "can't pickle '{}' object: {shown}",
                            class.name()
                        )));
                    }
                },
            },
        };
        self.save_reduced(object, &value)
    }

    /// What a reduction gave: a name, or how the object is made.
    pub(super) fn save_reduced(&mut self, object: &PyObject, value: &PyObject) -> PyResult<()> {
        if let Some(name) = value.downcast::<PyStr>() {
            return self.save_global(object, Some(name));
        }
        let Some(value) = value.downcast::<PyTuple>() else {
            let found = full_name(value);
            let raised = pickling_error(&format!("__reduce__ must return a string or tuple, not {found}"));
            return Err(note(raised, &format!("when serializing {} object", full_name(object))));
        };
        Reduced::parse(value)
            .and_then(|reduced| self.save_reduction(&reduced, Some(object)))
            .map_err(|raised| note(raised, &format!("when serializing {} object", full_name(object))))
    }

    /// An object that a call makes.
    pub(super) fn save_call(
        &mut self,
        function: &PyObject,
        args: &PyTuple,
        object: Option<&PyObject>,
    ) -> PyResult<()> {
        let reduced = Reduced { function, args, state: None, items: None, pairs: None, set_state: None };
        self.save_reduction(&reduced, object)
    }

    fn save_reduction(&mut self, reduced: &Reduced<'_>, object: Option<&PyObject>) -> PyResult<()> {
        let name = match self.protocol >= 2 {
            true => object::get_optional_attr(reduced.function, intern!("__name__"))?,
            false => None,
        };
        let named = |wanted: &str| {
            name.as_deref().and_then(|name| name.downcast::<PyStr>()).is_some_and(|name| name.eq_str(wanted))
        };
        if named("__newobj_ex__") {
            self.save_new_with_names(reduced, object)?;
        } else if named("__newobj__") {
            self.save_new(reduced, object)?;
        } else {
            self.save_with_note(reduced.function, object, "reconstructor")?;
            self.save_with_note(reduced.args, object, "reconstructor arguments")?;
            self.out.op(REDUCE);
        }
        let Some(object) = object else { return Ok(()) };
        // What was written for the arguments may have been the object itself.
        if let Some(place) = self.place(object) {
            self.out.op(POP);
            self.get(place);
            return Ok(());
        }
        self.memoize(object);
        if let Some(items) = reduced.items {
            self.append_all(object, items)?;
        }
        if let Some(pairs) = reduced.pairs {
            self.set_all(object, pairs)?;
        }
        let Some(state) = reduced.state else { return Ok(()) };
        match reduced.set_state {
            None => {
                self.save_with_note(state, Some(object), "state")?;
                self.out.op(BUILD);
            }
            Some(setter) => {
                self.save_with_note(setter, Some(object), "state setter")?;
                self.save(object)?;
                self.save_with_note(state, Some(object), "state")?;
                self.out.push(&[TUPLE2, REDUCE, POP]);
            }
        }
        Ok(())
    }

    fn save_with_note(&mut self, part: &PyObject, object: Option<&PyObject>, what: &str) -> PyResult<()> {
        self.save(part).map_err(|raised| match object {
            Some(object) => note(raised, &format!("when serializing {} {what}", full_name(object))),
            None => raised,
        })
    }

    /// `copyreg.__newobj__(cls, *args)`.
    fn save_new(&mut self, reduced: &Reduced<'_>, object: Option<&PyObject>) -> PyResult<()> {
        let Some((class, rest)) = reduced.args.as_slice().split_first() else {
            return Err(pickling_error("__newobj__ expected at least 1 argument, got 0"));
        };
        if class.downcast::<TypeObject>().is_none() {
            let found = full_name(class);
            return Err(pickling_error(&format!(
                "first argument to __newobj__() must be a class, not {found}"
            )));
        }
        if let Some(object) = object {
            let actual = object::get_attr(object, intern!("__class__"))?;
            if !actual.is(class) {
                let (wanted, found) = (object::repr(&actual)?, object::repr(class)?);
                let text = format!("first argument to __newobj__() must be {wanted}, not {found}");
                return Err(pickling_error(&text));
            }
        }
        self.save_with_note(class, object, "class")?;
        self.save_with_note(&PyTuple::from_slice(rest), object, "__new__ arguments")?;
        self.out.op(NEWOBJ);
        Ok(())
    }

    /// `copyreg.__newobj_ex__(cls, args, kwargs)`.
    fn save_new_with_names(&mut self, reduced: &Reduced<'_>, object: Option<&PyObject>) -> PyResult<()> {
        let &[class, args, kwargs] = reduced.args.as_slice() else {
            let count = reduced.args.len();
            return Err(pickling_error(&format!("__newobj_ex__ expected 3 arguments, got {count}")));
        };
        let wrong = |which: &str, what: &str, found: &PyObject| {
            let found = full_name(found);
            pickling_error(&format!("{which} argument to __newobj_ex__() must be {what}, not {found}"))
        };
        if class.downcast::<TypeObject>().is_none() {
            return Err(wrong("first", "a class", class));
        }
        let Some(positional) = args.downcast::<PyTuple>() else {
            return Err(wrong("second", "a tuple", args));
        };
        let Some(named) = kwargs.downcast::<PyDict>() else { return Err(wrong("third", "a dict", kwargs)) };
        if self.protocol >= 4 {
            self.save_with_note(class, object, "class")?;
            self.save_with_note(args, object, "__new__ arguments")?;
            self.save_with_note(kwargs, object, "__new__ arguments")?;
            self.out.op(NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols have no names in calls: a partial object holds them.
        let partial = module_attr(intern!("functools"), intern!("partial"))?;
        let new = object::get_attr(class, intern!("__new__"))?;
        let mut all = vec![&*new, class];
        all.extend_from_slice(positional.as_slice());
        let made = call::call_tuple(&partial, &PyTuple::from_slice(&all), Some(named))?;
        self.save_with_note(&made, object, "reconstructor")?;
        self.save(&PyTuple::empty())?;
        self.out.op(REDUCE);
        Ok(())
    }

    /// A class or a function, by the name of its module and its own.
    pub(super) fn save_global(&mut self, object: &PyObject, name: Option<&PyStr>) -> PyResult<()> {
        let name: Obj = match name {
            Some(name) => name.to_owned().into_obj(),
            None => match object::get_optional_attr(object, intern!("__qualname__"))? {
                Some(name) => name,
                None => object::get_attr(object, intern!("__name__"))?,
            },
        };
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "the name of a global must be a string"));
        };
        let shown = object::repr(object)?;
        if name.to_string_lossy().split('.').any(|part| part == "<locals>") {
            return Err(pickling_error(&format!("Can't pickle local object {shown}")));
        }
        let module_name = module_of(object, name)?;
        let Some(module_name) = module_name.downcast::<PyStr>() else {
            return Err(raised!(TypeError, "the name of a module must be a string"));
        };
        let module = taipan_runtime::imports::import_module(module_name).and_then(|_| {
            let modules = module_attr(intern!("sys"), intern!("modules"))?;
            object::get_item(&modules, module_name)
        });
        let module = module.map_err(|raised| {
            let cause = errors::take(raised);
            let why = object::str(&cause).map_or_else(|_| String::new(), |why| why.to_string());
            pickling_error_from(errors::restore(cause), &format!("Can't pickle {shown}: {why}"))
        })?;
        let (found, _) = dotted_attr(&module, name).map_err(|raised| {
            let text = format!("Can't pickle {shown}: it's not found as {module_name}.{name}");
            pickling_error_from(raised, &text)
        })?;
        if !found.is(object) {
            let text = format!("Can't pickle {shown}: it's not the same object as {module_name}.{name}");
            return Err(pickling_error(&text));
        }
        if self.protocol >= 2 && self.save_extension(module_name, name)? {
            return Ok(());
        }
        if self.protocol >= 4 {
            self.save(module_name)?;
            self.save(name)?;
            self.out.op(STACK_GLOBAL);
        } else if name.to_string_lossy().contains('.') {
            self.save_attributes(module_name, name)?;
        } else {
            self.save_named(module_name, name)?;
        }
        self.memoize(object);
        Ok(())
    }

    /// A name with dots in a protocol that has none: calls of `getattr`, one within the other.
    fn save_attributes(&mut self, module: &PyStr, path: &PyStr) -> PyResult<()> {
        let path = path.to_string_lossy();
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let getattr = builtin_function("getattr")?;
        for _ in parts.clone() {
            self.save(&getattr)?;
            if self.protocol < 2 {
                self.out.op(MARK);
            }
        }
        self.save_named(module, &PyStr::new(first))?;
        for part in parts {
            self.save(&PyStr::new(part))?;
            self.out.push(&[if self.protocol < 2 { TUPLE } else { TUPLE2 }, REDUCE]);
        }
        Ok(())
    }

    /// A number of the registry of extensions instead of a name.
    fn save_extension(&mut self, module: &PyStr, name: &PyStr) -> PyResult<bool> {
        let registry = module_attr(intern!("copyreg"), intern!("_extension_registry"))?;
        let key = PyTuple::from_slice(&[module, name]);
        let Some(code) = mapping::get_optional_item(&registry, &key)? else { return Ok(false) };
        if !number::is_index(&code) {
            let found = code.class().name();
            return Err(raised!(TypeError, "'{found}' object cannot be interpreted as an integer"));
        }
        let code = number::as_isize(&code, Some(Exc::OverflowError))? as i64;
        if !(1..=0x7fff_ffff).contains(&code) {
            return Err(raised!(RuntimeError, "extension code {code} is out of range"));
        }
        match code {
            ..=0xff => self.out.push(&[EXT1, code as u8]),
            0x100..=0xffff => {
                let [low, high] = (code as u16).to_le_bytes();
                self.out.push(&[EXT2, low, high]);
            }
            _ => {
                self.out.op(EXT4);
                self.out.push(&(code as u32).to_le_bytes());
            }
        }
        Ok(true)
    }

    /// The instruction of protocols below 4, with the names of Python 2 where these are wanted.
    fn save_named(&mut self, module: &PyStr, name: &PyStr) -> PyResult<()> {
        let (mut module, mut name) = (module.to_owned().into_obj(), name.to_owned().into_obj());
        if self.fix_imports {
            let compat = intern!("_compat_pickle");
            let names = module_attr(compat, intern!("REVERSE_NAME_MAPPING"))?;
            let key = PyTuple::from_slice(&[&module, &name]);
            let mapped = mapping::get_optional_item(&names, &key)?;
            if let Some([old_module, old_name]) =
                mapped.as_deref().and_then(|pair| pair.downcast::<PyTuple>()).map(PyTuple::as_slice)
            {
                (module, name) = (old_module.owned(), old_name.owned());
            } else {
                let modules = module_attr(compat, intern!("REVERSE_IMPORT_MAPPING"))?;
                if let Some(old) = mapping::get_optional_item(&modules, &module)? {
                    module = old;
                }
            }
        }
        let (module, name) = (object::str(&module)?, object::str(&name)?);
        // Names of other alphabets came with protocol 3.
        let encoding = if self.protocol < 3 { "ascii" } else { "utf-8" };
        for (what, text) in [("module", &module), ("global", &name)] {
            if let Err(raised) = encode_text(text, Some(encoding), None) {
                let shown = object::repr(text)?;
                let protocol = self.protocol;
                return Err(pickling_error_from(
                    raised,
                    &format!("can't pickle {what} identifier {shown} using pickle protocol {protocol}"),
                ));
            }
        }
        self.out.push(format!("c{module}\n{name}\n").as_bytes());
        Ok(())
    }
}
