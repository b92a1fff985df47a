/* The variadic functions of the C API: each hands its arguments on as a va_list. */

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

typedef struct _object PyObject;

/* `_Py_Identifier`: a name, and what CPython remembers of it. */
typedef struct {
    const char *text;
    ptrdiff_t index;
    unsigned char mutex;
} Identifier;

#define EXPORT __attribute__((visibility("default")))

PyObject *PyErr_FormatV(PyObject *, const char *, va_list);
PyObject *taipan_format_from_cause(PyObject *, const char *, va_list);
PyObject *PyUnicode_FromFormatV(const char *, va_list);
PyObject *PyBytes_FromFormatV(const char *, va_list);
PyObject *Py_VaBuildValue(const char *, va_list);
int PyArg_VaParse(PyObject *, const char *, va_list);
int PyArg_VaParseTupleAndKeywords(PyObject *, PyObject *, const char *, const char *const *, va_list);
int taipan_parse_stack(PyObject *const *, ptrdiff_t, const char *, va_list);
int taipan_arg_parse(PyObject *, const char *, va_list);
int taipan_unpack_tuple(PyObject *, const char *, ptrdiff_t, ptrdiff_t, va_list);
PyObject *taipan_tuple_pack(ptrdiff_t, va_list);
PyObject *taipan_call_function(PyObject *, const char *, va_list);
PyObject *taipan_call_method(PyObject *, const char *, const char *, va_list);
PyObject *taipan_call_objects(PyObject *, PyObject *, va_list);
int taipan_warn_format(PyObject *, ptrdiff_t, const char *, va_list);
int taipan_warn_resource(PyObject *, ptrdiff_t, const char *, va_list);
void taipan_unraisable_format(const char *, va_list);
int taipan_writer_format(void *, const char *, va_list);
void taipan_sys_write(int, const char *, size_t);

#define FORWARD(type, call)     \
    va_list va;                 \
    va_start(va, format);       \
    type result = call;         \
    va_end(va);                 \
    return result

EXPORT PyObject *PyErr_Format(PyObject *class, const char *format, ...) { FORWARD(PyObject *, PyErr_FormatV(class, format, va)); }
EXPORT PyObject *_PyErr_FormatFromCause(PyObject *class, const char *format, ...) { FORWARD(PyObject *, taipan_format_from_cause(class, format, va)); }
EXPORT PyObject *PyUnicode_FromFormat(const char *format, ...) { FORWARD(PyObject *, PyUnicode_FromFormatV(format, va)); }
EXPORT PyObject *PyBytes_FromFormat(const char *format, ...) { FORWARD(PyObject *, PyBytes_FromFormatV(format, va)); }
EXPORT PyObject *Py_BuildValue(const char *format, ...) { FORWARD(PyObject *, Py_VaBuildValue(format, va)); }
EXPORT PyObject *_Py_BuildValue_SizeT(const char *format, ...) { FORWARD(PyObject *, Py_VaBuildValue(format, va)); }
EXPORT int PyArg_ParseTuple(PyObject *args, const char *format, ...) { FORWARD(int, PyArg_VaParse(args, format, va)); }
EXPORT int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...) { FORWARD(int, PyArg_VaParse(args, format, va)); }
EXPORT int PyArg_Parse(PyObject *arg, const char *format, ...) { FORWARD(int, taipan_arg_parse(arg, format, va)); }
EXPORT int _PyArg_Parse_SizeT(PyObject *arg, const char *format, ...) { FORWARD(int, taipan_arg_parse(arg, format, va)); }
EXPORT PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...) { FORWARD(PyObject *, taipan_call_function(callable, format, va)); }
EXPORT PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...) { FORWARD(PyObject *, taipan_call_function(callable, format, va)); }
EXPORT PyObject *PyObject_CallMethod(PyObject *object, const char *name, const char *format, ...) { FORWARD(PyObject *, taipan_call_method(object, name, format, va)); }
EXPORT PyObject *_PyObject_CallMethod_SizeT(PyObject *object, const char *name, const char *format, ...) { FORWARD(PyObject *, taipan_call_method(object, name, format, va)); }
EXPORT int _PyArg_ParseStack(PyObject *const *args, ptrdiff_t count, const char *format, ...) { FORWARD(int, taipan_parse_stack(args, count, format, va)); }
EXPORT PyObject *_PyObject_CallMethodId(PyObject *object, const Identifier *name, const char *format, ...) { FORWARD(PyObject *, taipan_call_method(object, name->text, format, va)); }
EXPORT int PyErr_WarnFormat(PyObject *category, ptrdiff_t level, const char *format, ...) { FORWARD(int, taipan_warn_format(category, level, format, va)); }
EXPORT int PyErr_ResourceWarning(PyObject *source, ptrdiff_t level, const char *format, ...) { FORWARD(int, taipan_warn_resource(source, level, format, va)); }
EXPORT int PyUnicodeWriter_Format(void *writer, const char *format, ...) { FORWARD(int, taipan_writer_format(writer, format, va)); }

