//! `abstract.h`: the abstract object, number, sequence and mapping protocols.

#![expect(unsafe_code, reason = "functions that C calls")]

use crate::glue::*;
use core::ffi::*;
use core::ptr::null_mut;
use taipan_abi::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

macro_rules! binary {
    ($($name:ident = $path:path;)*) => {
        c_api! { $(fn $name(a: Ref, b: Ref) -> Ref { new_ref(given!(a, b => $path(a, b))) })* }
    };
}
macro_rules! unary {
    ($($name:ident = $path:path;)*) => {
        c_api! { $(fn $name(a: Ref) -> Ref { new_ref(given!(a => $path(a))) })* }
    };
}

binary! {
    PyNumber_Add = number::add; PyNumber_Subtract = number::subtract; PyNumber_Multiply = number::multiply;
    PyNumber_MatrixMultiply = number::matrix_multiply; PyNumber_FloorDivide = number::floor_divide;
    PyNumber_TrueDivide = number::true_divide; PyNumber_Remainder = number::remainder;
    PyNumber_Divmod = number::divmod; PyNumber_Lshift = number::lshift; PyNumber_Rshift = number::rshift;
    PyNumber_And = number::and_; PyNumber_Xor = number::xor; PyNumber_Or = number::or_;
    PyNumber_InPlaceAdd = number::inplace_add; PyNumber_InPlaceSubtract = number::inplace_subtract;
    PyNumber_InPlaceMultiply = number::inplace_multiply;
    PyNumber_InPlaceMatrixMultiply = number::inplace_matrix_multiply;
    PyNumber_InPlaceFloorDivide = number::inplace_floor_divide;
    PyNumber_InPlaceTrueDivide = number::inplace_true_divide;
    PyNumber_InPlaceRemainder = number::inplace_remainder; PyNumber_InPlaceLshift = number::inplace_lshift;
    PyNumber_InPlaceRshift = number::inplace_rshift; PyNumber_InPlaceAnd = number::inplace_and;
    PyNumber_InPlaceXor = number::inplace_xor; PyNumber_InPlaceOr = number::inplace_or;
    PyObject_GetItem = object::get_item; PySequence_Concat = sequence::concat;
    PySequence_InPlaceConcat = sequence::inplace_concat;
}

unary! {
    PyNumber_Negative = number::negative; PyNumber_Positive = number::positive; PyNumber_Invert = number::invert;
    PyNumber_Absolute = number::absolute; PyNumber_Index = number::exact_index; PyNumber_Long = number::int;
    PyNumber_Float = number::float; PySequence_List = sequence::to_list; PySequence_Tuple = sequence::to_tuple;
    PyObject_GetIter = iter::iter; PyMapping_Keys = mapping::keys; PyMapping_Values = mapping::values;
    PyMapping_Items = mapping::items;
}

