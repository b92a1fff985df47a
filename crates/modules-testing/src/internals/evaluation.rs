//! The state of evaluation: depth of calls, native stack, frames.

use taipan_interpreter::frames::PyFrame;
use taipan_kernels::unicode;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

/// About the least that one call of native code takes of the stack, in bytes.
const NATIVE_CALL: usize = 320;

fn frame_of(object: &PyObject) -> PyResult<&PyFrame> {
    object.downcast::<PyFrame>().ok_or_else(|| raised!(TypeError, "argument must be a frame"))
}

#[pymodule(fragment)]
pub mod evaluation {
    use super::*;

    /// How many Python functions are running.
    #[pyfunction(signature = "()")]
    pub fn get_recursion_depth() -> u32 {
        thread::current().recursion_depth.get()
    }

    /// How many calls of native code the stack has room for.
    #[pyfunction(signature = "()")]
    pub fn get_c_recursion_remaining() -> usize {
        thread::stack_pointer().saturating_sub(thread::current().stack_limit.get()) / NATIVE_CALL
    }

    /// Where the native stack ends now.
    #[pyfunction(signature = "()")]
    pub fn get_stack_pointer() -> usize {
        thread::stack_pointer()
    }

    /// How much of the native stack is kept for code that does not look, in bytes.
    #[pyfunction(signature = "()")]
    pub fn get_stack_margin() -> usize {
        let thread = thread::current();
        thread.stack_limit_dealloc.get() - thread.stack_limit.get()
    }

    /// The code of a frame.
    #[pyfunction(signature = "(frame, /)")]
    pub fn iframe_getcode(frame: &PyObject) -> PyResult {
        Ok(frame_of(frame)?.code().into_obj())
    }

    /// The line of a frame.
    #[pyfunction(signature = "(frame, /)")]
    pub fn iframe_getline(frame: &PyObject) -> PyResult<i32> {
        Ok(frame_of(frame)?.line_number().unwrap_or(-1))
    }

    /// The last instruction of a frame.
    #[pyfunction(signature = "(frame, /)")]
    pub fn iframe_getlasti(frame: &PyObject) -> PyResult<i32> {
        Ok(frame_of(frame)?.last_instruction())
    }

    /// A text with every decimal digit and every space in it as that of ASCII.
    #[pyfunction(name = "_PyUnicode_TransformDecimalAndSpaceToASCII", signature = "(object, /)")]
    pub fn transform_decimal_and_space(text: &PyStr) -> PyResult<Py<PyStr>> {
        let ascii = |c: char| match c {
            _ if unicode::is_space(c as u32) => ' ',
            _ if c.is_ascii() => c,
            _ => match unicode::to_decimal(c as u32) {
                Some(digit) => char::from(b'0' + digit),
                None => '?',
            },
        };
        Ok(PyStr::new(&text.to_string_lossy().chars().map(ascii).collect::<String>()))
    }
}