EXPORT int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kwargs, const char *format, const char *const *names, ...) {
    va_list va;
    va_start(va, names);
    int result = PyArg_VaParseTupleAndKeywords(args, kwargs, format, names, va);
    va_end(va);
    return result;
}

EXPORT int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kwargs, const char *format, const char *const *names, ...) {
    va_list va;
    va_start(va, names);
    int result = PyArg_VaParseTupleAndKeywords(args, kwargs, format, names, va);
    va_end(va);
    return result;
}

EXPORT int PyArg_UnpackTuple(PyObject *args, const char *name, ptrdiff_t least, ptrdiff_t most, ...) {
    va_list va;
    va_start(va, most);
    int result = taipan_unpack_tuple(args, name, least, most, va);
    va_end(va);
    return result;
}

EXPORT PyObject *PyTuple_Pack(ptrdiff_t count, ...) {
    va_list va;
    va_start(va, count);
    PyObject *result = taipan_tuple_pack(count, va);
    va_end(va);
    return result;
}

EXPORT PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...) {
    va_list va;
    va_start(va, callable);
    PyObject *result = taipan_call_objects(callable, NULL, va);
    va_end(va);
    return result;
}

EXPORT PyObject *PyObject_CallMethodObjArgs(PyObject *object, PyObject *name, ...) {
    va_list va;
    va_start(va, name);
    PyObject *result = taipan_call_objects(object, name, va);
    va_end(va);
    return result;
}

EXPORT void PyErr_FormatUnraisable(const char *format, ...) {
    va_list va;
    va_start(va, format);
    taipan_unraisable_format(format, va);
    va_end(va);
}

static void sys_write(int descriptor, const char *format, va_list va) {
    char buffer[1001];
    int length = vsnprintf(buffer, sizeof buffer, format, va);
    if (length > 0) {
        taipan_sys_write(descriptor, buffer, length < 1000 ? (size_t)length : 1000);
    }
}

EXPORT void PySys_WriteStdout(const char *format, ...) {
    va_list va;
    va_start(va, format);
    sys_write(1, format, va);
    va_end(va);
}

EXPORT void PySys_WriteStderr(const char *format, ...) {
    va_list va;
    va_start(va, format);
    sys_write(2, format, va);
    va_end(va);
}

EXPORT int PyOS_snprintf(char *buffer, size_t size, const char *format, ...) {
    va_list va;
    va_start(va, format);
    int length = vsnprintf(buffer, size, format, va);
    va_end(va);
    return length;
}

EXPORT int PyOS_vsnprintf(char *buffer, size_t size, const char *format, va_list va) { return vsnprintf(buffer, size, format, va); }

/* `PyObject_Print` writes to a FILE of C's. */
void taipan_write_to_file(void *file, const char *bytes, size_t length) { fwrite(bytes, 1, length, (FILE *)file); }