c_api! {
    fn PyNumber_Check(object: Ref) -> c_int { opt(object).map_or(0, |object| c_int::from(number::is_number(object))) }
    fn PyIndex_Check(object: Ref) -> c_int { c_int::from(number::is_index(at(object))) }
    fn PyNumber_Power(a: Ref, b: Ref, c: Ref) -> Ref { new_ref(given!(a, b, c => number::power(a, b, c))) }
    fn PyNumber_InPlacePower(a: Ref, b: Ref, c: Ref) -> Ref {
        new_ref(given!(c, a, b => if c.is_none() { number::inplace_power(a, b) } else { number::power(a, b, c) }))
    }
    fn PyNumber_AsSsize_t(object: Ref, overflow: Ref) -> isize {
        match number::as_isize(at(object), if overflow.is_null() { None } else { Some(Exc::OverflowError) }) {
            Ok(value) => value,
            Err(raised) => {
                if let Some(class) = opt(overflow).and_then(|class| class.downcast::<TypeObject>())
                    && errors::matches(&raised, Exc::OverflowError)
                    && !class.is(Exc::OverflowError.type_object())
                {
                    let error = errors::take(raised);
                    if let Some(message) = swallow(object::str(&error)) {
                        let _: Raised = errors::set_object(class, &message);
                    }
                }
                -1
            }
        }
    }
    fn PyNumber_ToBase(object: Ref, base: c_int) -> Ref { new_ref(given!(object => number::to_base(object, base as u32))) }
    fn PyObject_Size(object: Ref) -> isize { size(given!(object => object::len(object))) }
    fn PyObject_Length(object: Ref) -> isize { size(given!(object => object::len(object))) }
    fn PyObject_LengthHint(object: Ref, default: isize) -> isize {
        size(given!(object => object::length_hint(object, default.max(0) as usize)))
    }
    fn PyObject_SetItem(object: Ref, key: Ref, value: Ref) -> c_int {
        status(given!(object, key, value => object::set_item(object, key, Some(value))))
    }
    fn PyObject_DelItem(object: Ref, key: Ref) -> c_int { status(given!(object, key => object::set_item(object, key, None))) }
    fn PyObject_DelItemString(object: Ref, key: *const c_char) -> c_int {
        status(given!(object => object::set_item(object, &*utf8(key)?, None)))
    }
    fn PyObject_IsInstance(object: Ref, class: Ref) -> c_int { truth(given!(object, class => object::is_instance(object, class))) }
    fn PyObject_IsSubclass(derived: Ref, class: Ref) -> c_int { truth(given!(derived, class => object::is_subclass(derived, class))) }
    fn PyObject_Format(object: Ref, spec: Ref) -> Ref {
        let spec = match opt(spec) {
            None => Ok(None),
            Some(spec) => typed::<PyStr>(spec.as_ptr()).map(Some),
        };
        new_ref(given!(object => spec.and_then(|spec| object::format(object, spec))))
    }
    fn PyObject_Type(object: Ref) -> Ref { at(object).class().owned().into_raw() }
    fn PyObject_GetAIter(object: Ref) -> Ref {
        new_ref(given!(object => call::special(object, intern!("__aiter__"), &[]).and_then(|made| {
            made.ok_or_else(|| raised!(TypeError, "'{}' object is not an async iterable", object.class().name()))
        })))
    }

    fn PySequence_Check(object: Ref) -> c_int { c_int::from(sequence::is_sequence(at(object))) }
    fn PySequence_Size(object: Ref) -> isize { size(given!(object => sequence::len(object))) }
    fn PySequence_Length(object: Ref) -> isize { PySequence_Size(object) }
    fn PySequence_GetItem(object: Ref, index: isize) -> Ref { new_ref(given!(object => sequence::get_item(object, index))) }
    fn PySequence_SetItem(object: Ref, index: isize, value: Ref) -> c_int {
        status(given!(object => sequence::set_item(object, index, opt(value))))
    }
    fn PySequence_DelItem(object: Ref, index: isize) -> c_int { status(given!(object => sequence::set_item(object, index, None))) }
    fn PySequence_GetSlice(object: Ref, start: isize, end: isize) -> Ref {
        new_ref(given!(object => object::get_item(object, &crate::glue::plain_slice(start, end))))
    }
    fn PySequence_SetSlice(object: Ref, start: isize, end: isize, value: Ref) -> c_int {
        status(given!(object => object::set_item(object, &crate::glue::plain_slice(start, end), opt(value))))
    }
    fn PySequence_DelSlice(object: Ref, start: isize, end: isize) -> c_int {
        status(given!(object => object::set_item(object, &crate::glue::plain_slice(start, end), None)))
    }
    fn PySequence_Contains(object: Ref, value: Ref) -> c_int { truth(given!(object, value => sequence::contains(object, value))) }
    fn PySequence_In(object: Ref, value: Ref) -> c_int { truth(given!(object, value => sequence::contains(object, value))) }
    fn PySequence_Count(object: Ref, value: Ref) -> isize { size(given!(object, value => sequence::count(object, value))) }
    fn PySequence_Index(object: Ref, value: Ref) -> isize { size(given!(object, value => sequence::index(object, value))) }
    fn PySequence_Repeat(object: Ref, count: isize) -> Ref { new_ref(given!(object => sequence::repeat(object, count))) }
    fn PySequence_InPlaceRepeat(object: Ref, count: isize) -> Ref { new_ref(given!(object => sequence::inplace_repeat(object, count))) }
    fn PySequence_Fast(object: Ref, message: *const c_char) -> Ref { new_ref(given!(object => sequence::fast(object, &text(message)))) }

    fn PyMapping_Check(object: Ref) -> c_int { opt(object).map_or(0, |object| c_int::from(mapping::is_mapping(object))) }
    fn PyMapping_Size(object: Ref) -> isize { size(given!(object => mapping::len(object))) }
    fn PyMapping_Length(object: Ref) -> isize { PyMapping_Size(object) }
    fn PyMapping_GetItemString(object: Ref, key: *const c_char) -> Ref { new_ref(given!(object => object::get_item(object, &*utf8(key)?))) }
    fn PyMapping_SetItemString(object: Ref, key: *const c_char, value: Ref) -> c_int {
        status(given!(object, value => object::set_item(object, &*utf8(key)?, Some(value))))
    }
    fn PyMapping_GetOptionalItem(object: Ref, key: Ref, out: *mut Ref) -> c_int {
        crate::glue::optional(given!(object, key => mapping::get_optional_item(object, key)), out)
    }
    fn PyMapping_GetOptionalItemString(object: Ref, key: *const c_char, out: *mut Ref) -> c_int {
        crate::glue::optional(given!(object => mapping::get_optional_item(object, &*utf8(key)?)), out)
    }
    fn PyMapping_HasKey(object: Ref, key: Ref) -> c_int {
        unraisable(given!(object, key => mapping::get_optional_item(object, key)), "PyMapping_HasKey(); consider using PyMapping_HasKeyWithError(), PyMapping_GetOptionalItem() or PyObject_GetItem()").flatten().map_or(0, |_| 1)
    }
    fn PyMapping_HasKeyString(object: Ref, key: *const c_char) -> c_int {
        unraisable(given!(object => mapping::get_optional_item(object, &*utf8(key)?)), "PyMapping_HasKeyString(); consider using PyMapping_HasKeyStringWithError(), PyMapping_GetOptionalItemString() or PyMapping_GetItemString()").flatten().map_or(0, |_| 1)
    }
    fn PyMapping_HasKeyWithError(object: Ref, key: Ref) -> c_int {
        truth(given!(object, key => mapping::get_optional_item(object, key).map(|found| found.is_some())))
    }
    fn PyMapping_HasKeyStringWithError(object: Ref, key: *const c_char) -> c_int {
        truth(given!(object => mapping::get_optional_item(object, &*utf8(key)?).map(|found| found.is_some())))
    }

    fn PyIter_Check(object: Ref) -> c_int { c_int::from(iter::is_iterator(at(object))) }
    fn PyIter_Next(iterator: Ref) -> Ref {
        match iter::next(at(iterator)) {
            Ok(Some(item)) => item.into_raw(),
            _ => null_mut(),
        }
    }
    fn PyIter_NextItem(iterator: Ref, out: *mut Ref) -> c_int { crate::glue::optional(given!(iterator => iter::next(iterator)), out) }
    fn PyIter_Send(iterator: Ref, value: Ref, out: *mut Ref) -> PySendResult {
        taipan_objects::model::trampoline::ret_send(iter::send(at(iterator), at(value)), out)
    }

    fn PyObject_Call(callable: Ref, args: Ref, kwargs: Ref) -> Ref {
        let result = typed::<PyTuple>(args).and_then(|args| {
            let kwargs = opt(kwargs).and_then(|kwargs| kwargs.downcast::<PyDict>());
            call::call_tuple(at(callable), args, kwargs)
        });
        new_ref(result)
    }
    fn PyObject_CallObject(callable: Ref, args: Ref) -> Ref {
        match opt(args) {
            None => new_ref(given!(callable => call::call(callable, &[]))),
            Some(args) => match args.downcast::<PyTuple>() {
                Some(args) => new_ref(given!(callable => call::call_tuple(callable, args, None))),
                None => new_ref(Err::<Obj, _>(raised!(TypeError, "argument list must be a tuple"))),
            },
        }
    }
    fn PyObject_CallNoArgs(callable: Ref) -> Ref { new_ref(given!(callable => call::call(callable, &[]))) }
    fn PyObject_CallOneArg(callable: Ref, arg: Ref) -> Ref { new_ref(given!(callable, arg => call::call(callable, &[arg]))) }
    fn PyObject_Vectorcall(callable: Ref, args: *const Ref, nargs: usize, names: Ref) -> Ref {
        taipan_objects::protocols::call::vectorcall_raw(at(callable), args, nargs, names)
    }
    fn PyObject_VectorcallDict(callable: Ref, args: *const Ref, nargs: usize, kwargs: Ref) -> Ref {
        let positional = slice(args, nargs & !PY_VECTORCALL_ARGUMENTS_OFFSET);
        let kwargs = opt(kwargs).and_then(|kwargs| kwargs.downcast::<PyDict>());
        new_ref(given!(callable => match kwargs {
            None => call::call(callable, positional),
            Some(kwargs) => call::call_tuple(callable, &PyTuple::from_slice(positional), Some(kwargs)),
        }))
    }
    fn PyVectorcall_Call(callable: Ref, args: Ref, kwargs: Ref) -> Ref {
        // By the function at the type's offset, whether or not the type says that calls may take it.
        call::vectorcall_slot(callable, args, kwargs)
    }
    fn PyVectorcall_Function(callable: Ref) -> Option<vectorcallfunc> { call::vectorcall_of(at(callable)) }
    fn PyVectorcall_NARGS(nargs: usize) -> isize { (nargs & !PY_VECTORCALL_ARGUMENTS_OFFSET) as isize }
    fn PyObject_VectorcallMethod(name: Ref, args: *const Ref, nargs: usize, names: Ref) -> Ref {
        let count = nargs & !PY_VECTORCALL_ARGUMENTS_OFFSET;
        let names = opt(names).and_then(|names| names.downcast::<PyTuple>());
        let all = slice(args, count + names.map_or(0, |names| names.len()));
        new_ref(typed::<PyStr>(name).and_then(|name| call::method_names(all[0], name, &all[1..], names)))
    }
    fn PyObject_CallMethodNoArgs(object: Ref, name: Ref) -> Ref {
        new_ref(given!(object => typed::<PyStr>(name).and_then(|name| call::method(object, name, &[]))))
    }
    fn PyObject_CallMethodOneArg(object: Ref, name: Ref, arg: Ref) -> Ref {
        new_ref(given!(object, arg => typed::<PyStr>(name).and_then(|name| call::method(object, name, &[arg]))))
    }
}
